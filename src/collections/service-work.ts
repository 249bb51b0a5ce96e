import type { z } from "zod";
import type { Person } from "../access/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import { dayOf } from "../core/time.ts";
import type { Tx } from "../store/contract.ts";
import { OWN_EFFECTS } from "./contract.ts";
import type { CallWire, effectJson, EffectWire, HoldWire, promisesJson } from "./contract-work.ts";
import { cursorText, readCursor } from "./decide-list.ts";
import type { CollectionsDeps, ProposalFacts } from "./deps.ts";
import { OWN_APPROVERS } from "./service-approve.ts";
import { readCollectionsSettings } from "./service-settings.ts";
import {
  effectApprovals,
  effectProposals,
  type EffectProposalRow,
  type EffectRow,
  openEffects,
} from "./store-effects.ts";
import { overdueOfAccounts } from "./store-list.ts";
import {
  countHolds,
  countPromises,
  type HoldQuery,
  type HoldRow,
  pageOfHolds,
  pageOfPromises,
  type PromiseQuery,
} from "./store.ts";
import { countTasks, pageOfTasks, type TaskQuery, type TaskRow } from "./store-tasks.ts";
import { promiseWire } from "./wire.ts";

/** Lists of holds, promises, calls and effects as pages read them. */

type Paging = { readonly cursor?: string | undefined; readonly limit: number; readonly now: Temporal.Instant };
type Names = ReadonlyMap<CustomerId, { readonly name: string }>;
const named = (names: Names, id: CustomerId): string | null => names.get(id)?.name ?? null;

/** A page of rows with the cursor of the next one. A cursor of another list starts from the top: nothing is skipped unseen. */
function cut<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (row: T) => { readonly scope: string; readonly value: string; readonly id: string },
) {
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const key = last === undefined ? undefined : keyOf(last);
  return { page, nextCursor: key === undefined ? null : cursorText(key.scope, key) };
}

export async function listHolds(
  tx: Tx,
  deps: CollectionsDeps,
  ask: Paging & { readonly state: HoldQuery["state"]; readonly kind?: HoldQuery["kind"] },
) {
  const today = dayOf(ask.now, deps.zone);
  const endingBy = today.add({ days: (await readCollectionsSettings(tx)).holdAskDays });
  const at = ask.cursor === undefined ? undefined : readCursor(ask.cursor, "holds");
  const after = at?.value == null ? undefined : { at: at.value, id: at.id };
  const query = { state: ask.state, kind: ask.kind, today, endingBy, limit: ask.limit + 1, after };
  const [found, counts] = await Promise.all([pageOfHolds(tx, query), countHolds(tx, query)]);
  const { page, nextCursor } = cut(found, ask.limit, (row) => ({
    scope: "holds",
    value: row.at.toString(),
    id: row.hold_id,
  }));
  const names = await deps.customersByIds(
    tx,
    page.map((row) => row.account_id),
  );
  const total = ask.state === "all" ? counts.open + counts.ended : counts[ask.state];
  return { rows: page.map((row) => holdWire(row, { names, today, endingBy })), nextCursor, total, counts };
}

export function holdWire(
  row: HoldRow,
  {
    names,
    today,
    endingBy,
  }: { readonly names: Names; readonly today: Temporal.PlainDate; readonly endingBy: Temporal.PlainDate },
): HoldWire {
  const { until_day: until } = row;
  const isOver = until !== null && Temporal.PlainDate.compare(until, today) <= 0;
  const isEnding = until !== null && Temporal.PlainDate.compare(until, endingBy) <= 0;
  return {
    id: row.hold_id,
    kind: row.kind,
    state: isOver ? "ended" : isEnding ? "ending" : "open",
    accountId: row.account_id,
    accountName: named(names, row.account_id),
    invoice: row.invoice_id === null ? null : { id: row.invoice_id, number: row.invoice_number ?? "", open: null },
    reason: row.reason,
    note: row.note,
    from: row.from_day.toString(),
    until: until?.toString() ?? null,
    owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? "" },
    source: row.source,
    caseId: row.case_id,
    outcome: row.outcome,
    liftedWhy: row.lifted_why,
    by: { kind: row.by_kind, id: row.by_id, name: row.by_name },
    at: row.at.toString(),
  };
}

/** Days over which the share of kept promises is told. */
const KEPT_DAYS = 90;

export async function listPromises(
  tx: Tx,
  deps: CollectionsDeps,
  ask: Paging & { readonly state: PromiseQuery["state"] },
): Promise<z.input<typeof promisesJson>> {
  const scope = `promises-${ask.state}`;
  const at = ask.cursor === undefined ? undefined : readCursor(ask.cursor, scope);
  const after = at?.value == null ? undefined : { dueOn: at.value, id: at.id };
  const since = dayOf(ask.now, deps.zone).subtract({ days: KEPT_DAYS });
  const [found, counted] = await Promise.all([
    pageOfPromises(tx, { state: ask.state, after, limit: ask.limit + 1 }),
    countPromises(tx, since),
  ]);
  const { page, nextCursor } = cut(found, ask.limit, (row) => ({
    scope,
    value: row.due_on.toString(),
    id: row.promise_id,
  }));
  const names = await deps.customersByIds(
    tx,
    page.map((row) => row.account_id),
  );
  const { kept_lately, ended_lately, ...counts } = counted;
  return {
    rows: page.map((row) => promiseWire(row, named(names, row.account_id))),
    nextCursor,
    total: ask.state === "all" ? counts.open + counts.kept + counts.broken + counts.withdrawn : counts[ask.state],
    counts,
    keptRate: ended_lately === 0 ? null : { kept: kept_lately, ended: ended_lately },
  };
}

