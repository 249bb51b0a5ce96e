-- Runs are told apart by an id: on a clock that stands still (demo, replay) two runs begin at the same moment.
alter table sync_feed add column run_id text check (length(run_id) between 1 and 100);
alter table sync_feed_customer add column run_id text not null default 'none' check (length(run_id) between 1 and 100);
create index sync_feed_customer_run on sync_feed_customer (feed, run_id);
