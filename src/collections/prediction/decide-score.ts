import { exponentOf } from "../../core/currency.ts";
import type { LedgerItem } from "../../receivables/contract-ledger.ts";
import type { AccountScore, ScoreAsk } from "../contract.ts";
import type { HistoryInvoice } from "../contract-history.ts";
import { featuresOf, openBeside } from "./decide-features.ts";
import { chanceOf, type ChanceReason, type Model, reasonsOf } from "./decide-model.ts";
import { addSettled, epochDay, newHistory, type PastInvoice, type PayerHistory } from "./decide-payer.ts";
import { type ContactEffect, contactedChance, contactValue } from "./decide-worklist.ts";

/** Settled invoices below which a payer counts as not known: no chance is told. */
export const KNOWN_MIN = 3;
const NOTHING_LEARNT: readonly ChanceReason[] = [{ kind: "chance.nothing-learnt", facts: {} }];

/** How large an amount is beside others of its currency; a size, never an amount. */
const sizeOf = (minor: bigint, currency: string): number => Number(minor) / 10 ** exponentOf(currency);

type Item = Pick<
  LedgerItem,
  "invoiceId" | "currency" | "amountMinor" | "issueDay" | "dueDay" | "applied" | "dueChanges"
> &
  Partial<Pick<LedgerItem, "disputedFrom" | "disputedUntil">>;

/** An invoice of the ledger as the prediction reads it. Its lateness counts from the due date that was agreed first: a date moved later is no punctuality. */
export function toPast(item: Item, payerId: string): PastInvoice {
  const { settledDay, partPaidFrom } = paidOf(item);
  return {
    invoiceId: item.invoiceId,
    payerId,
    currency: item.currency,
    size: sizeOf(item.amountMinor, item.currency),
    issuedDay: epochDay(item.issueDay),
    dueDay: epochDay(item.dueChanges?.[0]?.before ?? item.dueDay),
    settledDay,
    partPaidFrom,
    disputedFrom: item.disputedFrom === undefined ? undefined : epochDay(item.disputedFrom),
    disputedUntil: item.disputedUntil === undefined ? undefined : epochDay(item.disputedUntil),
  };
}

/** The day on which the last of it was paid, for good; and the first day on which a part was. */
function paidOf({ applied, amountMinor }: Pick<Item, "applied" | "amountMinor">) {
  let left = amountMinor;
  let settledDay: number | undefined;
  let partPaidFrom: number | undefined;
  for (const { day, amountMinor: paid } of applied) {
    left -= paid;
    if (left <= 0n) settledDay ??= epochDay(day);
    else {
      settledDay = undefined;
      partPaidFrom ??= epochDay(day);
    }
  }
  return { settledDay, partPaidFrom };
}

/** How an account paid, from its whole ledger, before a day. Claims on top of invoices are no invoices. */
export function historyFrom(items: readonly LedgerItem[], accountId: string, day: number): PayerHistory {
  const history = newHistory();
  const settled = items
    .filter(({ kind }) => kind === "invoice")
    .map((item) => toPast(item, accountId))
    .filter((one): one is PastInvoice & { settledDay: number } => one.settledDay !== undefined && one.settledDay < day)
    .sort((a, b) => a.settledDay - b.settledDay || (a.invoiceId < b.invoiceId ? -1 : 1));
  for (const one of settled) addSettled(history, one);
  return history;
}

export type Scoring = {
  readonly model: Model | undefined;
  readonly effect: ContactEffect;
  readonly history: PayerHistory | undefined;
  readonly day: Temporal.PlainDate;
};

/** What is told of an account: the chance that its overdue is paid within 30 days, with and without a contact, and what moved it. */
export function scoreOf(ask: ScoreAsk, { model, effect, history, day }: Scoring): AccountScore {
  const { accountId, overdue } = ask;
  const silent = (reasons: readonly ChanceReason[]): AccountScore => ({
    accountId,
    chance: undefined,
    chanceIfContacted: undefined,
    value: undefined,
    reasons,
  });
  if (model === undefined) return silent(NOTHING_LEARNT);
  const settled = history?.settled ?? 0;
  if (history === undefined || settled < KNOWN_MIN)
    return silent([{ kind: "chance.nothing-known", facts: { settled, wanted: KNOWN_MIN } }]);
  const { chance, reasons } = overInvoices(ask, { model, history, day });
  return {
    accountId,
    chance,
    chanceIfContacted: contactedChance(chance, effect),
    value: contactValue({ overdue, chance, effect }),
    reasons,
  };
}

type Known = { readonly model: Model; readonly history: PayerHistory; readonly day: Temporal.PlainDate };

/** Invoices of an account that are scored one by one; what is left over is weighed as the oldest of the rest. */
const SCORED_MAX = 40;

/** The chance of the overdue amount: of each overdue invoice, weighted by what is open of it; reasons are those of the largest. */
function overInvoices(
  ask: ScoreAsk,
  { model, history, day }: Known,
): { readonly chance: number; readonly reasons: readonly ChanceReason[] } {
  const today = epochDay(day);
  const open = (ask.invoices ?? []).flatMap((one) => openPast(one, ask.accountId, today));
  const overdue = open
    .filter(({ past }) => past.dueDay < today)
    .sort((a, b) => b.size - a.size)
    .slice(0, SCORED_MAX);
  const scored = overdue.length > 0 ? overdue : [standIn(ask, today)];
  const all = open.map(({ past }) => past);
  let [weighted, weights] = [0, 0];
  let reasons: readonly ChanceReason[] = [];
  scored.forEach(({ past, size }, at) => {
    const others = openBeside(all, past, today);
    const features = featuresOf({
      invoice: past,
      day: today,
      history,
      everyone: model.everyone,
      others,
      brokenPromises: ask.brokenPromises ?? 0,
    });
    weighted += chanceOf(model, features.values) * size;
    weights += size;
    if (at === 0) reasons = reasonsOf(model, features);
  });
  return { chance: weighted / weights, reasons };
}

function openPast(
  invoice: HistoryInvoice,
  accountId: string,
  today: number,
): readonly { readonly past: PastInvoice; readonly size: number }[] {
  if (invoice.claim !== undefined) return [];
  const left = invoice.applied.reduce((sum, one) => sum - one.amountMinor, invoice.amountMinor);
  const past = toPast({ ...invoice, dueChanges: invoice.dueChanges ?? [] }, accountId);
  return left > 0n && past.issuedDay <= today ? [{ past, size: sizeOf(left, invoice.currency) }] : [];
}

/** Nothing is known of the invoices but the sum and the age of the oldest. */
function standIn({ accountId, overdue, daysPastDue }: ScoreAsk, today: number) {
  const size = Math.max(sizeOf(overdue.minor, overdue.currency), 1e-2);
  const dueDay = today - daysPastDue;
  const past: PastInvoice = {
    invoiceId: "sum",
    payerId: accountId,
    currency: overdue.currency,
    size,
    issuedDay: dueDay - 30,
    dueDay,
    settledDay: undefined,
  };
  return { past, size };
}
