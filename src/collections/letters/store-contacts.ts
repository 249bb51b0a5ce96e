import { sql } from "kysely";
import type { Language } from "../../access/contract.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import type { Channel, CustomerClass } from "../contract-policy.ts";
import type { CONTACT_SOURCES, MailInKind } from "./contract.ts";

/** Where customers are reached, what was chosen for accounts, and the mail that came in. */

export type ContactRow = {
  readonly contact_id: string;
  readonly customer_id: string;
  readonly channel: Channel;
  readonly address: string;
  readonly name: string | null;
  readonly since: Temporal.PlainDate;
  readonly source: (typeof CONTACT_SOURCES)[number];
  readonly bad_since: Temporal.PlainDate | null;
  readonly bad_why: string | null;
};
const COLUMNS = sql`contact_id, customer_id, channel, address, name, since, source, bad_since, bad_why`;

export async function contactsOf(tx: Tx, customerIds: readonly CustomerId[]): Promise<readonly ContactRow[]> {
  const { rows } = await sql<ContactRow>`select ${COLUMNS} from collections_contact
    where customer_id = any(${customerIds}::uuid[]) and removed_at is null order by customer_id, channel, since, contact_id`.execute(
    tx,
  );
  return rows;
}

export async function contactsByAddress(tx: Tx, channel: Channel, address: string): Promise<readonly ContactRow[]> {
  const { rows } = await sql<ContactRow>`select ${COLUMNS} from collections_contact
    where channel = ${channel} and lower(address) = lower(${address}) and removed_at is null`.execute(tx);
  return rows;
}

/** How many of these accounts have a good address, by channel. A number that takes messages can be called. */
export async function reachedCounts(tx: Tx, accountIds: readonly CustomerId[]): Promise<ReadonlyMap<Channel, number>> {
  const { rows } = await sql<{ channel: Channel; accounts: number }>`
    select by.channel, count(distinct c.customer_id)::int as accounts
    from collections_contact c join (values ('mail', 'mail'), ('letter', 'letter'), ('sms', 'sms'), ('call', 'call'), ('call', 'sms'))
      as by (channel, has) on by.has = c.channel
    where c.removed_at is null and c.bad_since is null and c.customer_id = any(${accountIds}::uuid[])
    group by by.channel`.execute(tx);
  return new Map(rows.map((row) => [row.channel, row.accounts]));
}

/** Keeps an address; one that is there already becomes good again. */
export async function upsertContact(tx: Tx, row: Omit<ContactRow, "bad_since" | "bad_why">): Promise<ContactRow> {
  const { rows } =
    await sql<ContactRow>`insert into collections_contact (contact_id, customer_id, channel, address, name, since, source)
    values (${row.contact_id}, ${row.customer_id}, ${row.channel}, ${row.address}, ${row.name}, ${row.since}, ${row.source})
    on conflict (customer_id, channel, lower(address)) where removed_at is null
    do update set name = coalesce(excluded.name, collections_contact.name), bad_since = null, bad_why = null returning ${COLUMNS}`.execute(
      tx,
    );
  const [saved] = rows;
  if (saved === undefined) throw new Error("invariant broken: a kept contact comes back");
  return saved;
}

/**
 * Keeps addresses that another source knows, of customers that never had a mail address here: what a person wrote or took away stands.
 * Gives those that were kept.
 */
export async function offerMails(tx: Tx, rows: readonly OfferedMail[]): Promise<readonly OfferedMail[]> {
  const offered = JSON.stringify(rows.map((row) => ({ ...row, since: row.since.toString() })));
  const { rows: kept } = await sql<{ contact_id: string }>`
    insert into collections_contact (contact_id, customer_id, channel, address, name, since, source)
    select o.contact_id, o.customer_id, 'mail', o.address, o.name, o.since, o.source
    from jsonb_to_recordset(${offered}::jsonb) as o(contact_id uuid, customer_id uuid, address text, name text, since date, source text)
    where not exists (select 1 from collections_contact c where c.customer_id = o.customer_id and c.channel = 'mail')
    on conflict do nothing returning contact_id`.execute(tx);
  const ids = new Set(kept.map((row) => row.contact_id));
  return rows.filter((row) => ids.has(row.contact_id));
}
export type OfferedMail = Pick<ContactRow, "contact_id" | "customer_id" | "address" | "name" | "since" | "source">;

