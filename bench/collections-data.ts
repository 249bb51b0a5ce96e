import type pg from "pg";

/** Open and settled invoices that a customer has on average; the largest have several times as many. */
const OPEN_A_CUSTOMER = 10;
const SETTLED_A_CUSTOMER = 100;
const HISTORY_DAYS = 1_000;
/** Newest issue day of history: what is settled was issued before it. */
const HISTORY_ENDS_DAYS = 60;

export type Sizes = { readonly customers: number; readonly open: number; readonly settled: number };
export const sizesOf = (customers: number): Sizes => ({
  customers,
  open: customers * OPEN_A_CUSTOMER,
  settled: customers * SETTLED_A_CUSTOMER,
});

const TABLES = ["invoice", "payment", "allocation"] as const;

/**
 * A reseller's ledger of a thousand days, written straight into the tables in the order of issue, as files bring it. One customer in
 * five pays late and has invoices overdue; one in fifty has money that no invoice took; one invoice in thirty is paid in part, one
 * in a hundred disputed. Keys and indexes are taken off while it is written and built at the end, all of them as they were.
 */
export async function makeLedger(client: pg.ClientBase, customers: number): Promise<Sizes> {
  const sizes = sizesOf(customers);
  await client.query("set session_replication_role = replica");
  await client.query("set synchronous_commit = off");
  await client.query("set maintenance_work_mem = '512MB'");
  await client.query("set work_mem = '256MB'");
  const back = await takeOffIndexes(client);
  for (const statement of statements(sizes)) await client.query(statement);
  for (const statement of back) await client.query(statement);
  await client.query("set session_replication_role = origin");
  return sizes;
}

/** Drops keys and indexes of the large tables; gives the statements that make them again. */
async function takeOffIndexes(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ drop: string; make: string; place: number }>(
    `
    select 'alter table ' || r.relname || ' drop constraint ' || quote_ident(conname) as drop,
      'alter table ' || r.relname || ' add constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(c.oid) || case when contype = 'f' then ' not valid' else '' end as make,
      case contype when 'f' then 3 else 1 end as place
    from pg_constraint c join pg_class r on r.oid = conrelid left join pg_class f on f.oid = confrelid
    where contype in ('p', 'u', 'f') and (r.relname = any($1) or f.relname = any($1))
    union all
    select 'drop index ' || quote_ident(i.relname), pg_get_indexdef(i.oid), 2
    from pg_index x join pg_class i on i.oid = indexrelid join pg_class r on r.oid = indrelid
    where r.relname = any($1) and not exists (select 1 from pg_constraint c where c.conindid = i.oid)`,
    [TABLES],
  );
  for (const { drop } of rows.toSorted((a, b) => b.place - a.place)) await client.query(drop);
  return rows.toSorted((a, b) => a.place - b.place).map(({ make }) => make);
}

const who = (expression: string): string =>
  `('00000000-0000-4000-8000-' || lpad(to_hex((${expression})::bigint * 2654435761 % 281474976710656), 12, '0'))::uuid`;
/** Few have many: the density falls with the third root. */
const anyone = ({ customers }: Sizes): string => `1 + floor(${customers} * power(random(), 1.5))::int`;
const lateDays = "case when n % 5 = 0 then 8 + (n / 5) % 50 else (n % 12) - 9 end";
const currency = "(array['SEK','SEK','SEK','SEK','SEK','SEK','SEK','EUR','EUR','USD'])[1 + n % 10]";
const amount = "(10000 + power(random(), 3) * 4000000)::bigint";

