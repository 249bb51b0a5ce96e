import type { Person } from "../access/contract.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { MoneyIn } from "../receivables/contract-ledger.ts";
import type { Actor, NewEvent, Tx } from "../store/contract.ts";
import { COLLECTIONS_EVENTS, OWN_EFFECTS } from "./contract.ts";
import type { CollectionsDeps } from "./deps.ts";
import { explainLadder } from "./ladder/decide-ladder.ts";
import { evaluateAccount, standingOf } from "./service-evaluate.ts";
import { event } from "./service-effects.ts";
import { historyOf } from "./service-history.ts";
import { groundOf } from "./service-run.ts";
import {
  changeEffect,
  effectApprovals,
  effectProposals,
  type EffectRow,
  findEffect,
  insertEffectApproval,
} from "./store-effects.ts";
import { lockAccount } from "./store-state.ts";

/** A person's yes or no to an effect as a whole: to each of its proposals at Microsoft, or to what happens in our own books. */

/** Whose yes counts for what happens in our own books. */
export const OWN_APPROVERS: readonly Person["role"][] = ["billing-admin", "global-admin"];

export type Deciding = {
  readonly effectId: string;
  readonly person: Person;
  readonly actor: Actor;
  readonly note?: string | undefined;
  readonly now: Temporal.Instant;
};
type Done = Result<{ readonly effectId: string }, Refusal>;

export async function approveEffect(tx: Tx, deps: CollectionsDeps, ask: Deciding): Promise<Done> {
  const found = await askedEffect(tx, ask);
  if (!found.ok) return found;
  const row = found.value;
  if (OWN_EFFECTS.includes(row.kind)) return approveOwn(tx, deps, row, ask);
  const decided = await decideEach(tx, deps, row, (id) => deps.response.approve(tx, { ...ask, id }));
  return decided.ok ? look(tx, deps, row, { ask, events: [] }) : decided;
}

/** A no ends what was asked; the policy may ask again after some days. */
export async function rejectEffect(tx: Tx, deps: CollectionsDeps, ask: Deciding): Promise<Done> {
  const found = await askedEffect(tx, ask);
  if (!found.ok) return found;
  const row = found.value;
  if (!OWN_EFFECTS.includes(row.kind)) {
    const decided = await decideEach(tx, deps, row, (id) => deps.response.reject(tx, { ...ask, id }));
    return decided.ok ? look(tx, deps, row, { ask, events: [] }) : decided;
  }
  if (!OWN_APPROVERS.includes(ask.person.role)) return mayNot(ask.person);
  await changeEffect(tx, row.effect_id, { state: "refused", at: ask.now, refusedOn: dayOf(ask.now, deps.zone) });
  const told = event(row, "refused", { now: ask.now, actor: ask.actor, data: { why: ask.note ?? "" } });
  return look(tx, deps, row, { ask, events: [told] });
}

/** Finds and locks an effect that waits for people. The account first: everyone takes the two in this order. */
async function askedEffect(tx: Tx, { effectId }: Deciding): Promise<Result<EffectRow, Refusal>> {
  const seen = await findEffect(tx, effectId, "read");
  if (seen === undefined) return no("not-found", "effect-unknown", `There is no effect ${effectId}.`);
  await lockAccount(tx, seen.account_id);
  const row = (await findEffect(tx, effectId, "lock")) ?? seen;
  if (row.state === "asked" || (row.state === "lifting" && !OWN_EFFECTS.includes(row.kind))) return ok(row);
  return no("conflict", "effect-over", `This is ${row.state}: there is nothing to decide.`, {
    facts: { state: row.state },
  });
}

