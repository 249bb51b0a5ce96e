-- Severity times exposure, as one number from 0 to 100, and what it is made of. Null: the finding's reporter did not say.
alter table finding add column priority smallint check (priority between 0 and 100);
alter table finding add column priority_of jsonb;
-- The highest of a case's open findings; of all once none is open.
alter table case_file add column priority smallint check (priority between 0 and 100);
alter table case_file add column priority_of jsonb;
create index case_file_open_by_priority on case_file (priority desc, case_id) where state <> 'closed';
