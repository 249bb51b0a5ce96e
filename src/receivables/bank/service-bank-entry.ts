import { isCurrency } from "../../core/currency.ts";
import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { isLedgerOnly } from "../contract.ts";
import { loadLedgerCustomers } from "../store.ts";
import { lockLedger } from "../store-import.ts";
import type { SuggestionWire } from "./contract-bank.ts";
import type { BankEntry } from "./contract-statement.ts";
import { matchEntry, nameKey } from "./decide-bank-match.ts";
import { lookupFor, namesOf, payerKeysOf, sha256 } from "./plan-bank.ts";
import type { BankDeps, By } from "./service-bank.ts";
import { type EntryWithFile, findEntry, giveOwnKey, markDecided, markRecorded, type Paid } from "./store-bank-entry.ts";
import { customersOwing, learnPayers, reversible } from "./store-bank-lookup.ts";
import { moneyOf, notWaiting, reversalOf } from "./take-bank.ts";

type Deciding = By & { readonly deps: BankDeps };
const unknownEntry = (): Result<never, Refusal> => no("not-found", "bank-entry-unknown", "there is no such bank entry");

export type Assign = {
  readonly customerId: CustomerId;
  readonly invoices: readonly string[];
  readonly learn: boolean;
};
/** A person says whose money a waiting entry is. It becomes money at once, and the payer is remembered for the next file. */
export async function assignEntry(
  tx: Tx,
  entryId: bigint,
  { customerId, invoices, learn, actor, now, deps }: Assign & Deciding,
): Promise<Result<EntryWithFile, Refusal>> {
  await lockLedger(tx);
  const entry = await findEntry(tx, entryId, true);
  if (entry === undefined) return unknownEntry();
  if (entry.state !== "waiting" && entry.state !== "set-aside") return notWaiting(entry.state);
  if (!(await isCustomer(tx, customerId, deps)))
    return no("not-found", "customer-unknown", "there is no such customer", { facts: { customerId } });
  const money = await moneyFor(tx, entry, { customerId, invoices });
  if (!money.ok) return money;
  const recorded = await deps.recordMoney(tx, { rows: money.value.rows, actor, now });
  if (!recorded.ok) return recorded;
  await markRecorded(tx, entryId, {
    customerId,
    by: "person",
    what: invoices.join(", ").slice(0, 300) || null,
    payments: money.value.paid,
    person: actor.name,
    at: now,
    reversesId: money.value.reversesId,
  });
  const keys = payerKeysOf({ account: entry.payer_account ?? undefined, orgNumber: entry.payer_org ?? undefined });
  if (learn && entry.amount_minor > 0n)
    await learnPayers(
      tx,
      keys.map((key) => ({ ...key, customerId, from: "person" as const })),
      now,
    );
  await appendEvents(tx, [
    {
      type: "receivables.bank-entry-assigned",
      actor,
      at: now,
      subject: { kind: "bank-entry", id: entryId.toString() },
      customerId,
      data: {
        amount: { minor: entry.amount_minor.toString(), currency: entry.currency },
        bookedOn: entry.booked_on.toString(),
        payer: entry.payer_name,
        invoices,
        learnt: learn ? keys.map(({ value }) => value) : [],
      },
    },
  ]);
  return again(tx, entryId);
}

const again = async (tx: Tx, entryId: bigint): Promise<Result<EntryWithFile, Refusal>> => {
  const entry = await findEntry(tx, entryId);
  return entry === undefined ? unknownEntry() : ok(entry);
};
async function isCustomer(tx: Tx, customerId: CustomerId, deps: BankDeps): Promise<boolean> {
  if (isLedgerOnly(customerId)) return (await loadLedgerCustomers(tx, [customerId])).length > 0;
  return (await deps.customersByIds(tx, [customerId])).has(customerId);
}

type ForCustomer = { readonly customerId: CustomerId; readonly invoices: readonly string[] };
type MadeMoney = ReturnType<typeof moneyOf> & { readonly reversesId: bigint | null };
/** A waiting reversal takes back the newest money of that amount from the customer; without any there is nothing to take back. */
async function moneyFor(
  tx: Tx,
  entry: EntryWithFile,
  { customerId, invoices }: ForCustomer,
): Promise<Result<MadeMoney, Refusal>> {
  const money = {
    moneyKey: entry.money_key,
    amountMinor: entry.amount_minor,
    currency: entry.currency,
    bookedOn: entry.booked_on,
    valueOn: entry.value_on ?? undefined,
    sourceId: entry.source_id ?? undefined,
    text: entry.text,
  };
  if (entry.amount_minor > 0n) {
    const names = invoices.length > 0 ? invoices : entry.refs.map(({ value }) => value);
    return ok({
      ...moneyOf({ ...money, parts: [{ customerId, amountMinor: entry.amount_minor, names }] }),
      reversesId: null,
    });
  }
  const taken = await reversible(tx, [{ accountKey: entry.account_key, minor: -entry.amount_minor }]);
  const before = taken.find(
    (one) => one.customer_id === customerId && Temporal.PlainDate.compare(one.booked_on, entry.booked_on) <= 0,
  );
  if (before === undefined)
    return no(
      "conflict",
      "nothing-to-reverse",
      "this customer paid nothing of this amount into this account before: there is nothing to take back",
    );
  return ok({ ...reversalOf({ ...money, before: before.payments as readonly Paid[] }), reversesId: before.entry_id });
}

