-- What could we lose, to whom, by when.

-- Dated exchange rates: `rate` units of to_currency for one of from_currency. The latest on or before a day counts.
create table exchange_rate (
  from_currency char(3) not null,
  to_currency   char(3) not null check (to_currency <> from_currency),
  day           date not null,
  rate          numeric(24, 12) not null check (rate > 0),
  source        text not null check (length(source) between 1 and 80),
  set_by        text not null,
  set_at        timestamptz not null,
  primary key (from_currency, to_currency, day)
);

-- Today's exposure per customer, kept up to date by a job. Amounts in the reporting currency.
create table exposure_current (
  customer_id     text primary key,
  day             date not null,
  currency        char(3) not null,
  total_minor     bigint,                                  -- null = nothing is known
  not_due_minor   bigint not null,
  overdue_minor   bigint not null,
  usage_minor     bigint not null,
  term_minor      bigint not null,
  deposit_minor   bigint not null check (deposit_minor <= 0),
  is_partial      boolean not null,                        -- parts are unknown: the total is "at least"
  limit_minor     bigint,                                  -- the credit limit in the reporting currency; null = none set or no rate
  unapplied_minor bigint not null,
  b1_minor        bigint not null,                         -- overdue by days past due: 1-30, 31-60, 61-90, 91-120, more
  b2_minor        bigint not null,
  b3_minor        bigint not null,
  b4_minor        bigint not null,
  b5_minor        bigint not null,
  detail          jsonb not null,                          -- parts by currency with rate, as-of and source, and what is unknown
  computed_at     timestamptz not null,
  check (b1_minor + b2_minor + b3_minor + b4_minor + b5_minor = overdue_minor),
  check (total_minor is null or total_minor = not_due_minor + overdue_minor + usage_minor + term_minor + deposit_minor)
);
create index exposure_current_largest on exposure_current (total_minor desc nulls last, customer_id);

-- The same at the end of each day: the trend, and yesterday for "why it moved". Written again through the day, kept afterwards.
create table exposure_day (
  day             date not null,
  customer_id     text not null,
  currency        char(3) not null,
  total_minor     bigint,
  not_due_minor   bigint not null,
  overdue_minor   bigint not null,
  usage_minor     bigint not null,
  term_minor      bigint not null,
  deposit_minor   bigint not null,
  is_partial      boolean not null,
  computed_at     timestamptz not null,
  primary key (customer_id, day)
);
create index exposure_day_by_day on exposure_day (day);

-- The sums of a day over all customers, so that a trend of a year reads one row a day.
create table exposure_portfolio_day (
  day             date primary key,
  currency        char(3) not null,
  total_minor     bigint,
  not_due_minor   bigint not null,
  overdue_minor   bigint not null,
  usage_minor     bigint not null,
  term_minor      bigint not null,
  deposit_minor   bigint not null,
  customers       integer not null,
  customers_partial integer not null,
  summary         jsonb not null,                          -- parts by currency, unknown counts, causes of the change since the day before
  computed_at     timestamptz not null
);

-- Customers whose figures are out of date. Rows are only added, so that marking never waits for the job that takes them away.
create table exposure_dirty (
  seq         bigint generated always as identity primary key,
  customer_id text not null,                               -- '*' = everyone
  since       timestamptz not null default now()
);
