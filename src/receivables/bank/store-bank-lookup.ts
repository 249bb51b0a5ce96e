import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import type { NamedInvoice } from "./decide-bank-match.ts";
import type { EntryRecord } from "./store-bank-entry.ts";

/** What is asked of the ledger to say whose money an entry is. */

/** Invoices with one of these numbers or payment references (OCR, KID, RF), or open ones with one of these free references; as they are and in upper case. */
export async function invoicesNamed(tx: Tx, names: readonly string[]): Promise<readonly NamedInvoice[]> {
  const both = [...new Set(names.flatMap((name) => [name, name.toUpperCase()]))];
  if (both.length === 0) return [];
  const columns = sql`i.number, i.reference, i.payment_reference as "paymentReference", i.customer_id as "customerId", i.currency, i.amount_minor - i.paid_minor as "openMinor"`;
  const named = sql`invoice i join jsonb_array_elements_text(${JSON.stringify(both)}::jsonb) as n(name)`;
  const { rows } = await sql<NamedInvoice>`
    select ${columns} from ${named} on i.number = n.name
    union select ${columns} from ${named} on i.payment_reference = n.name where i.payment_reference is not null
    union select ${columns} from ${named} on i.reference = n.name where i.settled_on is null`.execute(tx);
  return rows;
}

