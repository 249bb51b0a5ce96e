import type { Tx } from "../../store/contract.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { PortfolioFacts } from "../contract-detector.ts";
import { type ActivitySource, SOURCES } from "../contract-event.ts";
import type { StoredEvent } from "../contract-stream.ts";
import { Evaluator } from "../watch/evaluator.ts";
import type { ActiveRules } from "./contract.ts";
import type { BacktestResultWire } from "./contract-backtest.ts";
import { type Known, onlyIn, samplesOf, Tally } from "./decide-backtest.ts";
import type { LabDeps, Tuning } from "./deps.ts";

/** How far before the range events are read to know what the windows hold; longer ones start emptier, and it is said. */
export const WARM_UP_DAYS_MAX = 31;
const DAY_MS = 86_400_000;

/** The queue takes a job for dead after half an hour: a backtest ends before, and says how far it came. */
export const RUN_MS_MAX = 25 * 60_000;

export type SideRun = {
  readonly rules: ActiveRules;
  /** Other numbers of a detector than those in use. */
  readonly settings?: Readonly<Record<string, number>> | undefined;
};
export type BacktestRun = {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly tried: SideRun;
  readonly current: SideRun | undefined;
  /** Longest it may take; 25 minutes unless told. */
  readonly msMax?: number | undefined;
  /** Told after each piece; false stops. */
  readonly onPiece: (progress: { readonly events: number; readonly permille: number }) => Promise<boolean>;
};
type Side = { readonly evaluator: Evaluator; readonly tally: Tally };

/**
 * Runs rules over stored events in the order of their time, with the filters, settings and suppressions that hold now: the same evaluator
 * as live, so what it says is what would have been said. undefined when it was stopped.
 */
export async function runBacktest(tx: Tx, deps: LabDeps, run: BacktestRun): Promise<BacktestResultWire | undefined> {
  const started = performance.now();
  const tuning = await deps.tuning(tx);
  const portfolio = new Map<CustomerId, PortfolioFacts | undefined>();
  const range = { from: run.from.epochMilliseconds, until: run.until.epochMilliseconds };
  const sideOf = ({ rules, settings }: SideRun): Side => ({
    evaluator: new Evaluator({
      rules,
      view: deps.view,
      logSourcesOf: deps.logSourcesOf,
      settings:
        settings === undefined
          ? tuning.settings
          : (id, customer) => ({ ...tuning.settings(id, customer), ...settings }),
      portfolio: (customer) => portfolio.get(customer),
      filters: tuning.filters,
    }),
    tally: new Tally(range, tuning.mutedBy),
  });
  const tried = sideOf(run.tried);
  const current = run.current === undefined ? undefined : sideOf(run.current);
  const sides = current === undefined ? [tried] : [tried, current];
  const spanMs = Math.max(...sides.map(({ evaluator }) => evaluator.lookBackOf()));
  const warmMs = Math.min(spanMs, WARM_UP_DAYS_MAX * DAY_MS);
  const begin = Temporal.Instant.fromEpochMilliseconds(range.from - warmMs);
  const seen = newSeen();
  const scan = deps.stream.scan({ from: begin, until: run.until, sources: sourcesOf(run) });
  const wantsPortfolio = run.tried.rules.detectors.length > 0;
  let cutAt: Temporal.Instant | undefined;
  for await (const piece of scan) {
    if (wantsPortfolio) await learn(tx, deps, { piece, portfolio });
    takePiece(piece, { sides, from: range.from, seen });
    const at = piece.at(-1)?.event.at.epochMilliseconds ?? range.from;
    const share = (at - begin.epochMilliseconds) / Math.max(1, range.until - begin.epochMilliseconds);
    const permille = Math.max(0, Math.min(999, Math.floor(share * 1_000)));
    if (!(await run.onPiece({ events: seen.events, permille }))) return undefined;
    if (performance.now() - started <= (run.msMax ?? RUN_MS_MAX)) continue;
    cutAt = piece.at(-1)?.event.at;
    break;
  }
  const known = await knowledge(tx, deps, sides);
  return {
    events: seen.events,
    firstAt: seen.first?.toString() ?? null,
    lastAt: seen.last?.toString() ?? null,
    firstDay: run.from.toZonedDateTimeISO("UTC").toPlainDate().toString(),
    seconds: Math.round(performance.now() - started) / 1_000,
    tried: tried.tally.side(known),
    current: current?.tally.side(known) ?? null,
    newly: current === undefined ? { count: 0, samples: [] } : onlyIn(tried.tally, current.tally, known.names),
    noLonger: current === undefined ? { count: 0, samples: [] } : onlyIn(current.tally, tried.tally, known.names),
    samples: samplesOf([...tried.tally.told().values()], known.names),
    limits: limitsOf(run, { seen, spanMs, warmMs, tuning, sides, cutAt }),
  };
}

type Seen = { events: number; first: Temporal.Instant | undefined; last: Temporal.Instant | undefined };
const newSeen = (): Seen => ({ events: 0, first: undefined, last: undefined });

