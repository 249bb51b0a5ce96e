import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Tx } from "../../store/contract.ts";
import { type EventRef, eventRefText } from "../contract-stream.ts";
import type { EvaluatedHit, SettingsOf } from "./contract.ts";
import type {
  FilterWire,
  HealthWire,
  HitState,
  HitWire,
  SettingsWire,
  SuppressionsWire,
  SuppressionWire,
} from "./contract-wire.ts";
import type { SuppressCondition } from "./contract-suppress.ts";
import type { WatchDeps } from "./deps.ts";
import { mutedByOf } from "./judge.ts";
import { levelOf } from "./report.ts";
import { readWatch } from "./store.ts";
import * as hits from "./store-hits.ts";
import * as tuned from "./store-tuning.ts";
import { ALL_CUSTOMERS, loadTuning } from "./tuning.ts";

const SHOWN_MAX = 500;
/** Without a sign of life for this long, nobody watches. */
const SILENT_MS = 30_000;

type Names = ReadonlyMap<CustomerId, { readonly name: string }>;
const namesOf = (deps: WatchDeps, tx: Tx, ids: readonly (string | null)[]): Promise<Names> => {
  const known = [...new Set(ids.filter((id) => id !== null))] as CustomerId[];
  return known.length === 0 ? Promise.resolve(new Map()) : deps.customerNames(tx, known);
};
const customerOf = (names: Names, id: string | null) =>
  id === null ? null : { id, name: names.get(id as CustomerId)?.name ?? null };

type HitsPage = { readonly rows: HitWire[]; readonly nextCursor: string | null; readonly total: number };
type HitsAsk = Omit<hits.HitsAsk, "before"> & { readonly cursor?: string | undefined };

/** A page of hits, newest first. */
export async function readHits(deps: WatchDeps, tx: Tx, ask: HitsAsk): Promise<Result<HitsPage, Refusal>> {
  const before = ask.cursor === undefined ? undefined : placeOf(ask.cursor);
  if (before === "bad")
    return no("invalid", "cursor-bad", "this cursor belongs to another list: start at the first page");
  const rows = await hits.listHits(tx, { ...ask, before });
  const page = rows.slice(0, ask.limit);
  const names = await namesOf(
    deps,
    tx,
    page.map((row) => row.customer_id),
  );
  const last = rows.length > ask.limit ? page.at(-1) : undefined;
  return ok({
    rows: page.map((row) => hitWire(row, names)),
    nextCursor: last === undefined ? null : `${last.at.toString()}~${last.hit_id}`,
    total: await hits.countHits(tx, ask),
  });
}

function placeOf(cursor: string): { readonly at: string; readonly id: string } | "bad" {
  const [at = "", id = ""] = cursor.split("~");
  try {
    Temporal.Instant.from(at);
  } catch {
    return "bad";
  }
  return /^\d{1,18}$/.test(id) ? { at, id } : "bad";
}

const hitWire = (row: hits.ListedHit, names: Names): HitWire => ({
  id: row.hit_id.toString(),
  ruleId: row.rule_id,
  version: row.rule_version,
  title: row.title,
  titleSv: row.title_sv,
  level: levelOf(row.level),
  state: stateOf(row),
  customer: customerOf(names, row.customer_id),
  subscription: row.subscription_id,
  at: row.at.toString(),
  foundAt: row.found_at.toString(),
  facts: row.facts,
  events: [...row.events],
  suppressedBy: row.suppressed_by,
  caseId: row.case_id,
});

function stateOf(row: hits.ListedHit): HitState {
  if (row.is_retracted) return "retracted";
  if (row.is_shadow) return "shadow";
  if (row.customer_id === null) return "nobody";
  if (row.suppressed_by !== null) return "suppressed";
  if (row.inhibited_by !== null) return "inhibited";
  return row.level === 0 ? "counted" : "told";
}

/** Hits by the name of the event; the form that the search page asks for. Of one rule the worst and newest. */
export async function hitsOf(tx: Tx, refs: readonly EventRef[]) {
  const wanted = new Set(refs.map(eventRefText));
  const found = new Map<
    string,
    {
      ruleId: string;
      title: string;
      titleSv: string | null;
      level: string;
      at: string;
      shadow: boolean;
      caseId: string | null;
    }[]
  >();
  for (const row of await hits.hitsWith(tx, [...wanted]))
    for (const name of row.events) {
      const known = found.get(name) ?? [];
      if (!wanted.has(name) || known.some(({ ruleId }) => ruleId === row.rule_id)) continue;
      const hit = {
        ruleId: row.rule_id,
        title: row.title,
        titleSv: row.title_sv === "" ? null : row.title_sv,
        level: levelOf(row.level),
        at: row.at.toString(),
        shadow: row.is_shadow,
        caseId: row.case_id,
      };
      found.set(name, [...known, hit]);
    }
  return found;
}

/** Hits by rule, for the list of rules. */
export async function hitTotals(tx: Tx, since: Parameters<typeof hits.totalsByRule>[1]) {
  const rows = await hits.totalsByRule(tx, since);
  return new Map(
    rows.map((row) => [
      row.rule_id,
      {
        week: Number(row.week),
        month: Number(row.month),
        shadow: Number(row.shadow),
        customers: row.customers,
        lastAt: row.last_at,
      },
    ]),
  );
}
export async function hitDays(tx: Tx, ruleId: string, since: Temporal.Instant) {
  const rows = await hits.daysOfRule(tx, ruleId, since);
  return rows.map(({ day, hits: n, shadow }) => ({ day, hits: Number(n), shadow: Number(shadow) }));
}

