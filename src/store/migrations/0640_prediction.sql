-- What was learnt of how customers pay. Derived from the ledger: everything here can be made again.

-- Every model that was learnt, whether or not it was taken into use.
create table prediction_model (
  model_no   integer generated always as identity primary key,
  kind       text not null check (kind in ('late', 'paid')), -- late: not due yet, will be paid after its due date; paid: open, will be paid within 30 days
  format     smallint not null,                        -- meaning of the columns in `body`; another format is never read
  as_of      date not null,                            -- nothing on or after this day was known to it
  learnt_at  timestamptz not null,
  state      text not null check (state in ('in-use', 'worse', 'replaced')), -- worse: the one in use did better on the newest slice
  invoices   integer not null check (invoices >= 0),
  payers     integer not null check (payers >= 0),
  rows       integer not null check (rows >= 0),
  judged     jsonb not null,                           -- how it did on the newest slice, which it had not seen
  champion   jsonb,                                    -- how the one in use did on the same slice; null = there was none
  body       jsonb not null,                           -- coefficients, calibration, everyone's habits
  learnt_by  jsonb not null                            -- actor
);
create unique index prediction_model_in_use on prediction_model (kind) where state = 'in-use';
create index prediction_model_newest on prediction_model (kind, model_no desc);

-- Times when there was too little to learn from, so that the page can say what is missing. One row a kind.
create table prediction_lack (
  kind     text primary key check (kind in ('late', 'paid')),
  as_of    date not null,
  rows     integer not null,
  payers   integer not null
);

-- How an account paid so far: counts, sums and the last 80 payments. Made anew when it is old.
create table prediction_payer (
  account_id text primary key,
  as_of      date not null,                            -- settled before this day
  settled    integer not null check (settled >= 0),
  body       jsonb not null
);
create index prediction_payer_oldest on prediction_payer (as_of);

-- What a call changes, as estimated from the calls that were logged. One row an estimate; the newest counts.
create table prediction_contact (
  as_of date primary key,
  calls integer not null check (calls >= 0),
  paid  integer not null check (paid between 0 and calls), -- of these accounts, paid within 30 days
  shift double precision not null,                     -- added to the log odds of payment by a call
  low   double precision not null,                     -- 95 % interval of it
  high  double precision not null,
  check (low <= shift and shift <= high)
);
