import type { CustomerId } from "../core/ids.ts";
import { dayOf } from "../core/time.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { COLLECTIONS_EVENTS } from "./contract.ts";
import type { HoldKind } from "./contract-history.ts";
import type { CollectionsDeps, OpenCase } from "./deps.ts";
import { accountsFor } from "./service-accounts.ts";
import { caseHolds, endHold, insertHold, type NewHold } from "./store.ts";
import { markDirty } from "./store-state.ts";

/**
 * An open case about misuse means that the customer may be hacked, one about identity that it may be a fraud: neither gets a letter
 * about money while somebody looks into it. The hold begins and ends with the case.
 */
const HELD_BY: Readonly<Record<"misuse" | "identity", HoldKind>> = { misuse: "hacked", identity: "fraud-case" };
const isHolding = (family: string): family is keyof typeof HELD_BY => family in HELD_BY;

/** Makes the holds that follow cases what the open cases say. Safe to repeat. */
export async function followCases(tx: Tx, deps: CollectionsDeps, now: Temporal.Instant): Promise<void> {
  const open = (await deps.openCasesOf(tx, ["misuse", "identity"])).filter(({ family }) => isHolding(family));
  const held = await caseHolds(tx);
  const day = dayOf(now, deps.zone);
  const accounts = await accountsFor(
    tx,
    deps,
    open.map((one) => one.customerId),
  );
  const events: NewEvent[] = [];
  for (const one of open.toSorted((a, b) => (a.caseId < b.caseId ? -1 : 1))) {
    if (held.some((hold) => hold.case_id === one.caseId)) continue;
    const accountId = accounts.get(one.customerId) ?? one.customerId;
    const opened = dayOf(one.openedAt, deps.zone);
    const from = Temporal.PlainDate.compare(opened, day) < 0 ? opened : day;
    const hold = holdOf(one, { accountId, id: deps.newId(), day: from, now });
    if (hold !== undefined && (await insertHold(tx, hold))) events.push(placed(hold, one));
  }
  const ids = new Set<string>(open.map((one) => one.caseId));
  for (const hold of held) {
    if (hold.case_id === null || ids.has(hold.case_id)) continue;
    await endHold(tx, hold.hold_id, { on: day, why: "The case is closed", outcome: null });
    events.push({
      type: COLLECTIONS_EVENTS.holdLifted,
      actor: SURETY,
      at: now,
      subject: { kind: "hold", id: hold.hold_id },
      customerId: hold.account_id,
      data: { kind: hold.kind, caseId: hold.case_id, outcome: null },
    });
  }
  await markDirty(
    tx,
    events.flatMap(({ customerId }) => customerId ?? []),
    now,
  );
  await appendEvents(tx, events);
}

type At = {
  readonly accountId: CustomerId;
  readonly id: string;
  readonly day: Temporal.PlainDate;
  readonly now: Temporal.Instant;
};
function holdOf({ caseId, number, family, assignee }: OpenCase, { accountId, id, day, now }: At): NewHold | undefined {
  if (!isHolding(family)) return undefined;
  return {
    hold_id: id,
    account_id: accountId,
    kind: HELD_BY[family],
    invoice_id: null,
    invoice_number: null,
    reason: null,
    note: number,
    from_day: day,
    until_day: null,
    owner_id: assignee?.id ?? null,
    owner_name: assignee?.name ?? null,
    source: "case",
    case_id: caseId,
    by: SURETY,
    at: now,
  };
}

const placed = (hold: NewHold, { caseId, number }: OpenCase): NewEvent => ({
  type: COLLECTIONS_EVENTS.holdPlaced,
  actor: SURETY,
  at: hold.at,
  subject: { kind: "hold", id: hold.hold_id },
  customerId: hold.account_id,
  caseId,
  data: { kind: hold.kind, case: number },
});
