-- Notices: what Microsoft told us, one row per event however many channels carried it.

create sequence notice_number;

create table notice (
  notice_id     text primary key,
  number        bigint not null unique default nextval('notice_number'), -- shown as N-0001
  customer_id   text not null check (length(customer_id) = 36),
  customer_name text check (length(customer_name) <= 500), -- as Microsoft wrote it; the portfolio's own name comes first
  entitlement_id text, -- the Azure subscription; null when none was named
  kind          text not null check (length(kind) between 1 and 200),
  title         text check (length(title) <= 1000),
  description   text check (length(description) <= 20000),
  severity      text check (length(severity) <= 100),
  confidence    text check (length(confidence) <= 100),
  status        text not null check (length(status) between 1 and 100), -- Microsoft's own word
  state         text not null check (state in ('open', 'answered')),
  is_test       boolean not null,
  detected_at   timestamptz not null, -- by Microsoft: starts the clock
  received_at   timestamptz not null, -- by us, on the first channel
  first_seen_at timestamptz,
  last_seen_at  timestamptz,
  resources     jsonb not null,
  details       jsonb not null,
  log           jsonb not null, -- Microsoft's record of status changes
  claimed_by    text,
  claimed_name  text,
  claimed_at    timestamptz,
  answered_at   timestamptz,
  answer_reason text,
  answered_by   text, -- a name of ours, or what Microsoft's copy says
  answered_where text check (answered_where in ('desk', 'elsewhere')),
  proposal_id   text, -- the answer's proposal, when it went through the desk
  case_id       text,
  times_opened  integer not null default 1 check (times_opened between 1 and 1000), -- Microsoft may open an answered alert again
  escalated_minutes integer not null default 0 check (escalated_minutes >= 0), -- last boundary that was announced
  updated_at    timestamptz not null,
  check ((claimed_by is null) = (claimed_at is null) and (claimed_by is null) = (claimed_name is null)),
  check ((state = 'answered') = (answered_at is not null) and (state = 'answered') = (answered_where is not null))
);
create index notice_open on notice (detected_at, notice_id) where state = 'open';
create index notice_answered on notice (answered_at desc, notice_id) where state = 'answered';
create index notice_by_age on notice (detected_at desc, notice_id);
create index notice_by_customer on notice (customer_id, detected_at desc);
create index notice_by_kind on notice (kind, detected_at desc);
create index notice_by_case on notice (case_id) where case_id is not null;
-- What joins the channels: same customer, same Azure subscription, near in time.
create index notice_correlate on notice (customer_id, entitlement_id, detected_at);

-- The copies of a notice, each as its channel wrote it.
create table notice_source (
  channel     text not null check (channel in ('graph', 'fraud-events', 'webhook')),
  external_id text not null check (length(external_id) between 1 and 1000),
  notice_id   text not null references notice (notice_id),
  status      text, -- this copy's own; null for a webhook, which carries none
  status_since timestamptz not null, -- resolved: when Microsoft says so; else when we saw it change, or detection
  raw         jsonb not null,
  raw_sha256  text not null check (raw_sha256 ~ '^[0-9a-f]{64}$'), -- of the canonical JSON
  received_at timestamptz not null,
  changed_at  timestamptz not null, -- when this copy was last read with new content
  primary key (channel, external_id)
);
create index notice_source_by_notice on notice_source (notice_id);

-- Webhooks that named an Azure subscription before its alert could be read.
create table notice_hint (
  dedup_key      text primary key check (length(dedup_key) between 1 and 2000),
  entitlement_id text,
  raw            jsonb not null,
  received_at    timestamptz not null,
  notice_id      text references notice (notice_id) -- null while no alert has been read for it
);
create index notice_hint_waiting on notice_hint (entitlement_id, received_at) where notice_id is null;
