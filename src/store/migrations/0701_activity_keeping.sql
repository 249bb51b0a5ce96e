-- How long events are kept and for whom they must be; which feeds tell of which customer; searches people saved.

-- A class without a row has the standard (src/activity/stream/decide-retention.ts).
create table activity_retention (
  class      text primary key check (class in ('admin', 'sign-in', 'alert', 'mailbox', 'unknown')),
  days       integer not null check (days between 1 and 3650),
  changed_by jsonb not null,                           -- actor
  changed_at timestamptz not null
);

-- Of which classes a day has no event any more, so that the nightly look does not read it again. Void once an append after `position` names the day.
create table activity_day_cleared (
  day      date primary key,
  classes  text[] not null,
  position bigint not null
);

-- Events of a customer under a hold stay, whatever their age.
create table activity_legal_hold (
  hold_id     uuid primary key,
  customer_id text not null,
  reason      text not null check (length(reason) between 3 and 500),
  set_by      jsonb not null,                          -- actor
  set_at      timestamptz not null,
  lifted_by   jsonb,                                   -- actor; null while it holds
  lifted_at   timestamptz,
  lifted_why  text,
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index activity_legal_hold_now on activity_legal_hold (customer_id) where lifted_at is null;
create index activity_legal_hold_newest on activity_legal_hold (set_at desc);

-- What is known of a feed that tells of a customer. Derived from the events; follows them within a minute.
create table activity_feed (
  customer_id   text not null,                         -- '-': events of nobody we know
  source        text not null,
  feed          text not null,                         -- the intake without the tenant: push:KEY, pull:graph.sign-ins, sync:partner-center, file
  first_at      timestamptz not null,                  -- event time
  last_at       timestamptz not null,                  -- event time
  last_received timestamptz not null,
  events        bigint not null check (events > 0),
  lag_seconds   integer,                               -- median of receipt less event time in the newest round; null: told no time
  primary key (customer_id, source, feed)
);
-- In which hours a feed told anything. Kept for 35 days of event time.
create table activity_feed_hour (
  customer_id text not null,
  source      text not null,
  feed        text not null,
  hour        timestamptz not null,
  events      bigint not null check (events > 0),
  primary key (customer_id, source, feed, hour)
);
create index activity_feed_hour_hour on activity_feed_hour (hour);
-- How far the two tables above have followed the events.
create table activity_feed_cursor (
  one      boolean primary key default true check (one),
  position bigint not null
);
insert into activity_feed_cursor (position) values (0);

-- Which stretches a pull has really read, whether there was anything or not.
create table activity_reading (
  feed         text not null,                          -- pull:graph.sign-ins
  tenant       text not null,                          -- customer tenant, lower case; '-': all of the desk
  read         tstzmultirange not null,
  last_read_at timestamptz not null,
  primary key (feed, tenant)
);

create table activity_saved_search (
  search_id  uuid primary key,
  owner_id   text not null,
  owner_name text not null,
  name       text not null check (length(name) between 1 and 80),
  filters    jsonb not null,
  shared     boolean not null,
  saved_at   timestamptz not null
);
create unique index activity_saved_search_name on activity_saved_search (owner_id, lower(name));
create index activity_saved_search_shared on activity_saved_search (shared) where shared;