/** Every proposal that still waits; the first refusal stops all, so that nobody approves half of it without knowing. */
async function decideEach(
  tx: Tx,
  deps: CollectionsDeps,
  row: EffectRow,
  decide: (proposalId: string) => Promise<Result<undefined, Refusal>>,
): Promise<Result<undefined, Refusal>> {
  const isUndo = row.state === "lifting";
  const links = (await effectProposals(tx, [row.effect_id])).filter((one) => (one.undo_of !== null) === isUndo);
  const states = await deps.response.statesOf(
    tx,
    links.map((one) => one.proposal_id),
  );
  const waiting = links.filter((one) => states.get(one.proposal_id)?.state === "proposed");
  if (waiting.length === 0)
    return no("conflict", "effect-over", "All of it is decided already.", { facts: { state: row.state } });
  for (const { proposal_id } of waiting) {
    const done = await decide(proposal_id);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

const mayNot = ({ role }: Person) =>
  no("forbidden", "role-may-not-approve", `A ${role} may not approve this.`, {
    facts: { role, roles: OWN_APPROVERS.join(",") },
  });

async function approveOwn(tx: Tx, deps: CollectionsDeps, row: EffectRow, ask: Deciding): Promise<Done> {
  const { person, actor, note, now } = ask;
  if (!OWN_APPROVERS.includes(person.role)) return mayNot(person);
  const before = await effectApprovals(tx, [row.effect_id]);
  if (before.some((one) => one.person_id === person.id))
    return no("conflict", "you-approved-already", "One person counts once: another one must approve too.");
  await insertEffectApproval(tx, {
    effect_id: row.effect_id,
    person_id: person.id,
    name: person.name,
    role: person.role,
    at: now,
    note: note ?? null,
  });
  const have = before.length + 1;
  const told: NewEvent = {
    ...event(row, "asked", { now, actor, data: { have, need: row.need } }),
    type: COLLECTIONS_EVENTS.approved,
    why: note,
  };
  if (have < Math.max(1, row.need)) return look(tx, deps, row, { ask, events: [told] });
  if (row.kind === "write-off") {
    const written = await writeOff(tx, deps, row, ask);
    if (!written.ok) return written;
  }
  await changeEffect(tx, row.effect_id, { state: "done", at: now, doneOn: dayOf(now, deps.zone) });
  return look(tx, deps, row, { ask, events: [told, event(row, "done", { now, actor, data: {} })] });
}

/** Writes off what is overdue on the day of the last yes, invoice by invoice; an invoice is written off by an effect once. */
async function writeOff(
  tx: Tx,
  deps: CollectionsDeps,
  row: EffectRow,
  { actor, now }: Deciding,
): Promise<Result<undefined, Refusal>> {
  const { history } = await historyOf(tx, deps, { accountId: row.account_id, day: dayOf(now, deps.zone) });
  const standing = standingOf(history, await groundOf(tx, deps, now), deps.zone);
  const { prepared, day } = standing;
  if (prepared === undefined) return no("conflict", "no-policy", "No policy applies to this account any more.");
  const items = explainLadder(history, prepared, day).currencies.flatMap((one) =>
    one.items
      .filter((item) => item.daysPastDue > 0 && (item.leftOut === undefined || item.leftOut === "claim"))
      .map((item) => ({ ...item, currency: one.currency })),
  );
  const owner = new Map(history.invoices.map((one) => [one.invoiceId, one.customerId]));
  const rows = items.map((item): MoneyIn => ({
    customerId: owner.get(item.invoiceId) ?? row.account_id,
    system: "surety",
    number: `write-off:${row.effect_id}:${item.invoiceId}`,
    kind: "write-off",
    currency: item.currency,
    amountMinor: item.openMinor,
    valueDate: day,
    names: [item.number],
    text: `Policy ${row.policy_id} version ${row.policy_version}, step ${row.step_id}`,
  }));
  if (rows.length === 0) return no("conflict", "nothing-overdue", "Nothing is overdue any more.");
  const done = await deps.recordMoney(tx, { rows, actor, now });
  return done.ok ? ok(undefined) : done;
}

/** The account is looked at again with what was just decided. */
async function look(
  tx: Tx,
  deps: CollectionsDeps,
  row: EffectRow,
  { ask, events }: { readonly ask: Deciding; readonly events: readonly NewEvent[] },
): Promise<Done> {
  await evaluateAccount(tx, deps, { accountId: row.account_id, ground: await groundOf(tx, deps, ask.now), events });
  return ok({ effectId: row.effect_id });
}
