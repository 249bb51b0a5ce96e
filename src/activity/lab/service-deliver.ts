import { canonicalJson, toJson } from "../../core/canonical.ts";
import { type Actor, SURETY, type Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { ACTIVITY_EVENTS } from "../contract.ts";
import type { Detector, Sweep } from "../contract-detector.ts";
import {
  type RuleCard,
  type RuleFault,
  type RuleKind,
  type RuleOrigin,
  type RuleState,
  SHIPPED_WHY,
} from "./contract.ts";
import { detectorCard } from "./decide-card.ts";
import { type RuleFile, splitRules } from "./decide-split.ts";
import { readRule } from "./decide-text.ts";
import { decideDelivery } from "./decide-versions.ts";
import { sha256, standingOf } from "./service.ts";
import * as store from "./store.ts";

/** What a delivery did, by rule id. `kept`: changed here before; the new text stands beside it as a version. */
export type Delivered = {
  readonly added: readonly string[];
  readonly followed: readonly string[];
  readonly kept: readonly string[];
  readonly same: readonly string[];
  /** Surety ships them no more. */
  readonly withdrawn: readonly string[];
  readonly refused: readonly { readonly file: string; readonly faults: readonly RuleFault[] }[];
};
type Brought = {
  readonly id: string;
  readonly file: string;
  readonly kind: RuleKind;
  readonly text: string | null;
  readonly sha256: string;
  readonly card: RuleCard;
};
export type DeliverBy = {
  readonly origin: Exclude<RuleOrigin, "made">;
  readonly author: Actor;
  readonly why: string;
  /** Of rules that are new. */
  readonly state: RuleState;
  readonly now: Temporal.Instant;
};

/** What this version of Surety ships: files of rules, and what stands in the program. */
export type OwnContent = {
  readonly files: readonly RuleFile[];
  readonly detectors: readonly Detector[];
  readonly sweeps: readonly Sweep[];
};

/**
 * Puts Surety's own rules and detectors in, at each start; again and again changes nothing. A new text becomes a new version and is used
 * from then on, unless somebody changed the rule here: then theirs stays in use. What is shipped no more is said to be withdrawn; a detector
 * that is gone is off, a rule goes on as it was.
 */
export async function seedRules(tx: Tx, own: OwnContent, now: Temporal.Instant): Promise<Delivered> {
  const { brought, refused } = readFiles(own.files);
  const all = [...brought, ...own.detectors.map(broughtDetector), ...own.sweeps.map(broughtSweep)];
  const by: DeliverBy = { origin: "own", author: SURETY, why: SHIPPED_WHY, state: "on", now };
  return deliver(tx, { brought: all, refused, isWhole: true }, by);
}

/** Keeps rules that were read from elsewhere; the same again changes nothing. */
export async function importRules(
  tx: Tx,
  files: readonly RuleFile[],
  by: Omit<DeliverBy, "origin">,
): Promise<Delivered> {
  return deliver(tx, { ...readFiles(files), isWhole: false }, { ...by, origin: "imported" });
}

function readFiles(files: readonly RuleFile[]) {
  const { texts, faults: wrong } = splitRules(files);
  const brought = new Map<string, Brought>();
  const refused: { file: string; faults: readonly RuleFault[] }[] = Array.from(
    Map.groupBy(wrong, (one) => one.file ?? ""),
    ([file, faults]) => ({ file, faults }),
  );
  for (const { file, text } of texts) {
    const { rule, faults } = readRule(text, file);
    if (rule === undefined) refused.push({ file, faults });
    // Of two texts with one id the first stands.
    else if (brought.has(rule.id)) refused.push({ file, faults: [twice(file, rule.id)] });
    else brought.set(rule.id, { id: rule.id, file, kind: "sigma", text, sha256: sha256(text), card: rule.card });
  }
  return { brought: [...brought.values()], refused };
}
const twice = (file: string, id: string): RuleFault => ({
  file,
  line: 1,
  column: 1,
  rule: undefined,
  code: "bad-value",
  message: `another rule has the id ${id} already`,
});

type Delivery = {
  readonly brought: readonly Brought[];
  readonly refused: Delivered["refused"];
  /** It is all that there is of this origin: what is missing is withdrawn. */
  readonly isWhole: boolean;
};

async function deliver(tx: Tx, { brought, refused, isWhole }: Delivery, by: DeliverBy): Promise<Delivered> {
  await store.holdRules(tx);
  const ids = brought.map(({ id }) => id);
  const rows = new Map((await store.rulesByIds(tx, ids)).map((row) => [row.rule_id, row]));
  const hashes = await store.hashesOf(tx, [...rows.keys()]);
  const done: Record<"add" | "same" | "follow" | "keep", string[]> = { add: [], same: [], follow: [], keep: [] };
  const taken: { file: string; faults: readonly RuleFault[] }[] = [];
  for (const one of brought) {
    const row = rows.get(one.id);
    if (row !== undefined && row.origin !== by.origin) {
      taken.push({ file: one.file, faults: [twice(one.file, one.id)] });
      continue;
    }
    const { does, version } = decideDelivery(
      row === undefined ? undefined : standingOf(row, hashes.get(one.id)),
      one.sha256,
    );
    done[does].push(one.id);
    if (does === "same" && row?.is_withdrawn !== true) continue;
    if (does !== "same") await store.insertVersion(tx, deliveredVersion(one, version, by));
    if (row === undefined) await store.insertRule(tx, newRow(one, by));
    else if (does === "same") await store.updateRule(tx, one.id, { is_withdrawn: false });
    else
      await store.updateRule(tx, one.id, {
        newest: version,
        upstream: version,
        is_withdrawn: false,
        ...(does === "follow" ? { version } : {}),
      });
  }
  const withdrawn = isWhole ? await withdraw(tx, new Set(ids), by) : [];
  const delivered: Delivered = {
    added: done.add,
    followed: done.follow,
    kept: done.keep,
    same: done.same,
    withdrawn,
    refused: [...refused, ...taken],
  };
  await tell(tx, delivered, by);
  return delivered;
}

const deliveredVersion = (one: Brought, version: number, { author, why, now }: DeliverBy): store.VersionRow => ({
  rule_id: one.id,
  version,
  text: one.text,
  sha256: one.sha256,
  card: one.card,
  author_kind: author.kind,
  author_id: author.id,
  author_name: author.name,
  at: now,
  why,
  tests: null,
});
const newRow = ({ id, kind }: Brought, { origin, state, author, why, now }: DeliverBy): store.RuleRow => ({
  rule_id: id,
  kind,
  origin,
  state,
  state_why: why,
  state_by: author.name,
  state_at: now,
  version: 1,
  newest: 1,
  upstream: 1,
  is_withdrawn: false,
});

async function withdraw(tx: Tx, still: ReadonlySet<string>, { author, now }: DeliverBy): Promise<readonly string[]> {
  const gone = (await store.ownRuleRows(tx)).filter((row) => !still.has(row.rule_id) && !row.is_withdrawn);
  for (const { rule_id, kind } of gone)
    await store.updateRule(tx, rule_id, {
      is_withdrawn: true,
      ...(kind === "detector"
        ? { state: "off" as const, state_why: "not in this version of Surety", state_by: author.name, state_at: now }
        : {}),
    });
  return gone.map(({ rule_id }) => rule_id);
}

/** Ids named in one event of the log. */
const NAMED_MAX = 200;

async function tell(tx: Tx, { added, followed, kept, withdrawn }: Delivered, by: DeliverBy): Promise<void> {
  const changed = { added, followed, kept, withdrawn };
  if (Object.values(changed).every((ids) => ids.length === 0)) return;
  await store.raiseRevision(tx);
  const data = Object.fromEntries(
    Object.entries(changed).map(([name, ids]) => [name, { count: ids.length, ids: ids.slice(0, NAMED_MAX) }]),
  );
  await appendEvents(tx, [
    {
      type: ACTIVITY_EVENTS.ruleChanged,
      actor: by.author,
      at: by.now,
      subject: { kind: "activity-rules", id: by.origin },
      why: by.why,
      data,
    },
  ]);
}

/** A detector as a rule without a text. Its hash is over what it says and does, so that a new program is a new version. */
function broughtDetector(detector: Detector): Brought {
  const { settings, spanMs, keep, decide, examples, ...card } = detector;
  const said = { ...card, settings, spanMs, code: [keep.toString(), decide.toString()] };
  return {
    id: detector.id,
    file: detector.id,
    kind: "detector",
    text: null,
    sha256: sha256(canonicalJson(toJson(said))),
    card: detectorCard(detector, examples.length),
  };
}

/** The same for what is judged without events. */
function broughtSweep(sweep: Sweep): Brought {
  const { settings, decide, examples, ...card } = sweep;
  return {
    id: sweep.id,
    file: sweep.id,
    kind: "detector",
    text: null,
    sha256: sha256(canonicalJson(toJson({ ...card, settings, code: decide.toString() }))),
    card: detectorCard(sweep, examples.length),
  };
}
