-- What was fetched from Microsoft, how far each feed came, and what it could not reach.

-- One row a feed. A run that was cut short leaves is_open true, and the next one goes on where it stopped.
create table sync_feed (
  feed text primary key check (length(feed) between 1 and 40),
  is_open boolean not null default false,
  started_at timestamptz,        -- of the newest run, complete or not
  finished_at timestamptz,       -- end of the newest complete run
  newest_fact_at timestamptz,    -- as Microsoft dates it
  facts_read bigint not null default 0 check (facts_read >= 0), -- in the newest run
  customers_reached integer check (customers_reached >= 0),
  customers_total integer check (customers_total >= 0),
  cursor jsonb,                  -- where the feed goes on, in the feed's own form
  error jsonb,                   -- why the newest run failed, or what it had to leave out
  failed_at timestamptz          -- when the newest run gave up; null when it did not
);

-- One row a feed and customer, for feeds that go customer by customer.
create table sync_feed_customer (
  feed text not null check (length(feed) between 1 and 40),
  customer_id text not null check (customer_id ~ '^[0-9a-f-]{36}$'),
  tried_at timestamptz not null, -- start of the run that handled the customer last
  read_at timestamptz,           -- last success
  marker text check (length(marker) <= 500), -- what was known when it was read: same marker = nothing new
  failures integer not null default 0 check (failures >= 0), -- in a row
  error jsonb,
  primary key (feed, customer_id)
);
create index sync_feed_customer_missing on sync_feed_customer (feed) where failures > 0;

-- The customers that feeds go through, as the newest complete list had them.
create table sync_customer (
  customer_id text primary key check (customer_id ~ '^[0-9a-f-]{36}$'),
  name text not null check (length(name) between 1 and 2000),
  has_azure boolean not null default false, -- ever seen with Azure: only these have budgets and usage
  detail jsonb,                  -- what only the single read tells: address, mail, domains, delegated access
  detail_at timestamptz,
  gone_at timestamptz            -- when it was first missing from the list
);

-- The activity log of Partner Center. Microsoft forgets it after 90 days; this copy does not.
create table audit_record (
  id text primary key check (length(id) between 1 and 300), -- derived from the record: Microsoft gives none
  at timestamptz not null,
  operation text not null check (length(operation) between 1 and 200),
  status text not null check (length(status) between 1 and 100),
  resource_type text not null check (length(resource_type) between 1 and 200),
  customer_id text,
  customer_name text,
  user_principal_name text,
  application_id text,
  before jsonb,
  after jsonb,
  data jsonb not null,
  raw jsonb not null,
  read_at timestamptz not null
);
create index audit_record_at on audit_record (at desc);
create index audit_record_customer on audit_record (customer_id, at desc) where customer_id is not null;
create index audit_record_operation on audit_record (operation, at desc);

-- Invoices of the partner whose lines were read to the end.
create table sync_invoice (
  invoice_id text primary key check (length(invoice_id) between 1 and 100),
  lines integer not null check (lines >= 0),
  read_at timestamptz not null
);

-- Verified webhook deliveries, once each. Kept for good: a replay years later is still a replay.
create table webhook_inbox (
  id bigint generated always as identity primary key,
  dedup_key text not null unique check (length(dedup_key) = 64), -- SHA-256 of the event's own key
  name text not null check (length(name) between 1 and 200),
  resource_uri text,
  audit_uri text,
  changed_at timestamptz,        -- as the event says
  received_at timestamptz not null,
  deliveries integer not null default 1 check (deliveries >= 1), -- how often it came
  handled_at timestamptz,
  outcome text check (length(outcome) <= 500), -- what was done about it
  raw jsonb not null
);
create index webhook_inbox_waiting on webhook_inbox (id) where handled_at is null;
