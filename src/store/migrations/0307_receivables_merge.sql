-- A customer that only the ledger knew turns out to be a tenant; and a deposit that pays an invoice.

-- Everything of a ledger-only customer goes over to a tenant, row by row, so that it can go back. While it stands,
-- ledger_customer.merged_into names the tenant and imports find the tenant by whatever found the ledger-only customer before.
create table customer_merge (
  merge_id    text primary key check (length(merge_id) = 36),
  from_id     text not null references ledger_customer,
  into_id     text not null check (into_id <> from_id),
  reason      text not null check (length(reason) between 3 and 500),
  merged_by   text not null,
  merged_at   timestamptz not null,
  undone_by   text,
  undone_at   timestamptz,
  undo_reason text check (length(undo_reason) between 3 and 500),
  check ((undone_at is null) = (undone_by is null))
);
create unique index customer_merge_standing on customer_merge (from_id) where undone_at is null;
create index customer_merge_into on customer_merge (into_id, merged_at desc);
create table customer_merge_row (
  merge_id text not null references customer_merge,
  kind     text not null check (kind in ('invoice', 'payment', 'deposit', 'key', 'change', 'payer-link', 'paid-link', 'bank-entry', 'bank-payer', 'stripe-customer', 'instrument')),
  row_id   text not null,                                  -- the row's own key; of keys of two parts, both with a line feed between
  primary key (merge_id, kind, row_id)
);

alter table ledger_change drop constraint ledger_change_kind_check;
alter table ledger_change add constraint ledger_change_kind_check check (kind in ('reallocation', 'write-off', 'write-off-reversal', 'deposit-draw'));
