-- The median told of a stretch that was caught up on, not of the feed; the newest event's age is the feed's own.
comment on column activity_feed.lag_seconds is 'age of the newest event when it came, in the newest round; null: told no time';
