import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../core/canonical.ts";
import { readerOf } from "./decide-classify.ts";
import { membersOf } from "./decide-members.ts";
import { isRec } from "./decide-read.ts";
import { logSourcesOf } from "./decide-sources.ts";
import { sigmaView } from "./decide-view.ts";
import { normalise } from "./normalise.ts";
import { SAMPLE_FILES, samples, SKIP_SAMPLES } from "./testing.ts";

const receivedAt = Temporal.Instant.from("2026-06-01T00:00:00Z");
const read = (raw: Json) => normalise(raw, { receivedAt });
/** All that anybody does with an event; must never throw. */
function use(raw: Json): void {
  // Not only does normalise catch what a reader throws: no reader throws.
  for (const one of membersOf(raw)) if (isRec(one)) readerOf(one)?.(one);
  for (const event of read(raw)) {
    sigmaView(event);
    assert.ok(logSourcesOf(event).length > 0);
    assert.ok(event.id.length > 0 && event.operation.length > 0);
    assert.equal(event.operation, event.operation.toLowerCase());
  }
}
const json = fc.jsonValue() as fc.Arbitrary<Json>;

/** A record of every kind, at most so many of a file: the long files repeat themselves. */
const OF_FILE_MAX = 60;
const records: readonly Json[] = SKIP_SAMPLES
  ? []
  : SAMPLE_FILES.flatMap((name) => {
      const all = samples(name);
      const step = Math.max(1, Math.floor(all.length / OF_FILE_MAX));
      return all.filter((_, at) => at % step === 0).map(({ raw }) => raw);
    });

test("any JSON is read", () => fc.assert(fc.property(json, use)));

/** Names that readers look for, so that any value turns up where they look. */
const NAMES = [
  "Operation",
  "CreationTime",
  "Workload",
  "RecordType",
  "operationName",
  "category",
  "properties",
  "time",
  "resourceId",
  "initiatedBy",
  "targetResources",
  "modifiedProperties",
  "status",
  "AuditData",
  "Operations",
  "records",
  "value",
  "columns",
  "rows",
  "operationType",
  "operationDate",
  "customizedData",
  "resourceNewValue",
  "resourceOldValue",
  "title",
  "severity",
  "evidence",
  "riskEventType",
  "Type",
  "ResultType",
  "UserPrincipalName",
  "Parameters",
  "ExtendedProperties",
  "ModifiedProperties",
  "Actor",
  "Target",
  "eventTimestamp",
  "claims",
  "authorization",
  "identity",
  "TargetResources",
  "Entities",
  "deviceDetail",
  "location",
  "EventName",
  "ResourceChangeUtcDate",
  "eventId",
  "customerTenantId",
  "activityDisplayName",
  "SystemAlertId",
  "Timestamp",
  "ReportId",
  "id",
  "Id",
  "__proto__",
  "constructor",
  "toString",
];
const WORDS = [
  "SignInLogs",
  "AuditLogs",
  "Administrative",
  "AzureActivity",
  "SigninLogs",
  "OfficeActivity",
  "AADUserRiskEvents",
  "AzureActiveDirectory",
  "userloggedin",
  "[",
  '{"a":[{}]}',
  "[[[1]]]",
  "2024-01-01T00:00:00Z",
  "/subscriptions//providers/",
  "/",
  "AdvancedHunting-AlertInfo",
  "SecurityComplianceCenter",
  "constructor",
  "__proto__",
  "toString",
];
const odd: fc.Arbitrary<Json> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(...WORDS),
    json,
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 10, noNullPrototype: true }),
}))["object"] as fc.Arbitrary<Json>;

test("any value under the names that readers look for is read", () =>
  fc.assert(fc.property(odd, use), { numRuns: 2_000 }));

test("deep nesting is read", () => {
  let deep: Json = "x";
  for (let depth = 0; depth < 3_000; depth++) deep = depth % 2 === 0 ? [deep] : { properties: deep };
  use(deep);
  use({ Operation: "x", CreationTime: "x", ModifiedProperties: deep });
});

/** Replaces one value somewhere in a record. */
function mutated(value: Json, path: readonly number[], by: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined || value === null || typeof value !== "object") return by;
  if (Array.isArray(value))
    return value.length === 0
      ? by
      : value.map((one: Json, at) => (at === step % value.length ? mutated(one, rest, by) : one));
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  return key === undefined
    ? by
    : { ...value, [key]: mutated((value as { [name: string]: Json })[key] ?? null, rest, by) };
}
const record = fc.integer({ min: 0, max: 1_000_000 }).map((at) => records[at % Math.max(1, records.length)] ?? null);

test("real records with any value anywhere are read", { skip: SKIP_SAMPLES }, () => {
  const path = fc.array(fc.nat(40), { maxLength: 5, minLength: 1 });
  fc.assert(
    fc.property(record, path, fc.oneof(json, fc.constantFrom(...WORDS)), (raw, way, by) => use(mutated(raw, way, by))),
    { numRuns: 3_000 },
  );
});

/** The same value with the keys of its objects the other way round. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as { [name: string]: Json })
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
}

test("the order of keys changes no id", { skip: SKIP_SAMPLES }, () => {
  for (const raw of records)
    assert.deepEqual(
      read(turned(raw)).map(({ id }) => id),
      read(raw).map(({ id }) => id),
    );
});

test("an event read again from its raw record is the same event", { skip: SKIP_SAMPLES }, () => {
  for (const raw of records)
    for (const event of read(raw)) {
      const stored = JSON.parse(JSON.stringify(event.raw)) as Json;
      assert.deepEqual(read(stored), [event]);
    }
});

test("records in an envelope are those records", { skip: SKIP_SAMPLES }, () => {
  const some = records.slice(0, 40).filter((raw) => read(raw).length === 1);
  const alone = some.flatMap(read).map(({ id }) => id);
  for (const envelope of [
    some,
    { records: some },
    { value: some, "@odata.nextLink": "x" },
    JSON.stringify({ records: some }),
  ])
    assert.deepEqual(
      read(envelope as Json).map(({ id }) => id),
      alone,
    );
});
