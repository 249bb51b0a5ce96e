import { sql } from "kysely";
import type { Tx } from "../../store/contract.ts";
import type { Channel } from "../contract-policy.ts";

/** Who a letter goes to; each address is tried, answered and retried by itself. */
export type RecipientState = "waiting" | "sending" | "accepted" | "deferred" | "refused" | "bounced";
export type RecipientRow = {
  readonly letter_id: string;
  readonly address: string;
  readonly token: string;
  readonly state: RecipientState;
  readonly attempts: number;
  readonly began_at: Temporal.Instant | null;
  readonly handed_at: Temporal.Instant | null;
  readonly next_at: Temporal.Instant | null;
  readonly answer: string | null;
  readonly gateway_id: string | null;
  readonly at: Temporal.Instant | null;
};

export async function insertRecipients(
  tx: Tx,
  rows: readonly Pick<RecipientRow, "letter_id" | "address" | "token" | "next_at">[],
): Promise<void> {
  for (const row of rows)
    await sql`insert into collections_letter_recipient (letter_id, address, token, state, next_at)
      values (${row.letter_id}, ${row.address}, ${row.token}, 'waiting', ${row.next_at}) on conflict do nothing`.execute(
      tx,
    );
}

export async function recipientsOf(tx: Tx, letterId: string): Promise<readonly RecipientRow[]> {
  const { rows } =
    await sql<RecipientRow>`select * from collections_letter_recipient where letter_id = ${letterId} order by address`.execute(
      tx,
    );
  return rows;
}

/** The next address that is due and that nobody else works on, locked together with its letter. */
export async function nextDue(
  tx: Tx,
  ask: { readonly now: Temporal.Instant; readonly channels: readonly Channel[] },
): Promise<RecipientRow | undefined> {
  const { rows } =
    await sql<RecipientRow>`select r.* from collections_letter_recipient r join collections_letter l using (letter_id)
    where r.state in ('waiting', 'deferred') and r.next_at <= ${ask.now} and l.not_before <= ${ask.now}
      and l.state in ('queued', 'sending', 'deferred', 'sent') and l.channel = any(${ask.channels}::text[])
    order by r.next_at, r.letter_id limit 1 for update of r, l skip locked`.execute(tx);
  return rows[0];
}

/** Attempts that began before `before` and were never ended: what a killed process left. */
export async function leftBehind(
  tx: Tx,
  before: Temporal.Instant,
): Promise<readonly (RecipientRow & { readonly channel: Channel })[]> {
  const { rows } = await sql<
    RecipientRow & { channel: Channel }
  >`select r.*, l.channel from collections_letter_recipient r
    join collections_letter l using (letter_id) where r.state = 'sending' and r.began_at <= ${before} order by r.letter_id
    for update of r, l skip locked`.execute(tx);
  return rows;
}

export type RecipientChange = Partial<Omit<RecipientRow, "letter_id" | "address" | "token">>;
export async function updateRecipient(
  tx: Tx,
  key: Pick<RecipientRow, "letter_id" | "address">,
  change: RecipientChange,
): Promise<void> {
  const sets = Object.entries(change).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  await sql`update collections_letter_recipient set ${sql.join(sets)}
    where letter_id = ${key.letter_id} and address = ${key.address}`.execute(tx);
}

export async function recipientByToken(tx: Tx, tokens: readonly string[]): Promise<RecipientRow | undefined> {
  if (tokens.length === 0) return undefined;
  const { rows } =
    await sql<RecipientRow>`select * from collections_letter_recipient where token = any(${tokens}) limit 1`.execute(
      tx,
    );
  return rows[0];
}

export async function letterIdByMessageIds(tx: Tx, messageIds: readonly string[]): Promise<string | undefined> {
  if (messageIds.length === 0) return undefined;
  // Some servers put an id of their own in the place of ours; reports then name theirs.
  const { rows } = await sql<{
    letter_id: string;
  }>`select letter_id from collections_letter where message_id = any(${messageIds})
    union all select letter_id from collections_letter_recipient where gateway_id = any(${messageIds}) limit 1`.execute(
    tx,
  );
  return rows[0]?.letter_id;
}