/** Who pays for these customers today. */
export async function payersFor(
  tx: Tx,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, CustomerId>> {
  if (customerIds.length === 0) return new Map();
  const { rows } = await sql<{ customerId: CustomerId; payerId: CustomerId }>`
    select customer_id as "customerId", payer_id as "payerId" from payer_link where until_day is null and customer_id = any(${customerIds}::uuid[])`.execute(
    tx,
  );
  return new Map(rows.map(({ customerId, payerId }) => [customerId, payerId]));
}

export type PayerRow = { readonly kind: "account" | "org"; readonly value: string; readonly customerId: CustomerId };
export async function payersOf(
  tx: Tx,
  keys: readonly { readonly kind: string; readonly value: string }[],
): Promise<readonly PayerRow[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<PayerRow>`
    select p.kind, p.value, p.customer_id as "customerId" from bank_payer p
    join (select distinct kind, value from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k(kind text, value text)) k using (kind, value)
    order by p.times desc`.execute(tx);
  return rows;
}
export type Learnt = PayerRow & { readonly from: "person" | "reference" };
export async function learnPayers(tx: Tx, learnt: readonly Learnt[], at: Temporal.Instant): Promise<void> {
  if (learnt.length === 0) return;
  await sql`insert into bank_payer (kind, value, customer_id, learnt_from, times, last_at)
    select kind, value, customer_id, min(learnt_from), count(*), ${at}
    from jsonb_to_recordset(${JSON.stringify(learnt.map((one) => ({ kind: one.kind, value: one.value, customer_id: one.customerId, learnt_from: one.from })))}::jsonb)
      as l(kind text, value text, customer_id uuid, learnt_from text) group by kind, value, customer_id
    on conflict (kind, value, customer_id) do update set times = bank_payer.times + excluded.times, last_at = excluded.last_at`.execute(
    tx,
  );
}
/** A person said that an account does not pay for a customer after all. */
export async function forgetPayer(tx: Tx, one: PayerRow): Promise<void> {
  await sql`delete from bank_payer where kind = ${one.kind} and value = ${one.value} and customer_id = ${one.customerId}`.execute(
    tx,
  );
}

export type LiveEntry = Pick<
  EntryRecord,
  "entry_id" | "money_key" | "batch_key" | "amount_minor" | "state" | "booked_on" | "line" | "statement_id"
> & { readonly format: string; readonly file_name: string };
const LIVE = sql`e.state in ('recorded', 'waiting', 'outgoing', 'set-aside')`;
const LIVE_COLUMNS = sql`e.entry_id, e.money_key, e.batch_key, e.amount_minor, e.state, e.booked_on, e.line, e.statement_id, s.format, f.file_name`;
const LIVE_JOINED = sql`bank_entry e join bank_statement s on s.bank_file_id = e.bank_file_id and s.place = e.statement join bank_file f on f.bank_file_id = e.bank_file_id`;

/** Entries that stand for money, by the keys of money or of a whole batch. */
export async function liveEntries(
  tx: Tx,
  keys: { readonly money: readonly string[]; readonly batch: readonly string[] },
): Promise<readonly LiveEntry[]> {
  const { rows } = await sql<LiveEntry>`
    select ${LIVE_COLUMNS} from ${LIVE_JOINED} where ${LIVE} and e.money_key in (select jsonb_array_elements_text(${JSON.stringify(keys.money)}::jsonb))
    union
    select ${LIVE_COLUMNS} from ${LIVE_JOINED} where ${LIVE} and e.batch_key in (select jsonb_array_elements_text(${JSON.stringify(keys.batch)}::jsonb))
    order by 1`.execute(tx);
  return rows;
}

export type DepositRow = {
  readonly paid_into: string;
  readonly to_day: Temporal.PlainDate;
  readonly in_minor: bigint;
  readonly out_minor: bigint;
  readonly first_id: bigint;
  readonly file_name: string;
  readonly line: number;
};
/** Deposits of a giro in a currency that were taken in, by day of payment. */
export async function depositsBetween(
  tx: Tx,
  ask: { readonly currency: string; readonly from: Temporal.PlainDate; readonly to: Temporal.PlainDate },
): Promise<readonly DepositRow[]> {
  const { rows } = await sql<DepositRow>`
    select s.paid_into, s.to_day, s.in_minor, s.out_minor, f.file_name, e.entry_id as first_id, e.line from bank_statement s
    join bank_file f using (bank_file_id) join bank_entry e on e.bank_file_id = s.bank_file_id and e.statement = s.place and e.place = 1
    where s.format = 'bgmax' and s.taken and s.use = 'money' and s.currency = ${ask.currency} and s.paid_into is not null
      and s.to_day between ${ask.from.toString()}::date and ${ask.to.toString()}::date and e.state <> 'known' limit 2000`.execute(
    tx,
  );
  return rows;
}
/** Lump sums that wait and could be a deposit: of other files than giro's. */
export async function waitingLumps(
  tx: Tx,
  ask: {
    readonly currency: string;
    readonly minor: bigint;
    readonly from: Temporal.PlainDate;
    readonly to: Temporal.PlainDate;
  },
): Promise<readonly (Pick<EntryRecord, "entry_id" | "state"> & { readonly account: string })[]> {
  const { rows } = await sql<Pick<EntryRecord, "entry_id" | "state"> & { account: string }>`
    select e.entry_id, e.state, s.account from bank_entry e join bank_statement s on s.bank_file_id = e.bank_file_id and s.place = e.statement
    where e.state in ('recorded', 'waiting') and e.currency = ${ask.currency} and e.amount_minor = ${ask.minor} and s.format <> 'bgmax'
      and e.booked_on between ${ask.from.toString()}::date and ${ask.to.toString()}::date limit 20`.execute(tx);
  return rows;
}

/** Money that could be taken back by reversals of these amounts: recorded, and not yet reversed. */
export async function reversible(
  tx: Tx,
  asks: readonly { readonly accountKey: string; readonly minor: bigint }[],
): Promise<readonly EntryRecord[]> {
  if (asks.length === 0) return [];
  const rows = asks.map((one) => ({ account_key: one.accountKey, minor: one.minor.toString() }));
  const found = await sql<EntryRecord>`
    select e.* from bank_entry e join (select distinct account_key, minor from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a(account_key text, minor bigint)) a
      on e.amount_minor = a.minor and e.account_key = a.account_key
    where e.state = 'recorded' and not exists (select 1 from bank_entry r where r.reverses_id = e.entry_id) order by e.booked_on desc, e.entry_id desc limit 5000`.execute(
    tx,
  );
  return found.rows;
}

/** Customers with exactly one open amount like this: a hint for a person, never a match. */
export async function customersOwing(
  tx: Tx,
  asks: readonly { readonly currency: string; readonly minor: bigint }[],
): Promise<
  readonly {
    readonly currency: string;
    readonly minor: bigint;
    readonly customerId: CustomerId;
    readonly number: string;
  }[]
> {
  if (asks.length === 0) return [];
  const rows = asks.map((one) => ({ currency: one.currency, minor: one.minor.toString() }));
  const found = await sql<{ currency: string; minor: bigint; customerId: CustomerId; number: string }>`
    select i.currency, i.amount_minor - i.paid_minor as minor, i.customer_id as "customerId", i.number from invoice i
    join (select distinct currency, minor from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a(currency text, minor bigint)) a
      on a.currency = i.currency and i.amount_minor - i.paid_minor = a.minor
    where i.settled_on is null limit 500`.execute(tx);
  return found.rows;
}
