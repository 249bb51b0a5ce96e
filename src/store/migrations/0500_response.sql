-- What shall be done at Microsoft, who approved it, what was sent, whether it took effect, and what takes it back.

create table response_proposal (
  proposal_id    uuid primary key,
  number         bigint generated always as identity unique, -- shown as P-0981
  kind           text not null check (kind in ('suspend-subscription', 'reactivate-subscription', 'auto-renew-off', 'auto-renew-on',
                   'cancel-entitlement', 'reactivate-entitlement', 'answer-alert')),
  customer_id    text not null,
  customer_name  text not null check (length(customer_name) <= 500),    -- as known when it was proposed
  case_id        text,
  undo_of        uuid references response_proposal,                     -- the proposal whose effect this one takes back
  undone_by      uuid references response_proposal,                     -- set once that undo is verified
  plan           jsonb not null,                                        -- saving, effects, undo, basis as shown to those who approved
  approvals_need smallint not null check (approvals_need between 0 and 3),
  approvals_have smallint not null default 0 check (approvals_have between 0 and 3),
  state          text not null check (state in ('proposed', 'approved', 'running', 'sent', 'verified', 'failed', 'unverified',
                   'withdrawn', 'rejected', 'expired')),
  state_at       timestamptz not null,
  state_why      text check (length(state_why) <= 2000),                -- reason of a withdrawal or rejection; time | facts-changed
  state_by       jsonb,                                                 -- who withdrew or rejected it
  approved_at    timestamptz,                                           -- when the last needed approval came
  reason         text not null check (length(reason) between 3 and 2000),
  made_by_kind   text not null check (made_by_kind in ('person', 'machine', 'microsoft')),
  made_by_id     text not null,
  made_by_name   text not null,
  made_at        timestamptz not null,
  expires_at     timestamptz not null check (expires_at > made_at),
  dry_run        jsonb,                                                 -- the newest one
  check (approvals_have <= approvals_need),
  check ((approved_at is null) = (state in ('proposed', 'withdrawn', 'rejected', 'expired'))),
  check ((state in ('withdrawn', 'rejected')) = (state_by is not null)),
  check (undo_of is distinct from proposal_id)
);
create index response_proposal_by_state on response_proposal (state, number desc);
create index response_proposal_by_customer on response_proposal (customer_id, number desc);
create index response_proposal_by_case on response_proposal (case_id, number desc) where case_id is not null;
create index response_proposal_lapsing on response_proposal (expires_at) where state = 'proposed';
-- One way back at a time.
create unique index response_proposal_one_undo on response_proposal (undo_of)
  where undo_of is not null and state in ('proposed', 'approved', 'running', 'sent', 'verified');

create table response_approval (
  proposal_id uuid not null references response_proposal,
  person_id   text not null,                                            -- one person counts once
  name        text not null,
  role        text not null,
  at          timestamptz not null,
  note        text check (length(note) <= 2000),
  primary key (proposal_id, person_id)
);

-- One call to Microsoft. The row, with its request id, is there before anything is sent.
create table response_action (
  action_id     uuid primary key,
  proposal_id   uuid not null references response_proposal,
  position      smallint not null check (position between 0 and 200),
  kind          text not null check (kind in ('suspend-subscription', 'reactivate-subscription', 'set-auto-renew',
                  'cancel-entitlement', 'reactivate-entitlement', 'answer-alert')),
  target_id     text not null,                                          -- subscription, Azure subscription or notice
  step          jsonb not null,
  depends_on    smallint[] not null,                                    -- positions whose effect must be seen first
  state         text not null check (state in ('planned', 'waiting', 'sending', 'sent', 'verified', 'failed', 'unverified', 'skipped', 'dropped')),
  request_id    uuid not null unique,                                   -- MS-RequestId: the same however often the call is repeated
  before        jsonb,                                                  -- what Partner Center showed before anything was sent
  after         jsonb,                                                  -- what it showed when the effect was seen
  answer        text check (answer in ('done', 'accepted')),
  found_so      boolean not null default false,                         -- it was so already: nothing was sent
  send_began_at timestamptz,                                            -- first time the call may have left this machine
  sent_at       timestamptz,
  verified_at   timestamptz,
  tries         smallint not null default 0 check (tries >= 0),         -- of sending, since it was last (re)started
  checks        smallint not null default 0 check (checks >= 0),        -- of looking for the effect
  due_at        timestamptz,                                            -- when to work on it next; null = waits for another step or is over
  lease_token   uuid,                                                   -- who works on it now
  lease_until   timestamptz,                                            -- by the database's clock
  problem       jsonb,
  why_not       jsonb,
  unique (proposal_id, position),
  check ((lease_token is null) = (lease_until is null)),
  check (state in ('waiting', 'sending', 'sent') or due_at is null),
  check (state not in ('sent', 'verified') or found_so or (sent_at is not null and before is not null)),
  check (state <> 'verified' or verified_at is not null)
);
create index response_action_due on response_action (due_at) where due_at is not null;
create index response_action_by_target on response_action (target_id, kind);
-- Nobody asks twice for the same thing.
create unique index response_action_one_open on response_action (kind, target_id) where state in ('planned', 'waiting', 'sending', 'sent');

create table response_attempt (
  action_id      uuid not null references response_action,
  number         integer not null check (number between 1 and 1000),
  request_id     uuid not null,
  correlation_id uuid not null,
  started_at     timestamptz not null,
  ended_at       timestamptz,                                           -- null while under way, or when the process died in it
  outcome        text,                                                  -- sent, found-so, effect-seen, again, failed, unverified, refused
  problem        jsonb,
  primary key (action_id, number)
);
