-- Collections at work: what the desk decided about accounts that owe. An account is the customer who pays, with those it pays for.
-- Days are local days of the account. Nothing here is a timer: what a policy wants is computed from facts each time.

-- Derived, for lists only: how each account stood when it was last looked at. Never read to decide anything.
create table collections_state (
  account_id      text primary key,
  name            text not null check (length(name) <= 500),
  name_key        text not null,                          -- lower case, for search and order
  country         text,
  customer_class  text,
  pays_for        integer not null default 0 check (pays_for >= 0),
  zone            text not null,                          -- IANA zone its days are counted in
  day             date not null,                          -- the day it was judged for
  told_day        date,                                   -- newest day whose telling was decided, after the policy's sendAt
  evaluated_at    timestamptz not null,
  policy_id       text,                                   -- null = no policy applies to it
  policy_version  integer,
  step            text,                                   -- worst step that matches; null = clear
  step_index      smallint not null default -1,
  days            integer,                                -- days past due of the carrying invoice
  overdue         jsonb not null default '[]',            -- after credits, [{currency, minor}]
  overdue_minor   bigint,                                 -- their sum in the reporting currency; null = a rate is missing
  overdue_currency text,
  is_overdue      boolean not null,
  overdue_invoices integer not null default 0,
  next_due_day    date,                                   -- the first invoice that falls due after today
  next_day        date,
  next_step       text,
  next_what       text check (next_what in ('tell', 'effect', 'resume')),
  tells           text,                                   -- step told today
  resting         jsonb not null default '[]',            -- [{why, id, until, invoiceIds}]
  is_held         boolean not null default false,         -- the whole account rests because of a hold or promise
  is_exempt       boolean not null default false,
  chance_bps      integer check (chance_bps between 0 and 10000),
  contacted_bps   integer check (contacted_bps between 0 and 10000),
  value_minor     bigint,                                 -- what a contact is worth, reporting currency; null = unknown
  reasons         jsonb not null default '[]',
  reading         text not null,                          -- the desk's own suggestion
  last_told_on    date,
  check ((policy_id is null) = (policy_version is null)),
  check ((next_day is null) = (next_what is null))
);
create index collections_state_by_value on collections_state (value_minor desc nulls last, account_id) where is_overdue;
create index collections_state_by_overdue on collections_state (overdue_minor desc nulls last, account_id) where is_overdue;
create index collections_state_by_days on collections_state (days desc nulls last, account_id) where is_overdue;
create index collections_state_by_name on collections_state (name_key, account_id);
create index collections_state_by_zone on collections_state (zone, day);

-- Which account a customer belongs to, as of the newest look. A customer that is missing has nothing in the ledger.
create table collections_member (
  customer_id text primary key,
  account_id  text not null
);
create index collections_member_by_account on collections_member (account_id);

-- How a person reads an account; it wins over the desk's suggestion.
create table collections_reading (
  account_id text primary key,
  reading    text not null check (length(reading) <= 40),
  why        text not null check (length(why) <= 2000),
  by_id      text not null,
  by_name    text not null,
  at         timestamptz not null
);

-- Accounts to look at again soon, because something happened.
create table collections_dirty (
  customer_id text primary key,                           -- any customer of the account
  since       timestamptz not null
);
create index collections_dirty_since on collections_dirty (since);

-- One look at all accounts of a zone a day. `reached` is the last account done, so that a killed run goes on there.
create table collections_run (
  zone        text not null,
  day         date not null,
  started_at  timestamptz not null,
  reached     text,
  accounts    integer not null default 0,
  acted       integer not null default 0,
  finished_at timestamptz,
  primary key (zone, day)
);

create table collections_hold (
  hold_id        uuid primary key,
  account_id     text not null,
  kind           text not null check (kind in ('dispute', 'legal', 'fraud-case', 'hacked', 'manual', 'insolvency')),
  invoice_id     text check (length(invoice_id) <= 40),   -- of a dispute, and of nothing else
  invoice_number text,
  reason         text check (length(reason) <= 40),
  note           text not null check (length(note) <= 2000),
  from_day       date not null,
  until_day      date,                                    -- first day on which it no longer holds
  owner_id       text,
  owner_name     text,
  source         text not null check (source in ('person', 'case')),
  case_id        text,
  asked_at       timestamptz,                             -- when the owner was last asked whether it should end
  lifted_on      date,                                    -- it was lifted by hand or with its case; until_day is that day too
  lifted_why     text check (length(lifted_why) <= 2000),
  outcome        text check (length(outcome) <= 40),
  by_kind        text not null,
  by_id          text not null,
  by_name        text not null,
  at             timestamptz not null,
  check ((kind = 'dispute') = (invoice_id is not null)),
  check ((source = 'case') = (case_id is not null)),
  check (until_day is null or until_day >= from_day),
  check (lifted_on is null or until_day = lifted_on)
);
create index collections_hold_by_account on collections_hold (account_id, from_day);
create index collections_hold_ending on collections_hold (until_day) where lifted_on is null;
create unique index collections_hold_one_a_case on collections_hold (case_id, account_id, kind) where case_id is not null and lifted_on is null;
create unique index collections_hold_one_dispute on collections_hold (account_id, invoice_id) where invoice_id is not null and lifted_on is null;

