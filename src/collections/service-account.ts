import type { z } from "zod";
import type { Person } from "../access/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { Tx } from "../store/contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { accountJson } from "./contract-wire.ts";
import { forecastOf } from "./decide-forecast.ts";
import { IMPORTED } from "./decide-history.ts";
import type { CollectionsDeps } from "./deps.ts";
import { explainLadder, type PreparedPolicy } from "./ladder/decide-ladder.ts";
import { accountOf } from "./service-accounts.ts";
import { type Ground, graceOf, type Standing, standingOf, toRow } from "./service-evaluate.ts";
import { historyOf, type Loaded } from "./service-history.ts";
import { promiseStandings } from "./service-promises-seen.ts";
import { groundOf } from "./service-run.ts";
import { readCollectionsSettings } from "./service-settings.ts";
import { callsWire, effectsWire, holdWire } from "./service-work.ts";
import { accountRow, type ListRow } from "./store-list.ts";
import { holdsOf } from "./store.ts";
import { tasksOf } from "./store-tasks.ts";
import { currencyWire, namesOf, promiseWire, rowWire, stepsWire } from "./wire.ts";

/** One account with everything the desk knows of it, judged as of now. */

const TASKS_SHOWN = 50;
const TOLD_SHOWN = 200;

export async function accountPage(
  tx: Tx,
  deps: CollectionsDeps,
  ask: { readonly customerId: CustomerId; readonly person: Person; readonly now: Temporal.Instant },
): Promise<Result<z.input<typeof accountJson>, Refusal>> {
  const { now, person } = ask;
  const accountId = await accountOf(tx, deps, ask.customerId);
  const ground = await groundOf(tx, deps, now);
  const loaded = await historyOf(tx, deps, { accountId, day: dayOf(now, deps.zone) });
  const { history } = loaded;
  const standing = standingOf(history, ground, deps.zone);
  const row = (await accountRow(tx, accountId)) ?? freshRow({ loaded, standing, ground });
  if (row === undefined) return no("not-found", "account-unknown", `The ledger has nothing of ${ask.customerId}.`);
  const names = namesOf(ground.policies.map((one) => one.version));
  const promises = promiseStandings(loaded, { day: standing.day, graceDays: graceOf(standing.prepared) });
  const forecast =
    standing.prepared === undefined ? [] : forecastOf(history, standing.prepared, { from: standing.day });
  return ok({
    row: rowWire(row, names),
    customers: await customersWire(tx, deps, history),
    account: {
      customerClass: history.account.customerClass ?? null,
      timeZone: history.account.timeZone ?? null,
      language: history.account.language ?? null,
      reachable: [...history.account.reachable],
    },
    state: standing.prepared === undefined ? null : stateWire(history, standing.prepared, standing.day),
    told: toldWire(history),
    holds: await holdsWire(tx, deps, { accountId, history, today: standing.day }),
    promises: promises.map(({ row: of, seen }) =>
      promiseWire({ ...of, seen: seen.seen, paid_minor: BigInt(seen.paid_minor) }, history.account.name),
    ),
    calls: await callsWire(tx, deps, await tasksOf(tx, accountId, TASKS_SHOWN)),
    effects: await effectsWire(tx, deps, { rows: loaded.effects, person }),
    forecast: forecast.map(({ day, stepId, what, effects, asks }) => ({
      day: day.toString(),
      stepId,
      stepName: names(standing.prepared?.version.policy.id ?? null, stepId),
      what,
      effects: [...effects],
      asks,
    })),
    asOf: now.toString(),
  });
}

