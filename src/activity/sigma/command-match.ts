import type { SigmaEvent } from "./contract.ts";
import { Correlator } from "./correlator.ts";
import { momentOf } from "./decide-time.ts";
import { lookUp } from "./fields.ts";
import { faultText } from "./load.ts";
import { type EventSource, Matcher } from "./matcher.ts";
import { loadRules, readPlaceholders } from "./read-files.ts";
import { readLines } from "./read-lines.ts";
import { type RuleSet, ruleSetOf } from "./rule-set.ts";

export type MatchOptions = {
  readonly rules: string;
  readonly events: string;
  readonly raw: boolean;
  readonly anyLogsource: boolean;
  readonly json: boolean;
  readonly placeholders?: string | undefined;
  /** Fields that say when an event happened, in the order in which they are asked. */
  readonly timeField?: string | undefined;
  /** Field that names an event: the same twice counts once in correlations. */
  readonly idField?: string | undefined;
};

/** One event as rules see it. */
export type Viewed = {
  readonly view: SigmaEvent;
  readonly source: EventSource;
  /** Milliseconds since 1970; undefined = it does not say. */
  readonly time: number | undefined;
  readonly id: string | undefined;
  /** Its log source is not known: which rules are for it cannot be told. */
  readonly isUnknown: boolean;
};
/** A record as the events in it. */
export type View = (record: SigmaEvent) => readonly Viewed[];

export type MatchDeps = {
  /** A file's bytes, or standard input's for `-`. */
  readonly open: (path: string) => AsyncIterable<Uint8Array>;
  readonly write: (text: string) => Promise<void> | undefined;
  readonly complain: (text: string) => void;
  /** Shapes of the product: normalised fields, or the record's own with its log source. Loaded when asked for. */
  readonly views: () => Promise<{ readonly normalised: View; readonly raw: View }>;
};

/** Where records of the clouds, and of most else, say when they happened. */
export const TIME_FIELDS = [
  "time",
  "timestamp",
  "@timestamp",
  "TimeGenerated",
  "eventTimestamp",
  "CreationTime",
  "activityDateTime",
  "createdDateTime",
  "CreatedDateTime",
  "Timestamp",
  "TimeCreated_SystemTime",
  "UtcTime",
  "_time",
  "t",
] as const;

/** A file may be in any order and span years: nothing in it is too late. */
const FILE_LIMITS = { latenessMs: 100 * 366 * 86_400_000, entriesMax: 100_000, totalMax: 2_000_000 };

/** Bad lines that are named one by one. */
const COMPLAINTS_MAX = 20;

/**
 * `surety sigma match`: one line for each match, as the events are read. Exit code 2 with every fault when a rule cannot be loaded or a file
 * cannot be read, 1 when a line of the events could not be read, else 0.
 */
export async function matchCommand(options: MatchOptions, deps: MatchDeps): Promise<number> {
  try {
    return await match(options, deps);
  } catch (error) {
    // A file that is not there, or that breaks off.
    if (!(error instanceof Error && "code" in error)) throw error;
    deps.complain(error.message);
    return 2;
  }
}

async function match(options: MatchOptions, deps: MatchDeps): Promise<number> {
  const loaded = loadRules(options.rules, readPlaceholders(options.placeholders));
  const set = ruleSetOf(loaded.documents);
  const faults = [...loaded.faults, ...set.faults];
  if (faults.length > 0) {
    for (const fault of faults) deps.complain(faultText(fault));
    deps.complain(`${faults.length} ${faults.length === 1 ? "fault" : "faults"}: nothing was matched`);
    return 2;
  }
  const run = new Run(set, options, deps, await viewOf(options, deps));
  for await (const lines of readLines(deps.open(options.events))) {
    for (const { number, text } of lines) run.take(number, text);
    await run.flush();
  }
  return run.end();
}

async function viewOf(options: MatchOptions, deps: MatchDeps): Promise<View> {
  const timeFields = options.timeField?.split(",") ?? TIME_FIELDS;
  const own = (record: SigmaEvent): Pick<Viewed, "time" | "id"> => ({
    time: timeOf(record, timeFields),
    id: options.idField === undefined ? undefined : textAt(record, options.idField),
  });
  if (options.raw && options.anyLogsource)
    return (record) => [{ view: record, source: undefined, isUnknown: false, ...own(record) }];
  const { normalised, raw } = await deps.views();
  const view = options.raw ? raw : normalised;
  return (record) =>
    view(record).map((one) => {
      const said = own(one.view);
      return {
        ...one,
        time: (options.raw || options.timeField !== undefined ? said.time : undefined) ?? one.time ?? said.time,
        id: options.raw || options.idField !== undefined ? said.id : one.id,
        source: options.anyLogsource ? undefined : one.source,
        isUnknown: one.isUnknown && !options.anyLogsource,
      };
    });
}

