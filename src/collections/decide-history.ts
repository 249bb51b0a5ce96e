import type { CustomerId } from "../core/ids.ts";
import type { Money } from "../core/money.ts";
import { dayOf } from "../core/time.ts";
import type { AccountLedger, LedgerItem } from "../receivables/contract-ledger.ts";
import type {
  AccountFacts,
  AccountHistory,
  HistoryEffect,
  HistoryHold,
  HistoryInvoice,
  HistoryNotice,
  HistoryPromise,
} from "./contract-history.ts";
import type { Standing } from "./decide-standing.ts";
import type { AccountContacts } from "./letters/contract.ts";
import type { EffectRow } from "./store-effects.ts";
import type { HoldRow, PromiseRow } from "./store.ts";

/** What a customer of the desk adds to its account. */
export type CustomerPart = {
  readonly name: string;
  readonly country: string | undefined;
  readonly firstSeenAt: Temporal.Instant;
  /** Credit limit as it stands; undefined = none is set. */
  readonly limit?: Money | undefined;
};
/** Everything known of one account besides its ledger. */
export type HistoryParts = {
  readonly customer: CustomerPart | undefined;
  readonly contacts: AccountContacts | undefined;
  readonly notices: readonly HistoryNotice[];
  readonly holds: readonly HoldRow[];
  readonly promises: readonly PromiseRow[];
  readonly effects: readonly EffectRow[];
  /** The account's first invoice; undefined = none. */
  readonly firstInvoiceOn?: Temporal.PlainDate | undefined;
  /** What stands today; undefined = the day is past, or nobody tells. */
  readonly standing?: Standing | undefined;
  /** Zone for accounts without one: only to tell the day of the customer's first sight. */
  readonly zone: string;
};

/** One account's facts as the ladder reads them. */
export function toHistory(ledger: AccountLedger, parts: HistoryParts): AccountHistory {
  return {
    account: accountFacts(ledger, parts),
    invoices: ledger.items.map(toInvoice),
    money: ledger.money.map(({ currency, day, amountMinor }) => ({ currency, day, amountMinor })),
    notices: parts.notices,
    holds: [
      ...parts.holds.map(toHold),
      ...ledger.items.flatMap(importedDispute),
      ...ledger.items.flatMap(importedHold),
    ],
    promises: parts.promises.map(toPromise),
    effects: parts.effects.flatMap(toEffect),
  };
}

function accountFacts(ledger: AccountLedger, parts: HistoryParts): AccountFacts {
  const { customer, contacts, zone, firstInvoiceOn, standing } = parts;
  return {
    accountId: ledger.accountId,
    name: customer?.name ?? ledger.accountId,
    country: contacts?.country ?? customer?.country,
    language: contacts?.language,
    timeZone: contacts?.timeZone,
    customerClass: contacts?.customerClass,
    customerIds: ledger.customerIds,
    reachable: contacts?.reachable ?? [],
    customerSince: firstDay(customer, firstInvoiceOn, contacts?.timeZone ?? zone),
    // The limit that holds now says nothing of a past day either.
    ...(standing !== undefined && { ...standing, limit: customer?.limit }),
  };
}

/** The first day we know of: seen at Microsoft, or invoiced. */
function firstDay(customer: CustomerPart | undefined, invoiced: Temporal.PlainDate | undefined, zone: string) {
  const seen = customer === undefined ? undefined : dayOf(customer.firstSeenAt, zone);
  if (seen === undefined || invoiced === undefined) return seen ?? invoiced;
  return Temporal.PlainDate.compare(seen, invoiced) < 0 ? seen : invoiced;
}

function toInvoice(item: LedgerItem): HistoryInvoice {
  const { invoiceId, number, customerId, currency, amountMinor, issueDay, dueDay, dueChanges, applied } = item;
  return {
    invoiceId,
    number,
    customerId,
    currency,
    amountMinor,
    issueDay,
    dueDay,
    dueChanges,
    applied,
    soldFrom: item.soldFrom,
    claim:
      item.kind === "invoice" || item.ofInvoiceId === undefined
        ? undefined
        : { kind: item.kind, ofInvoiceId: item.ofInvoiceId },
    reminded: item.reminded,
  };
}

/** A dispute that came with an imported invoice holds it as one that was raised here does. */
function importedDispute(item: LedgerItem): readonly HistoryHold[] {
  if (!item.isDisputed && item.disputedUntil === undefined) return [];
  const from = item.disputedFrom ?? item.issueDay;
  if (item.disputedUntil !== undefined && Temporal.PlainDate.compare(item.disputedUntil, from) < 0) return [];
  return [
    {
      holdId: `${IMPORTED}${item.invoiceId}`,
      kind: "dispute",
      invoiceId: item.invoiceId,
      from,
      until: item.isDisputed ? undefined : item.disputedUntil,
    },
  ];
}
/** An invoice that the accounting system holds rests as a disputed one does: whoever held it there knows why. */
function importedHold({ held, invoiceId }: LedgerItem): readonly HistoryHold[] {
  if (held === undefined) return [];
  return [{ holdId: `${IMPORTED}held:${invoiceId}`, kind: "dispute", invoiceId, from: held.from, until: held.until }];
}
/** Ids of disputes that the ledger itself carries begin so. */
export const IMPORTED = "ledger:";

const toHold = (row: HoldRow): HistoryHold => ({
  holdId: row.hold_id,
  kind: row.kind,
  invoiceId: row.invoice_id ?? undefined,
  from: row.from_day,
  until: row.until_day ?? undefined,
});

const toPromise = (row: PromiseRow): HistoryPromise => ({
  promiseId: row.promise_id,
  currency: row.currency,
  amountMinor: row.amount_minor,
  madeOn: row.made_on,
  dueOn: row.due_on,
  invoiceIds: row.invoices.map(({ id }) => id),
  withdrawnOn: row.withdrawn_on ?? undefined,
});

/** Only what took place is a fact; what is asked for is not. */
const toEffect = (row: EffectRow): readonly HistoryEffect[] =>
  row.done_on === null
    ? []
    : [{ kind: row.kind, stepId: row.step_id, doneOn: row.done_on, undoneOn: row.undone_on ?? undefined }];

/** Accounts whose promises can only be judged by what was paid since: their whole ledger is read. */
export const needsWhole = (promises: readonly Pick<PromiseRow, "account_id">[]): ReadonlySet<CustomerId> =>
  new Set(promises.map((row) => row.account_id));
