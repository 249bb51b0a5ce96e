import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type { AccountLedger, ItemKind, LedgerAsk, LedgerItem, LedgerMoney } from "./contract-ledger.ts";

/** One customer of a page as PostgreSQL packs it; null = nothing of it. */
export type PackedCustomer = {
  readonly account: string;
  readonly customer: string;
  readonly items: string | null;
  readonly money: string | null;
};

const UNIT = "\u001f";
const RECORD = "\u001e";
const EPOCH = Temporal.PlainDate.from("2000-01-01");
/** Days are few and never change: each is made once. Far ones are made anew, so that the list stays short. */
const days: Temporal.PlainDate[] = [];
const DAYS_KEPT = 40_000;

function dayOf(text: string): Temporal.PlainDate {
  const place = Number(text);
  const known = days[place];
  if (known !== undefined) return known;
  const day = EPOCH.add({ days: place });
  if (place >= 0 && place < DAYS_KEPT) days[place] = day;
  return day;
}

export type Unpack = { readonly asOf: Temporal.PlainDate; readonly depth: LedgerAsk["depth"] };

/** Accounts of a page, members of one account following each other; accounts of which nothing was found are left out. */
export function* unpackAccounts(
  rows: readonly PackedCustomer[],
  options: Unpack,
): Generator<AccountLedger, void, undefined> {
  for (let at = 0; at < rows.length;) {
    const accountId = rows[at]?.account as CustomerId;
    const customerIds: CustomerId[] = [];
    const items: LedgerItem[] = [];
    const money: LedgerMoney[] = [];
    for (let row = rows[at]; row !== undefined && row.account === accountId; row = rows[++at]) {
      const customerId = row.customer as CustomerId;
      customerIds.push(customerId);
      if (row.items !== null) unpackItems(row.items, customerId, { ...options, items });
      if (row.money !== null) unpackMoney(row.money, customerId, money);
    }
    if (items.length > 0 || money.length > 0) yield { accountId, customerIds, items, money };
  }
}

function unpackItems(text: string, customerId: CustomerId, options: Unpack & { readonly items: LedgerItem[] }): void {
  const openOnly = options.depth === "open";
  for (const record of text.split(RECORD)) {
    const [id = "", currency = "", amount = "", issued = "", due = "", allocated = "", rest = "", number = ""] =
      record.split(UNIT);
    const parsed = rest === "" ? undefined : (JSON.parse(rest) as Rest);
    const corrected = parsed?.[13] ?? undefined;
    const { amountMinor, lines } =
      corrected === undefined
        ? { amountMinor: BigInt(amount), lines: NOTHING }
        : correctedOn(BigInt(amount), corrected, { asOf: options.asOf, issueDay: dayOf(issued) });
    const given = allocated === "" ? NOTHING : allocated.split(",").map(appliedOf);
    const applied = lines === NOTHING ? given : [...lines, ...given].toSorted((a, b) => compareDays(a.day, b.day));
    // Settled on the day asked for and opened again later: PostgreSQL cannot tell by its columns alone.
    if (openOnly && applied !== NOTHING && applied.reduce((sum, one) => sum + one.amountMinor, 0n) >= amountMinor)
      continue;
    const known = parsed === undefined ? PLAIN : knownOn(parsed, dayOf(due), options.asOf);
    options.items.push({
      invoiceId: id,
      number,
      customerId,
      kind: known.kind,
      ofInvoiceId: known.ofInvoiceId,
      currency: currency as Currency,
      amountMinor,
      issueDay: dayOf(issued),
      dueDay: known.dueDay ?? dayOf(due),
      dueChanges: known.dueChanges,
      applied,
      disputedFrom: known.disputedFrom,
      disputedUntil: known.disputedUntil,
      isDisputed: known.isDisputed,
      soldFrom: known.soldFrom,
      reminded: known.reminded,
      held: known.held,
    });
  }
}

const NOTHING: LedgerItem["applied"] = [];
function appliedOf(text: string): LedgerItem["applied"][number] {
  const colon = text.indexOf(":");
  return { day: dayOf(text.slice(0, colon)), amountMinor: BigInt(text.slice(colon + 1)) };
}

/** What few items have; in the order of `itemsOf` in `store-ledger.ts`. */
type Rest = readonly [
  kind: ItemKind,
  ofInvoiceId: string | null,
  dueChanges: readonly { readonly on: string; readonly before: string }[] | null,
  disputed: boolean,
  disputedFrom: string | null,
  disputedUntil: string | null,
  soldFrom: string | null,
  soldUntil: string | null,
  remindedLevel: number | null,
  remindedOn: string | null,
  heldFrom: string | null,
  heldUntil: string | null,
  heldReason: string | null,
  amountChanges: readonly AmountChange[] | null,
];
type AmountChange = { readonly on: string; readonly before: string };
const compareDays = Temporal.PlainDate.compare;

