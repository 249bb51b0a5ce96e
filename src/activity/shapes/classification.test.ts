/** What other products' test suites expect of their own fixtures, and what becomes of every public sample. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ActivityEvent } from "../contract-event.ts";
import { agrees } from "../sigma/matcher.ts";
import type { LogSource } from "../sigma/contract.ts";
import { at, isRec, text } from "./decide-read.ts";
import { logSourcesOf } from "./decide-sources.ts";
import { normalise } from "./normalise.ts";
import { SAMPLE_FILES, samples, SKIP_SAMPLES } from "./testing.ts";

const receivedAt = Temporal.Instant.from("2026-06-01T00:00:00Z");
const fixtures = SKIP_SAMPLES ? [] : samples("misc_fixtures.jsonl");

test("events are of the log source that rsigma expects, and answer to it", { skip: SKIP_SAMPLES }, () => {
  let seen = 0;
  for (const { raw, line } of fixtures) {
    const expected = isRec(line["expected"]) ? line["expected"]["logsource"] : undefined;
    if (!isRec(expected)) continue;
    const [event] = normalise(raw, { receivedAt });
    assert.ok(event !== undefined);
    assert.deepEqual(event.logsource, expected);
    assert.ok(logSourcesOf(event).some((source) => agrees(expected as LogSource, source)));
    seen++;
  }
  assert.equal(seen, 4);
});

test("message traces say what OCSF's own examples make of them", { skip: SKIP_SAMPLES }, () => {
  let seen = 0;
  for (const { raw, line } of fixtures) {
    const ocsf = line["expected_ocsf"];
    if (!isRec(ocsf)) continue;
    const [event] = normalise(raw, { receivedAt });
    assert.ok(event !== undefined);
    assert.equal(event.shape, "m365-audit.message-trace");
    assert.equal(event.actor?.name, text(at(ocsf, "email", "smtp_from")));
    assert.equal(event.target?.name, text((at(ocsf, "email", "smtp_to") as readonly string[])[0]));
    assert.equal(event.resource?.name, text(at(ocsf, "email", "subject")));
    assert.equal(event.correlation, text(at(ocsf, "email", "message_uid")));
    assert.equal(event.at.epochMilliseconds, Number(text(ocsf["time"]) ?? "NaN"));
    seen++;
  }
  assert.equal(seen, 9);
});

/** Samples that are no records: fragments of documentation, an answer to another question, field names with the value 111. */
const UNKNOWN: Readonly<Record<string, number>> = {
  "misc_fixtures.jsonl": 1,
  "partner_center_docs_samples.jsonl": 1,
  "stratus_attack_samples.jsonl": 3,
};

const all = (name: string): readonly ActivityEvent[] =>
  samples(name).flatMap(({ raw }) => normalise(raw, { receivedAt }));

for (const name of SAMPLE_FILES)
  test(`${name}: known but for ${UNKNOWN[name] ?? 0}, each record with its own id`, { skip: SKIP_SAMPLES }, () => {
    const events = all(name);
    assert.equal(events.filter(({ source }) => source === "unknown").length, UNKNOWN[name] ?? 0);
    const records = new Map<string, string>();
    for (const { source, tenant, id, raw } of events) {
      const key = `${source}|${tenant ?? ""}|${id}`;
      const content = JSON.stringify(raw);
      // Repeated records are many; two different ones under one id would lose one of them.
      if (records.get(key) !== content && !isTold(name)) assert.equal(records.get(key), undefined, key);
      records.set(key, content);
    }
  });
/** Sets that repeat a record with other redactions or added columns, and suites that vary one record under its id. */
const isTold = (name: string): boolean =>
  /^(?:det_eng|golden|panther|sekoia|misc|stratus|entra_signin|partner_center)/.test(name);
