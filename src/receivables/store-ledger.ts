import { type RawBuilder, sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { LedgerAsk, ReadLedger } from "./contract-ledger.ts";
import { type PackedCustomer, unpackAccounts } from "./decide-unpack.ts";
import { loadLinks } from "./store-aged.ts";

/** Accounts read at once: enough that the way to PostgreSQL costs little, few enough that memory stays flat. */
const ACCOUNTS_AT_ONCE = { open: 2_000, all: 100 } as const;

/** The first day of `decide-unpack.ts`: days travel as numbers counted from it, which are shorter and quicker to read than dates. */
const EPOCH = sql`date '2000-01-01'`;

/**
 * Everything collections knows of what is owed. A page of accounts is two statements, each a range of one index, that pack each
 * customer's items into one text: PostgreSQL sends, and this process reads, a tenth of what rows of columns would cost.
 */
export const readLedger: ReadLedger = async function* (tx, ask) {
  const size = ACCOUNTS_AT_ONCE[ask.depth];
  const payers = await loadLinks(tx, ask.asOf);
  const given = ask.accountIds === undefined ? undefined : [...new Set(ask.accountIds)].sort();
  const read = { tx, ask, payers, members: membersOf(payers) };
  let after: string | undefined;
  let page = pageOf(read, given?.slice(0, size) ?? { after, size });
  for (let at = size; ; at += size) {
    const { rows, last, isLast } = await page;
    after = last;
    const isEnd = given === undefined ? isLast : at >= given.length;
    // The next page is on its way while this one is worked on.
    if (!isEnd) {
      page = pageOf(read, given?.slice(at, at + size) ?? { after, size });
      page.catch(() => {});
    }
    yield* unpackAccounts(rows, ask);
    if (isEnd) return;
  }
};

/** Those whom each payer pays for, by id. */
function membersOf(payers: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(payers, ([, payer]) => payer);
  return new Map([...groups].map(([payer, of]) => [payer, of.map(([customer]) => customer).sort()]));
}

type Read = {
  readonly tx: Tx;
  readonly ask: LedgerAsk;
  readonly payers: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, readonly string[]>;
};
type Place = readonly CustomerId[] | { readonly after: string | undefined; readonly size: number };
type Page = { readonly rows: readonly PackedCustomer[]; readonly last: string | undefined; readonly isLast: boolean };
type Packed = { readonly customer: string; readonly packed: string };

async function pageOf({ tx, ask, payers, members }: Read, place: Place): Promise<Page> {
  const ids = "after" in place ? await nextIds(tx, place, ask.asOf) : place;
  const last = ids.at(-1);
  if (last === undefined) return { rows: [], last, isLast: true };
  const others = ids.flatMap((id) => members.get(id) ?? []);
  const range =
    "after" in place ? sql`(customer_id > ${place.after ?? ZERO}::uuid and customer_id <= ${last}::uuid)` : undefined;
  const scope = range === undefined ? sql`customer_id = any(${[...ids, ...others]}::uuid[])` : range;
  const scopes =
    range === undefined || others.length === 0 ? [scope] : [scope, sql`customer_id = any(${others}::uuid[])`];
  const items = new Map<string, string>();
  const money = new Map<string, string>();
  for (const one of scopes) {
    const found = await sql<Packed>`${itemsOf(ask, one)}`.execute(tx);
    for (const { customer, packed } of found.rows) items.set(customer, packed);
    const free = await sql<Packed>`${moneyOf(ask, one)}`.execute(tx);
    for (const { customer, packed } of free.rows) money.set(customer, packed);
  }
  const rows: PackedCustomer[] = [];
  for (const account of ids) {
    // Somebody else pays for it: it stands with its payer.
    if (payers.has(account)) continue;
    for (const customer of [account, ...(members.get(account) ?? [])])
      rows.push({ account, customer, items: items.get(customer) ?? null, money: money.get(customer) ?? null });
  }
  return { rows, last, isLast: "after" in place && ids.length < place.size };
}
/** Before every id. */
const ZERO = "00000000-0000-0000-0000-000000000000";

/** The next customers by id that have a ledger or pay for someone, paid for or not. */
async function nextIds(
  tx: Tx,
  { after, size }: { readonly after: string | undefined; readonly size: number },
  asOf: Temporal.PlainDate,
): Promise<readonly string[]> {
  const from = after ?? "";
  const { rows } = await sql<{ id: string }>`
    (select customer_id collate "C" as id from ledger_presence where customer_id > ${from} order by ledger_presence.customer_id limit ${size})
    union (select distinct payer_id::text collate "C" from payer_link where payer_id::text > ${from} and from_day <= ${asOf}::date and (until_day is null or until_day > ${asOf}::date) order by 1 limit ${size})
    order by id limit ${size}`.execute(tx);
  return rows.map(({ id }) => id);
}

const UNIT = sql`chr(31)`;
const RECORD = sql`chr(30)`;

type Scope = RawBuilder<unknown>;

/** One text of all items of each customer; fields and their order as `decide-unpack.ts` reads them, the number last. */
const itemsOf = ({ asOf, depth }: LedgerAsk, scope: Scope) => {
  // Two halves, each a range of an index: what is settled is never looked at.
  const source =
    depth === "all"
      ? sql`select * from invoice where ${scope} and issue_date <= ${asOf}::date`
      : sql`select * from invoice where ${scope} and settled_on is null and issue_date <= ${asOf}::date
          union all select * from invoice where ${scope} and settled_on > ${asOf}::date and issue_date <= ${asOf}::date`;
  const day = (column: string) => sql`${sql.ref(column)} - ${EPOCH}`;
  return sql`
    select v.customer_id as customer, string_agg(concat(v.invoice_id, ${UNIT}, v.currency, ${UNIT}, v.amount_minor, ${UNIT}, ${day("v.issue_date")}, ${UNIT}, ${day("v.due_date")}, ${UNIT},
      case when v.paid_minor <> 0 or v.reopened_on is not null then (select string_agg(concat(${day("a.day")}, ':', a.amount_minor), ',' order by a.day, a.allocation_id) from allocation a where a.invoice_id = v.invoice_id and a.day <= ${asOf}::date) end, ${UNIT},
      case when v.kind <> 'invoice' or v.due_changes is not null or v.amount_changes is not null or v.disputed or v.disputed_from is not null or v.disputed_until is not null or v.sold_from is not null or v.reminded_on is not null or v.held_from is not null
        then jsonb_build_array(v.kind, v.of_invoice_id::text, v.due_changes, v.disputed, v.disputed_from, v.disputed_until, v.sold_from, v.sold_until, v.reminded_level, v.reminded_on, v.held_from, v.held_until, v.held_reason, v.amount_changes) end, ${UNIT},
      v.number), ${RECORD} order by v.issue_date, v.invoice_id) as packed
    from (${source}) v group by v.customer_id`;
};

/** Unapplied money of each customer: by day and change, or as one line a currency. */
const moneyOf = ({ asOf, depth }: LedgerAsk, scope: Scope) => {
  const packed = (order: Scope) =>
    sql`select customer_id as customer, string_agg(concat(currency, ${UNIT}, ${sql`day - ${EPOCH}`}, ${UNIT}, minor), ${RECORD} order by ${order}) as packed`;
  const free = sql`from payment where ${scope} and value_date <= ${asOf}::date`;
  if (depth === "all")
    return sql`
      ${packed(sql`day, minor desc`)} from (
        select customer_id, currency, day, sum(minor)::bigint as minor from (
          select customer_id, currency, value_date as day, amount_minor as minor ${free}
          union all select p.customer_id, p.currency, a.day, -a.amount_minor from (select * ${free}) p join allocation a using (payment_id) where a.day <= ${asOf}::date) c
        group by customer_id, currency, day having sum(minor) <> 0) d group by customer_id`;
  return sql`
    ${packed(sql`currency`)} from (
      select customer_id, currency, max(value_date) as day, sum(minor)::bigint as minor from (
        select customer_id, currency, value_date, amount_minor - case when allocated_minor <> 0 or taken_on is not null
          then coalesce((select sum(a.amount_minor)::bigint from allocation a where a.payment_id = p.payment_id and a.day <= ${asOf}::date), 0) else 0 end as minor
        from (select * ${free} and allocated_on is null union all select * ${free} and allocated_on > ${asOf}::date) p) c
      group by customer_id, currency having sum(minor) <> 0) d
    group by customer_id`;
};
