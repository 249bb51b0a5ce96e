-- The watch: what runs rules and detectors over the events that come in, and what it found.

-- Where it stands. One row.
create table activity_watch (
  id          smallint primary key check (id = 1),
  position    bigint not null check (position >= 0), -- of the last event that was looked at
  newest_at   timestamptz,                           -- event time of the newest event looked at
  moved_at    timestamptz,
  events      bigint not null default 0 check (events >= 0),
  nobodys     bigint not null default 0 check (nobodys >= 0), -- events of no customer of ours
  late        bigint not null default 0 check (late >= 0),    -- events too late for their windows, looked at anew from the store
  beat_at     timestamptz,                           -- last sign of life of the process that runs it
  health      jsonb                                  -- what that process said of itself then
);
insert into activity_watch (id, position) values (1, 0);

-- Counts up with every change of a suppression, a filter or a setting: cheap to ask each round.
create table activity_tuning (
  id       smallint primary key check (id = 1),
  revision bigint not null check (revision >= 0)
);
insert into activity_tuning (id, revision) values (1, 0);

-- Hits that are one finding: a fingerprint each.
create table activity_fold (
  fingerprint     text primary key check (length(fingerprint) between 10 and 500),
  rule_id         text not null check (length(rule_id) between 1 and 100),
  rule_version    integer not null,
  title           text not null,
  title_sv        text not null,
  runbook         text not null,
  family          text not null,
  customer_id     text check (length(customer_id) = 36), -- null: nobody we know
  subscription_id text,
  group_values    jsonb not null,
  level           smallint not null check (level between 0 and 4), -- 0 informational … 4 critical; the worst so far
  first_at        timestamptz not null, -- event time of the first and the last hit
  last_at         timestamptz not null,
  found_at        timestamptz not null, -- when the desk first knew
  hits            bigint not null check (hits >= 0), -- standing ones
  recorded        integer not null default 0,        -- of them with a row in activity_hit: the first thousand
  suppressed      bigint not null default 0 check (suppressed >= 0),
  inhibited       bigint not null default 0 check (inhibited >= 0), -- standing ones that a critical chain tells already
  evidence        integer not null default 0 check (evidence >= 0), -- rows given to the finding, at most twenty
  is_shadow       boolean not null,
  inhibited_by    text, -- fingerprint of the critical chain that took this finding's place
  finding_id      text,
  case_id         text,
  reported_at     timestamptz,
  check ((finding_id is null) = (case_id is null))
);
create index activity_fold_by_rule on activity_fold (rule_id, last_at desc);
create index activity_fold_by_customer on activity_fold (customer_id, last_at desc);
create index activity_fold_by_time on activity_fold (last_at desc, fingerprint);
create index activity_fold_critical on activity_fold (customer_id, last_at desc) where level = 4 and case_id is not null;

create table activity_hit (
  hit_id        bigint generated always as identity primary key,
  fingerprint   text not null references activity_fold (fingerprint),
  -- What tells hits of one fingerprint apart: an event, the moment a window ended, or a detector's key and day.
  completed_by  text not null check (length(completed_by) between 1 and 500),
  rule_id       text not null,
  rule_version  integer not null,
  customer_id   text,
  level         smallint not null check (level between 0 and 4),
  at            timestamptz not null, -- event time of what completed it
  found_at      timestamptz not null,
  facts         jsonb not null,
  events        text[] not null, -- source|id, oldest first
  is_shadow     boolean not null,
  suppressed_by text,
  inhibited_by  text,
  retracted_at  timestamptz, -- a late event took it away
  unique (fingerprint, completed_by)
);
create index activity_hit_by_rule on activity_hit (rule_id, at desc);
create index activity_hit_by_customer on activity_hit (customer_id, at desc);
create index activity_hit_by_time on activity_hit (at desc, hit_id desc);
create index activity_hit_by_event on activity_hit using gin (events);

-- "Not this again": by value, with a reason and an end. Never a whole rule.
create table activity_suppression (
  suppression_id text primary key,
  rule_id     text, -- null: any rule
  rule_title  text,
  conditions  jsonb not null check (jsonb_typeof(conditions) = 'array' and jsonb_array_length(conditions) between 1 and 10),
  reason      text not null check (length(reason) between 10 and 1000),
  ticket      text check (length(ticket) between 1 and 100),
  author_id   text not null,
  author_name text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null check (expires_at > created_at and expires_at <= created_at + interval '367 days'),
  lifted_at   timestamptz,
  lifted_by   text,
  lifted_why  text,
  hits        bigint not null default 0 check (hits >= 0),
  last_hit_at timestamptz,
  check ((lifted_at is null) = (lifted_by is null))
);
create index activity_suppression_by_end on activity_suppression (expires_at) where lifted_at is null;

-- What one customer's events are kept away from: a Sigma filter.
create table activity_filter (
  filter_id   text primary key,
  customer_id text not null check (length(customer_id) = 36),
  title       text not null,
  document    text not null check (length(document) <= 20000),
  reason      text not null check (length(reason) between 10 and 1000),
  ticket      text check (length(ticket) between 1 and 100),
  author_id   text not null,
  author_name text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null check (expires_at > created_at and expires_at <= created_at + interval '367 days'),
  lifted_at   timestamptz,
  lifted_by   text,
  lifted_why  text,
  hits        bigint not null default 0 check (hits >= 0), -- events kept away
  last_hit_at timestamptz,
  check ((lifted_at is null) = (lifted_by is null))
);
create index activity_filter_by_end on activity_filter (expires_at) where lifted_at is null;

-- Numbers of detectors that differ from the standard.
create table activity_detector_setting (
  detector_id text not null,
  customer_id text not null, -- '-' for all customers
  name        text not null check (length(name) between 1 and 100),
  value       double precision not null,
  reason      text not null check (length(reason) between 10 and 1000),
  changed_by  text not null,
  changed_at  timestamptz not null,
  primary key (detector_id, customer_id, name)
);

-- Containment is proposed once for a case and a subscription, whatever else fires.
create table activity_containment (
  case_id         text not null,
  subscription_id text not null,
  fingerprint     text not null,
  proposed_at     timestamptz not null,
  primary key (case_id, subscription_id)
);

-- What the evaluator keeps in memory, so that a restart need not read all events again. Rewritten whole, now and then.
create table activity_checkpoint (
  part     integer primary key check (part >= 0),
  position bigint not null,
  body     bytea not null,
  made_at  timestamptz not null
);

-- Stretches of event time with events that came too late: looked at anew from the store.
create table activity_look_back (
  customer_id text not null, -- '-' for nobody's
  day         date not null,
  asked_at    timestamptz not null,
  primary key (customer_id, day)
);
