-- Money that goes back, claims on top of invoices, why money went where it went, and who pays for whom.

-- Claims are rows of their own, due on a day of their own. What a row claims on top of is not a foreign key: a million imported rows
-- would each be checked for a reference they do not have; claims are only ever made for a stored invoice.
alter table invoice
  add column kind          text not null default 'invoice' check (kind in ('invoice', 'fee', 'interest', 'cost')),
  add column of_invoice_id bigint,                         -- the invoice a claim belongs to
  add column claim_key     text check (length(claim_key) between 1 and 200), -- one claim a key, whatever runs twice
  add column basis         text check (length(basis) between 1 and 300),     -- the law or agreement a claim rests on
  add column reopened_on   date,                           -- last day on which something of it was opened again; null = never
  add column due_changes   jsonb,                          -- earlier due dates, oldest first: [{"on": day it changed, "before": due date until then}]
  add constraint invoice_claim_check check ((kind = 'invoice') = (of_invoice_id is null) and (kind = 'invoice') = (claim_key is null) and (kind = 'invoice') = (basis is null));
create unique index invoice_by_claim_key on invoice (claim_key) where claim_key is not null;
create index invoice_claims on invoice (of_invoice_id) where of_invoice_id is not null;

update invoice i set due_changes = r.changes
from (select invoice_id, jsonb_agg(jsonb_build_object('on', (recorded_at at time zone 'UTC')::date, 'before', before ->> 'dueDate') order by recorded_at) as changes
      from invoice_revision where before ? 'dueDate' group by invoice_id) r
where r.invoice_id = i.invoice_id;
update invoice i set reopened_on = a.day
from (select invoice_id, max(day) as day from allocation where amount_minor < 0 group by invoice_id) a
where a.invoice_id = i.invoice_id;

alter table payment drop constraint payment_kind_check;
alter table payment drop constraint payment_wanted_check;
alter table payment
  add constraint payment_kind_check check (kind in ('payment', 'credit-note', 'refund', 'write-off', 'balance', 'payment-reversal', 'chargeback', 'chargeback-reversal', 'write-off-reversal')),
  add constraint payment_wanted_check check (length(wanted) <= 2000),
  add column reverses_system text check (length(reverses_system) between 1 and 40),
  add column reverses_number text check (length(reverses_number) between 1 and 200), -- the money it takes back, as its source names it
  add column reverses_id bigint,                           -- the same, once it is here; null while it is not
  add column root_id     bigint,                           -- the first money of the chain (payment, chargeback of it, end of the chargeback); null = itself
  add column taken_on    date,                             -- last day on which an allocation of it was taken back; null = never
  add constraint payment_reverses_check check ((reverses_system is null) = (reverses_number is null) and (reverses_id is null or reverses_number is not null));
create index payment_waiting on payment (reverses_number, reverses_system) where reverses_number is not null;
create index payment_by_root on payment (root_id) where root_id is not null;

-- Money can also go against money: a refund of what was never allocated, a credit paid out. Such rows come in pairs of opposite sign.
alter table allocation alter column invoice_id drop not null;
alter table allocation
  add column against_id bigint,                            -- the other money, when it is not an invoice
  add column reason     text check (reason in ('named', 'oldest-due', 'within-order', 'by-hand', 'taken-back', 'reversal', 'restored')), -- null: stated by the file it came from
  add column change_id  text,                              -- the change by hand that made it
  add constraint allocation_target_check check ((invoice_id is null) <> (against_id is null));
create index allocation_by_change on allocation (change_id) where change_id is not null;

-- Who pays for whom, from day to day. A payer is paid for by nobody on the same day; the server sees to that.
create table payer_link (
  link_id     text primary key check (length(link_id) = 36),
  customer_id uuid not null,                               -- whose invoices are paid
  payer_id    uuid not null check (payer_id <> customer_id),
  from_day    date not null,
  until_day   date check (until_day > from_day),           -- first day on which it no longer holds; null = open
  reason      text not null check (length(reason) between 3 and 500),
  set_by      text not null,
  set_at      timestamptz not null,
  ended_by    text,
  ended_at    timestamptz
);
create unique index payer_link_open on payer_link (customer_id) where until_day is null;
create index payer_link_by_payer on payer_link (payer_id, from_day);

-- Changes a person made by hand: money allocated anew, debts written off and taken back. Each can be undone; a large one needs a second person.
create table ledger_change (
  change_id   text primary key check (length(change_id) = 36),
  kind        text not null check (kind in ('reallocation', 'write-off', 'write-off-reversal')),
  state       text not null check (state in ('waiting', 'done', 'refused', 'undone')),
  customer_id uuid not null,
  currency    char(3) not null,
  amount_minor bigint not null check (amount_minor >= 0),
  what        jsonb not null,                              -- the money, the invoices, the amounts
  reason      text not null check (length(reason) between 3 and 500),
  asked_by    text not null,
  asked_by_id text not null,
  asked_at    timestamptz not null,
  decided_by  text,                                        -- the second person, when one was needed
  decided_by_id text,
  decided_at  timestamptz,
  undone_by   text,
  undone_at   timestamptz,
  undo_reason text check (length(undo_reason) between 3 and 500),
  check (state <> 'refused' or decided_at is not null),
  check ((state = 'undone') = (undone_at is not null)),
  check (decided_by_id is null or decided_by_id <> asked_by_id)
);
create index ledger_change_by_customer on ledger_change (customer_id, asked_at desc);
create index ledger_change_waiting on ledger_change (asked_at) where state = 'waiting';
