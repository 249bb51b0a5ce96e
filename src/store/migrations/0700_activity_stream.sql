create sequence activity_position;

-- Events as they came, one partition a UTC day of event time. Partitions are made when a day is first met and dropped when its time is over.
create table activity_event (
  day           date not null,                 -- UTC day of `at`
  key           uuid not null,                 -- 16 bytes of hash: the first 8 of source and id, the last 8 of these and the tenant
  position      bigint not null default nextval('activity_position'), -- order of becoming visible; given under the stream's lock
  at            timestamptz not null,          -- event time, cut to microseconds; when `filed` is set, the time of receipt
  received_at   timestamptz not null,
  source        text not null,
  shape         text not null,
  class         text not null check (class in ('admin', 'sign-in', 'alert', 'mailbox', 'unknown')), -- how long it is kept
  id            text not null check (length(id) between 1 and 1000),
  intake        text not null check (length(intake) between 1 and 120),
  tenant        text,
  customer_id   text,                          -- null: nobody's we know
  subscription  text,
  operation     text not null,
  outcome       text not null,
  actor_id      text,
  actor_name    text,
  ip            text,
  country       text,
  resource_type text,
  resource_id   text,
  region        text,
  filed         text check (filed in ('too-early', 'too-late')), -- told a time before 2000 or more than a day ahead: filed under its receipt
  raw           text not null,                 -- the record as JSON text; text, since jsonb has no NUL and forgets the order of keys
  primary key (key, day)
) partition by range (day);
create index activity_event_position on activity_event (position);
create index activity_event_at on activity_event (at, position);
create index activity_event_customer on activity_event (customer_id, at, position);

-- One row an append that kept something: tells a reader in which days its positions are, so that it never looks at all partitions.
create table activity_append (
  last        bigint primary key,
  first       bigint not null check (first <= last),
  fresh       integer not null check (fresh > 0),
  days        date[] not null,
  received_at timestamptz not null
);

-- Where a record lies whose day was the day of its receipt: the same record sent again on another day finds itself here.
create table activity_undated (
  key uuid primary key,
  day date not null
);
create index activity_undated_day on activity_undated (day);
