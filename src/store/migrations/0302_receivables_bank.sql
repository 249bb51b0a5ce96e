-- Money in from banks: the files, what each statement said, every entry and what became of it, and who pays from which account.
-- Amounts are minor units, signed as our account sees them: in positive, out negative.

create table bank_file (
  bank_file_id  text primary key check (length(bank_file_id) = 36),
  file_name     text not null check (length(file_name) between 1 and 255),
  file_bytes    bigint not null check (file_bytes between 0 and 33554432),
  sha256        text not null unique check (sha256 ~ '^[0-9a-f]{64}$'), -- of the file as it came: the same bytes are one file
  format        text check (format in ('camt.052', 'camt.053', 'camt.054', 'bgmax', 'mt940', 'bai2', 'sie')), -- null = not recognised
  version       text check (length(version) <= 40),
  encoding      text check (length(encoding) <= 20),
  state         text not null check (state in ('draft', 'partly', 'committed', 'refused', 'checked', 'discarded')), -- checked: SIE, nothing to take in; partly: statements that do not tie were left
  bytes         bytea check (length(bytes) <= 33554432),  -- the file, while something of it is still to be taken
  faults        jsonb,                                     -- why it is refused
  ledger_check  jsonb,                                     -- SIE: what the ledger's total should be, and what ours was
  created_by    text not null,
  created_by_id text not null,
  created_at    timestamptz not null,
  committed_by  text,
  committed_at  timestamptz,
  check ((state in ('committed', 'partly')) = (committed_at is not null)),
  check (state not in ('draft', 'partly') or bytes is not null)
);
create index bank_file_newest on bank_file (created_at desc, bank_file_id) where state <> 'discarded';

create table bank_statement (
  bank_file_id     text not null references bank_file,
  place            integer not null check (place > 0),     -- 1-based in the file
  format           text not null,
  account          text not null check (length(account) between 1 and 64),
  account_name     text check (length(account_name) <= 300),
  paid_into        text check (length(paid_into) <= 64),   -- giro: the account that the deposit went to
  currency         char(3) not null,
  statement_id     text check (length(statement_id) <= 140),
  opening_minor    bigint,
  closing_minor    bigint,
  difference_minor bigint,                                 -- closing - opening - entries; 0 = ties, null = cannot be told
  use              text not null check (use in ('money', 'shown')),
  taken            boolean not null,                       -- false: it does not tie and a person left it
  entries          integer not null check (entries >= 0),
  in_minor         bigint not null check (in_minor >= 0),
  out_minor        bigint not null check (out_minor <= 0),
  from_day         date,
  to_day           date,
  notes            jsonb not null,
  primary key (bank_file_id, place)
);
create index bank_statement_by_account on bank_statement (account, currency, to_day desc);
create index bank_statement_deposits on bank_statement (currency, to_day) where format = 'bgmax' and taken;

create table bank_entry (
  entry_id      bigint generated always as identity primary key,
  bank_file_id  text not null,
  statement     integer not null,
  place         integer not null,                          -- 1-based in the statement
  line          integer not null,
  account_key   text not null check (length(account_key) between 1 and 64), -- the same for an account however files write it
  money_key     text not null check (money_key ~ '^[0-9a-f]{64}$'),  -- the same money in two files has the same
  batch_key     text check (batch_key ~ '^[0-9a-f]{64}$'), -- the same for all details of one entry; null without a bank's own id
  currency      char(3) not null,
  amount_minor  bigint not null,
  booked_on     date not null,
  value_on      date,
  status        text not null check (status in ('booked', 'pending', 'info')),
  is_reversal   boolean not null,
  source_id     text check (length(source_id) <= 140),
  refs          jsonb not null,
  text          text not null check (length(text) <= 500),
  payer_name    text check (length(payer_name) <= 140),
  payer_account text check (length(payer_account) <= 64),
  payer_org     text check (length(payer_org) <= 140),
  notes         jsonb not null,
  state         text not null check (state in ('recorded', 'waiting', 'outgoing', 'set-aside', 'known', 'shown')),
  equals_id     bigint references bank_entry,              -- known: the entry that is the same money
  statement_id  bigint references bank_entry,              -- the end-of-day entry (camt.053) that later confirmed an advice
  reverses_id   bigint references bank_entry,              -- a reversal: the entry it takes back
  customer_id   uuid,
  matched_by    text check (matched_by in ('reference', 'text', 'payer-account', 'payer-org', 'name', 'reversal', 'person')),
  matched_what  text check (length(matched_what) <= 300),  -- the reference, account or name that decided
  payments      jsonb not null default '[]',               -- what was recorded: number, customer, amount
  decided_by    text,
  decided_at    timestamptz,
  reason        text check (length(reason) <= 500),
  unique (bank_file_id, statement, place),
  foreign key (bank_file_id, statement) references bank_statement (bank_file_id, place),
  check ((state = 'recorded') = (customer_id is not null)),
  check ((state = 'known') = (equals_id is not null))
);
-- One money is taken once, whatever files it stands in and whoever commits at the same moment.
create unique index bank_entry_money on bank_entry (money_key) where state in ('recorded', 'waiting', 'outgoing', 'set-aside');
create index bank_entry_batch on bank_entry (batch_key) where batch_key is not null;
create index bank_entry_waiting on bank_entry (booked_on desc, entry_id) where state = 'waiting';
create index bank_entry_reversed on bank_entry (reverses_id) where reverses_id is not null;
create index bank_entry_amount on bank_entry (amount_minor, booked_on) where state in ('recorded', 'waiting');
create index bank_entry_by_file on bank_entry (bank_file_id, statement, place);
create index bank_entry_by_customer on bank_entry (customer_id, booked_on desc) where customer_id is not null;

-- Who pays from an account or under an organisation number: learnt where a person or a reference said so.
create table bank_payer (
  kind        text not null check (kind in ('account', 'org')),
  value       text not null check (length(value) between 1 and 140),
  customer_id uuid not null,
  learnt_from text not null check (learnt_from in ('person', 'reference')),
  times       integer not null default 1 check (times > 0),
  last_at     timestamptz not null,
  primary key (kind, value, customer_id)
);

-- Payments are matched to open invoices by the reference that customers were asked to quote.
-- It also finds the open ones among all, for a hint by amount.
create index invoice_open_reference on invoice (reference) where settled_on is null;
