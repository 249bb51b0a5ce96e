-- Collections policies as versions that never change once they were asked for. What is in force on a day follows from rows alone.

create table collections_policy_version (
  policy_id       text not null check (policy_id ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  version         integer not null check (version between 1 and 100000),
  state           text not null check (state in ('draft', 'asked', 'approved', 'withdrawn')),
  -- The YAML as it was written, faults and comments included.
  text            text not null check (length(text) <= 64000),
  sha256          text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  -- Name as the text gives it, for lists; the id while it cannot be read.
  name            text not null check (length(name) between 1 and 200),
  made_by         text not null,
  made_by_name    text not null,
  made_at         timestamptz not null,
  edited_by       text not null,
  edited_by_name  text not null,
  edited_at       timestamptz not null,
  -- Asked for: by whom, why, from which local day, at which place among the policies (the first that applies is used).
  asked_by        text,
  asked_by_name   text,
  asked_at        timestamptz,
  why             text check (length(why) between 3 and 2000),
  from_day        date,
  position        integer check (position between 1 and 50),
  -- Approved by another person.
  approved_by      text,
  approved_by_name text,
  approved_at      timestamptz,
  -- First day on which it is no longer in force although nothing newer replaced it.
  ended_on        date,
  ended_by_name   text,
  ended_why       text,
  primary key (policy_id, version),
  check (state not in ('asked', 'approved') or (asked_by is not null and why is not null and from_day is not null and position is not null)),
  check (state <> 'approved' or (approved_by is not null and approved_at is not null)),
  check (approved_by is null or approved_by <> asked_by),
  check (ended_on is null or state = 'approved')
);
create index collections_policy_in_force on collections_policy_version (policy_id, from_day desc, version desc) where state = 'approved';
-- One open draft or question a policy: two people do not write past each other.
create unique index collections_policy_open on collections_policy_version (policy_id) where state in ('draft', 'asked');

create function collections_policy_fixed() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then raise exception 'a version of a policy is never deleted'; end if;
  if old.state <> 'draft' and (new.text, new.sha256, new.name) is distinct from (old.text, old.sha256, old.name) then
    raise exception 'the text of a policy that was asked for never changes';
  end if;
  if old.state = 'approved' and (new.state, new.from_day, new.position) is distinct from (old.state, old.from_day, old.position)
     and not (new.state = 'withdrawn') then
    raise exception 'an approved policy is only withdrawn or ended';
  end if;
  return new;
end $$;
create trigger collections_policy_fixed before update or delete on collections_policy_version
  for each row execute function collections_policy_fixed();

-- Who looked at a completed simulation of exactly this text.
create table collections_policy_seen (
  sha256         text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  simulation_id  text not null check (length(simulation_id) <= 100),
  person_id      text not null,
  person_name    text not null,
  seen_at        timestamptz not null,
  primary key (sha256, simulation_id, person_id)
);

-- Reference rates that the desk added, newest entry of a half-year counts. Percent a year.
create table collections_rate (
  series         text not null check (series in ('SE', 'EU', 'UK')),
  from_day       date not null check (extract(day from from_day) = 1 and extract(month from from_day) in (1, 7)),
  percent        numeric(7, 4) not null check (percent between -5 and 50),
  source         text not null check (length(source) between 5 and 300),
  added_by       text not null,
  added_by_name  text not null,
  added_at       timestamptz not null,
  primary key (series, from_day, added_at)
);

-- A customer accepted a version, with where that can be seen.
create table collections_policy_acceptance (
  policy_id        text not null,
  version          integer not null,
  customer_id      text not null check (customer_id = lower(customer_id)),
  accepted_on      date not null,
  evidence         text not null check (length(evidence) between 3 and 500),
  recorded_by      text not null,
  recorded_by_name text not null,
  recorded_at      timestamptz not null,
  primary key (policy_id, version, customer_id),
  foreign key (policy_id, version) references collections_policy_version
);
create index collections_policy_acceptance_customer on collections_policy_acceptance (customer_id);
