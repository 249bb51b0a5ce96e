import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import { dayOf } from "../core/time.ts";
import { appendEvents } from "../store/events.ts";
import { type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { COLLECTIONS_EVENTS, type AccountScore, type CollectionsSettings } from "./contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { LadderState } from "./contract-ladder.ts";
import { actsOf } from "./decide-acts.ts";
import { overdueOf, rowOf } from "./decide-row.ts";
import type { CollectionsDeps, Converter } from "./deps.ts";
import { ladderState, policyFor, type PreparedPolicy } from "./ladder/decide-ladder.ts";
import { doAct, settleEffects } from "./service-effects.ts";
import { historyOf, type Loaded } from "./service-history.ts";
import { brokenCalls, promiseStandings, seenEvents } from "./service-promises-seen.ts";
import { dropStale } from "./service-tasks.ts";
import { tellNow } from "./service-tell.ts";
import { effectsOf } from "./store-effects.ts";
import { seePromises } from "./store.ts";
import { keptStates, lockAccount, markDirty, type KeptState, type StateToWrite, writeMembers } from "./store-state.ts";
import { writeStates } from "./store-rows.ts";

/** One look at one account: facts in, state out, and everything that follows from it in one transaction. */

/** What a run reads once for all its accounts. */
export type Ground = {
  readonly now: Temporal.Instant;
  /** In the order of the desk. */
  readonly policies: readonly PreparedPolicy[];
  readonly reporting: Currency;
  readonly convert: Converter;
  readonly settings: CollectionsSettings;
  /** Nothing is sent: the bank's news are late. */
  readonly isPaused: boolean;
};

/** Where an account stands in time, by the policy that is for it. */
export type Standing = {
  readonly prepared: PreparedPolicy | undefined;
  readonly zone: string;
  readonly day: Temporal.PlainDate;
  readonly state: LadderState | undefined;
  /** The policy's hour of sending has come. */
  readonly isTime: boolean;
};

export function standingOf(history: AccountHistory, ground: Ground, deskZone: string): Standing {
  const { timeZone } = history.account;
  const prepared = policyFor(history, ground.policies, localOf(ground.now, timeZone ?? deskZone).day);
  const calendar = prepared?.version.policy.calendar;
  const zone = timeZone ?? calendar?.timeZone ?? deskZone;
  const { day, time } = localOf(ground.now, zone);
  return {
    prepared,
    zone,
    day,
    state: prepared === undefined ? undefined : ladderState(history, prepared, day),
    isTime: calendar !== undefined && Temporal.PlainTime.compare(time, Temporal.PlainTime.from(calendar.sendAt)) >= 0,
  };
}

type Local = { readonly day: Temporal.PlainDate; readonly time: Temporal.PlainTime };
const locals = new WeakMap<Temporal.Instant, Map<string, Local>>();
/** What calendar and clock say in a zone at the moment of a run: worked out once a zone, not once an account. */
function localOf(now: Temporal.Instant, zone: string): Local {
  let known = locals.get(now);
  if (known === undefined) locals.set(now, (known = new Map<string, Local>()));
  let local = known.get(zone);
  if (local === undefined) {
    const there = now.toZonedDateTimeISO(zone);
    local = { day: there.toPlainDate(), time: there.toPlainTime() };
    known.set(zone, local);
  }
  return local;
}

export type Looked = { readonly accountId: CustomerId; readonly acted: boolean };

type LookAsk = {
  readonly accountId: CustomerId;
  readonly ground: Ground;
  /** Told before those of the look. */
  readonly events?: readonly NewEvent[];
  /**
   * Letters are queued by runs only. A request may hold the end of the event log already, and claims take the ledger's lock, which
   * others take in the other order: it marks the account instead.
   */
  readonly tells?: boolean;
};

/** Looks at one account and does what follows, in the caller's transaction. Events come last. */
export async function evaluateAccount(tx: Tx, deps: CollectionsDeps, ask: LookAsk): Promise<Looked> {
  const { accountId } = ask;
  await lockAccount(tx, accountId);
  const { events, looked } = await look(tx, deps, ask);
  await appendEvents(tx, [...(ask.events ?? []), ...events]);
  return looked;
}

/** Latest day on earth: nothing that a zone ahead of ours calls today is left out. Later facts change nothing in the state. */
const LAST_ZONE_HOURS = 14;

async function look(
  tx: Tx,
  deps: CollectionsDeps,
  { accountId, ground, tells = false }: LookAsk,
): Promise<{ readonly events: readonly NewEvent[]; readonly looked: Looked }> {
  const { now } = ground;
  const asOf = dayOf(now.add({ hours: LAST_ZONE_HOURS }), "UTC");
  const settled = await settleEffects(tx, deps, {
    rows: await effectsOf(tx, [accountId]),
    day: dayOf(now, deps.zone),
    now,
  });
  const loaded = await historyOf(tx, deps, { accountId, day: asOf });
  const { history } = loaded;
  const standing = standingOf(history, ground, deps.zone);
  const { prepared, state, day } = standing;
  const kept = (await keptStates(tx, [accountId])).get(accountId);
  const promises = promiseStandings(loaded, { day, graceDays: graceOf(prepared) });
  const row = await stateRow(tx, deps, { loaded, standing, ground });
  // The row before what follows from it: whoever writes many rows takes them before the end of the event log, and so do we.
  await writeStates(tx, [row]);
  await writeMembers(tx, [{ accountId, customerIds: history.account.customerIds }]);
  await seePromises(
    tx,
    promises.map((one) => one.seen),
  );
  const events: NewEvent[] = [...settled.events, ...seenEvents(promises, now)];
  if (prepared !== undefined && state !== undefined) {
    const { version } = prepared;
    const around = { history, state, version, day, now };
    events.push(...(await brokenCalls(tx, deps, { promises, version, day, now })));
    events.push(...(await dropStale(tx, { accountId, state, now })));
    if (state.tell !== undefined && standing.isTime && !ground.isPaused) {
      if (tells) events.push(...(await tellNow(tx, deps, around)));
      else await markDirty(tx, [accountId], now);
    }
    const { settings, isPaused } = ground;
    const acts = actsOf(state, version, { rows: loaded.effects, askAgainDays: settings.askAgainDays, isPaused });
    for (const act of acts) events.push(...(await doAct(tx, deps, { act, around })));
  }
  const acted = events.length > 0;
  events.push(...stepEvents(kept, row, now));
  return { events, looked: { accountId, acted } };
}

export const graceOf = (prepared: PreparedPolicy | undefined): number =>
  prepared?.version.policy.promises.graceDays ?? 0;

type Rowing = { readonly loaded: Loaded; readonly standing: Standing; readonly ground: Ground };

/** The account's row, with what the prediction says of it. */
async function stateRow(tx: Tx, deps: CollectionsDeps, { loaded, standing, ground }: Rowing): Promise<StateToWrite> {
  const asked = scoreAsk(loaded, standing, ground);
  const [score] = asked === undefined ? [] : await deps.score(tx, [asked], standing.day);
  return toRow({ loaded, standing, ground }, score);
}

/** What the prediction is asked; nothing overdue, or a missing rate, asks nothing. */
export function scoreAsk({ history }: Pick<Loaded, "history">, { state, day }: Standing, ground: Ground) {
  const overdue = overdueOf({ history, state, day });
  let minor = 0n;
  for (const amount of overdue) {
    const converted = ground.convert(amount, ground.reporting);
    if (converted === undefined) return undefined;
    minor += converted.minor;
  }
  if (minor <= 0n) return undefined;
  return {
    accountId: history.account.accountId,
    overdue: { minor, currency: ground.reporting },
    daysPastDue: state?.carrying?.daysPastDue ?? 0,
    invoices: history.invoices,
  };
}

export function toRow({ loaded, standing, ground }: Rowing, score: AccountScore | undefined): StateToWrite {
  const { prepared, zone, day, state, isTime } = standing;
  const standings = promiseStandings(loaded, { day, graceDays: graceOf(prepared) });
  return rowOf({
    history: loaded.history,
    state,
    version: prepared?.version,
    day,
    zone,
    now: ground.now,
    toldDay: isTime && !ground.isPaused ? day : undefined,
    score,
    reporting: ground.reporting,
    convert: ground.convert,
    promises: {
      kept: standings.filter((one) => one.seen.seen === "kept").length,
      broken: standings.filter((one) => one.seen.seen === "broken").length,
    },
  });
}

/** The step changed: told once, by comparison with the row before. */
export function stepEvents(kept: KeptState | undefined, row: StateToWrite, now: Temporal.Instant): readonly NewEvent[] {
  const from = kept?.step ?? null;
  if (from === row.step) return [];
  return [
    {
      type: COLLECTIONS_EVENTS.stepChanged,
      actor: SURETY,
      at: now,
      subject: { kind: "account", id: row.account_id },
      customerId: row.account_id as CustomerId,
      before: { step: from },
      after: { step: row.step },
      data: { step: row.step, from, policy: row.policy_id, version: row.policy_version, day: row.day, days: row.days },
    },
  ];
}
