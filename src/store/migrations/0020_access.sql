-- Who may see and do what at this desk. Tables named auth_ are read and written by the sign-in library too: their columns
-- are those it expects (see src/access/auth.ts), which a test compares.

create table auth_user (
  id                 text primary key,
  name               text not null check (length(name) between 1 and 100),
  email              text not null unique check (email = lower(email) and length(email) <= 254),
  email_verified     boolean not null default false,
  image              text,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  two_factor_enabled boolean not null default false,
  -- ours: the library does not know the columns below
  role               text not null check (role in ('global-admin', 'admin-agent', 'billing-admin', 'auditor')),
  language           text check (language in ('en', 'sv')),  -- null: the desk's
  is_demo            boolean not null default false,         -- invented person with a known password; may enter only a demo desk
  seen_at            timestamptz,                            -- last use of a session that has ended since
  deactivated_at     timestamptz                             -- people are never deleted: the event log names them
);

create table auth_session (
  id         text primary key,
  token      text not null unique,
  user_id    text not null references auth_user (id) on delete cascade,
  expires_at timestamptz not null,               -- moves ahead while the session is used, but never beyond seven days from its start
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), -- last use, to within a few minutes
  ip_address text,
  user_agent text
);
create index auth_session_by_user on auth_session (user_id);
create index auth_session_by_end on auth_session (expires_at);

-- How a person proves who they are; provider "credential" holds the scrypt hash of the password.
create table auth_account (
  id                       text primary key,
  account_id               text not null,
  provider_id              text not null,
  user_id                  text not null references auth_user (id) on delete cascade,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  password                 text,
  created_at               timestamptz not null default now(),
  updated_at               timestamptz not null default now(), -- for a password: when it was set
  unique (provider_id, account_id)
);
create index auth_account_by_user on auth_account (user_id);

-- Half-finished sign-ins waiting for their second factor.
create table auth_verification (
  id         text primary key,
  identifier text not null,
  value      text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_verification_by_identifier on auth_verification (identifier);

create table auth_two_factor (
  id                        text primary key,
  user_id                   text not null unique references auth_user (id) on delete cascade,
  secret                    text not null,              -- encrypted with the desk's key
  backup_codes              text not null,              -- encrypted with the desk's key
  verified                  boolean not null default true, -- false until the first right code
  failed_verification_count integer not null default 0,
  locked_until              timestamptz
);
create index auth_two_factor_by_secret on auth_two_factor (secret);

-- How often something was tried lately, e.g. signing in from an address. One row a key; a new window starts after the old one.
create table access_limit (
  key        text primary key check (length(key) <= 200),
  started_at timestamptz not null,
  count      integer not null check (count >= 0)
);
create index access_limit_by_age on access_limit (started_at);

-- Links that work once. Only the SHA-256 of the token is kept.
create table access_link (
  id          text primary key,
  kind        text not null check (kind in ('first-run', 'invitation', 'reset', 'demo')),
  token_hash  text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  role        text not null check (role in ('global-admin', 'admin-agent', 'billing-admin', 'auditor')),
  email       text check (email = lower(email) and length(email) <= 254),
  name        text,
  user_id     text references auth_user (id),            -- reset and demo: who signs in with it
  removes_two_factor boolean not null default false,     -- reset: the person lost the second factor too
  made_by     text not null,                             -- id of the person, or "surety"
  made_by_name text not null,
  made_at     timestamptz not null,
  expires_at  timestamptz not null check (expires_at > made_at),
  used_at     timestamptz,
  withdrawn_at timestamptz,
  check (kind <> 'invitation' or email is not null),
  check (kind not in ('reset', 'demo') or user_id is not null)
);
create index access_link_open on access_link (kind, made_at) where used_at is null and withdrawn_at is null;

-- Keys for machines and the command line. Only the SHA-256 of the key is kept.
create table access_key (
  id         text primary key,
  name       text not null check (length(name) between 1 and 80),
  role       text not null check (role in ('global-admin', 'admin-agent', 'billing-admin', 'auditor')),
  key_hash   text not null unique check (key_hash ~ '^[0-9a-f]{64}$'),
  hint       text not null,
  made_by    text not null references auth_user (id),
  made_at    timestamptz not null,
  expires_at timestamptz check (expires_at > made_at),
  used_at    timestamptz, -- to within a minute
  revoked_at timestamptz
);

-- Secrets of the desk, sealed with AES-256-GCM under a key that lies in the data folder, not here.
create table access_secret (
  name       text primary key check (length(name) <= 100),
  sealed     text not null check (length(sealed) <= 20000),
  changed_at timestamptz not null
);

-- The audit page filters by time.
create index event_by_time on event (at desc, seq desc);
