-- What came in, batch by batch: so that a batch sent twice has one effect, and a file cut short goes on.

create table activity_batch (
  sender text not null check (length(sender) between 1 and 120), -- who sent it: `key:…`, `person:…`, `command-line`
  batch text not null check (length(batch) between 1 and 200),   -- the sender's own id
  intake text not null check (length(intake) between 1 and 120), -- as events name it: push:KEY, file:NAME
  content_hash text check (content_hash ~ '^[0-9a-f]{64}$'),     -- SHA-256 of the unpacked body; null for files read in parts
  file_name text check (length(file_name) between 1 and 200),
  state text not null check (state in ('open', 'done')),         -- open: a file that is being read, or was cut short
  items_done bigint not null default 0 check (items_done >= 0),  -- lines or elements that need not be read again
  fresh bigint not null default 0 check (fresh >= 0),
  repeated bigint not null default 0 check (repeated >= 0),
  unknown bigint not null default 0 check (unknown >= 0),        -- of fresh and repeated: in a shape nobody knows
  nobodys bigint not null default 0 check (nobodys >= 0),        -- of fresh and repeated: of no customer
  refused bigint not null default 0 check (refused >= 0),
  lines jsonb not null default '[]' check (jsonb_typeof(lines) = 'array'), -- the first refused lines
  first_at timestamptz not null,
  at timestamptz not null,                                       -- when it was last added to
  primary key (sender, batch)
);
create index activity_batch_at on activity_batch (at desc);

-- Records that another slice handed over in its own transaction and that are not in the stream yet. Taken out in the transaction that puts
-- them there: none is lost, and a repeat would be known by its id.
create table activity_outbox (
  place bigint generated always as identity primary key,
  intake text not null check (length(intake) between 1 and 120),
  raw text not null check (length(raw) <= 4194304),  -- JSON as it came; text, since jsonb cannot hold every JSON text
  received_at timestamptz not null
);

-- Alerts of Microsoft that were handed over: they are listed again at every reading, and by two channels.
create table activity_alert_seen (
  correlation_key text primary key check (length(correlation_key) between 1 and 500),
  seen_at timestamptz not null
);

-- The copy of the activity log of Partner Center that sync kept before there was a stream.
insert into activity_outbox (intake, raw, received_at)
select 'sync:partner-center', raw::text, read_at from audit_record where length(raw::text) <= 4194304 order by at, id;
