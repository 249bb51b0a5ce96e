-- Cases: who is looking into what, what they decided and why.

create sequence case_number;

create table case_file (
  case_id      text primary key,
  number       bigint not null unique default nextval('case_number'), -- shown as CASE-0001
  customer_id  text not null check (length(customer_id) = 36),
  family       text not null check (family in ('misuse', 'spend', 'payment', 'identity', 'coverage')),
  state        text not null check (state in ('open', 'investigating', 'closed')),
  opened_at    timestamptz not null,
  updated_at   timestamptz not null,
  assignee_id   text,
  assignee_name text,
  assigned_at   timestamptz,
  closed_at    timestamptz,
  closed_by    text,
  outcome      text check (outcome in ('fraud', 'legitimate', 'ignore', 'resolved', 'unfounded', 'accepted-loss')),
  close_note   text check (length(close_note) <= 4000),
  previous_case_id text references case_file (case_id),
  -- Kept up to date from the findings, so that lists sort without reading them.
  severity     smallint not null check (severity between 0 and 3), -- 0 informational … 3 high; worst open finding, or worst of all
  title_kind   text not null,
  title_facts  jsonb not null,
  open_findings integer not null default 0 check (open_findings >= 0),
  clock_from   timestamptz, -- earliest unanswered notice; null when Microsoft waits for nothing
  first_use_at timestamptz, -- earliest use called unauthorised
  money_minor  bigint, -- null = unknown
  money_currency text check (money_currency ~ '^[A-Z]{3}$'),
  money_unknown integer not null default 0 check (money_unknown >= 0), -- findings without an amount or in another currency
  check ((assignee_id is null) = (assigned_at is null) and (assignee_id is null) = (assignee_name is null)),
  check ((state = 'closed') = (closed_at is not null) and (state = 'closed') = (outcome is not null) and (state = 'closed') = (close_note is not null)),
  check ((money_minor is null) = (money_currency is null))
);
-- At most one open case per customer and family, whoever reports and however many at once.
create unique index case_file_one_open on case_file (customer_id, family) where state <> 'closed';
create unique index case_file_followed_once on case_file (previous_case_id) where previous_case_id is not null;
create index case_file_by_customer on case_file (customer_id, opened_at desc);
create index case_file_open_by_clock on case_file (clock_from, case_id) where state <> 'closed';
create index case_file_open_by_money on case_file (money_minor desc, case_id) where state <> 'closed';
create index case_file_by_age on case_file (opened_at, case_id);
create index case_file_closed on case_file (closed_at desc, case_id) where state = 'closed';
create index case_file_by_assignee on case_file (assignee_id) where state <> 'closed';

create table finding (
  finding_id   text primary key,
  fingerprint  text not null check (length(fingerprint) between 1 and 500),
  generation   integer not null default 1 check (generation >= 1), -- a judged finding that came back worse starts its next one
  case_id      text not null references case_file (case_id),
  kind         text not null check (length(kind) between 3 and 200),
  customer_id  text not null,
  subscription_id text,
  severity     smallint not null check (severity between 0 and 3),
  facts        jsonb not null,
  money_minor  bigint,
  money_currency text check (money_currency ~ '^[A-Z]{3}$'),
  clock_from   timestamptz,
  first_use_at timestamptz,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  times_seen   integer not null default 1 check (times_seen >= 1),
  resolved_at  timestamptz,
  resolved_why text check (length(resolved_why) <= 500),
  check ((money_minor is null) = (money_currency is null)),
  unique (fingerprint, generation),
  check ((resolved_at is null) = (resolved_why is null))
);
create index finding_by_case on finding (case_id);

create table evidence (
  evidence_id text primary key,
  finding_id  text not null references finding (finding_id),
  case_id     text not null references case_file (case_id),
  at          timestamptz not null,
  kind        text not null,
  facts       jsonb not null,
  source      text not null check (length(source) <= 200),
  record_id   text check (length(record_id) <= 1000),
  raw         jsonb,
  raw_sha256  text check (raw_sha256 ~ '^[0-9a-f]{64}$'), -- of the canonical JSON of raw
  content_sha256 text not null, -- of what the link says: the same fact reported again is one link
  unique (finding_id, content_sha256),
  check ((raw is null) = (raw_sha256 is null))
);
create index evidence_by_case on evidence (case_id, at);

-- Files that people put with a case. The hash is of the bytes; the same file twice is one.
create table case_document (
  case_id    text not null references case_file (case_id),
  sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  name       text not null check (length(name) between 1 and 200),
  media_type text not null check (length(media_type) between 3 and 200),
  content    bytea not null check (length(content) between 1 and 20971520),
  step_id    text, -- the playbook step it proves
  added_by   text not null,
  added_at   timestamptz not null,
  primary key (case_id, sha256)
);

create table playbook_step (
  case_id text not null references case_file (case_id),
  step_id text not null check (length(step_id) between 1 and 100),
  state   text not null check (state in ('todo', 'doing', 'done', 'not-needed')),
  note    text check (length(note) <= 4000),
  by_id   text not null,
  by_name text not null,
  at      timestamptz not null,
  primary key (case_id, step_id),
  check (state <> 'not-needed' or note is not null) -- leaving a step out needs its reason
);

-- Microsoft grants one refund request per customer tenant, ever: hence the key. Source: non-payment, fraud and misuse article, exception process.
create table refund_request (
  customer_id text primary key,
  case_id     text not null references case_file (case_id),
  ticket      text not null check (length(ticket) between 3 and 100),
  filed_on    date not null,
  recorded_by text not null,
  recorded_at timestamptz not null
);
