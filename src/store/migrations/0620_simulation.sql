-- Simulations: a policy tried on the reseller's own past. Kept with the hash of the very text that was tried.

create table collections_simulation (
  simulation_id  uuid primary key,
  state          text not null check (state in ('queued', 'running', 'done', 'failed', 'stopped')),
  fault          text check (fault in ('too-little-history', 'no-accounts', 'policy-unreadable', 'broke-off')),
  policy_id      text not null check (length(policy_id) <= 40),
  policy_version integer not null check (policy_version >= 1),
  policy_name    text not null check (length(policy_name) <= 200),
  policy_sha256  text not null check (policy_sha256 ~ '^[0-9a-f]{64}$'),
  policy_text    text not null check (length(policy_text) <= 64000),
  -- What it is compared with; null = what in fact happened.
  against_id      text check (length(against_id) <= 40),
  against_version integer check (against_version >= 1),
  against_name    text check (length(against_name) <= 200),
  against_sha256  text check (against_sha256 ~ '^[0-9a-f]{64}$'),
  against_text    text check (length(against_text) <= 64000),
  from_day       date not null,
  to_day         date not null,
  model          jsonb not null, -- what contacts are assumed to do
  started_by     text not null,
  started_by_name text not null,
  started_at     timestamptz not null,
  finished_at    timestamptz,
  -- Rises with each start of its job: one that was left behind by a newer one writes nothing more.
  attempt        integer not null default 0 check (attempt >= 0),
  accounts_done  integer not null default 0 check (accounts_done >= 0),
  accounts_of    integer check (accounts_of >= 0), -- null = not counted yet
  result         jsonb,
  check (from_day <= to_day),
  check ((state = 'done') = (result is not null)),
  check ((state = 'failed') = (fault is not null)),
  check ((state in ('queued', 'running')) = (finished_at is null)),
  check ((against_id is null) = (against_text is null) and (against_id is null) = (against_version is null)
    and (against_id is null) = (against_name is null) and (against_id is null) = (against_sha256 is null))
);
create index collections_simulation_newest on collections_simulation (started_at desc);
create index collections_simulation_unfinished on collections_simulation (started_at) where finished_at is null;

-- One customer under both sides: what every figure opens to.
create table collections_simulation_account (
  simulation_id uuid not null references collections_simulation (simulation_id) on delete cascade,
  account_id    text not null check (length(account_id) <= 100),
  weight        integer not null check (weight >= 0), -- what matters most has most
  lists         text[] not null check (cardinality(lists) between 1 and 8),
  row           jsonb not null,
  primary key (simulation_id, account_id)
);
create index collections_simulation_account_by_weight on collections_simulation_account (simulation_id, weight desc, account_id);
