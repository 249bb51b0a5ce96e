-- What is looked for: Sigma rules by their text and detectors by their name, each with all its versions.

-- One row. Its revision counts up with every change of any rule or state: whoever runs rules asks it whether what he has is still right.
create table activity_rules_head (
  is_only  boolean primary key default true check (is_only),
  revision bigint not null default 0 check (revision >= 0)
);
insert into activity_rules_head default values;

create table activity_rule (
  rule_id   text primary key check (length(rule_id) between 1 and 100), -- Sigma: the alerting document's id in lower case. Detectors: their name
  kind      text not null check (kind in ('sigma', 'detector')),
  origin    text not null check (origin in ('own', 'imported', 'made')),
  state     text not null check (state in ('on', 'shadow', 'off')),
  state_why text not null check (length(state_why) <= 2000),
  state_by  text not null check (length(state_by) <= 200),
  state_at  timestamptz not null,
  version   integer not null check (version >= 1),  -- the one in use
  newest    integer not null check (newest >= version), -- later than the one in use = a draft
  -- The newest that Surety ships, or that an import brought. Another one in use = changed here. null = made here.
  upstream  integer check (upstream between 1 and newest),
  -- Surety ships it no more, or the detector is gone from the program.
  is_withdrawn boolean not null default false,
  check ((origin = 'made') = (upstream is null)),
  check (kind = 'sigma' or origin = 'own'),
  check (kind = 'sigma' or not is_withdrawn or state = 'off')
);
create index activity_rule_running on activity_rule (rule_id) where state <> 'off';

create table activity_rule_version (
  rule_id  text not null references activity_rule (rule_id) deferrable initially deferred,
  version  integer not null check (version between 1 and 10000),
  text     text check (length(text) <= 200000), -- null = a detector: what it is stands in the program
  sha256   text not null check (sha256 ~ '^[0-9a-f]{64}$'), -- of the text; of a detector of what it says about itself and its code
  card     jsonb not null, -- what it says about itself, read from the text once
  author_kind text not null check (author_kind in ('person', 'machine', 'microsoft')),
  author_id   text not null,
  author_name text not null,
  at       timestamptz not null,
  why      text not null check (length(why) <= 2000),
  tests    jsonb, -- its examples when it was saved: passed, failed. null = not run
  primary key (rule_id, version)
);
