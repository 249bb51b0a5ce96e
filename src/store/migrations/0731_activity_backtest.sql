-- Backtests: a rule run over stored history exactly as live, beside the version in use.
create table activity_backtest (
  backtest_id uuid primary key,
  state       text not null check (state in ('queued', 'running', 'done', 'failed', 'stopped')),
  fault       text check (fault in ('rule-unreadable', 'broke-off')),
  rule_id     text not null check (length(rule_id) between 1 and 100), -- a draft's own id, which need not be kept yet
  title       text not null check (length(title) <= 300),
  version     integer check (version >= 1),          -- null = a text or settings that are no version
  text        text check (length(text) <= 200000),   -- what is tried; null = a detector
  settings    jsonb,                                  -- other numbers of a detector than those in use
  -- What it is compared with: the version in use when it was asked for; null = nothing.
  against     integer check (against >= 1),
  against_text text check (length(against_text) <= 200000),
  from_at     timestamptz not null,
  until_at    timestamptz not null,
  started_by  text not null,
  started_by_name text not null,
  started_at  timestamptz not null,
  begun_at    timestamptz,  -- of the present attempt
  finished_at timestamptz,
  -- Rises with each start of its job: one that was left behind by a newer one writes nothing more.
  attempt     integer not null default 0 check (attempt >= 0),
  events      bigint not null default 0 check (events >= 0),
  permille    integer not null default 0 check (permille between 0 and 1000), -- of the time to look at
  result      jsonb,
  check (from_at < until_at),
  check ((state = 'done') = (result is not null)),
  check ((state = 'failed') = (fault is not null)),
  check ((state in ('queued', 'running')) = (finished_at is null))
);
create index activity_backtest_of_rule on activity_backtest (rule_id, started_at desc);
create index activity_backtest_unfinished on activity_backtest (started_at) where finished_at is null;
