/** Compares our events with what another product makes of the same records: pairs of record and document in Elastic Common Schema. */
import type { Json } from "../../core/canonical.ts";
import { ECS_NAMES, ecsOf } from "./decide-fields.ts";
import { contentOf, isRec } from "./decide-read.ts";
import { sigmaView } from "./decide-view.ts";
import { normalise } from "./normalise.ts";
import { samples } from "./testing.ts";

/** Namespaces of that product's own: not ECS, and ours have other names. */
const OWN = /^(?:action|agent|azure|azuread|microsoft|office365)\./;

export type Share = {
  readonly records: number;
  /** Fields of ECS in their documents, and how many of them we fill with the same value. */
  readonly expected: number;
  readonly same: number;
  /** How many of the expected our events have a place for. */
  readonly placed: number;
  /** Values of all fields, ECS and their own, and how many a rule can see somewhere in our event. */
  readonly values: number;
  readonly seen: number;
  /** ECS fields that we do not fill, with how often; the most frequent first. */
  readonly missing: readonly (readonly [field: string, times: number])[];
};
type Counts = {
  records: number;
  expected: number;
  same: number;
  placed: number;
  values: number;
  seen: number;
  missing: Map<string, number>;
};

export function shareOfFields(): ReadonlyMap<string, Share> {
  const found = new Map<string, Counts>();
  for (const { line } of samples("sekoia_intake_tests.jsonl")) {
    const intake = String(line["intake"]);
    const counts = found.get(intake) ?? {
      records: 0,
      expected: 0,
      same: 0,
      placed: 0,
      values: 0,
      seen: 0,
      missing: new Map<string, number>(),
    };
    found.set(intake, counts);
    compare(line["event"] ?? null, line["expected"] ?? null, counts);
  }
  return new Map(
    [...found].map(([intake, counts]) => [
      intake,
      { ...counts, missing: [...counts.missing].sort(([a, one], [b, two]) => two - one || a.localeCompare(b)) },
    ]),
  );
}

function compare(raw: Json, document: Json, counts: Counts): void {
  const [event] = normalise(raw, { receivedAt: Temporal.Instant.fromEpochMilliseconds(0) });
  if (event === undefined) return;
  counts.records++;
  const ours = ecsOf(event);
  const text = contentOf(JSON.parse(JSON.stringify(sigmaView(event))) as Json).toLowerCase();
  for (const [field, value] of leavesOf(document, "")) {
    const said = value.toLowerCase();
    counts.values++;
    if (said === "" || text.includes(JSON.stringify(said).slice(1, -1))) counts.seen++;
    if (OWN.test(field)) continue;
    counts.expected++;
    if (ECS_NAMES.has(field)) counts.placed++;
    if (isSame(ours[field], value)) counts.same++;
    else counts.missing.set(field, (counts.missing.get(field) ?? 0) + 1);
  }
}
function isSame(ours: string | undefined, theirs: string): boolean {
  if (ours === undefined) return false;
  // Moments are compared to the millisecond: views write no more.
  if (/^\d{4}-\d\d-\d\dT/.test(theirs)) return ours.slice(0, 19) === theirs.slice(0, 19);
  return ours.toLowerCase() === theirs.toLowerCase();
}

function* leavesOf(value: Json, path: string): Generator<readonly [field: string, value: string]> {
  if (isRec(value))
    for (const [key, member] of Object.entries(value)) yield* leavesOf(member, path === "" ? key : `${path}.${key}`);
  else if (Array.isArray(value)) for (const member of value) yield* leavesOf(member, path);
  else if (value !== null) yield [path, String(value)];
}