/**
 * The amount at the end of `asOf`, and lines that make every day before a correction show what it showed: the difference counts as
 * applied, or as opened again, until the day of the correction takes it back.
 */
function correctedOn(
  amountNow: bigint,
  changes: readonly AmountChange[],
  { asOf, issueDay }: { readonly asOf: Temporal.PlainDate; readonly issueDay: Temporal.PlainDate },
): { readonly amountMinor: bigint; readonly lines: LedgerItem["applied"] } {
  const isLater = ({ on }: AmountChange): boolean => compareDays(Temporal.PlainDate.from(on), asOf) > 0;
  const amountMinor = BigInt(changes.find(isLater)?.before ?? amountNow);
  const past = changes.filter((change) => !isLater(change));
  const lines: { day: Temporal.PlainDate; amountMinor: bigint }[] = [];
  for (const [place, { on, before }] of past.entries()) {
    const after = BigInt(past[place + 1]?.before ?? amountMinor);
    const changedOn = Temporal.PlainDate.from(on);
    lines.push({ day: issueDay, amountMinor: after - BigInt(before) });
    lines.push({
      day: compareDays(changedOn, issueDay) < 0 ? issueDay : changedOn,
      amountMinor: BigInt(before) - after,
    });
  }
  return { amountMinor, lines };
}
type Known = Pick<
  LedgerItem,
  | "kind"
  | "ofInvoiceId"
  | "dueChanges"
  | "disputedFrom"
  | "disputedUntil"
  | "isDisputed"
  | "soldFrom"
  | "reminded"
  | "held"
> & { readonly dueDay: Temporal.PlainDate | undefined };

const PLAIN: Known = {
  kind: "invoice",
  ofInvoiceId: undefined,
  dueDay: undefined,
  dueChanges: [],
  disputedFrom: undefined,
  disputedUntil: undefined,
  isDisputed: false,
  soldFrom: undefined,
  reminded: undefined,
  held: undefined,
};

/** What was known at the end of `asOf`: a due date changed later is not seen, nor a sale, hold or reminder of a later day. */
function knownOn(rest: Rest, dueNow: Temporal.PlainDate, asOf: Temporal.PlainDate): Known {
  const [kind, ofInvoiceId, changes, disputed, ...dates] = rest;
  const [disputedFrom, disputedUntil, soldFrom, soldUntil, level, remindedOn, heldFrom, heldUntil, heldReason] = dates;
  const day = (text: string | null): Temporal.PlainDate | undefined =>
    text === null ? undefined : Temporal.PlainDate.from(text);
  const isPast = (at: Temporal.PlainDate | undefined): at is Temporal.PlainDate =>
    at !== undefined && Temporal.PlainDate.compare(at, asOf) <= 0;
  const all = (changes ?? []).map(({ on, before }) => ({
    changedOn: Temporal.PlainDate.from(on),
    before: Temporal.PlainDate.from(before),
  }));
  const later = all.find(({ changedOn }) => !isPast(changedOn));
  const [sold, reminded, held] = [day(soldFrom), day(remindedOn), day(heldFrom)];
  return {
    kind,
    ofInvoiceId: ofInvoiceId ?? undefined,
    dueDay: later?.before ?? dueNow,
    dueChanges: all.filter(({ changedOn }) => isPast(changedOn)),
    disputedFrom: day(disputedFrom),
    disputedUntil: day(disputedUntil),
    isDisputed:
      (disputed || (disputedUntil !== null && !isPast(day(disputedUntil)))) &&
      (disputedFrom === null || isPast(day(disputedFrom))),
    soldFrom: isPast(sold) && !isPast(day(soldUntil)) ? sold : undefined,
    reminded: isPast(reminded) && level !== null ? { level, on: reminded } : undefined,
    held: isPast(held) ? { from: held, until: day(heldUntil), reason: heldReason ?? "" } : undefined,
  };
}

function unpackMoney(text: string, customerId: CustomerId, into: LedgerMoney[]): void {
  for (const record of text.split(RECORD)) {
    const [currency = "", day = "", minor = ""] = record.split(UNIT);
    into.push({ customerId, currency: currency as Currency, day: dayOf(day), amountMinor: BigInt(minor) });
  }
}
