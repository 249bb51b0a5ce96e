-- How far each log of each customer was read by pull.

create table activity_pull (
  tenant text not null check (tenant ~ '^[0-9a-f-]{36}$'),
  feed text not null check (length(feed) between 1 and 60),
  part text not null check (length(part) <= 60),        -- Azure subscription or content type; empty: the feed has no parts
  cursor timestamptz,                                   -- everything before was read; null: nothing yet
  swept_at timestamptz,                                 -- when much was last read again for records that came late
  state text not null check (length(state) between 1 and 40),
  detail text check (length(detail) <= 400),            -- Microsoft's words when it could not be read
  failures integer not null default 0 check (failures >= 0), -- in a row
  tried_at timestamptz,
  next_at timestamptz not null,
  records bigint not null default 0 check (records >= 0), -- new records since the first reading
  primary key (tenant, feed, part)
);
create index activity_pull_due on activity_pull (next_at);

-- Blobs of the Management Activity API that were read: Microsoft lists them for seven days.
create table activity_pull_blob (
  tenant text not null,
  blob text not null check (length(blob) between 1 and 500),
  read_at timestamptz not null,
  primary key (tenant, blob)
);
create index activity_pull_blob_old on activity_pull_blob (read_at);
