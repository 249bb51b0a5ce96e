import { assert } from "../../core/assert.ts";
import type { Tx } from "../../store/contract.ts";
import type { By, PolicyDeps } from "./deps.ts";
import { type PackId, packPolicy, packText } from "./packs.ts";
import { approve, askFor, createDraft, markSimulated, sha256Of, withdraw } from "./service.ts";
import type { VersionId } from "./store.ts";

type SwitchOn = {
  readonly pack: PackId;
  /** Replaces the pack's text, e.g. with what this reseller agreed with its customers. */
  readonly text?: string | undefined;
  readonly fromDay: Temporal.PlainDate;
  readonly simulationId: string;
  readonly why: string;
  readonly asker: Omit<By, "now">;
  readonly approver: Omit<By, "now">;
  readonly now: Temporal.Instant;
};

/** Puts a pack in force by the way a desk does it: drafted, simulated, asked for and approved by another. For the demo reseller. */
export async function switchOnPack(tx: Tx, deps: PolicyDeps, ask: SwitchOn): Promise<VersionId> {
  const { pack, fromDay, now, simulationId } = ask;
  const text = ask.text ?? packText(pack);
  // Its history lies in the past: the policy came into force on the day it is said to.
  const then: PolicyDeps = { ...deps, desk: async (of, at) => ({ ...(await deps.desk(of, at)), day: fromDay }) };
  const asker = { ...ask.asker, now };
  const policyId = packPolicy(pack).id;
  const draft = () => createDraft(tx, { policyId, text, ...asker });
  let made = await draft();
  if (!made.ok && made.error.code === "policy-draft-open") {
    // Somebody looked around while the demo was being prepared: what they began is put aside.
    const version = Number(made.error.facts?.["version"]);
    await withdraw(tx, deps, { id: { policyId, version }, ...asker });
    made = await draft();
  }
  assert(made.ok, "the demo's policy can be drafted");
  await markSimulated(tx, sha256Of(text), { simulationId, ...asker });
  const asked = await askFor(tx, then, { id: made.value, why: ask.why, fromDay, position: 1, ...asker });
  assert(asked.ok, `the demo's policy can be asked for: ${asked.ok ? "" : asked.error.detail}`);
  const approved = await approve(tx, then, { id: made.value, ...ask.approver, now });
  assert(approved.ok, "the demo's policy is approved by another person");
  return made.value;
}