/** A person says that an entry is no customer's payment: interest, a transfer between own accounts, a supplier's refund. */
export async function setEntryAside(
  tx: Tx,
  entryId: bigint,
  { reason, actor, now }: { readonly reason: string } & By,
): Promise<Result<EntryWithFile, Refusal>> {
  const entry = await findEntry(tx, entryId, true);
  if (entry === undefined) return unknownEntry();
  if (entry.state !== "waiting") return notWaiting(entry.state);
  await markDecided(tx, entryId, { state: "set-aside", reason, person: actor.name, at: now });
  await appendEvents(tx, [decided(entry, { type: "receivables.bank-entry-set-aside", reason, actor, now })]);
  return again(tx, entryId);
}

/** A person says that an entry is other money than the one it was recognised as: it waits to be assigned. */
export async function takeEntryAnyway(
  tx: Tx,
  entryId: bigint,
  { reason, actor, now }: { readonly reason: string } & By,
): Promise<Result<EntryWithFile, Refusal>> {
  await lockLedger(tx);
  const entry = await findEntry(tx, entryId, true);
  if (entry === undefined) return unknownEntry();
  if (entry.state !== "known")
    return no("conflict", "entry-not-known", `the entry is ${entry.state}, not recognised as other money`, {
      facts: { state: entry.state },
    });
  await giveOwnKey(tx, entryId, sha256(`own|${entry.money_key}|${entryId}`));
  await markDecided(tx, entryId, { state: "waiting", reason, person: actor.name, at: now });
  await appendEvents(tx, [decided(entry, { type: "receivables.bank-entry-kept-apart", reason, actor, now })]);
  return again(tx, entryId);
}

type Decided = By & { readonly type: `receivables.${string}`; readonly reason: string };
const decided = (entry: EntryWithFile, { type, reason, actor, now }: Decided) => ({
  type,
  actor,
  at: now,
  subject: { kind: "bank-entry", id: entry.entry_id.toString() },
  why: reason,
  data: {
    amount: { minor: entry.amount_minor.toString(), currency: entry.currency },
    bookedOn: entry.booked_on.toString(),
  },
});

const SUGGESTIONS_MAX = 6;
const NAME_LETTERS_MIN = 3;
/** Customers that a waiting entry may be from, best reason first. Hints for a person: nothing is ever chosen by them. */
export async function suggestFor(tx: Tx, row: EntryWithFile, deps: BankDeps): Promise<readonly SuggestionWire[]> {
  const customers = await deps.customersByIds(tx, await deps.allCustomerIds(tx));
  const entry = entryOf(row);
  const lookup = await lookupFor(tx, [{ entry }], namesOf(customers.values()));
  const found: { readonly customerId: CustomerId; readonly why: SuggestionWire["why"]; readonly what: string }[] = [];
  const match = matchEntry(entry, lookup);
  const why = (by: string): SuggestionWire["why"] =>
    by === "name" ? "name" : by.startsWith("payer") ? "payer" : "reference";
  if (match.kind === "ambiguous")
    for (const customerId of match.customerIds) found.push({ customerId, why: why(match.by), what: "" });
  if (match.kind === "matched")
    for (const { customerId } of match.parts) found.push({ customerId, why: why(match.by), what: match.what });
  const words = nameKey(row.payer_name ?? "")
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word.length >= NAME_LETTERS_MIN);
  const like = [...customers.values()]
    .map((one) => ({ one, hits: words.filter((word) => nameKey(one.name).includes(word)).length }))
    .filter(({ hits }) => hits > 0)
    .sort((a, b) => b.hits - a.hits);
  for (const { one } of like.slice(0, SUGGESTIONS_MAX)) found.push({ customerId: one.id, why: "name", what: one.name });
  if (isCurrency(row.currency) && row.amount_minor > 0n)
    for (const one of await customersOwing(tx, [{ currency: row.currency, minor: row.amount_minor }]))
      found.push({ customerId: one.customerId, why: "amount", what: one.number });
  const ledgerOnly = await loadLedgerCustomers(
    tx,
    found.map(({ customerId }) => customerId).filter((id) => isLedgerOnly(id)),
  );
  const names = new Map([
    ...[...customers.values()].map((one) => [one.id, one.name] as const),
    ...ledgerOnly.map((one) => [one.customerId, one.name] as const),
  ]);
  return found
    .filter((one, at) => found.findIndex(({ customerId }) => customerId === one.customerId) === at)
    .flatMap((one) => {
      const name = names.get(one.customerId);
      return name === undefined ? [] : [{ ...one, name }];
    })
    .slice(0, SUGGESTIONS_MAX);
}

/** A stored entry as its file told it, as far as matching asks. */
const entryOf = (row: EntryWithFile): BankEntry => ({
  place: row.place,
  line: row.line,
  bookedOn: row.booked_on,
  valueOn: row.value_on ?? undefined,
  amountMinor: row.amount_minor,
  currency: row.currency,
  status: row.status,
  isReversal: row.is_reversal,
  sourceId: row.source_id ?? undefined,
  detailId: undefined,
  references: row.refs.map(({ amountMinor, ...reference }) => ({
    ...reference,
    ...(amountMinor !== undefined && { amountMinor: BigInt(amountMinor) }),
  })),
  text: row.text,
  counterparty: {
    name: row.payer_name ?? undefined,
    account: row.payer_account ?? undefined,
    orgNumber: row.payer_org ?? undefined,
  },
  batch: undefined,
  notes: [],
});