function statements(sizes: Sizes): readonly string[] {
  const { customers, open, settled } = sizes;
  const issuedFrom = `(current_date - ${HISTORY_DAYS})`;
  const span = HISTORY_DAYS - HISTORY_ENDS_DAYS;
  return [
    "select setseed(0.42)",
    `insert into customer (id, name, name_key, search, domain, country, relationship, first_seen_at, last_seen_at)
     select ${who("n")}::text, 'Customer ' || n, 'customer ' || n, 'customer ' || n, 'c' || n || '.example', case when n % 10 < 7 then 'SE' else 'DE' end, 'reseller', now(), now()
     from generate_series(1, ${customers}) n`,
    `insert into portfolio (customer_id, billing_currency) select ${who("n")}::text, ${currency} from generate_series(1, ${customers}) n`,
    "insert into customer_list (read_at) values (now())",
    `insert into ledger_presence (customer_id) select ${who("n")}::text from generate_series(1, ${customers}) n`,
    // What is settled: invoice, payment and allocation carry the same number.
    `create unlogged table made as
     select i, n, ${who("n")} as tenant, ${currency} as currency, ${amount} as amount, issued, issued + 30 as due,
       least(greatest(issued, issued + 30 + ${lateDays} + (i % 7)::int - 3), current_date - 1) as settled
     from (select i, ${anyone(sizes)} as n, ${issuedFrom} + (i * ${span} / ${settled})::int as issued from generate_series(1, ${settled}::bigint) i) h`,
    `insert into invoice (invoice_id, customer_id, system, number, currency, amount_minor, paid_minor, issue_date, due_date, settled_on, import_no, line)
     select i, tenant, 'ledger', 'F' || i, currency, amount, amount, issued, due, settled, 1, i % 1000000 from made`,
    `insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, allocated_minor, value_date, allocated_on, wanted, import_no, line)
     select i, tenant, 'ledger', 'P' || i, 'payment', currency, amount, amount, settled, settled, 'F' || i, 2, i % 1000000 from made`,
    "insert into allocation (allocation_id, payment_id, invoice_id, amount_minor, day, reason) select i, i, i, amount, settled, 'named' from made",
    "drop table made",
    // What is open: late payers' lies up to four months past due, the others' is not due yet.
    `create unlogged table made as
     select ${settled} + i as i, n, ${who("n")} as tenant, ${currency} as currency, ${amount} as amount, issued, issued + 30 as due, i % 30 = 0 as part, n % 5 = 0 and i % 100 = 0 as disputed
     from (select i, n, current_date - case when n % 5 = 0 then 1 + floor(149 * power(random(), 2))::int else floor(30 * random())::int end as issued
           from (select i, ${anyone(sizes)} as n from generate_series(1, ${open}::bigint) i) o) d order by issued`,
    `insert into invoice (invoice_id, customer_id, system, number, currency, amount_minor, paid_minor, issue_date, due_date, disputed, disputed_from, import_no, line)
     select i, tenant, 'ledger', 'F' || i, currency, amount, case when part then amount / 2 else 0 end, issued, due, disputed, case when disputed then due end, 1, i % 1000000 from made`,
    `insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, allocated_minor, value_date, allocated_on, wanted, import_no, line)
     select i, tenant, 'ledger', 'P' || i, 'payment', currency, amount / 2, amount / 2, issued, issued, 'F' || i, 2, i % 1000000 from made where part`,
    "insert into allocation (allocation_id, payment_id, invoice_id, amount_minor, day, reason) select i, i, i, amount / 2, issued, 'named' from made where part",
    "drop table made",
    `insert into payment (payment_id, customer_id, system, number, kind, currency, amount_minor, value_date, reference, import_no, line)
     select ${settled + open} + n, ${who("n")}, 'ledger', 'U' || n, 'payment', ${currency}, 50000 + n % 1000, current_date - n % 60, 'thank you', 2, n % 1000000
     from generate_series(1, ${customers}) n where n % 50 = 0`,
    "insert into source_system (system, kind) select 'ledger', kind from unnest(array['invoices', 'payments', 'deposits']) kind",
    `select setval('receivables_block', ${Math.ceil((settled + open + customers) / 1_000) + 1})`,
    `insert into exchange_rate (from_currency, to_currency, day, rate, source, set_by, set_at)
     select c, 'SEK', current_date - d, r, 'bench', 'Karin Holm', now() from (values ('EUR', 11.2), ('USD', 10.4)) v(c, r), generate_series(0, 300, 7) d`,
  ];
}
