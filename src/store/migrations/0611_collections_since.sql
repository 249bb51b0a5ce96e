-- The day of an account's first invoice. A fact that hardly changes, kept so that a nightly look at open invoices need not read all the old ones.
create table collections_since (
  account_id text primary key,
  first_day  date                                         -- null = no invoice was ever issued
);
