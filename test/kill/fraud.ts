/** The way the desk is for: notice, case, proposal, second person, Microsoft, answer, closed case. */
import assert from "node:assert/strict";
import type { CaseJson } from "../../src/cases/contract.ts";
import type { NoticeRowJson } from "../../src/notices/contract.ts";
import type { Wanted } from "../../src/response/contract.ts";
import { approveAndVerify, onceText, propose } from "./decisions.ts";
import type { Lane } from "./lane.ts";
import type { Name } from "./people.ts";
import { until } from "./program.ts";

const FIRST: Name = "Jonas Wik";
const SECOND: Name = "Elin Sandström";
const CUSTOMER = "Havsö Logistik AB";

/** The case of the mined customer, which no other way touches. */
export async function fraudNotice({ people }: Lane): Promise<NoticeRowJson & { readonly caseId: string }> {
  const { rows } = await people.get<{ rows: readonly NoticeRowJson[] }>(FIRST, "/api/notices?limit=100");
  const found = rows.find((one) => one.customerName === CUSTOMER && one.kind === "CryptoMining");
  assert.ok(found?.caseId, "the demo has the mining notice, and its case");
  return { ...found, caseId: found.caseId };
}

export async function fraudStory(lane: Lane): Promise<void> {
  const { people, microsoft } = lane;
  const notice = await fraudNotice(lane);
  const { caseId, customerId, entitlementId } = notice;
  assert.ok(entitlementId !== null, "Microsoft names the subscription");
  await people.write({
    who: FIRST,
    path: `/api/notices/${notice.id}/claim`,
    body: {},
    isIt: ({ type, subject }) => type === "notices.claimed" && subject.id === notice.id,
  });
  const text = onceText("28 GPU machines nobody ordered");
  await people.write({
    who: FIRST,
    path: `/api/cases/${caseId}/notes`,
    body: { text },
    isIt: ({ type, data }) => type === "cases.noted" && data?.["text"] === text,
  });
  const wanted = { kind: "cancel-entitlement", entitlementIds: [entitlementId], answerAlertsAsFraud: true };
  const made = await propose(lane, { customerId, caseId, wanted: wanted as unknown as Wanted, by: FIRST });
  const { steps } = await approveAndVerify(lane, made.id, [SECOND]);
  assert.equal(steps.length, 2, "the cancellation and the answer");
  const { entitlements, alerts } = await microsoft.state();
  const mine = entitlements.filter((one) => one.customerId === customerId);
  assert.deepEqual(
    mine.map(({ id, status }) => [id === entitlementId, status]).toSorted(),
    [
      [false, "active"],
      [true, "inactive"],
    ],
    "what was named is cancelled, and nothing else",
  );
  const alert = alerts.find((one) => one.customerId === customerId && one.kind === "CryptoMining");
  assert.deepEqual([alert?.status, alert?.resolvedReason], ["resolved", "fraud"]);
  await until("the desk to know that it is answered", async () => {
    const { rows } = await people.get<{ rows: readonly NoticeRowJson[] }>(
      FIRST,
      "/api/notices?state=answered&limit=100",
    );
    return rows.find((one) => one.id === notice.id);
  });
  await closeAsFraud(lane, caseId);
}

async function closeAsFraud({ people }: Lane, caseId: string): Promise<void> {
  const shown = await people.get<CaseJson>(SECOND, `/api/cases/${caseId}`);
  const secure = shown.playbook?.stages.find((one) => one.id === "secure");
  assert.ok(secure);
  for (const step of secure.steps) {
    const note = onceText("Checked with their administrator");
    await people.write({
      who: SECOND,
      path: `/api/cases/${caseId}/steps/${step.id}`,
      body: { state: "done", note },
      isIt: ({ type, why }) => type === "cases.step-marked" && why === note,
    });
  }
  const note = onceText("Stolen admin account, contained within the hour");
  await people.write({
    who: SECOND,
    path: `/api/cases/${caseId}/close`,
    body: { outcome: "fraud", note },
    isIt: ({ type, subject, why }) => type === "cases.closed" && subject.id === caseId && why === note,
  });
  const closed = await people.get<CaseJson>(SECOND, `/api/cases/${caseId}`);
  assert.deepEqual([closed.state, closed.outcome, closed.closeNote], ["closed", "fraud", note]);
}
