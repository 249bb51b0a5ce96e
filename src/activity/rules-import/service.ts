import type { Actor, Store, Tx } from "../../store/contract.ts";
import type { ActivityEvent } from "../contract-event.ts";
import type { SigmaView } from "../contract-hit.ts";
import type { EventStream } from "../contract-stream.ts";
import type { RuleCard, RuleFault } from "../lab/contract.ts";
import { importRules } from "../lab/service-deliver.ts";
import { rulesByIds, allRules } from "../lab/store.ts";
import type { LogSource } from "../sigma/contract.ts";
import type { RuleFile } from "../sigma/read-files.ts";
import { fieldsOf } from "./decide-paths.ts";
import { ourFields, type Seen, sourceName, type Visibility, visibilityOf } from "./decide-visibility.ts";
import { addSeenFields, moveCursor, seenFields, type SeenField, takeCursor } from "./store.ts";

/** What importing rules needs from outside. */
export type RulesImportDeps = {
  readonly store: Store;
  readonly clock: { readonly now: () => Temporal.Instant };
  readonly stream: Pick<EventStream, "readAfter" | "end">;
  readonly view: SigmaView;
  readonly logSourcesOf: (event: ActivityEvent) => readonly LogSource[];
  /** Names of the normalised fields. */
  readonly fieldNames: readonly string[];
};

/** Events that are read at a time, and that one run looks at. */
const PIECE = 1_000;
const RUN_MAX = 20_000;
/** Who is further behind leaves out what lies between: fields repeat. */
const BEHIND_MAX = 200_000n;
/** Names of one log source that are kept: some records have ids as names of members. */
const FIELDS_OF_SOURCE_MAX = 5_000;

/** Learns from stored events which fields each log source has; gives how many events were looked at. Safe to repeat. */
export async function learnFields(deps: RulesImportDeps): Promise<number> {
  let looked = 0;
  while (looked < RUN_MAX) {
    const count = await deps.store.inTransaction((tx) => learnPiece(tx, deps));
    looked += count;
    if (count < PIECE) break;
  }
  return looked;
}

async function learnPiece(tx: Tx, deps: RulesImportDeps): Promise<number> {
  const cursor = await takeCursor(tx);
  const end = await deps.stream.end();
  const from = end - cursor > BEHIND_MAX ? end - BEHIND_MAX : cursor;
  const events = await deps.stream.readAfter(from, PIECE);
  const last = events.at(-1);
  if (last === undefined) return 0;
  const known = new Map([...seenOf(await seenFields(tx))].map(([name, fields]) => [name, new Set(fields)]));
  const fresh: SeenField[] = [];
  for (const { event } of events) {
    const fields = fieldsOf(deps.view(event));
    for (const source of deps.logSourcesOf(event)) {
      const name = sourceName(source);
      const has = known.get(name) ?? new Set<string>();
      known.set(name, has);
      for (const field of fields) {
        if (has.has(field) || has.size >= FIELDS_OF_SOURCE_MAX) continue;
        has.add(field);
        fresh.push({ source: name, field });
      }
    }
  }
  await addSeenFields(tx, fresh);
  await moveCursor(tx, last.position);
  return events.length;
}

const seenOf = (rows: readonly SeenField[]): Seen => {
  const seen = new Map<string, Set<string>>();
  for (const { source, field } of rows) {
    const fields = seen.get(source) ?? new Set<string>();
    fields.add(field);
    seen.set(source, fields);
  }
  return seen;
};

/** Of each rule the fields that no event of its log source ever had. */
export async function unseenFields(
  tx: Tx,
  cards: ReadonlyMap<string, Pick<RuleCard, "fields" | "logsources">>,
  fieldNames: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const known = { ours: ourFields(fieldNames), seen: seenOf(await seenFields(tx)) };
  return new Map([...cards].map(([id, card]) => [id, visibilityOf(card, known).never] as const));
}

export type ImportedRule = {
  readonly id: string;
  readonly title: string;
  readonly author: string;
  readonly license: string;
  readonly level: string;
  /** `kept`: it was changed here, and the new text stands beside it as a version. */
  readonly outcome: "added" | "changed" | "kept" | "unchanged";
  readonly state: string;
  readonly fields: Visibility;
};
export type RulesReport = {
  readonly files: number;
  readonly rules: readonly ImportedRule[];
  readonly refused: readonly { readonly file: string; readonly faults: readonly RuleFault[] }[];
};

/**
 * Keeps rules of a folder: new ones run as shadow and report nothing until somebody switches them on. The same text again changes nothing,
 * another one is a new version.
 */
export async function importFolder(
  files: readonly RuleFile[],
  { author, why }: { readonly author: Actor; readonly why: string },
  deps: RulesImportDeps,
): Promise<RulesReport> {
  await learnFields(deps);
  return deps.store.inTransaction(async (tx) => {
    const done = await importRules(tx, files, { author, why, state: "shadow", now: deps.clock.now() });
    const outcomes = new Map<string, ImportedRule["outcome"]>([
      ...done.same.map((id) => [id, "unchanged"] as const),
      ...done.kept.map((id) => [id, "kept"] as const),
      ...done.followed.map((id) => [id, "changed"] as const),
      ...done.added.map((id) => [id, "added"] as const),
    ]);
    const states = new Map((await rulesByIds(tx, [...outcomes.keys()])).map(({ rule_id, state }) => [rule_id, state]));
    const known = { ours: ourFields(deps.fieldNames), seen: seenOf(await seenFields(tx)) };
    const rules = (await allRules(tx)).flatMap(({ rule_id: id, card }): ImportedRule[] => {
      const outcome = outcomes.get(id);
      if (outcome === undefined) return [];
      const { title, author: by, license, level } = card;
      const state = states.get(id) ?? "shadow";
      return [{ id, title, author: by, license, level, outcome, state, fields: visibilityOf(card, known) }];
    });
    return {
      files: files.length,
      rules: rules.toSorted((a, b) => (a.title < b.title ? -1 : 1)),
      refused: done.refused,
    };
  });
}
