import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Json } from "../src/core/canonical.ts";
import type { CustomerId } from "../src/core/ids.ts";
import type { ActivityEvent } from "../src/activity/contract-event.ts";
import { logSourcesOf } from "../src/activity/shapes/decide-sources.ts";
import { sigmaView } from "../src/activity/shapes/decide-view.ts";
import { normalise } from "../src/activity/shapes/normalise.ts";
import type { LogSource, SigmaEvent } from "../src/activity/sigma/contract.ts";
import { Correlator } from "../src/activity/sigma/correlator.ts";
import { Matcher } from "../src/activity/sigma/matcher.ts";
import { type RuleSet, ruleSetOf } from "../src/activity/sigma/rule-set.ts";
import { areThere, fewRules, manyRules, type Rules, sampleLines } from "./activity-data.ts";
import { count, median, print } from "./measure.ts";

const HELP = `npm run bench -- activity [match parse soak-memory desk soak] [options]
  match        events a second through rules and correlations, already normalised
  parse        the same from the text of a record: JSON.parse, normalise, match
  soak-memory  many events, memory beside them (not run unless asked for)
  desk         end to end over HTTP (not run unless asked for)
  soak         alone: a desk killed again and again beside an undisturbed one [--events 200000] [--kill-seconds 60] [--seed 1] [--rate N]
  --seconds 3  processor time for each figure
  --rules 3000 how many rules the larger set has
  --events 1000000  how many the soak takes`;

type Options = { readonly seconds: number; readonly rules: number; readonly events: number };

