import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { eventRefText } from "../contract-stream.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { Node } from "../sigma/contract.ts";
import type { z } from "zod";
import { type Explained, explainMatch } from "../sigma/explain.ts";
import type { EvaluatedHit } from "../watch/contract.ts";
import { Evaluator } from "../watch/evaluator.ts";
import { aloneOf } from "./active.ts";
import type { tryBody, TryWire } from "./contract-wire.ts";
import { readRule, type RuleRead } from "./decide-text.ts";
import type { LabDeps } from "./deps.ts";
import { briefWire } from "./explain.ts";
import { faultWire } from "./read.ts";
import { pastedEvents } from "./records.ts";

/** Longest that a try may look, and matches it shows. */
export const TRY_MS_MAX = 3_000;
const MATCHES_MAX = 100;
/** Events judged between looks at the clock. */
const CHUNK = 200;

type Ask = { readonly ask: z.output<typeof tryBody>; readonly now: Temporal.Instant; readonly msMax?: number };
type Found = Pick<TryWire, "seen" | "cut" | "hits" | "matches" | "from" | "until">;
const NOTHING: Found = { seen: 0, cut: "none", hits: 0, matches: [], from: null, until: null };

/** Runs a text on stored or pasted events, in bounded time: its faults, and what it hits with the values that made it. */
export async function tryText(tx: Tx, deps: LabDeps, { ask, now, msMax = TRY_MS_MAX }: Ask): Promise<TryWire> {
  const started = performance.now();
  const { rule, faults } = readRule(ask.text);
  const said = {
    faults: faults.map(faultWire),
    lint: (deps.lint?.(ask.text) ?? []).map(({ line, column, severity, code, message, fix }) => ({
      line,
      column,
      severity,
      code,
      message,
      fix,
    })),
    unread: 0,
    examples: [],
  };
  const ms = () => Math.round(performance.now() - started);
  if (rule === undefined) return { ...said, ...NOTHING, ms: ms() };
  const isOver = () => performance.now() - started > msMax;
  if ("examples" in ask.events) {
    const examples = runExamples(deps, rule, now);
    return { ...said, ...NOTHING, examples: [...examples], ms: ms() };
  }
  if ("json" in ask.events) {
    const pasted = await pastedEvents(tx, deps, { json: ask.events.json, now });
    const found = await runOver(deps, { rule, pieces: [inTime(pasted.events)], limit: pasted.events.length, isOver });
    return { ...said, ...found, cut: pasted.isCut ? "events" : found.cut, unread: pasted.unread, ms: ms() };
  }
  const { hours, sources, customer, limit } = ask.events;
  const from = Temporal.Instant.fromEpochMilliseconds(Math.round(now.epochMilliseconds - hours * 3_600_000));
  const customers = customer === undefined ? undefined : [customer as CustomerId];
  const pieces = stored(deps, { from, until: now, customers, sources });
  return { ...said, ...(await runOver(deps, { rule, pieces, limit, isOver })), ms: ms() };
}

async function* stored(
  { stream }: LabDeps,
  range: Parameters<LabDeps["stream"]["scan"]>[0],
): AsyncGenerator<readonly KnownEvent[]> {
  for await (const piece of stream.scan(range)) yield piece.map(({ event }) => event);
}

type Running = {
  readonly rule: RuleRead;
  readonly pieces: AsyncIterable<readonly KnownEvent[]> | Iterable<readonly KnownEvent[]>;
  readonly limit: number;
  readonly isOver: () => boolean;
};

