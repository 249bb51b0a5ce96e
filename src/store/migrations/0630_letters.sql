-- Letters: what was told to whom, and the proof of it.

-- The outbox. One letter an account, step, day of decision and channel, whatever runs twice.
create table collections_letter (
  letter_id uuid primary key,
  number bigint generated always as identity unique,
  account_id uuid not null,
  account_name text not null,
  -- The policy's step, or "by-hand:<purpose>" for one that a person asked for.
  step_id text not null check (length(step_id) between 1 and 80),
  decided_on date not null,
  channel text not null check (channel in ('mail', 'letter', 'sms', 'call')),
  purpose text not null,
  language text not null,
  place text not null,
  policy_id text,
  policy_version integer,
  -- 0 is the template that Surety brings.
  template_version integer not null,
  -- Everything the letter says, frozen when it was decided, and the words made of it: it reads the same for ever.
  facts jsonb not null,
  blocks jsonb not null,
  -- IANA zone of the customer: its days count.
  time_zone text not null,
  -- Invoices whose own age had reached the step.
  invoice_ids text[] not null,
  subject text not null,
  state text not null check (state in ('queued', 'sending', 'sent', 'deferred', 'failed', 'returned', 'cancelled')),
  why text,
  -- The server's words, or a person's.
  detail text,
  message_id text unique,
  not_before timestamptz not null,
  queued_at timestamptz not null,
  sent_at timestamptz,
  -- The days on which it counted as told, and from which it no longer did; in the customer's zone.
  sent_on date,
  failed_on date,
  printed_at timestamptz,
  -- A crash lay between sending and recording, and it was sent again under the same Message-ID.
  maybe_twice boolean not null default false,
  unique (account_id, step_id, decided_on, channel),
  check (state <> 'sent' or sent_on is not null),
  check (state not in ('failed', 'returned', 'cancelled') or why is not null)
);
create index collections_letter_account on collections_letter (account_id, decided_on);
create index collections_letter_due on collections_letter (not_before) where state in ('queued', 'sending', 'deferred');
create index collections_letter_queued on collections_letter (queued_at desc, letter_id);

-- Who a letter goes to, one row an address; each is an SMTP transaction of its own, so that each has the server's own answer.
create table collections_letter_recipient (
  letter_id uuid not null references collections_letter (letter_id),
  address text not null check (length(address) between 1 and 500),
  -- Part of the address that bounces and replies come to.
  token text not null unique,
  state text not null check (state in ('waiting', 'sending', 'accepted', 'deferred', 'refused', 'bounced')),
  attempts integer not null default 0 check (attempts between 0 and 20),
  -- When the attempt in hand began; one that is never ended is what a crash left.
  began_at timestamptz,
  -- When the attempt began to hand the text over. A crash before it is certainly not sent; one after it may be.
  handed_at timestamptz,
  next_at timestamptz,
  answer text,
  -- The gateway's own id of a text message, or the Message-ID that the mail server put in the place of ours.
  gateway_id text,
  at timestamptz,
  primary key (letter_id, address)
);
create index collections_letter_recipient_due on collections_letter_recipient (next_at) where state in ('waiting', 'deferred', 'sending');

create index collections_letter_recipient_gateway on collections_letter_recipient (gateway_id) where gateway_id is not null;

-- What happened to a letter, in order.
create table collections_letter_trail (
  letter_id uuid not null references collections_letter (letter_id),
  seq bigint generated always as identity,
  at timestamptz not null,
  what text not null,
  address text,
  detail text,
  primary key (letter_id, seq)
);

-- Templates that were edited; never changed, only followed by another version.
create table collections_template (
  purpose text not null,
  language text not null,
  place text not null,
  version integer not null check (version >= 1),
  text text not null check (length(text) <= 20000),
  note text check (length(note) <= 500),
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (purpose, language, place, version)
);

-- Where a customer is reached. For paper the address is as many lines as it has.
create table collections_contact (
  contact_id uuid primary key,
  customer_id uuid not null,
  channel text not null check (channel in ('mail', 'letter', 'sms', 'call')),
  address text not null check (length(address) between 3 and 500),
  name text check (length(name) <= 120),
  since date not null,
  source text not null check (source in ('person', 'ledger', 'partner-center')),
  -- From this day nothing reaches it; undone when a person confirms it.
  bad_since date,
  bad_why text,
  removed_at timestamptz
);
create unique index collections_contact_one on collections_contact (customer_id, channel, lower(address)) where removed_at is null;

-- What was chosen for an account; null = not chosen.
create table collections_account_settings (
  account_id uuid primary key,
  customer_class text check (customer_class in ('business', 'public', 'healthcare', 'education', 'charity', 'consumer')),
  language text check (language in ('en', 'sv')),
  time_zone text check (length(time_zone) <= 60),
  country text check (country ~ '^[A-Z]{2}$'),
  changed_at timestamptz not null,
  changed_by text not null
);

-- Mail that came in: reports of delivery, replies, answers of machines. The raw text is kept, it is evidence.
create table collections_mail_in (
  mail_id uuid primary key,
  -- SHA-256 of the raw mail: the same one twice is one.
  sha256 text not null unique,
  received_at timestamptz not null,
  kind text not null check (kind in ('bounce-hard', 'bounce-soft', 'auto-reply', 'reply', 'unknown')),
  sender text not null,
  subject text not null,
  body text not null,
  letter_id uuid references collections_letter (letter_id),
  account_id uuid,
  attachments integer not null check (attachments >= 0),
  raw bytea not null
);
create index collections_mail_in_account on collections_mail_in (account_id, received_at desc);
create index collections_mail_in_letter on collections_mail_in (letter_id);