export async function listCalls(
  tx: Tx,
  deps: CollectionsDeps,
  ask: Paging & { readonly state: TaskQuery["state"]; readonly dueBy?: Temporal.PlainDate | undefined },
) {
  const scope = `calls-${ask.state}`;
  const at = ask.cursor === undefined ? undefined : readCursor(ask.cursor, scope);
  const after = at?.value == null ? undefined : { dueOn: at.value, id: at.id };
  const query = { state: ask.state, dueBy: ask.dueBy, after, limit: ask.limit + 1 };
  const [found, counts] = await Promise.all([pageOfTasks(tx, query), countTasks(tx)]);
  const { page, nextCursor } = cut(found, ask.limit, (row) => ({
    scope,
    value: row.due_on.toString(),
    id: row.task_id,
  }));
  const total = ask.state === "all" ? counts.due + counts.done : counts[ask.state];
  return { rows: await callsWire(tx, deps, page), nextCursor, total, counts };
}

export async function callsWire(tx: Tx, deps: CollectionsDeps, rows: readonly TaskRow[]): Promise<CallWire[]> {
  const ids = [...new Set(rows.map((row) => row.account_id))];
  const [names, phones, owed] = await Promise.all([
    deps.customersByIds(tx, ids),
    deps.phonesOf(tx, ids),
    overdueOfAccounts(tx, ids),
  ]);
  return rows.map((row) => ({
    id: row.task_id,
    accountId: row.account_id,
    accountName: named(names, row.account_id),
    kind: row.kind,
    letterId: row.letter_id ?? row.facts["letterId"] ?? null,
    facts: { ...row.facts },
    stepId: row.step_id,
    dueOn: row.due_on.toString(),
    state: row.state,
    phone: phones.get(row.account_id) ?? null,
    overdue: [...(owed.get(row.account_id) ?? [])],
    outcome: row.outcome,
    note: row.note,
    nextOn: row.next_on?.toString() ?? null,
    by:
      row.by_kind === null || row.by_id === null ? null : { kind: row.by_kind, id: row.by_id, name: row.by_name ?? "" },
    at: row.at.toString(),
  }));
}

const OPEN_MAX = 500;
/** Effects that wait for people. */
export const listEffects = async (tx: Tx, deps: CollectionsDeps, person: Person) => ({
  rows: await effectsWire(tx, deps, { rows: await openEffects(tx, OPEN_MAX), person }),
});

export async function effectsWire(
  tx: Tx,
  deps: CollectionsDeps,
  { rows, person }: { readonly rows: readonly EffectRow[]; readonly person: Person },
): Promise<EffectWire[]> {
  const ids = rows.map((row) => row.effect_id);
  const [links, approvals] = await Promise.all([effectProposals(tx, ids), effectApprovals(tx, ids)]);
  const states = await deps.response.statesOf(
    tx,
    links.map((one) => one.proposal_id),
  );
  const names = await deps.customersByIds(
    tx,
    rows.map((row) => row.account_id),
  );
  return rows.map((row) => {
    const own = links.filter((one) => one.effect_id === row.effect_id);
    const yes = approvals.filter((one) => one.effect_id === row.effect_id);
    return effectWire(row, { name: named(names, row.account_id), links: own, states, yes, person });
  });
}

type EffectParts = {
  readonly name: string | null;
  readonly links: readonly EffectProposalRow[];
  readonly states: ReadonlyMap<string, ProposalFacts>;
  readonly yes: readonly { readonly person_id: string }[];
  readonly person: Person;
};
function effectWire(row: EffectRow, parts: EffectParts): z.input<typeof effectJson> {
  const { links, states } = parts;
  const isUndo = row.state === "lifting";
  const now = links
    .filter((one) => (one.undo_of !== null) === isUndo)
    .flatMap((one) => states.get(one.proposal_id) ?? []);
  return {
    id: row.effect_id,
    kind: row.kind,
    accountId: row.account_id,
    accountName: parts.name,
    stepId: row.step_id,
    stepName: row.step_name,
    policyId: row.policy_id,
    policyVersion: row.policy_version,
    state: row.state,
    wantedOn: row.wanted_on.toString(),
    doneOn: row.done_on?.toString() ?? null,
    undoneOn: row.undone_on?.toString() ?? null,
    reason: row.reason,
    ...approvalOf(row, parts, now),
    amount: [...row.amounts],
    proposals: links.flatMap((one) => {
      const found = states.get(one.proposal_id);
      return found === undefined
        ? []
        : [
            {
              id: found.id,
              number: found.number,
              kind: found.kind,
              name: one.name,
              state: found.state,
              isUndo: one.undo_of !== null,
            },
          ];
    }),
    left: [...row.kept_out],
  };
}

/** What is still needed: of several proposals, the one that lacks most. */
function approvalOf(row: EffectRow, { yes, person }: EffectParts, now: readonly ProposalFacts[]) {
  if (OWN_EFFECTS.includes(row.kind)) {
    const need = row.state === "asked" ? Math.max(1, row.need) : row.need;
    const mayApprove =
      row.state === "asked" && OWN_APPROVERS.includes(person.role) && !yes.some((one) => one.person_id === person.id);
    return { have: yes.length, need, roles: row.state === "asked" ? [...OWN_APPROVERS] : [], mayApprove };
  }
  const waiting = now.filter((one) => one.state === "proposed");
  const have =
    waiting.length === 0 ? Math.max(0, ...now.map((one) => one.have)) : Math.min(...waiting.map((one) => one.have));
  const need = Math.max(1, row.need, ...now.map((one) => one.need));
  return { have, need, roles: [], mayApprove: waiting.length > 0 && person.role !== "auditor" };
}