function takePiece(
  piece: readonly StoredEvent[],
  { sides, from, seen }: { readonly sides: readonly Side[]; readonly from: number; readonly seen: Seen },
): void {
  // Two parts, so that what filters kept away before the range is not counted as in it.
  const split = piece.findIndex(({ event }) => event.at.epochMilliseconds >= from);
  const parts = split < 0 ? [piece] : [piece.slice(0, split), piece.slice(split)];
  for (const [at, part] of parts.entries()) {
    if (part.length === 0) continue;
    const isInside = split >= 0 && at === parts.length - 1;
    for (const { evaluator, tally } of sides) tally.take({ ...evaluator.take(part), isInside });
    if (!isInside) continue;
    seen.events += part.length;
    seen.first ??= part[0]?.event.at;
    seen.last = part.at(-1)?.event.at;
  }
}

/** What is known of customers that come up for the first time. */
async function learn(
  tx: Tx,
  deps: LabDeps,
  {
    piece,
    portfolio,
  }: { readonly piece: readonly StoredEvent[]; readonly portfolio: Map<CustomerId, PortfolioFacts | undefined> },
): Promise<void> {
  const fresh = [...new Set(piece.flatMap(({ event: { customer } }) => customer ?? []))].filter(
    (id) => !portfolio.has(id),
  );
  if (fresh.length === 0) return;
  const facts = await deps.portfolio(tx, fresh);
  for (const id of fresh) portfolio.set(id, facts.get(id));
}

async function knowledge(tx: Tx, deps: LabDeps, sides: readonly Side[]): Promise<Known> {
  const ids = [...new Set(sides.flatMap(({ tally }) => tally.customers()))];
  const names = ids.length === 0 ? new Map<CustomerId, string>() : await deps.customerNames(tx, ids);
  const exposure = ids.length === 0 ? new Map() : await deps.exposureOf(tx, ids);
  return { names, exposure: ids.length > 0 && exposure.size === 0 ? undefined : exposure };
}

/** Sources that can matter to either side; undefined = all. A rule on our own fields names its source, a detector lists them. */
function sourcesOf({ tried, current }: BacktestRun): readonly ActivitySource[] | undefined {
  const found = new Set<ActivitySource>();
  for (const { rules } of current === undefined ? [tried] : [tried, current]) {
    for (const { detector } of rules.detectors) for (const source of detector.sources) found.add(source);
    for (const { logsource } of rules.set.rules) {
      const source = logsource.product === "surety" ? SOURCES.find((one) => one === logsource.service) : undefined;
      if (source === undefined) return undefined;
      found.add(source);
    }
  }
  return [...found];
}

type About = {
  readonly seen: Seen;
  readonly spanMs: number;
  readonly warmMs: number;
  readonly tuning: Tuning;
  readonly sides: readonly Side[];
  /** Event time at which it was broken off because it took too long. */
  readonly cutAt: Temporal.Instant | undefined;
};
/** How far to trust it, as kinds and facts. */
function limitsOf(
  run: BacktestRun,
  { seen, spanMs, warmMs, tuning, sides, cutAt }: About,
): BacktestResultWire["limits"] {
  const counters = sides.map(({ evaluator }) => evaluator.counters);
  const sum = (pick: (one: (typeof counters)[number]) => number) =>
    counters.reduce((total, one) => total + pick(one), 0);
  const dropped = sides.reduce((total, { tally }) => total + tally.dropped, 0);
  const evicted = sum(({ entriesEvicted }) => entriesEvicted);
  const failed = sum(({ rules }) => [...rules.values()].reduce((total, one) => total + one.failed, 0));
  const startsLate = seen.first !== undefined && seen.first.epochMilliseconds - run.from.epochMilliseconds > DAY_MS;
  return [
    { kind: "hits-not-truth", facts: {} },
    { kind: "tuning-of-today", facts: { filters: tuning.filters.length } },
    ...(run.tried.rules.detectors.length > 0 ? [{ kind: "facts-of-today", facts: {} }] : []),
    ...(spanMs > warmMs
      ? [{ kind: "warm-up-cut", facts: { days: WARM_UP_DAYS_MAX, needed: Math.ceil(spanMs / DAY_MS) } }]
      : []),
    ...(seen.events === 0 ? [{ kind: "no-events", facts: {} }] : []),
    ...(startsLate && seen.first !== undefined
      ? [{ kind: "history-short", facts: { first: seen.first.toString() } }]
      : []),
    ...(cutAt === undefined ? [] : [{ kind: "time-cut", facts: { last: cutAt.toString() } }]),
    ...(dropped > 0 ? [{ kind: "hits-cut", facts: { dropped } }] : []),
    ...(evicted > 0 ? [{ kind: "state-cut", facts: { evicted } }] : []),
    ...(failed > 0 ? [{ kind: "failed", facts: { failed } }] : []),
  ];
}