/** An account that no run has met yet is in no list; its page is there all the same, if the ledger knows it. */
function freshRow(at: {
  readonly loaded: Loaded;
  readonly standing: Standing;
  readonly ground: Ground;
}): ListRow | undefined {
  const { history } = at.loaded;
  if (history.invoices.length === 0 && history.money.length === 0) return undefined;
  const row = toRow(at, undefined);
  const day = (text: string | null) => (text === null ? null : Temporal.PlainDate.from(text));
  const minor = (text: string | null) => (text === null ? null : BigInt(text));
  return {
    ...row,
    account_id: history.account.accountId,
    day: at.standing.day,
    evaluated_at: at.ground.now,
    overdue_minor: minor(row.overdue_minor),
    next_day: day(row.next_day),
    value_minor: minor(row.value_minor),
    last_told_on: day(row.last_told_on),
    set_reading: null,
    frozen_since: null,
    call_due: null,
    promise: null,
    asks: [],
  };
}

async function customersWire(tx: Tx, deps: CollectionsDeps, { account }: AccountHistory) {
  const found = await deps.customersByIds(tx, account.customerIds);
  return account.customerIds.map((id) => ({ id, name: found.get(id)?.name ?? id }));
}

function stateWire(
  history: AccountHistory,
  prepared: PreparedPolicy,
  day: Temporal.PlainDate,
): NonNullable<z.input<typeof accountJson>["state"]> {
  const state = explainLadder(history, prepared, day);
  const { policy, version } = prepared.version;
  return {
    day: day.toString(),
    policy: { id: policy.id, version, name: { en: policy.name.en, sv: policy.name.sv ?? null } },
    carrying: state.carrying === undefined ? null : { ...state.carrying, dueDay: state.carrying.dueDay.toString() },
    step: state.step ?? null,
    steps: stepsWire(state, prepared.version),
    currencies: state.currencies.map(currencyWire),
    resting: state.resting.map((one) => ({
      why: one.why,
      id: one.id ?? null,
      invoiceIds: [...one.invoiceIds],
      until: one.until?.toString() ?? null,
    })),
    tell: state.tell?.stepId ?? null,
    tellWaits:
      state.tellWaits === undefined
        ? null
        : {
            stepId: state.tellWaits.stepId,
            why: state.tellWaits.why,
            until: state.tellWaits.until?.toString() ?? null,
          },
  };
}

const toldWire = ({ notices }: AccountHistory): z.input<typeof accountJson>["told"] =>
  notices
    .toSorted((a, b) => Temporal.PlainDate.compare(b.decidedOn, a.decidedOn))
    .slice(0, TOLD_SHOWN)
    .map((one) => ({
      noticeId: one.noticeId,
      stepId: one.stepId,
      channel: one.channel,
      decidedOn: one.decidedOn.toString(),
      sentOn: one.sentOn?.toString() ?? null,
      failedOn: one.failedOn?.toString() ?? null,
      invoices: one.invoiceIds.length,
    }));

type Holding = { readonly accountId: CustomerId; readonly history: AccountHistory; readonly today: Temporal.PlainDate };

/** Our own holds, and the disputes that the ledger itself carries. */
async function holdsWire(tx: Tx, deps: CollectionsDeps, { accountId, history, today }: Holding) {
  const names = await deps.customersByIds(tx, [accountId]);
  const endingBy = today.add({ days: (await readCollectionsSettings(tx)).holdAskDays });
  const own = (await holdsOf(tx, [accountId])).map((row) => holdWire(row, { names, today, endingBy }));
  const numbers = new Map(history.invoices.map((one) => [one.invoiceId, one.number]));
  const imported = history.holds
    .filter((one) => one.holdId.startsWith(IMPORTED))
    .map(
      (one) =>
        ({
          id: one.holdId,
          kind: one.kind,
          state: one.until !== undefined && Temporal.PlainDate.compare(one.until, today) <= 0 ? "ended" : "open",
          accountId,
          accountName: history.account.name,
          invoice: { id: one.invoiceId ?? "", number: numbers.get(one.invoiceId ?? "") ?? "", open: null },
          reason: null,
          note: "",
          from: one.from.toString(),
          until: one.until?.toString() ?? null,
          owner: null,
          source: "ledger",
          caseId: null,
          outcome: null,
          liftedWhy: null,
          by: null,
          at: one.from.toZonedDateTime(deps.zone).toInstant().toString(),
        }) as const,
    );
  return [...own, ...imported];
}
