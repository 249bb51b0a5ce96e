-- What an accounting system says of an invoice besides money: sold, held, reminded, its payment reference. Then Stripe.
-- Every fact has the day from which it is known, so that a past day does not see it.

alter table invoice
  add column sold_from         date,                       -- sold to, or serviced by, a factor from this day: not ours to dun; null = ours
  add column sold_until        date,                       -- bought back on this day; null = still sold
  add column held_from         date,                       -- on hold in the accounting system from this day: no letter about it, as of a dispute
  add column held_until        date,                       -- first day without the hold; null = still
  add column held_reason       text check (length(held_reason) <= 200), -- as the system has it, e.g. the initials in "On Hold"
  add column reminded_level    smallint check (reminded_level between 1 and 99), -- reminders sent before or beside us; null = none known
  add column reminded_on       date,                       -- day of the last of them; counts from this day
  add column payment_reference text check (length(payment_reference) between 1 and 60), -- OCR, KID, RF…: as the payer writes it, without blanks
  add constraint invoice_sold_check check (sold_until is null or sold_until >= sold_from),
  add constraint invoice_held_check check (held_until is null or held_until >= held_from),
  add constraint invoice_reminded_check check ((reminded_level is null) = (reminded_on is null));
create index invoice_by_payment_reference on invoice (payment_reference) where payment_reference is not null;

-- What the ledger says after an import, against what the file says: per currency, null until it was compared.
alter table import add column tie jsonb;
-- Most common of an import's problems, counted over the whole file; null = not counted.
alter table import add column problem_groups jsonb;
-- The accounting system that the file's form was recognised as, e.g. "xero-sales"; null = none.
alter table import add column form text check (length(form) <= 40);

-- Every event Stripe sent, as its bytes were. The same event again is the same row.
create table stripe_event (
  event_id    text primary key check (event_id ~ '^evt_[A-Za-z0-9_]{1,120}$'),
  type        text not null check (length(type) between 1 and 120),
  created_at  timestamptz not null,                        -- when it happened at Stripe
  is_live     boolean not null,
  object_id   text check (length(object_id) <= 120),       -- the object it tells of
  body        text not null check (length(body) <= 1048576),
  received_at timestamptz not null,
  state       text not null check (state in ('done', 'waiting', 'older', 'unused', 'refused')), -- waiting: its customer is not known; older: a newer state of the object is known; unused: nothing follows of this type
  why         text check (length(why) <= 500),
  stripe_customer_id text check (length(stripe_customer_id) <= 120)
);
create index stripe_event_waiting on stripe_event (stripe_customer_id, created_at) where state = 'waiting';
create index stripe_event_newest on stripe_event (received_at desc);

-- The newest known state of each object: events arrive late, twice and in any order.
create table stripe_object (
  object_id  text primary key check (length(object_id) between 1 and 120),
  kind       text not null check (length(kind) between 1 and 60),
  event_at   timestamptz not null,                         -- of the event whose state this is
  event_id   text not null references stripe_event,
  body       jsonb not null
);

-- Which customer of ours a customer of Stripe is.
create table stripe_customer (
  stripe_customer_id text primary key check (stripe_customer_id ~ '^[A-Za-z0-9_]{3,120}$'),
  customer_id text,                                        -- null: nobody has said yet
  matched_by  text check (matched_by in ('metadata', 'invoice', 'person')),
  name        text check (length(name) <= 300),
  email       text check (length(email) <= 320),
  first_seen  timestamptz not null,
  matched_at  timestamptz,
  check ((customer_id is null) = (matched_by is null)),
  check ((customer_id is null) = (matched_at is null))
);
create index stripe_customer_by_customer on stripe_customer (customer_id);

-- Cards and mandates with which a customer pays. Never a full number: only what tells how far it can be trusted.
create table payment_instrument (
  instrument_id text primary key check (length(instrument_id) between 1 and 120), -- the provider's id
  provider      text not null check (provider in ('stripe')),
  provider_customer_id text check (length(provider_customer_id) <= 120),
  customer_id   text,                                      -- null: the provider's customer is not known yet
  kind          text not null check (length(kind) between 1 and 40), -- card, sepa_debit, bacs_debit …
  funding       text check (funding in ('credit', 'debit', 'prepaid', 'unknown')), -- null: not a card
  brand         text check (length(brand) <= 40),
  country       char(2),                                   -- of the issuer
  last4         text check (last4 ~ '^[0-9A-Za-z]{1,4}$'),
  exp_month     smallint check (exp_month between 1 and 12),
  exp_year      smallint check (exp_year between 2000 and 2200),
  cvc_check     text check (length(cvc_check) <= 20),      -- pass, fail, unavailable, unchecked; null: not told
  address_check text check (length(address_check) <= 20),
  postal_check  text check (length(postal_check) <= 20),
  accepted_at   timestamptz not null,
  lost_at       timestamptz,                               -- from then on there is nothing to charge; null while it can be used
  lost_why      text check (lost_why in ('detached', 'mandate-withdrawn', 'expired')),
  told_at       timestamptz not null,                      -- of the event that said so last
  check ((lost_at is null) = (lost_why is null))
);
create index payment_instrument_by_customer on payment_instrument (customer_id) where customer_id is not null;
create index payment_instrument_by_provider_customer on payment_instrument (provider_customer_id);

-- Money held back by a dispute, and failed attempts: what is open at Stripe about one of our customers.
create table stripe_dispute (
  dispute_id   text primary key check (length(dispute_id) between 1 and 120),
  customer_id  text,
  charge_id    text check (length(charge_id) <= 120),
  currency     char(3) not null,
  amount_minor bigint not null check (amount_minor >= 0),
  reason       text check (length(reason) <= 60),
  status       text not null check (length(status) between 1 and 60),
  opened_at    timestamptz not null,
  closed_at    timestamptz
);