/** One process, one core: rules over the sample stream, which is taken round and round with its times moved on. */
export async function benchActivity(args: readonly string[]): Promise<void> {
  // It has options of its own, and needs no sample logs.
  if (args[0] === "soak") return (await import("./activity-soak.ts")).benchActivitySoak(args.slice(1));
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: "3" },
      rules: { type: "string", default: "3000" },
      events: { type: "string", default: "1000000" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void console.log(HELP);
  if (!areThere()) return void console.log("skipped: the public sample logs and rules are not beside this checkout");
  const options = { seconds: Number(values.seconds), rules: Number(values.rules), events: Number(values.events) };
  const parts = positionals.length === 0 ? ["match", "parse"] : positionals;
  const stream = sampleStream();
  print(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)} before we began`, "");
  console.log(
    `${count(stream.length)} sample records, ${count(stream.reduce((sum, { line }) => sum + line.length, 0) / stream.length)} bytes each on the mean\n`,
  );
  const sets = parts.some((part) => part !== "desk") ? [fewRules(), manyRules(options.rules)] : [];
  for (const part of parts) {
    if (part === "match") for (const rules of sets) benchMatch(rules, stream, options);
    else if (part === "parse") for (const rules of sets) benchParse(rules, stream, options);
    else if (part === "soak-memory") soak(sets[0] ?? fewRules(), stream, options);
    else if (part === "desk") await desk();
    else throw new Error(`no part ${part}\n${HELP}`);
  }
}

/** Lane (c), over HTTP to a durable PostgreSQL, is a bench of its own. */
async function desk(): Promise<void> {
  const path = "./activity-desk.ts";
  const { benchActivityDesk } = (await import(path)) as { benchActivityDesk: () => Promise<void> };
  await benchActivityDesk();
}

type Sample = {
  readonly line: string;
  readonly id: string;
  readonly at: number;
  readonly view: SigmaEvent;
  readonly source: readonly LogSource[];
};
const NOW = Temporal.Instant.from("2026-01-01T00:00:00Z");
/** The desk knows whose a record is; rules group by it. */
const CUSTOMER = "c0ffee00-0000-4000-8000-000000000001" as CustomerId;
const MATCH_AIM = 100_000;
const PARSE_AIM = 50_000;

const viewed = (event: ActivityEvent): Omit<Sample, "line"> => ({
  id: event.id,
  at: event.at.epochMilliseconds,
  view: sigmaView({ ...event, customer: CUSTOMER }),
  source: logSourcesOf(event),
});

/** In the order of event time, as a live stream mostly is. */
function sampleStream(): readonly Sample[] {
  return sampleLines()
    .flatMap((line) =>
      normalise(JSON.parse(line) as Json, { receivedAt: NOW })
        .slice(0, 1)
        .map((event) => ({ line, ...viewed(event) })),
    )
    .sort((a, b) => a.at - b.at);
}

/** A round of the stream lies this far behind the one before. */
const ROUND_MS = 200 * 86_400_000;

class Engine {
  readonly matcher: Matcher;
  readonly correlator: Correlator;
  matches = 0;
  firings = 0;

  constructor(set: RuleSet) {
    this.matcher = new Matcher(set);
    this.correlator = new Correlator(set);
  }
  take({ view, source, at, id }: Omit<Sample, "line">, ref: number, round: number): void {
    const matched = this.matcher.match(view, source);
    if (matched.length === 0) return;
    this.matches += matched.length;
    this.firings += this.correlator.take(matched, {
      event: view,
      time: at + round * ROUND_MS,
      ref,
      id: `${round}:${id}`,
    }).length;
  }
}

/** Events a second by the clock, and for each second that the processor worked for us: machines are shared. */
type Rate = { readonly wall: number; readonly core: number };
type Work = (sample: Sample, ref: number, round: number) => void;
const ROUNDS = 5;

/** Several works in turn, so that each has its share of what else the machine does; the medians of their rounds. */
function rates<Name extends string>(
  seconds: number,
  stream: readonly Sample[],
  works: Readonly<Record<Name, Work>>,
): Readonly<Record<Name, Rate>> {
  const names = Object.keys(works) as Name[];
  const found = new Map<Name, Rate[]>(names.map((name) => [name, []]));
  const refs = new Map<Name, number>(names.map((name) => [name, 0]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const name of names) {
      const one = turn(seconds / ROUNDS, stream, { work: works[name], from: refs.get(name) ?? 0 });
      refs.set(name, one.ref);
      // The first round is for the compiler.
      if (round > 0) found.get(name)?.push(one.rate);
    }
  const middle = (name: Name): Rate => {
    const all = found.get(name) ?? [];
    return { wall: median(all.map(({ wall }) => wall)), core: median(all.map(({ core }) => core)) };
  };
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as Record<Name, Rate>;
}

/** Goes on where it was until the processor worked so many seconds. */
function turn(
  seconds: number,
  stream: readonly Sample[],
  { work, from }: { readonly work: Work; readonly from: number },
): { readonly rate: Rate; readonly ref: number } {
  const began = performance.now();
  const used = process.cpuUsage();
  let ref = from;
  for (;;) {
    for (let some = 0; some < 500; some++) {
      const sample = stream[ref % stream.length];
      if (sample !== undefined) work(sample, ref, Math.floor(ref / stream.length));
      ref++;
    }
    const { user, system } = process.cpuUsage(used);
    if (user + system < seconds * 1_000_000) continue;
    const done = ref - from;
    return {
      rate: { wall: (done * 1_000) / (performance.now() - began), core: (done * 1_000_000) / (user + system) },
      ref,
    };
  }
}
const rateText = ({ wall, core }: Rate): string => `${count(core)}/s a core (${count(wall)}/s)`;
const line = (what: string, rate: Rate, beside = "", aim?: number): void =>
  print(
    what,
    rateText(rate),
    beside,
    aim === undefined ? "" : `aim ${count(aim)}/s a core: ${rate.core >= aim ? "reached" : "missed"}`,
  );

function benchMatch(rules: Rules, stream: readonly Sample[], { seconds }: Options): void {
  const set = ruleSetOf(rules.documents);
  console.log(`match: ${rules.says}; ${set.rules.length} rules, ${set.correlations.length} correlations`);
  const engine = new Engine(set);
  const naive = new Matcher(set);
  const found = rates(seconds, stream, {
    ours: (sample, ref, round) => engine.take(sample, ref, round),
    loop: ({ view, source }) => void naive.matchNaively(view, source),
    parse: ({ line: text }) => void JSON.parse(text),
  });
  line(
    "match and correlate",
    found.ours,
    `${(found.ours.core / found.loop.core).toFixed(1)} × every rule asked`,
    MATCH_AIM,
  );
  line("  every rule asked, nothing correlated", found.loop);
  line("  JSON.parse alone", found.parse);
  const { groups, entries } = engine.correlator.counters;
  console.log(
    `  ${count(engine.matches)} matches, ${count(engine.firings)} firings, ${count(groups)} groups of ${count(entries)} entries\n`,
  );
}

function benchParse(rules: Rules, stream: readonly Sample[], { seconds }: Options): void {
  const set = ruleSetOf(rules.documents);
  console.log(`parse, normalise and match: ${rules.says}`);
  const engine = new Engine(set);
  const events = ({ line: text }: Sample) => normalise(JSON.parse(text) as Json, { receivedAt: NOW });
  const found = rates(seconds, stream, {
    ours: (sample, ref, round) => {
      for (const event of events(sample)) engine.take(viewed(event), ref, round);
    },
    shaped: (sample) => {
      for (const event of events(sample)) viewed(event);
    },
    parse: ({ line: text }) => void JSON.parse(text),
  });
  const share = ((100 * found.ours.core) / found.parse.core).toFixed(0);
  line("parse, normalise, match and correlate", found.ours, `${share} % of JSON.parse alone`, PARSE_AIM);
  line("  parse and normalise alone", found.shaped);
  line("  JSON.parse alone", found.parse);
  console.log();
}

const MIB = 1_048_576;

/** Memory must not grow with the number of events. */
function soak(rules: Rules, stream: readonly Sample[], { events }: Options): void {
  console.log(`memory over ${count(events)} events: ${rules.says}`);
  const engine = new Engine(ruleSetOf(rules.documents));
  const began = performance.now();
  const step = Math.max(1, Math.floor(events / 10));
  let done = 0;
  for (let round = 1; done < events; round++)
    for (const { line } of stream) {
      for (const event of normalise(JSON.parse(line) as Json, { receivedAt: NOW }))
        engine.take(viewed(event), done, round);
      if (++done % step === 0) {
        globalThis.gc?.();
        const { groups, entries, evicted } = engine.correlator.counters;
        const { rss, heapUsed } = process.memoryUsage();
        print(
          `${count(done)} events`,
          `${count(heapUsed / MIB)} MiB heap`,
          `${count(rss / MIB)} MiB resident; ${count(groups)} groups, ${count(entries)} entries`,
          `${count(evicted)} evicted`,
        );
      }
      if (done >= events) break;
    }
  print("events a second", count((done * 1_000) / (performance.now() - began)));
}
