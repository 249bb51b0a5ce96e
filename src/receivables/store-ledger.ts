import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { LedgerAsk, ReadLedger } from "./contract-ledger.ts";
import { type PackedCustomer, unpackAccounts } from "./decide-unpack.ts";

/** Accounts read at once: enough that the way to PostgreSQL costs little, few enough that memory stays flat. */
const ACCOUNTS_AT_ONCE = { open: 2_000, all: 100 } as const;

/** The first day of `decide-unpack.ts`: days travel as numbers counted from it, which are shorter and quicker to read than dates. */
const EPOCH = sql`date '2000-01-01'`;

/**
 * Everything collections knows of what is owed. A page of accounts is one statement that packs each customer's items into one text:
 * PostgreSQL sends, and this process reads, a tenth of what rows of columns would cost.
 */
export const readLedger: ReadLedger = async function* (tx, ask) {
  const size = ACCOUNTS_AT_ONCE[ask.depth];
  const given = ask.accountIds === undefined ? undefined : [...new Set(ask.accountIds)].sort();
  let after: string | undefined;
  let page = pageOf(tx, ask, given?.slice(0, size) ?? { after, size });
  for (let at = size; ; at += size) {
    const { rows, last, isLast } = await page;
    after = last;
    const isEnd = given === undefined ? isLast : at >= given.length;
    // The next page is on its way while this one is worked on.
    if (!isEnd) {
      page = pageOf(tx, ask, given?.slice(at, at + size) ?? { after, size });
      page.catch(() => {});
    }
    yield* unpackAccounts(rows, ask);
    if (isEnd) return;
  }
};

type Place = readonly CustomerId[] | { readonly after: string | undefined; readonly size: number };
type Page = { readonly rows: readonly PackedCustomer[]; readonly last: string | undefined; readonly isLast: boolean };

async function pageOf(tx: Tx, ask: LedgerAsk, place: Place): Promise<Page> {
  const ids = "after" in place ? await nextIds(tx, place, ask.asOf) : place;
  if (ids.length === 0) return { rows: [], last: undefined, isLast: true };
  const { rows } = await sql<PackedCustomer>`
    with account as (
      select id from unnest(${ids}::uuid[]) as id
      where not exists (select 1 from payer_link l where l.customer_id = id and l.from_day <= ${ask.asOf}::date and (l.until_day is null or l.until_day > ${ask.asOf}::date))),
    member as (
      select id as account_id, id as customer_id, 0 as place from account
      union all select l.payer_id, l.customer_id, 1 from payer_link l join account on l.payer_id = account.id
        where l.from_day <= ${ask.asOf}::date and (l.until_day is null or l.until_day > ${ask.asOf}::date))
    select m.account_id as account, m.customer_id as customer, i.packed as items, p.packed as money
    from member m cross join lateral (${itemsOf(ask)}) i cross join lateral (${moneyOf(ask)}) p
    order by m.account_id, m.place, m.customer_id`.execute(tx);
  return { rows, last: ids.at(-1), isLast: "after" in place && ids.length < place.size };
}

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

/** One text of all items of a customer; fields and their order as `decide-unpack.ts` reads them, the number last. */
const itemsOf = (ask: LedgerAsk) => {
  const { asOf, depth } = ask;
  const columns = sql`invoice_id, number, kind, of_invoice_id, currency, amount_minor, paid_minor, issue_date, due_date, due_changes, disputed, disputed_from, disputed_until,
    sold_from, sold_until, reminded_level, reminded_on, held_from, held_until, held_reason, reopened_on`;
  // Two equalities on the index, not one "or": a customer's settled invoices are never looked at.
  const source =
    depth === "all"
      ? sql`select ${columns} from invoice where customer_id = m.customer_id and issue_date <= ${asOf}::date`
      : sql`select ${columns} from invoice where customer_id = m.customer_id and settled_on is null and issue_date <= ${asOf}::date
          union all select ${columns} from invoice where customer_id = m.customer_id and settled_on > ${asOf}::date and issue_date <= ${asOf}::date`;
  const day = (column: string) => sql`${sql.ref(column)} - ${EPOCH}`;
  return sql`
    select string_agg(concat(v.invoice_id, ${UNIT}, v.currency, ${UNIT}, v.amount_minor, ${UNIT}, ${day("v.issue_date")}, ${UNIT}, ${day("v.due_date")}, ${UNIT},
      case when v.paid_minor <> 0 or v.reopened_on is not null then (select string_agg(concat(${day("a.day")}, ':', a.amount_minor), ',' order by a.day, a.allocation_id) from allocation a where a.invoice_id = v.invoice_id and a.day <= ${asOf}::date) end, ${UNIT},
      case when v.kind <> 'invoice' or v.due_changes is not null or v.disputed or v.disputed_from is not null or v.disputed_until is not null or v.sold_from is not null or v.reminded_on is not null or v.held_from is not null
        then jsonb_build_array(v.kind, v.of_invoice_id::text, v.due_changes, v.disputed, v.disputed_from, v.disputed_until, v.sold_from, v.sold_until, v.reminded_level, v.reminded_on, v.held_from, v.held_until, v.held_reason) end, ${UNIT},
      v.number), ${RECORD} order by v.issue_date, v.invoice_id) as packed
    from (${source}) v`;
};

/** Unapplied money of a customer: by day and change, or as one line a currency. */
const moneyOf = ({ asOf, depth }: LedgerAsk) => {
  const free = sql`from payment p where p.customer_id = m.customer_id and p.value_date <= ${asOf}::date`;
  const given = sql`select a.payment_id, a.day, a.amount_minor from allocation a`;
  if (depth === "all")
    return sql`
      select string_agg(concat(currency, ${UNIT}, ${sql`day - ${EPOCH}`}, ${UNIT}, minor), ${RECORD} order by day, minor desc) as packed from (
        select currency, day, sum(minor)::bigint as minor from (
          select p.currency, p.value_date as day, p.amount_minor as minor ${free}
          union all select p.currency, a.day, -a.amount_minor from payment p join (${given}) a using (payment_id) where p.customer_id = m.customer_id and p.value_date <= ${asOf}::date and a.day <= ${asOf}::date) c
        group by currency, day having sum(minor) <> 0) d`;
  const left = sql`select p.currency, p.value_date, p.amount_minor - case when p.allocated_minor <> 0 or p.taken_on is not null
      then coalesce((select sum(a.amount_minor)::bigint from allocation a where a.payment_id = p.payment_id and a.day <= ${asOf}::date), 0) else 0 end as minor`;
  return sql`
    select string_agg(concat(currency, ${UNIT}, ${sql`day - ${EPOCH}`}, ${UNIT}, minor), ${RECORD} order by currency) as packed from (
      select currency, max(value_date) as day, sum(minor)::bigint as minor from (${left} ${free} and p.allocated_on is null union all ${left} ${free} and p.allocated_on > ${asOf}::date) c
      group by currency having sum(minor) <> 0) d`;
};
