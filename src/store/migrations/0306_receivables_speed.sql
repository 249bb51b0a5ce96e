-- What is open is a thirtieth of the ledger and must cost no more than that to read.
-- Measured at 10,000 customers, 1,000,000 invoices, 33,000 of them open (explain (analyze, buffers)):
--   a page of 2,000 accounts: 10,900 buffers, an index search a customer → 640 buffers, one range of invoice_open (190 → 30 ms)
--   "settled_on is null or settled_on > day" read the whole table (17,200 buffers, 270 ms): each half now has an index of its own;
--   of a day 180 days ago the BRIN index leaves 2,980 buffers, of today 3 (0.1 ms)
--   sales of a year by issue date: 17,200 → 6,300 buffers (620 → 270 ms)
-- A covering index (include currency, amounts, days) brings a plain sum from 27 to 13 ms and nothing to the ledger's own reads, which
-- visit the rows for disputes, reminders and corrections; adding 100,000 open invoices took 720 ms without, 870 with the narrow index
-- and 1,060 with the covering one. So the narrow one. Ledgers are written in the order of their days: the BRIN indexes are a few
-- pages, and adding to them is within what two measurements differ by.
create index invoice_open on invoice (customer_id) where settled_on is null;
create index invoice_issued on invoice using brin (issue_date) with (pages_per_range = 32);
create index invoice_settled on invoice using brin (issue_date, settled_on) with (pages_per_range = 32) where settled_on is not null; -- partial, or it would be taken for what is open
create index payment_free on payment (customer_id) where allocated_on is null;
create index payment_valued on payment using brin (value_date) with (pages_per_range = 32);
create index payment_allocated on payment using brin (value_date, allocated_on) with (pages_per_range = 32) where allocated_on is not null;
create index invoice_corrected on invoice (customer_id) where amount_changes is not null;

-- Rises with every change of the ledger, in the change's own transaction: figures computed at one version hold while it stands.
create table ledger_head (
  one     boolean primary key default true check (one),
  version bigint not null default 0 check (version >= 0)
);
insert into ledger_head default values;
