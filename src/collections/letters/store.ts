import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type { Channel } from "../contract-policy.ts";
import type { LetterState, LetterWhy, Purpose, Place } from "./contract.ts";
import type { Language } from "../../access/contract.ts";
import type { Block, LetterFacts } from "./decide-model.ts";

/** The outbox: letters, who they go to, and what happened to them. */

export type LetterRow = {
  readonly letter_id: string;
  readonly number: bigint;
  readonly account_id: string;
  readonly account_name: string;
  readonly step_id: string;
  readonly decided_on: Temporal.PlainDate;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly language: Language;
  readonly place: Place;
  readonly policy_id: string | null;
  readonly policy_version: number | null;
  readonly template_version: number;
  readonly facts: LetterFacts;
  readonly blocks: readonly Block[];
  readonly time_zone: string;
  readonly invoice_ids: readonly string[];
  readonly subject: string;
  readonly state: LetterState;
  readonly why: LetterWhy | null;
  readonly detail: string | null;
  readonly message_id: string | null;
  readonly not_before: Temporal.Instant;
  readonly queued_at: Temporal.Instant;
  readonly sent_at: Temporal.Instant | null;
  readonly sent_on: Temporal.PlainDate | null;
  readonly failed_on: Temporal.PlainDate | null;
  readonly printed_at: Temporal.Instant | null;
  readonly maybe_twice: boolean;
};
export type NewLetter = Omit<
  LetterRow,
  "number" | "sent_at" | "sent_on" | "printed_at" | "maybe_twice" | "facts" | "blocks" | "subject"
>;

/** Takes the place of one letter in the outbox; gives its number, or undefined when the place was taken before. */
export async function insertLetter(tx: Tx, row: NewLetter): Promise<bigint | undefined> {
  const { rows } = await sql<{
    number: bigint;
  }>`insert into collections_letter (letter_id, account_id, account_name, step_id, decided_on,
      channel, purpose, language, place, policy_id, policy_version, template_version, facts, blocks, time_zone, invoice_ids, subject, state,
      why, detail, message_id, not_before, queued_at, failed_on)
    values (${row.letter_id}, ${row.account_id}, ${row.account_name}, ${row.step_id}, ${row.decided_on}, ${row.channel}, ${row.purpose},
      ${row.language}, ${row.place}, ${row.policy_id}, ${row.policy_version}, ${row.template_version}, '{}', '[]', ${row.time_zone},
      ${row.invoice_ids}, '', ${row.state}, ${row.why}, ${row.detail}, ${row.message_id}, ${row.not_before}, ${row.queued_at}, ${row.failed_on})
    on conflict (account_id, step_id, decided_on, channel) do nothing returning number`.execute(tx);
  return rows[0]?.number;
}

export async function writeWords(
  tx: Tx,
  letterId: string,
  words: { readonly facts: LetterFacts; readonly blocks: readonly Block[]; readonly subject: string },
): Promise<void> {
  await sql`update collections_letter set facts = ${jsonb(words.facts)}, blocks = ${jsonb(words.blocks)}, subject = ${words.subject}
    where letter_id = ${letterId}`.execute(tx);
}

export async function letterAt(
  tx: Tx,
  key: Pick<LetterRow, "account_id" | "step_id" | "decided_on" | "channel">,
): Promise<Pick<LetterRow, "letter_id" | "state"> | undefined> {
  const { rows } = await sql<Pick<LetterRow, "letter_id" | "state">>`select letter_id, state from collections_letter
    where account_id = ${key.account_id} and step_id = ${key.step_id} and decided_on = ${key.decided_on} and channel = ${key.channel}`.execute(
    tx,
  );
  return rows[0];
}

export async function letterById(
  tx: Tx,
  letterId: string,
  lock: "lock" | "read" = "read",
): Promise<LetterRow | undefined> {
  const { rows } = await sql<LetterRow>`select * from collections_letter where letter_id = ${letterId}
    ${lock === "lock" ? sql`for update` : sql``}`.execute(tx);
  return rows[0];
}

export type LetterChange = Partial<
  Pick<
    LetterRow,
    "state" | "why" | "detail" | "sent_at" | "sent_on" | "failed_on" | "printed_at" | "maybe_twice" | "not_before"
  >
>;
export async function updateLetter(tx: Tx, letterId: string, change: LetterChange): Promise<void> {
  const sets = Object.entries(change).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  if (sets.length > 0)
    await sql`update collections_letter set ${sql.join(sets)} where letter_id = ${letterId}`.execute(tx);
}