export async function removeContact(tx: Tx, contactId: string, at: Temporal.Instant): Promise<ContactRow | undefined> {
  const { rows } = await sql<ContactRow>`update collections_contact set removed_at = ${at}
    where contact_id = ${contactId} and removed_at is null returning ${COLUMNS}`.execute(tx);
  return rows[0];
}

export async function markBad(
  tx: Tx,
  bad: {
    readonly channel: Channel;
    readonly address: string;
    readonly since: Temporal.PlainDate;
    readonly why: string;
  },
): Promise<void> {
  await sql`update collections_contact set bad_since = ${bad.since}, bad_why = ${bad.why}
    where channel = ${bad.channel} and lower(address) = lower(${bad.address}) and removed_at is null and bad_since is null`.execute(
    tx,
  );
}

export type AccountSettingsRow = {
  readonly account_id: string;
  readonly customer_class: CustomerClass | null;
  readonly language: Language | null;
  readonly time_zone: string | null;
  readonly country: string | null;
};
export async function accountSettings(
  tx: Tx,
  accountIds: readonly CustomerId[],
): Promise<readonly AccountSettingsRow[]> {
  const { rows } = await sql<AccountSettingsRow>`select account_id, customer_class, language, time_zone, country
    from collections_account_settings where account_id = any(${accountIds}::uuid[])`.execute(tx);
  return rows;
}
export async function saveAccountSettings(
  tx: Tx,
  row: AccountSettingsRow & { readonly changed_at: Temporal.Instant; readonly changed_by: string },
): Promise<void> {
  await sql`insert into collections_account_settings (account_id, customer_class, language, time_zone, country, changed_at, changed_by)
    values (${row.account_id}, ${row.customer_class}, ${row.language}, ${row.time_zone}, ${row.country}, ${row.changed_at}, ${row.changed_by})
    on conflict (account_id) do update set customer_class = excluded.customer_class, language = excluded.language,
      time_zone = excluded.time_zone, country = excluded.country, changed_at = excluded.changed_at, changed_by = excluded.changed_by`.execute(
    tx,
  );
}

export type MailInRow = {
  readonly mail_id: string;
  readonly sha256: string;
  readonly received_at: Temporal.Instant;
  readonly kind: MailInKind;
  readonly sender: string;
  readonly subject: string;
  readonly body: string;
  readonly letter_id: string | null;
  readonly account_id: string | null;
  readonly attachments: number;
};
/** Keeps a mail; false when the very same one was kept before. */
export async function insertMailIn(tx: Tx, row: MailInRow, raw: Uint8Array): Promise<boolean> {
  const { rows } =
    await sql`insert into collections_mail_in (mail_id, sha256, received_at, kind, sender, subject, body, letter_id, account_id, attachments, raw)
    values (${row.mail_id}, ${row.sha256}, ${row.received_at}, ${row.kind}, ${row.sender}, ${row.subject}, ${row.body}, ${row.letter_id},
      ${row.account_id}, ${row.attachments}, ${raw}) on conflict (sha256) do nothing returning 1`.execute(tx);
  return rows.length > 0;
}
export async function mailIn(
  tx: Tx,
  ask: { readonly accountId?: string | undefined; readonly letterId?: string | undefined; readonly limit: number },
): Promise<readonly MailInRow[]> {
  const { rows } =
    await sql<MailInRow>`select mail_id, sha256, received_at, kind, sender, subject, body, letter_id, account_id, attachments
    from collections_mail_in where (${ask.accountId ?? null}::uuid is null or account_id = ${ask.accountId ?? null}::uuid)
      and (${ask.letterId ?? null}::uuid is null or letter_id = ${ask.letterId ?? null}::uuid)
    order by received_at desc, mail_id limit ${ask.limit}`.execute(tx);
  return rows;
}
