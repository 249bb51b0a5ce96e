-- Who owes us what, since when: invoices, money in, what it was allocated to, deposits, and the files they came from.
-- Money is in minor units of the row's currency. Days are days of the ledger, not moments.

-- Numbers for rows, handed out in blocks of 1,000 so that a bulk import draws one value a thousand rows.
create sequence receivables_block;

-- Customers that only the ledger knows: imported without a tenant. Their ids are name-based (version 8 GUIDs), never tenant ids.
create table ledger_customer (
  customer_id text primary key check (customer_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$'),
  system      text not null check (length(system) between 1 and 40),
  number      text check (length(number) <= 100),          -- the customer number in that system
  name        text not null check (length(name) between 1 and 300),
  domain      text check (length(domain) <= 253),
  created_at  timestamptz not null default now(),
  merged_into text,                                        -- the customer its rows were moved to; null while it stands
  check (merged_into <> customer_id)
);

-- Customers for which anything was ever imported. What the others owe is unknown, which is not zero.
create table ledger_presence (
  customer_id text primary key,
  since       timestamptz not null default now()
);

-- Own customer numbers: which customer a number of an accounting system means.
create table customer_key (
  system      text not null,
  number      text not null check (length(number) <= 100),
  customer_id text not null,
  primary key (system, number)
);
create index customer_key_by_customer on customer_key (customer_id);

create table invoice (
  invoice_id     bigint primary key,
  customer_id    uuid not null,
  system         text collate "C" not null,                            -- where the number is unique
  number         text collate "C" not null check (length(number) between 1 and 100),
  currency       char(3) not null,
  amount_minor   bigint not null check (amount_minor >= 0),
  paid_minor     bigint not null default 0 check (paid_minor >= 0 and paid_minor <= amount_minor), -- sum of its allocations, future-dated ones too
  issue_date     date not null,
  due_date       date not null check (due_date >= issue_date),
  settled_on     date,                                     -- day from which nothing is left to pay; null while something is
  disputed       boolean not null default false,
  disputed_from  date,                                     -- null = not known since when
  disputed_until date,                                     -- null = still
  reference      text check (length(reference) <= 500),
  import_no      integer,                                  -- file and line it last came from; null = not from a file
  line           integer,
  recorded_at    timestamptz not null default now(),       -- when we learnt it
  unique (number, system, customer_id),                     -- number first: ledgers count up, so new entries go to one end
  check ((settled_on is not null) = (paid_minor = amount_minor))
) with (autovacuum_vacuum_insert_scale_factor = 0.05);
create index invoice_by_customer on invoice (customer_id, settled_on);

-- What changed when a later file said something else about an invoice: the values before.
create table invoice_revision (
  invoice_id  bigint not null references invoice,
  import_no   integer not null,
  line        integer not null,
  recorded_at timestamptz not null default now(),
  before      jsonb not null,
  after       jsonb not null,
  primary key (invoice_id, import_no, line)
);
create index invoice_revision_by_import on invoice_revision (import_no, line);

-- Money in and credit notes (positive), refunds and corrections (negative).
create table payment (
  payment_id      bigint primary key,
  customer_id     uuid not null,
  system          text collate "C" not null,
  number          text collate "C" not null check (length(number) between 1 and 200), -- the bank's or ledger's id; else made from the row
  kind            text not null check (kind in ('payment', 'credit-note', 'refund', 'write-off', 'balance')), -- balance = paid amount an open-items file states without a payment
  currency        char(3) not null,
  amount_minor    bigint not null check (amount_minor <> 0),
  allocated_minor bigint not null default 0,               -- sum of its allocations, future-dated ones too
  value_date      date not null,                           -- from this day on the money counts
  allocated_on    date,                                    -- day from which nothing of it is left unapplied; null while something is
  wanted          text check (length(wanted) <= 500),      -- invoice numbers it names
  reference       text check (length(reference) <= 500),
  import_no       integer,
  line            integer,
  recorded_at     timestamptz not null default now(),
  unique (number, system, customer_id),
  check (sign(allocated_minor) in (0, sign(amount_minor)) and abs(allocated_minor) <= abs(amount_minor)),
  check ((allocated_on is not null) = (allocated_minor = amount_minor)),
  check (allocated_on is null or allocated_on >= value_date)
);
create index payment_by_customer on payment (customer_id, allocated_on);

-- Which money pays which invoice, from which day. Rows are only added; taking one back is a negative row.
create table allocation (
  allocation_id bigint primary key,
  payment_id    bigint not null references payment,
  invoice_id    bigint not null references invoice,
  amount_minor  bigint not null check (amount_minor <> 0),
  day           date not null,                             -- the later of value date and issue date
  recorded_at   timestamptz not null default now()
);
create index allocation_by_invoice on allocation (invoice_id, day);
create index allocation_by_payment on allocation (payment_id, day);

create index allocation_by_day on allocation (day);

-- Deposits held per customer and currency: paid in (positive), returned or drawn (negative).
create table deposit_entry (
  entry_id     bigint primary key,
  customer_id  uuid not null,
  system       text collate "C" not null,
  number       text collate "C" not null check (length(number) between 1 and 200),
  kind         text not null check (kind in ('paid-in', 'returned', 'drawn')),
  currency     char(3) not null,
  amount_minor bigint not null check ((kind = 'paid-in') = (amount_minor > 0) and amount_minor <> 0),
  day          date not null,
  reference    text check (length(reference) <= 500),
  import_no    integer,
  line         integer,
  recorded_at  timestamptz not null default now(),
  unique (number, system, customer_id)
);

create index deposit_by_customer on deposit_entry (customer_id, day);

-- Systems from which something came before: for a new one nothing needs to be looked up.
create table source_system (
  system text not null,
  kind   text not null check (kind in ('invoices', 'payments', 'deposits')),
  primary key (system, kind)
);

create table import (
  import_no    integer generated always as identity primary key,
  import_id    text not null unique check (length(import_id) = 36),
  kind         text not null check (kind in ('invoices', 'payments', 'deposits')),
  file_name    text not null check (length(file_name) between 1 and 255),
  file_bytes   bigint not null check (file_bytes between 0 and 209715200),
  sha256       text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  state        text not null check (state in ('draft', 'queued', 'running', 'done', 'refused', 'failed', 'discarded')),
  mode         text not null default 'all-or-nothing' check (mode in ('all-or-nothing', 'resumable')),
  format       jsonb not null,                             -- encoding, delimiter, header line
  columns      jsonb not null,                             -- names, samples, proposals
  mapping      jsonb not null,
  mapping_from jsonb not null,
  date_orders  jsonb not null,                             -- readings of the dates that the sample allows
  previewed    text,                                       -- SHA-256 of the mapping that was previewed last
  totals       jsonb,
  problems_total integer not null default 0,
  rows_done    integer not null default 0,
  rows_total   integer,
  lines_done   integer not null default 0,                 -- resumable: every line up to here is in
  same_as      text,                                       -- earlier finished import of the same bytes
  failure      jsonb,
  created_by   text not null,
  created_by_id text not null,
  created_at   timestamptz not null,
  started_at   timestamptz,
  finished_at  timestamptz
);
create index import_newest on import (import_no desc) where state <> 'discarded';
create index import_by_hash on import (sha256) where state = 'done';

-- The file itself, in pieces, while it is needed.
create table import_chunk (
  import_no integer not null references import,
  piece     integer not null,
  bytes     bytea not null check (length(bytes) <= 4194304),
  primary key (import_no, piece)
);

-- The per-row report: rows that were refused or need a remark. Rows without one went in as they are.
create table import_row (
  import_no integer not null references import,
  line      integer not null,
  place     smallint not null,                             -- several problems of one line
  severity  text not null check (severity in ('refused', 'noted')),
  column_name text,
  value     text not null check (length(value) <= 300),
  code      text not null,
  fix       text not null,
  primary key (import_no, line, place)
);

-- Saved ways of reading a file, found again by its header.
create table column_mapping (
  mapping_id  text primary key check (length(mapping_id) = 36),
  name        text not null unique check (length(name) between 1 and 80),
  kind        text not null check (kind in ('invoices', 'payments', 'deposits')),
  fingerprint text not null,                               -- SHA-256 of the header
  columns     jsonb not null,
  mapping     jsonb not null,
  used_count  integer not null default 0,
  used_at     timestamptz,
  created_by  text not null,
  created_at  timestamptz not null
);
create index column_mapping_by_fingerprint on column_mapping (fingerprint, used_at desc);
