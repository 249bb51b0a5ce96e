-- Secrets that Microsoft gives us and renews, such as the refresh token of the person who consented.
-- Sealed with AES-256-GCM; the key is a file in the data folder and never in the database.
create table partner_center_secret (
  name text primary key check (length(name) between 1 and 100),
  sealed text not null check (length(sealed) between 1 and 20000),
  updated_at timestamptz not null default now()
);
