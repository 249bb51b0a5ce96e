-- Which fields events of each log source ever carried: tells of a rule which of its fields it can see here.
create table activity_seen_field (
  source text not null check (length(source) between 1 and 300), -- product|service|category, as events are classified; * = left open
  field  text not null check (length(field) between 1 and 300),  -- steps with dots; members of lists have the list's name
  primary key (source, field)
);

-- Up to where events were looked at. One row.
create table activity_seen_cursor (
  is_only  boolean primary key default true check (is_only),
  position bigint not null check (position >= 0)
);
insert into activity_seen_cursor (position) values (0);
