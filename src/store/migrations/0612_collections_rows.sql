-- Most rows say tonight what they said last night. A digest of everything a row says, except when it was looked at, tells so without
-- writing the row anew: it only gets the day of the look. null = written before digests were kept.
alter table collections_state add column digest text check (length(digest) <= 64);
