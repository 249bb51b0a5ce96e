/** Decisions as two people walk them, from the proposal to what Microsoft shows, and back. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { OptionsJson, ProposalJson, Wanted } from "../../src/response/contract.ts";
import type { Name } from "./people.ts";
import { until } from "./program.ts";
import type { Lane } from "./lane.ts";
import type { Seat } from "./simulator.ts";

const KINDS = ["suspend-subscription", "auto-renew-off"] as const;
const BY: Name = "Elin Sandström";
const YES: readonly Name[] = ["Karin Holm", "Jonas Wik"];
const PRESS_MS = 120;
/** Looks at one proposal while the desk is up. */
const LOOKS_MAX = 900;

export type Proposal = {
  readonly customerId: string;
  readonly caseId?: string;
  readonly wanted: Wanted;
  readonly by: Name;
};

/** A number of its own in every text that is written, by which it is found again. */
let written = 0;
export const onceText = (what: string): string => `${what} no. ${(written += 1)}`;

export async function propose(lane: Lane, { customerId, caseId, wanted, by }: Proposal): Promise<ProposalJson> {
  const reason = onceText("Agreed with the customer");
  const body = { customerId, wanted, reason, ...(caseId !== undefined && { caseId }) };
  return lane.people.write<ProposalJson>({
    who: by,
    path: "/api/proposals",
    body,
    isIt: ({ type, why }) => type === "response.proposal-made" && why === reason,
  });
}

/** Approves what was proposed, by as many of `yes` as it needs, and waits until Microsoft shows it. */
export async function approveAndVerify(lane: Lane, id: string, yes: readonly Name[]): Promise<ProposalJson> {
  lane.decided.push(id);
  for (const who of yes) {
    await pause(PRESS_MS);
    const note = onceText("Called them back");
    const { state } = await lane.people.write<ProposalJson>({
      who,
      path: `/api/proposals/${id}/approve`,
      body: { note },
      isIt: ({ type, subject, why }) => type === "response.proposal-approved" && subject.id === id && why === note,
    });
    if (state !== "proposed") break;
  }
  const last = { state: "" };
  return until(
    `proposal ${id} to be verified`,
    async () => {
      const shown = await lane.people.get<ProposalJson>(yes[0] ?? "Jonas Wik", `/api/proposals/${id}`);
      last.state = shown.state;
      if (shown.state === "verified") return shown;
      assert.ok(["approved", "running", "sent"].includes(shown.state), `${id} is ${JSON.stringify(shown)}`);
      return undefined;
    },
    LOOKS_MAX,
  );
}

async function undo(lane: Lane, id: string): Promise<void> {
  await pause(PRESS_MS);
  const reason = onceText("Paid in full");
  const back = await lane.people.write<ProposalJson>({
    who: BY,
    path: `/api/proposals/${id}/undo`,
    body: { reason },
    isIt: ({ type, why }) => type === "response.proposal-made" && why === reason,
  });
  await approveAndVerify(lane, back.id, YES);
  lane.undone.push(id);
}

const seatOf = async ({ microsoft }: Lane, id: string): Promise<Seat> => {
  const found = (await microsoft.state()).subscriptions.find((one) => one.id === id);
  assert.ok(found, "Microsoft has the subscription");
  return found;
};
const shape = ({ status, quantity, autoRenewEnabled, scheduledNextTermInstructions }: Seat) => ({
  status,
  quantity,
  autoRenewEnabled,
  scheduledNextTermInstructions,
});

/** Suspends a seat subscription or stops its renewal, and undoes that: everything is as it was before. */
export async function thereAndBack(lane: Lane, seatId: string, nth: number): Promise<void> {
  const before = await seatOf(lane, seatId);
  const kind = KINDS[nth % KINDS.length] ?? "suspend-subscription";
  const { options } = await lane.people.get<OptionsJson>(BY, `/api/customers/${before.customerId}/options`);
  const way = options.find((one) => one.kind === kind && one.targets.some(({ id }) => id === seatId));
  // What cannot be undone any more (it renews today, say) is not for this way.
  if (way === undefined || way.whyNot !== null || !way.undo.possible) return;
  const wanted = { kind, subscriptionId: seatId } as unknown as Wanted;
  const made = await propose(lane, { customerId: before.customerId, wanted, by: BY });
  await approveAndVerify(lane, made.id, YES);
  const between = await seatOf(lane, seatId);
  assert.equal(between.autoRenewEnabled, false);
  assert.equal(between.status, kind === "suspend-subscription" ? "suspended" : "active");
  await undo(lane, made.id);
  assert.deepEqual(shape(await seatOf(lane, seatId)), shape(before), `${before.name} is as it was`);
  lane.walked.back += 1;
}
