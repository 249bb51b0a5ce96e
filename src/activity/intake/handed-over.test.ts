import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import type { AuditRecord, SecurityAlert } from "../../partner-center/contract.ts";
import { intakeSinks, takeHandedOver } from "./handed-over.ts";
import { NOW, readAll, record, tenant, testIntake } from "./testing.ts";

const { store, stream, deps } = await testIntake();
const jobs: string[] = [];
const sinks = intakeSinks({ clock: deps.clock, enqueue: async (_tx, job) => void jobs.push(job) });
const audit = (n: number, more: Readonly<Record<string, Json>> = {}): AuditRecord =>
  ({ id: `audit-${n}`, raw: record(n, more) }) as unknown as AuditRecord;
const ids = async () => (await readAll(stream)).map(({ event }) => event.id);

test("records are put down in sync's own transaction and moved by the job", async () => {
  await assert.rejects(
    store.inTransaction(async (tx) => {
      await sinks.saveAuditRecords(tx, [audit(1)]);
      throw new Error("sync was cut short");
    }),
  );
  assert.equal(await takeHandedOver(deps), 0, "what sync did not keep, we have not");
  await store.inTransaction((tx) => sinks.saveAuditRecords(tx, [audit(1), audit(2, { text: "a\u0000b" })]));
  assert.deepEqual(jobs.slice(1), ["activity.take-handed-over"]);
  assert.equal(await takeHandedOver(deps), 2);
  assert.deepEqual(await ids(), ["record-1", "record-2"]);
  const [first] = await stream.readAfter(0n, 1);
  assert.deepEqual([first?.event.customer, first?.intake], [tenant(1), "sync:partner-center"]);
});

test("a job that dies after the stream kept the records, or before, doubles nothing and loses nothing", async () => {
  await store.inTransaction((tx) => sinks.saveAuditRecords(tx, [audit(3), audit(4)]));
  const dying = { ...deps, stream: { ...stream, append: () => Promise.reject(new Error("killed")) } };
  await assert.rejects(takeHandedOver(dying));
  const halfway: typeof deps.stream = {
    ...stream,
    append: (records, by) =>
      stream.append(records, {
        ...by,
        alongside: async (tx, appended) => {
          await by.alongside?.(tx, appended);
          throw new Error("killed at the last moment");
        },
      }),
  };
  await assert.rejects(takeHandedOver({ ...deps, stream: halfway }));
  assert.deepEqual((await ids()).length, 2);
  await takeHandedOver(deps);
  await store.inTransaction((tx) => sinks.saveAuditRecords(tx, [audit(4)]));
  await takeHandedOver(deps);
  assert.deepEqual(await ids(), ["record-1", "record-2", "record-3", "record-4"]);
});

test("an alert is taken once, however often and by whichever channel it is read", async () => {
  const alert = (n: number, channel: string): SecurityAlert =>
    ({ channel, correlationKey: `key-${n}`, raw: record(n, { channel }) }) as unknown as SecurityAlert;
  await store.inTransaction((tx) => sinks.saveAlerts(tx, [alert(10, "graph"), alert(11, "graph")], NOW));
  await store.inTransaction((tx) => sinks.saveAlerts(tx, [alert(10, "fraud-events"), alert(12, "fraud-events")], NOW));
  assert.equal(await takeHandedOver(deps), 3);
  assert.deepEqual((await ids()).slice(4), ["record-10", "record-11", "record-12"]);
});
