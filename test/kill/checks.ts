/** What must hold after every kill, and at the end of a lane. */
import assert from "node:assert/strict";
import type { ProposalJson } from "../../src/response/contract.ts";
import type { Lane } from "./lane.ts";
import { compare, readLog, type SeenEvent } from "./records.ts";

const JONAS = "Jonas Wik";

/** After every start: the chain is whole, nothing acknowledged is gone, nothing happened twice here or at Microsoft. */
export async function checkNow({ people, records, microsoft }: Lane): Promise<readonly SeenEvent[]> {
  const acknowledged = records.acknowledged();
  const verified = await people.get<{ ok: boolean }>(JONAS, "/api/audit/verify");
  assert.ok(verified.ok, JSON.stringify(verified));
  const events = await readLog(await people.text(JONAS, "/api/audit/export"));
  compare(events, { acknowledged, all: records.all() });
  const requestIds = (await microsoft.effects()).map((one) => one.requestId);
  assert.equal(new Set(requestIds).size, requestIds.length, "no request has two effects at Microsoft");
  return events;
}

/** Calls by which the desk tells Microsoft where it is, or begins to read a log; they decide nothing. */
const OWN_PATHS = /\/(webhooks|usagebudget|activity\/feed\/subscriptions)/;

/** At the end everything was acknowledged, and every action has one effect, one record, one event of each kind. */
export async function checkAll(lane: Lane): Promise<void> {
  const { people, records, microsoft, decided, undone, imported } = lane;
  assert.deepEqual(records.count().acknowledged, records.count().all, "whatever was asked was acknowledged in the end");
  const events = await checkNow(lane);
  const count = (type: string, id: string, position?: number) =>
    events.filter(
      (one) =>
        one.type === type && one.subject.id === id && (position === undefined || one.data?.["position"] === position),
    ).length;
  const ours: string[] = [];
  for (const id of decided) {
    const { steps } = await people.get<ProposalJson>(JONAS, `/api/proposals/${id}`);
    for (const type of ["made", "approved", "verified"])
      assert.equal(count(`response.proposal-${type}`, id), 1, `${type} ${id} is told once`);
    for (const { position, requestId, foundSo, state } of steps) {
      assert.deepEqual([state, foundSo], ["verified", false], "what we did is never taken for somebody else's doing");
      const told = ["response.action-sent", "response.action-verified"].map((type) => count(type, id, position));
      assert.deepEqual(told, [1, 1], `step ${position} of ${id} is told once`);
      ours.push(requestId);
    }
  }
  for (const id of undone) assert.equal(count("response.undone", id), 1, `${id} is undone once`);
  for (const id of imported) assert.equal(count("receivables.import-finished", id), 1, `import ${id} ended once`);
  const theirs = (await microsoft.effects()).filter((one) => !OWN_PATHS.test(one.path));
  assert.deepEqual(
    theirs.map((one) => one.requestId).toSorted(),
    ours.toSorted(),
    "everything that changed at Microsoft is one of our actions, and each of those changed it once",
  );
}