/** What counts as a notice, for the ladder: everything but what was cancelled before it was sent. */
export async function noticeRows(tx: Tx, accountIds: readonly CustomerId[]) {
  const { rows } = await sql<
    Pick<
      LetterRow,
      "letter_id" | "account_id" | "step_id" | "channel" | "invoice_ids" | "decided_on" | "sent_on" | "failed_on"
    >
  >`select letter_id, account_id, step_id, channel, invoice_ids, decided_on, sent_on, failed_on from collections_letter
    where account_id = any(${accountIds}::uuid[]) and (state <> 'cancelled' or sent_on is not null) and step_id not like 'by-hand:%'
    order by account_id, decided_on, number`.execute(tx);
  return rows;
}

export type LetterFilter = {
  readonly state?: LetterState | undefined;
  readonly channel?: Channel | undefined;
  readonly stepId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly from?: Temporal.PlainDate | undefined;
  readonly to?: Temporal.PlainDate | undefined;
  readonly q?: string | undefined;
  readonly before?: bigint | undefined;
  readonly limit: number;
};
export type ListedLetter = LetterRow & { readonly recipients: readonly string[] };

const where = (filter: LetterFilter) => sql`
  (${filter.state ?? null}::text is null or l.state = ${filter.state ?? null})
  and (${filter.channel ?? null}::text is null or l.channel = ${filter.channel ?? null})
  and (${filter.stepId ?? null}::text is null or l.step_id = ${filter.stepId ?? null})
  and (${filter.accountId ?? null}::uuid is null or l.account_id = ${filter.accountId ?? null}::uuid)
  and (${filter.from ?? null}::date is null or l.decided_on >= ${filter.from ?? null}::date)
  and (${filter.to ?? null}::date is null or l.decided_on <= ${filter.to ?? null}::date)
  and (${filter.q ?? null}::text is null or position(lower(${filter.q ?? null}) in lower(l.account_name || ' ' || l.subject || ' L-' || l.number)) > 0)`;

/** Newest first. */
export async function listLetters(tx: Tx, filter: LetterFilter): Promise<readonly ListedLetter[]> {
  const { rows } = await sql<ListedLetter>`select l.*,
      (select coalesce(array_agg(r.address order by r.address), '{}') from collections_letter_recipient r where r.letter_id = l.letter_id) as recipients
    from collections_letter l where ${where(filter)} and (${filter.before ?? null}::bigint is null or l.number < ${filter.before ?? null}::bigint)
    order by l.number desc limit ${filter.limit}`.execute(tx);
  return rows;
}

export async function countLetters(tx: Tx, filter: LetterFilter): Promise<number> {
  const { rows } = await sql<{
    n: bigint;
  }>`select count(*) as n from collections_letter l where ${where(filter)}`.execute(tx);
  return Number(rows[0]?.n ?? 0n);
}

/** Paper letters that are still to be printed or posted, oldest first. */
export async function toPrint(tx: Tx, limit: number): Promise<readonly LetterRow[]> {
  const { rows } = await sql<LetterRow>`select * from collections_letter where channel = 'letter' and state = 'queued'
    order by number limit ${limit}`.execute(tx);
  return rows;
}

export async function waitingCounts(tx: Tx): Promise<{ readonly waiting: number; readonly toPrint: number }> {
  const { rows } = await sql<{ waiting: bigint; to_print: bigint }>`select
      count(*) filter (where channel in ('mail', 'sms')) as waiting, count(*) filter (where channel = 'letter' and state = 'queued') as to_print
    from collections_letter where state in ('queued', 'deferred', 'sending')`.execute(tx);
  return { waiting: Number(rows[0]?.waiting ?? 0n), toPrint: Number(rows[0]?.to_print ?? 0n) };
}

export type TrailRow = {
  readonly letter_id: string;
  readonly at: Temporal.Instant;
  readonly what: string;
  readonly address: string | null;
  readonly detail: string | null;
};
export async function addTrail(tx: Tx, row: TrailRow): Promise<void> {
  await sql`insert into collections_letter_trail (letter_id, at, what, address, detail)
    values (${row.letter_id}, ${row.at}, ${row.what}, ${row.address}, ${row.detail})`.execute(tx);
}
export async function trailOf(tx: Tx, letterId: string): Promise<readonly TrailRow[]> {
  const { rows } = await sql<TrailRow>`select letter_id, at, what, address, detail from collections_letter_trail
    where letter_id = ${letterId} order by seq`.execute(tx);
  return rows;
}