create table collections_promise (
  promise_id   uuid primary key,
  account_id   text not null,
  currency     text not null,
  amount_minor bigint not null check (amount_minor > 0),
  made_on      date not null,
  due_on       date not null check (due_on >= made_on),
  grace_until  date not null check (grace_until >= due_on), -- due_on and the policy's grace when it was made
  invoices     jsonb not null default '[]',               -- [{id, number}]; empty = whatever is overdue
  note         text not null check (length(note) <= 2000),
  withdrawn_on date,
  withdrawn_why text check (length(withdrawn_why) <= 2000),
  seen         text not null default 'open' check (seen in ('open', 'kept', 'broken', 'withdrawn')), -- derived: as of the newest look
  paid_minor   bigint not null default 0,                 -- derived likewise
  ended_on     date,                                      -- derived likewise: the day it was kept, or the last day of grace
  by_kind      text not null,
  by_id        text not null,
  by_name      text not null,
  at           timestamptz not null
);
create index collections_promise_by_account on collections_promise (account_id, made_on);
create index collections_promise_open on collections_promise (due_on) where seen = 'open';
create index collections_promise_ended on collections_promise (ended_on) where ended_on is not null;

-- Work for a person about an account: calls that a step asks for or that were agreed, addresses that bounced, replies.
create table collections_task (
  task_id    uuid primary key,
  account_id text not null,
  kind       text not null check (kind in ('call', 'wrong-address', 'reply')),
  step_id    text,                                        -- null = not because of a step
  letter_id  text,                                        -- the notice it is, or is about
  facts      jsonb not null default '{}',
  due_on     date not null,
  state      text not null check (state in ('due', 'done', 'dropped')),
  outcome    text check (length(outcome) <= 40),
  note       text check (length(note) <= 2000),
  next_on    date,
  by_kind    text,
  by_id      text,
  by_name    text,
  at         timestamptz not null,                        -- when it was made, then when it was done
  check ((state = 'done') = (outcome is not null))
);
create index collections_task_by_account on collections_task (account_id, due_on desc);
create index collections_task_due on collections_task (due_on, task_id) where state = 'due';
create unique index collections_task_one_a_letter on collections_task (letter_id, kind) where letter_id is not null;

-- What a step does besides telling, from the day it was wanted until it is gone.
create table collections_effect (
  effect_id      uuid primary key,
  account_id     text not null,
  kind           text not null check (kind in ('freeze-purchases', 'auto-renew-off', 'suspend-seats', 'cancel-azure', 'terminate', 'hand-over', 'write-off')),
  step_id        text not null,
  step_name      jsonb not null,
  policy_id      text not null,
  policy_version integer not null,
  invoice_id     text,                                    -- the carrying invoice when it was wanted
  state          text not null check (state in ('asked', 'done', 'refused', 'lifting', 'lifted', 'dropped')),
  state_at       timestamptz not null,
  wanted_on      date not null,
  done_on        date,
  undone_on      date,
  refused_on     date,                                    -- a person said no: asked again after some days
  reason         text not null check (length(reason) between 3 and 2000),
  need           smallint not null check (need between 0 and 3),
  amounts        jsonb not null default '[]',             -- overdue when it was wanted, [{currency, minor}]
  kept_out       jsonb not null default '[]',             -- what could not be proposed, [{name, code}]
  check ((state in ('done', 'lifting', 'lifted')) <= (done_on is not null)),
  check ((state = 'lifted') = (undone_on is not null))
);
create index collections_effect_by_account on collections_effect (account_id, wanted_on desc);
create index collections_effect_asked on collections_effect (state, state_at) where state in ('asked', 'lifting');
-- One open ask for an effect and account, whatever runs twice.
create unique index collections_effect_one_open on collections_effect (account_id, kind) where state in ('asked', 'done', 'lifting');

-- The proposals at Microsoft that an effect became, and those that take them back.
create table collections_effect_proposal (
  proposal_id text primary key,
  effect_id   uuid not null references collections_effect,
  customer_id text not null,
  kind        text not null,
  target      text not null,
  name        text not null,
  undo_of     text references collections_effect_proposal
);
create index collections_effect_proposal_by_effect on collections_effect_proposal (effect_id);

-- Approvals of what happens in our own books only; the others are approved as proposals.
create table collections_effect_approval (
  effect_id uuid not null references collections_effect,
  person_id text not null,                                -- one person counts once
  name      text not null,
  role      text not null,
  at        timestamptz not null,
  note      text check (length(note) <= 2000),
  primary key (effect_id, person_id)
);

-- Findings of the guards that are open.
create table collections_guard (
  fingerprint text primary key,
  account_id  text not null,
  customer_id text not null,
  kind        text not null,
  money_minor bigint,
  at          timestamptz not null
);
create index collections_guard_by_account on collections_guard (account_id);
