import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import { SURETY } from "../../store/contract.ts";
import { testStore } from "../../store/testing.ts";
import { FIELDS } from "../contract-fields.ts";
import { logSourcesOf } from "../shapes/decide-sources.ts";
import { sigmaView } from "../shapes/decide-view.ts";
import { normalise } from "../shapes/normalise.ts";
import { fieldsOf } from "./decide-paths.ts";
import { ourFields, visibilityOf } from "./decide-visibility.ts";
import { reportJson, reportText } from "./report.ts";
import { learnFields, type RulesImportDeps } from "./service.ts";
import { createRulesImport } from "./slice.ts";

const now = Temporal.Instant.from("2026-03-01T12:00:00Z");
const ID = "3b0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b";
const rule = (fields: string, id = ID): string => `title: Somebody signed in
id: ${id}
author: Somebody Else
license: DRL-1.1
level: medium
logsource: { product: m365, service: audit }
detection:
  sel: { ${fields} }
  condition: sel
`;
const record: Json = {
  CreationTime: "2026-02-28T10:00:00",
  Id: "9a0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b",
  Operation: "UserLoggedIn",
  OrganizationId: "8a0f2a9e-3c1d-4e5f-8a6b-7c8d9e0f1a2b",
  RecordType: 15,
  ResultStatus: "Succeeded",
  UserKey: "x",
  UserType: 0,
  Version: 1,
  Workload: "AzureActiveDirectory",
  UserId: "ada@example.com",
  ExtendedProperties: [{ Name: "RequestType", Value: "OAuth2:Authorize" }],
};

const store = await testStore();
const events = normalise(record, { receivedAt: now }).map((event, at) => ({
  position: BigInt(at + 1),
  receivedAt: now,
  intake: "test",
  event: { ...event, customer: undefined },
}));
const deps: RulesImportDeps = {
  store,
  clock: { now: () => now },
  stream: {
    end: async () => BigInt(events.length),
    readAfter: async (position) => events.filter((one) => one.position > position),
  },
  view: sigmaView,
  logSourcesOf,
  fieldNames: FIELDS.map(({ name }) => name),
};
const slice = createRulesImport(deps);
const by = { author: SURETY, why: "imported from a folder" };
const files = (fields: string) => [
  { file: "good.yml", text: rule(fields) },
  { file: "bad.yml", text: "title: no\nlogsource: { product: x }\ndetection:\n  sel: { a: 1 }\n  condition: other\n" },
];

test("every file is kept as shadow or refused with its place; the same again changes nothing", async () => {
  const first = await slice.importFolder(files("Operation: UserLoggedIn, Nowhere: x, operation: y"), by);
  assert.deepEqual(
    first.rules.map(({ id, outcome, state, author, license }) => [id, outcome, state, author, license]),
    [[ID, "added", "shadow", "Somebody Else", "DRL-1.1"]],
  );
  assert.deepEqual(first.rules[0]?.fields, {
    ours: ["operation"],
    seen: ["Operation"],
    never: ["Nowhere"],
    untold: [],
  });
  const [refusal] = reportJson(first).refusals;
  assert.deepEqual(
    [refusal?.file, refusal?.reasons[0]?.code, refusal?.reasons[0]?.line],
    ["bad.yml", "undefined-identifier", 5],
  );
  assert.match(
    reportText(first),
    /never seen: Nowhere[\s\S]*Somebody Else, DRL-1\.1|Somebody Else, DRL-1\.1[\s\S]*never seen: Nowhere/,
  );
  const again = await slice.importFolder(files("Operation: UserLoggedIn, Nowhere: x, operation: y"), by);
  assert.deepEqual(
    again.rules.map(({ outcome }) => outcome),
    ["unchanged"],
  );
  const changed = await slice.importFolder(files("Operation: UserLoggedIn"), by);
  assert.deepEqual(
    changed.rules.map(({ outcome }) => outcome),
    ["changed"],
  );
});

test("fields are learnt once from each event, and what was never seen is told by rule", async () => {
  assert.equal(await learnFields(deps), 0);
  const card = { fields: ["ExtendedProperties.Name", "Gone"], logsources: [{ product: "m365" }] };
  const unseen = await store.inTransaction((tx) => slice.unseenFields(tx, new Map([["r", card]])));
  assert.deepEqual([...unseen], [["r", ["Gone"]]]);
});

test("members of lists have the list's name, and odd values do no harm", () => {
  const fields = fieldsOf({ a: [{ b: 1 }, { c: [{ d: null }] }], e: { "f.g": 1 }, h: undefined, "": 1 });
  assert.deepEqual([...fields].sort(), ["a", "a.b", "a.c", "a.c.d", "e", "e.f.g"]);
});

test("without any event of its log source nobody can say what a rule sees", () => {
  const seen = new Map([["azure|auditlogs|*", new Set(["A"])]]);
  const ours = ourFields(["actor.id"]);
  const asked = (product: string) =>
    visibilityOf({ fields: ["A", "B", "actor.id", "actor"], logsources: [{ product }] }, { ours, seen });
  assert.deepEqual(asked("azure"), { ours: ["actor.id", "actor"], seen: ["A"], never: ["B"], untold: [] });
  assert.deepEqual(asked("aws"), { ours: ["actor.id", "actor"], seen: [], never: [], untold: ["A", "B"] });
});