async function runOver(deps: LabDeps, { rule, pieces, limit, isOver }: Running): Promise<Found> {
  const evaluator = new Evaluator({ rules: aloneOf(rule, 1), view: deps.view, logSourcesOf: deps.logSourcesOf });
  const hits = new Map<string, { readonly hit: EvaluatedHit; readonly event: KnownEvent }>();
  let seen = 0;
  let cut: TryWire["cut"] = "none";
  let [first, last]: (KnownEvent | undefined)[] = [];
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length && cut === "none"; at += CHUNK) {
      if (isOver()) cut = "time";
      if (cut !== "none") break;
      const chunk = piece.slice(at, at + Math.min(CHUNK, limit - seen));
      if (chunk.length === 0) {
        cut = "events";
        break;
      }
      seen += chunk.length;
      first ??= chunk[0];
      last = chunk.at(-1);
      const byRef = new Map(chunk.map((event) => [eventRefText(event), event]));
      const { hits: found, retracted } = evaluator.take(chunk);
      for (const hit of found) {
        const event =
          hit.events.map((ref) => byRef.get(eventRefText(ref))).findLast((one) => one !== undefined) ?? last;
        if (event !== undefined) hits.set(nameOf(hit), { hit, event });
      }
      for (const gone of retracted) hits.delete(nameOf(gone));
    }
    if (cut !== "none") break;
  }
  const shown = [...hits.values()].slice(-MATCHES_MAX).toReversed();
  if (cut === "none" && hits.size > MATCHES_MAX) cut = "matches";
  return {
    seen,
    cut,
    hits: hits.size,
    from: first?.at.toString() ?? null,
    until: last?.at.toString() ?? null,
    matches: shown.map(({ hit, event }) => ({
      event: briefWire(event),
      rule: hit.rule.title,
      level: hit.level,
      of: hit.events.length,
      customer: hit.customer ?? null,
      because: [...becauseOf(deps, rule, event)],
    })),
  };
}
const nameOf = ({ fingerprint, completedBy }: Pick<EvaluatedHit, "fingerprint" | "completedBy">): string =>
  `${fingerprint}\u0000${completedBy}`;

const BECAUSE_MAX = 12;
/** The comparisons that held on the event, of the rules that match it: what made the hit. */
function becauseOf(deps: LabDeps, { set }: RuleRead, event: KnownEvent): TryWire["matches"][number]["because"] {
  const view = deps.view(event);
  const held = new Map<string, { field: string; wanted: string; found: string[] }>();
  for (const { node } of set.rules) {
    const explained = explainMatch(node as Node, view);
    if (explained.holds) for (const test of testsHeld(explained)) held.set(`${test.field}|${test.wanted}`, test);
  }
  return [...held.values()].slice(0, BECAUSE_MAX);
}

function testsHeld(node: Explained): { field: string; wanted: string; found: string[] }[] {
  if (!node.holds || node.kind === "not") return [];
  if (node.test === undefined) return node.of.flatMap(testsHeld);
  const { field, wanted, found } = node.test;
  return [{ field, wanted, found: found.slice(0, 5) }];
}

/** In the order of event time, as stored history is read. */
export const inTime = (events: readonly KnownEvent[]): readonly KnownEvent[] =>
  events.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at));

/** Runs the examples that a rule brings: each alone, from nothing. */
export function runExamples(
  deps: Pick<LabDeps, "normalise" | "view" | "logSourcesOf">,
  rule: RuleRead,
  now: Temporal.Instant,
) {
  return (rule.notes.examples ?? []).map(({ name, hits: wanted, events }) => {
    const evaluator = new Evaluator({ rules: aloneOf(rule, 1), view: deps.view, logSourcesOf: deps.logSourcesOf });
    const known = events.flatMap((raw) =>
      deps
        .normalise(raw as Parameters<LabDeps["normalise"]>[0], { receivedAt: now })
        .map((event) => ({ ...event, customer: EXAMPLE_CUSTOMER })),
    );
    const once = new Map(known.map((event) => [eventRefText(event), event]));
    const live = new Set<string>();
    const { hits, retracted } = evaluator.take(inTime([...once.values()]));
    for (const hit of hits) live.add(nameOf(hit));
    for (const gone of retracted) live.delete(nameOf(gone));
    return { name, wanted, got: live.size > 0 };
  });
}
/** Examples are of one customer; which one says nothing. */
const EXAMPLE_CUSTOMER = "00000000-0000-4000-8000-000000000000" as CustomerId;
