-- What a finding of the watch says so far, and what waits to be told: under a storm a finding is written again at most every half minute.
alter table activity_fold
  add told_level    smallint check (told_level between 0 and 4),        -- as last told; null: never, or its finding was resolved since
  add told_priority smallint check (told_priority between 0 and 100),
  add untold_at     timestamptz, -- since when there is news that the finding does not tell yet; null: it tells all
  add untold_hit    jsonb,       -- of that news the newest hit: when, what it says, its events
  -- Who wrote the rule and under which terms: DRL-1.1 asks that the author is shown with what the rule says.
  add author        text not null default '' check (length(author) <= 500),
  add license       text not null default '' check (length(license) <= 100),
  add constraint activity_fold_untold check (untold_hit is null or untold_at is not null);
create index activity_fold_untold_by_report on activity_fold (reported_at) where untold_at is not null;
