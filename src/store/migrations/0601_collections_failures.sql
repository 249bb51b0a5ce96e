-- The last payment of each customer that its provider could not collect; conditions of policies may ask for it.
create table collections_payment_failure (
  customer_id text primary key,
  code        text not null check (length(code) between 1 and 80), -- the bank's decline code, else the provider's error code
  at          timestamptz not null
);
