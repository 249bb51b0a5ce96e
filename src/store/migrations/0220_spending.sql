-- Azure usage as Microsoft estimates it (about a day behind, never for invoicing), agreed budgets and what we saw in them.

-- One figure a day: the month so far, and what came since the figure before.
create table usage_day (
  scope         text not null check (scope in ('customer', 'subscription', 'entitlement')),
  scope_id      text not null,
  day           date not null,    -- day of the figure (UTC); figures that arrive late in the next month count for the last day of theirs
  customer_id   text not null,
  name          text not null,
  month         date not null check (extract(day from month) = 1),
  currency      text check (currency ~ '^[A-Z]{3}$'), -- null = Microsoft named only a locale
  month_to_date numeric not null, -- exact, unrounded
  cost          numeric not null, -- month_to_date less that of the figure before in the same month; negative after a correction
  from_at       timestamptz not null, -- the figure before, or the start of the month
  through       timestamptz not null, -- time of this figure
  usd           numeric,          -- month to date in US dollars, for order across currencies only
  read_at       timestamptz not null,
  primary key (scope, scope_id, day)
);
create index usage_day_by_month on usage_day (scope, month, customer_id, day desc);
create index usage_day_by_customer on usage_day (customer_id, scope, day desc);

-- The newest figure of each Azure resource and the one before it: which machine burns the money.
create table usage_resource (
  customer_id    text not null,
  resource_uri   text not null,
  plan_id        text not null,
  entitlement_id text,
  name           text not null,
  type           text,
  resource_group text,
  month          date not null,
  currency       text,
  cost           numeric not null,
  through        timestamptz not null,
  before_cost    numeric,
  before_through timestamptz,
  primary key (customer_id, resource_uri)
);
create index usage_resource_by_entitlement on usage_resource (entitlement_id) where entitlement_id is not null;

-- How each customer's month stands; computed from the above by the job spending.look.
create table spend_state (
  customer_id   text primary key,
  name          text not null,
  name_key      text not null,
  month         date not null,
  currency      text,             -- null = unknown: then there are no amounts either
  used          bigint,
  through       timestamptz not null,
  usd           numeric,
  budget        bigint check (budget > 0),
  used_bps      integer check (used_bps >= 0),
  forecast_low  bigint,
  forecast_mid  bigint,           -- null = too little data
  forecast_high bigint,
  forecast_bps  integer check (forecast_bps >= 0),
  trend_bps     integer,
  state         text not null check (state in ('over', 'near', 'forecast-over', 'within', 'no-budget')),
  spark         bigint[] not null default '{}', -- daily cost, oldest first
  needs_look    boolean not null default true,  -- something changed since the detectors looked
  looked_at     timestamptz
);
create index spend_state_to_look on spend_state (customer_id) where needs_look;
create index spend_state_by_used on spend_state (usd desc nulls last, customer_id);
create index spend_state_by_budget on spend_state (used_bps desc nulls last, customer_id);
create index spend_state_by_forecast on spend_state (forecast_bps desc nulls last, customer_id);
create index spend_state_by_trend on spend_state (trend_bps desc nulls last, customer_id);
create index spend_state_by_name on spend_state (name_key, customer_id);

-- The monthly budget agreed with a customer and its way to Partner Center.
create table budget (
  customer_id  text primary key,
  amount_minor bigint not null check (amount_minor > 0),
  currency     text not null check (currency ~ '^[A-Z]{3}$'),
  agreed_with  text not null check (length(agreed_with) between 2 and 200),
  agreed_on    date not null,
  why          text not null check (length(why) between 3 and 2000),
  set_by       jsonb not null,
  set_at       timestamptz not null,
  state        text not null check (state in ('agreed', 'pushing', 'in-partner-center', 'differs', 'failed')),
  request_id   uuid not null,     -- idempotency key of the call to Microsoft; a new one for each agreement
  push_began_at timestamptz,      -- when the present try began
  state_at     timestamptz not null,
  failure      jsonb,             -- kind, detail, code, at
  check ((state = 'failed') = (failure is not null))
);
create index budget_under_way on budget (state_at) where state in ('agreed', 'pushing');

-- Every budget ever agreed.
create table budget_history (
  id           bigint generated always as identity primary key,
  customer_id  text not null,
  amount_minor bigint not null,
  currency     text not null,
  agreed_with  text not null,
  agreed_on    date not null,
  why          text not null,
  set_by       jsonb not null,
  set_at       timestamptz not null
);
create index budget_history_by_customer on budget_history (customer_id, id desc);

-- Microsoft's copy of the budget, in the currency of the customer's usage. amount null = none is set there.
create table partner_budget (
  customer_id text primary key,
  amount      numeric,
  read_at     timestamptz not null,
  raised_from numeric,            -- the budget before the last raise
  raised_at   timestamptz
);

-- Findings this slice has open, so that each is reported once and taken back when its cause is gone.
create table spend_finding (
  fingerprint text primary key,
  customer_id text not null,
  kind        text not null,
  money_minor bigint,             -- money at risk when it was last reported
  reported_at timestamptz not null,
  resolved_at timestamptz
);
create index spend_finding_open on spend_finding (customer_id) where resolved_at is null;