function timeOf(record: SigmaEvent, fields: readonly string[]): number | undefined {
  for (const field of fields) {
    const found = lookUp(record, field, field.split(".")).leaves[0];
    const moment = found === undefined ? undefined : momentOf(found);
    if (moment !== undefined) return moment;
  }
  return undefined;
}
const textAt = (record: SigmaEvent, field: string): string | undefined => {
  const leaf = lookUp(record, field, field.split(".")).leaves[0];
  return leaf === undefined || leaf === null ? undefined : String(leaf);
};

class Run {
  readonly #set: RuleSet;
  readonly #options: MatchOptions;
  readonly #deps: MatchDeps;
  readonly #view: View;
  readonly #matcher: Matcher;
  readonly #correlator: Correlator;
  #out: string[] = [];
  #index = -1;
  #lastTime = 0;
  #matches = 0;
  #bad = 0;
  #unknown = 0;
  #untimed = 0;
  #withdrawn = 0;
  readonly #hit = new Set<string>();

  constructor(set: RuleSet, options: MatchOptions, deps: MatchDeps, view: View) {
    this.#set = set;
    this.#options = options;
    this.#deps = deps;
    this.#view = view;
    this.#matcher = new Matcher(set);
    this.#correlator = new Correlator(set, FILE_LIMITS);
  }

  take(line: number, text: string | undefined): void {
    this.#index++;
    const record = text === undefined ? "the line is too long" : recordOf(text);
    if (typeof record === "string") {
      if (this.#bad++ < COMPLAINTS_MAX) this.#deps.complain(`${this.#options.events}:${line}: ${record}`);
      return;
    }
    const told = new Set<string>();
    for (const one of this.#view(record)) this.#match(one, told);
  }

  #match({ view, source, time, id, isUnknown }: Viewed, told: Set<string>): void {
    if (isUnknown) this.#unknown++;
    const matched = this.#matcher.match(view, source);
    for (const at of matched)
      if (this.#set.alerting[at] === true) this.#tell(this.#index, this.#set.rules[at]?.head, told);
    if (matched.length === 0 || this.#set.correlations.length === 0) return;
    if (time === undefined) this.#untimed++;
    // An event that does not say when it happened happened with the one before it.
    this.#lastTime = time ?? this.#lastTime;
    for (const firing of this.#correlator.take(matched, { event: view, time: this.#lastTime, ref: this.#index, id }))
      if (this.#set.alertingCorrelations[firing.correlation] === true)
        this.#tell(this.#index, this.#set.correlations[firing.correlation]?.correlation.head, told);
    this.#withdrawn += this.#correlator.retractions().length;
  }

  /** One line for a rule and an event, however often it matched. */
  #tell(event: number, head: RuleSet["rules"][number]["head"] | undefined, told: Set<string>): void {
    if (head === undefined) return;
    const key = `${event}\u0000${head.id ?? head.title}\u0000${head.line}`;
    if (told.has(key)) return;
    told.add(key);
    this.#matches++;
    this.#hit.add(head.id ?? head.title);
    this.#out.push(
      this.#options.json
        ? JSON.stringify({ rule: head.title, id: head.id ?? null, event })
        : `event ${String(event).padStart(6)}  ${(head.level ?? "-").padEnd(13)}  ${head.title}`,
    );
  }

  flush(): Promise<void> | undefined {
    if (this.#out.length === 0) return undefined;
    const text = `${this.#out.join("\n")}\n`;
    this.#out = [];
    return this.#deps.write(text);
  }

  async end(): Promise<number> {
    await this.flush();
    const { complain } = this.#deps;
    const note = (count: number, text: string): void =>
      count > 0 ? complain(`${count.toLocaleString("en")} ${text}`) : undefined;
    note(this.#bad, "lines could not be read and are left out");
    note(
      this.#unknown,
      this.#options.raw
        ? "events are of no log source that is known: every rule was asked"
        : "events are of no log source that is known: only rules without one were asked; --any-logsource asks all",
    );
    note(
      this.#untimed,
      "matching events do not say when they happened: they count as of the time of the one before; --time-field names their field",
    );
    note(this.#withdrawn, "matches of correlations were made untrue by events that came later in the file");
    const { evicted, tooLate, ungrouped } = this.#correlator.counters;
    note(evicted, "matches were forgotten before their time: more was kept than the limits allow");
    note(tooLate, "matches came behind others of their group that were forgotten and were not correlated");
    note(ungrouped, "matches have no value to group by and were not correlated");
    if (!this.#options.json)
      complain(
        `${(this.#index + 1).toLocaleString("en")} events, ${this.#matches.toLocaleString("en")} matches of ${this.#hit.size} of ${this.#set.rules.length + this.#set.correlations.length} rules`,
      );
    return this.#bad > 0 ? 1 : 0;
  }
}

/** A line as a record, or why it is none. */
function recordOf(text: string): SigmaEvent | string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as SigmaEvent;
    return "an event is a JSON object";
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}
