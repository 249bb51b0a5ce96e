-- How many customers are ours is asked by every page.
create index customer_present on customer (id) where detached_at is null;
