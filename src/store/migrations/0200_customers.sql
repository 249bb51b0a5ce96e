-- Who the customers are, what they hold and through whom. Facts come from Partner Center; standing, limit and notes from people.

create extension if not exists pg_trgm;

-- Indirect resellers: who stands between us and the customer.
create table reseller (
  id       text primary key,
  name     text not null,
  mpn_id   text,
  state    text not null,
  country  text,
  read_at  timestamptz not null, -- when a fact last changed, not when it was last asked
  gone_at  timestamptz           -- left Microsoft's list
);
create index reseller_by_mpn on reseller (mpn_id) where mpn_id is not null;

create table customer (
  id                text primary key check (id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'), -- Entra tenant id
  name              text not null check (length(name) between 1 and 400),
  name_key          text not null, -- folded name, for order
  search            text not null, -- folded name, domain and id, for search
  domain            text,
  country           text,
  city              text,
  email             text,
  contact_name      text,
  phone             text,
  relationship      text not null,
  partner_ref       text, -- id or MPN id of the indirect reseller as Microsoft gave it
  custom_domains    text[],   -- null = never asked
  allow_delegated   boolean,  -- null = never asked
  first_seen_at     timestamptz not null,
  last_seen_at      timestamptz not null, -- last complete list it was in, kept only when it leaves
  detached_at       timestamptz, -- no longer listed as ours
  standing          text not null default 'active' check (standing in ('active', 'watch', 'restricted', 'suspended')),
  standing_reason   text check (length(standing_reason) <= 2000),
  standing_back     text check (length(standing_back) <= 2000), -- what would change it back
  standing_by       jsonb,
  standing_at       timestamptz,
  gdap_active       integer check (gdap_active >= 0),     -- active delegated admin relations; null = never asked
  gdap_roles        integer check (gdap_roles >= 0),      -- different roles they give
  gdap_ends_at      timestamptz,                          -- when the last of them ends
  gdap_auto_extends boolean,
  mfa_admins        integer check (mfa_admins >= 0),      -- null = Microsoft did not say
  mfa_admins_with   integer check (mfa_admins_with between 0 and mfa_admins),
  check (standing = 'active' or standing_reason is not null)
);
create index customer_by_name on customer (name_key, id);
create index customer_by_since on customer (first_seen_at, id);
create index customer_by_search on customer using gin (search gin_trgm_ops);
create index customer_by_partner on customer (partner_ref) where partner_ref is not null;
create index customer_by_standing on customer (standing) where standing <> 'active';

-- When Microsoft last gave the complete list: every customer that is not detached was in it.
create table customer_list (
  is_only boolean primary key default true check (is_only),
  read_at timestamptz not null
);

-- The customer list's maintained figures. Money in minor units of `currency`, the reporting currency; null is unknown, never zero.
create table portfolio (
  customer_id      text primary key references customer (id),
  currency         text check (currency ~ '^[A-Z]{3}$'),
  exposure         bigint,
  open_invoices    bigint,
  overdue          bigint,
  oldest_due_day   date,
  unbilled         bigint,
  committed        bigint,
  deposits         bigint,
  unknown_parts    text[] not null default '{}',
  figures_at       timestamptz, -- null = never computed
  credit_limit     bigint check (credit_limit >= 0), -- the limit, when it is in the same currency
  headroom         bigint generated always as (credit_limit - exposure) stored,
  budget_use       text check (budget_use in ('no-usage', 'no-budget', 'within', 'near', 'over')), -- null = usage never read
  budget_used_bps  integer check (budget_used_bps >= 0),
  billing_currency text check (billing_currency ~ '^[A-Z]{3}$'), -- of the newest invoice line
  open_notices     integer not null default 0 check (open_notices >= 0),
  open_cases       integer not null default 0 check (open_cases >= 0),
  check (figures_at is null or currency is not null)
);
create index portfolio_by_exposure on portfolio (exposure desc nulls last, customer_id);
create index portfolio_by_overdue on portfolio (overdue desc nulls last, customer_id);
create index portfolio_by_headroom on portfolio (headroom, customer_id);
create index portfolio_by_budget on portfolio (budget_used_bps desc nulls last, customer_id);
create index portfolio_by_unbilled on portfolio (unbilled desc nulls last, customer_id);
create index portfolio_by_committed on portfolio (committed desc nulls last, customer_id);
create index portfolio_with_notices on portfolio (customer_id) where open_notices > 0;

-- Every credit limit ever set; the newest counts.
create table credit_limit (
  id           bigint generated always as identity primary key,
  customer_id  text not null references customer (id),
  amount_minor bigint not null check (amount_minor >= 0),
  currency     text not null check (currency ~ '^[A-Z]{3}$'),
  why          text not null check (length(why) between 3 and 2000),
  set_by       jsonb not null,
  set_at       timestamptz not null
);
create index credit_limit_newest on credit_limit (customer_id, id desc);

create table customer_note (
  id          uuid primary key,
  customer_id text not null references customer (id),
  text        text not null check (length(text) between 1 and 5000),
  written_by  jsonb not null,
  written_at  timestamptz not null
);
create index customer_note_newest on customer_note (customer_id, written_at desc);

-- Partner Center subscriptions. What may change is in subscription_version; here what a change sends back.
create table subscription (
  id          text primary key,
  customer_id text not null,
  raw         jsonb not null, -- the full object as Microsoft sent it
  etag        text,
  created_day date,                 -- as Microsoft says; null = not told
  known_from  timestamptz not null, -- from when on we can tell its facts
  gone_at     timestamptz           -- left Microsoft's answer
);
create index subscription_by_customer on subscription (customer_id);

-- How a subscription's facts changed. The version without valid_to is the present one.
create table subscription_version (
  subscription_id    text not null references subscription (id),
  valid_from         timestamptz not null,
  valid_to           timestamptz check (valid_to >= valid_from),
  customer_id        text not null,
  name               text not null,
  family             text not null,
  status             text not null,
  quantity           numeric not null check (quantity >= 0),
  auto_renew         boolean not null,
  is_trial           boolean not null,
  billing_type       text,
  billing_cycle      text,
  term               text,
  renewal_term       text,
  commitment_end_day date,        -- last day of the term, inclusive; null = open-ended or not told
  cancellable_until  timestamptz,
  facts              jsonb not null, -- all facts, in our own words
  primary key (subscription_id, valid_from)
);
create unique index subscription_version_present on subscription_version (subscription_id) where valid_to is null;
create index subscription_version_by_customer on subscription_version (customer_id) where valid_to is null;
create index subscription_version_renewing on subscription_version (commitment_end_day) where valid_to is null and auto_renew;
create index subscription_version_cancellable on subscription_version (cancellable_until) where valid_to is null;

-- When a customer's subscriptions were last read, whether or not anything changed.
create table holding_read (
  customer_id text primary key,
  read_at     timestamptz not null
);

-- Azure subscriptions under an Azure plan.
create table azure_entitlement (
  id          text primary key,
  customer_id text not null,
  plan_id     text not null,
  name        text not null,
  status      text not null,
  raw         jsonb,
  gone_at     timestamptz
);
create index azure_entitlement_by_customer on azure_entitlement (customer_id);

-- Price per seat and billing cycle as invoice lines told it, from the day the charge began.
create table subscription_price (
  subscription_id text not null,
  from_day        date not null,
  unit_price      numeric not null check (unit_price >= 0),
  currency        text not null check (currency ~ '^[A-Z]{3}$'),
  invoice_id      text,
  seen_at         timestamptz not null,
  primary key (subscription_id, from_day)
);

-- Up to which day Microsoft has billed Azure usage.
create table billing_progress (
  is_only        boolean primary key default true check (is_only),
  billed_through date not null
);

-- Granular delegated admin relationships.
create table gdap_relationship (
  id           text primary key,
  customer_id  text,
  name         text not null,
  status       text not null,
  role_ids     text[] not null,
  activated_at timestamptz,
  ends_at      timestamptz,
  auto_extends boolean not null,
  raw          jsonb,
  gone_at      timestamptz
);
create index gdap_relationship_by_customer on gdap_relationship (customer_id) where customer_id is not null;
