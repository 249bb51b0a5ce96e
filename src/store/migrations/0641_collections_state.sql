-- Every night writes every row. With the day out of the index, and room left on the pages, a row of an account that owes nothing is
-- rewritten where it lies and no index hears of it.
drop index collections_state_by_zone;
create index collections_state_by_zone on collections_state (zone);
alter table collections_state set (fillfactor = 60);