/** Settings, filters and suppressions as they hold now: what a backtest uses to say what the live watch would. */
export async function tuningNow(
  tx: Tx,
  now: Temporal.Instant,
): Promise<{
  readonly settings: SettingsOf;
  readonly filters: Awaited<ReturnType<typeof loadTuning>>["filters"];
  readonly mutedBy: (hit: EvaluatedHit) => string | undefined;
}> {
  const { settings, filters, suppressions } = await loadTuning(tx, now);
  return { settings, filters, mutedBy: mutedByOf(suppressions, now) };
}

type Kept = Pick<
  tuned.SuppressionRow,
  | "reason"
  | "ticket"
  | "author_name"
  | "created_at"
  | "expires_at"
  | "lifted_at"
  | "lifted_by"
  | "lifted_why"
  | "hits"
  | "last_hit_at"
>;
const writtenWire = (row: Kept, now: Temporal.Instant) => ({
  reason: row.reason,
  ticket: row.ticket,
  author: row.author_name,
  createdAt: row.created_at.toString(),
  expiresAt: row.expires_at.toString(),
  state:
    row.lifted_at !== null
      ? ("lifted" as const)
      : Temporal.Instant.compare(now, row.expires_at) >= 0
        ? ("expired" as const)
        : ("in-force" as const),
  liftedAt: row.lifted_at?.toString() ?? null,
  liftedBy: row.lifted_by,
  liftedWhy: row.lifted_why,
  hits: row.hits.toString(),
  lastHitAt: row.last_hit_at?.toString() ?? null,
});

/** Everything that keeps something quiet, in force first. */
export async function readSuppressions(deps: WatchDeps, tx: Tx, now: Temporal.Instant): Promise<SuppressionsWire> {
  const suppressions = await tuned.allSuppressions(tx, now, SHOWN_MAX);
  const filters = await tuned.allFilters(tx, now, SHOWN_MAX);
  const named = (row: tuned.SuppressionRow): readonly string[] =>
    (row.conditions as readonly SuppressCondition[]).flatMap(({ field, value }) =>
      field === "customer" ? [value.toLowerCase()] : [],
    );
  const names = await namesOf(deps, tx, [...suppressions.flatMap(named), ...filters.map((row) => row.customer_id)]);
  return {
    suppressions: suppressions.map((row): SuppressionWire => ({
      id: row.suppression_id,
      rule: row.rule_id === null ? null : { id: row.rule_id, title: row.rule_title },
      conditions: [...(row.conditions as readonly SuppressCondition[])],
      customers: named(row).map((id) => ({ id, name: names.get(id as CustomerId)?.name ?? null })),
      ...writtenWire(row, now),
    })),
    filters: filters.map((row): FilterWire => ({
      id: row.filter_id,
      customer: customerOf(names, row.customer_id),
      title: row.title,
      document: row.document,
      ...writtenWire(row, now),
    })),
    asOf: now.toString(),
  };
}

/** Numbers of the detectors that run, with what was set. */
export async function readSettings(deps: WatchDeps, tx: Tx): Promise<SettingsWire> {
  const { detectors, sweeps } = await deps.activeRules(tx);
  const rows = await tuned.settingRows(tx);
  const names = await namesOf(
    deps,
    tx,
    rows.map((row) => (row.customer_id === ALL_CUSTOMERS ? null : row.customer_id)),
  );
  const cards = [...detectors.map(({ detector }) => detector), ...sweeps.map((one) => one.sweep)];
  return {
    detectors: cards
      .filter(({ settings }) => settings.length > 0)
      .map((card) => ({
        id: card.id,
        title: card.title,
        titleSv: card.titleSv,
        settings: card.settings.map((setting) => {
          const own = rows.filter((row) => row.detector_id === card.id && row.name === setting.name);
          return {
            ...setting,
            value: own.find((row) => row.customer_id === ALL_CUSTOMERS)?.value ?? null,
            customers: own
              .filter((row) => row.customer_id !== ALL_CUSTOMERS)
              .map((row) => ({
                id: row.customer_id,
                name: names.get(row.customer_id as CustomerId)?.name ?? null,
                value: row.value,
                reason: row.reason,
                by: row.changed_by,
                at: row.changed_at.toString(),
              })),
          };
        }),
      })),
  };
}

/** Where the watch stands and how it is. */
export async function readHealth(deps: WatchDeps, tx: Tx, now: Temporal.Instant): Promise<HealthWire> {
  const row = await readWatch(tx);
  const end = await deps.stream.end();
  const [oldest] = end > row.position ? await deps.stream.readAfter(row.position, 1) : [];
  const waited = oldest === undefined ? 0 : now.epochMilliseconds - oldest.receivedAt.epochMilliseconds;
  const isHeard = row.beat_at !== null && now.epochMilliseconds - row.beat_at.epochMilliseconds < SILENT_MS;
  return {
    state: row.beat_at === null ? "never" : isHeard ? "running" : "waiting",
    heardAt: row.beat_at?.toString() ?? null,
    position: row.position.toString(),
    end: end.toString(),
    lagEvents: (end - row.position).toString(),
    lagSeconds: Math.max(0, Math.floor(waited / 1_000)),
    newestAt: row.newest_at?.toString() ?? null,
    events: row.events.toString(),
    nobodys: row.nobodys.toString(),
    late: row.late.toString(),
    lookBackDays: await hits.countLookBack(tx),
    process: row.health as HealthWire["process"],
  };
}
