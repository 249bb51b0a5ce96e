-- The event log: audit trail and outbox in one. Rows are only ever added, each carries the hash of the one before it.

create table event (
  seq         bigint primary key,
  type        text not null check (type ~ '^[a-z0-9-]+\.[a-z0-9.-]+$'),
  at          timestamptz not null,
  actor_kind  text not null check (actor_kind in ('person', 'machine', 'microsoft')),
  actor_id    text not null,
  subject_kind text not null,
  subject_id  text not null,
  customer_id text,
  case_id     text,
  body        text not null check (length(body) <= 1048576), -- canonical JSON of the whole event; the columns above repeat parts of it
  prev_hash   text not null check (prev_hash ~ '^[0-9a-f]{64}$'),
  hash        text not null unique check (hash ~ '^[0-9a-f]{64}$')
);
create index event_by_customer on event (customer_id, seq desc) where customer_id is not null;
create index event_by_case on event (case_id, seq desc) where case_id is not null;
create index event_by_subject on event (subject_kind, subject_id, seq desc);
create index event_by_type on event (type, seq desc);
create index event_by_actor on event (actor_id, seq desc);

-- The end of the chain. Locking this row puts writers in line, so that seq has no gaps and commits in order.
create table event_head (
  is_only boolean primary key default true check (is_only),
  seq  bigint not null,
  hash text not null
);
insert into event_head (seq, hash) values (0, repeat('0', 64));

create function event_append() returns trigger language plpgsql as $$
declare
  head event_head;
begin
  select * into head from event_head for update;
  if new.seq <> head.seq + 1 or new.prev_hash <> head.hash then
    raise exception 'event % does not follow event %', new.seq, head.seq;
  end if;
  if new.hash <> encode(sha256(convert_to(new.prev_hash || E'\n' || new.body, 'UTF8')), 'hex') then
    raise exception 'event % does not carry the hash of its own text', new.seq;
  end if;
  update event_head set seq = new.seq, hash = new.hash;
  return new;
end $$;
create trigger event_append before insert on event for each row execute function event_append();

create function event_never() returns trigger language plpgsql as $$
begin
  raise exception 'the event log is append-only';
end $$;
create trigger event_no_change before update or delete on event for each row execute function event_never();
create trigger event_no_truncate before truncate on event for each statement execute function event_never();

create function event_head_only_by_append() returns trigger language plpgsql as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception 'the end of the event log moves only with an event';
  end if;
  return new;
end $$;
create trigger event_head_guard before update or delete on event_head for each row execute function event_head_only_by_append();

-- How far each reader of the outbox has come.
create table event_cursor (
  reader text primary key,
  seq    bigint not null check (seq >= 0)
);

-- Answers already given to a write, by who asked and the key they chose. The same key with other input is refused.
create table idempotency_key (
  person_id  text not null,
  key        text not null check (length(key) between 8 and 200),
  input_hash text not null,
  status     integer not null,
  answer     text not null,
  created_at timestamptz not null default now(),
  primary key (person_id, key)
);
create index idempotency_key_by_age on idempotency_key (created_at);

-- Settings of the desk: one JSON value a key; the key names its slice, e.g. desk.name.
create table setting (
  key   text primary key check (length(key) <= 100),
  value jsonb not null
);
