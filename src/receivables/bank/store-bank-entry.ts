import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type { EntryState, EntryMatchedBy } from "./contract-bank.ts";
import type { BankNote, BankReference, EntryStatus } from "./contract-statement.ts";

export type Paid = { readonly number: string; readonly customerId: CustomerId; readonly amountMinor: string };
type Wired<T extends { readonly amountMinor?: unknown }> = Omit<T, "amountMinor"> & { readonly amountMinor?: string };
type WiredNote = Omit<BankNote, "differenceMinor"> & { readonly differenceMinor?: string };

export type EntryRecord = {
  readonly entry_id: bigint;
  readonly bank_file_id: string;
  readonly statement: number;
  readonly place: number;
  readonly line: number;
  readonly account_key: string;
  readonly money_key: string;
  readonly batch_key: string | null;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly booked_on: Temporal.PlainDate;
  readonly value_on: Temporal.PlainDate | null;
  readonly status: EntryStatus;
  readonly is_reversal: boolean;
  readonly source_id: string | null;
  readonly refs: readonly Wired<BankReference>[];
  readonly text: string;
  readonly payer_name: string | null;
  readonly payer_account: string | null;
  readonly payer_org: string | null;
  readonly notes: readonly WiredNote[];
  readonly state: EntryState;
  readonly equals_id: bigint | null;
  readonly statement_id: bigint | null;
  readonly reverses_id: bigint | null;
  readonly customer_id: CustomerId | null;
  readonly matched_by: EntryMatchedBy | null;
  readonly matched_what: string | null;
  readonly payments: readonly Paid[];
  readonly decided_by: string | null;
  readonly decided_at: Temporal.Instant | null;
  readonly reason: string | null;
};
/** An entry with the file and account it came from. */
export type EntryWithFile = EntryRecord & {
  readonly file_name: string;
  readonly format: string;
  readonly account: string;
};
const COLUMNS = sql`e.*, f.file_name, s.format, s.account`;
const JOINED = sql`bank_entry e join bank_file f using (bank_file_id) join bank_statement s on s.bank_file_id = e.bank_file_id and s.place = e.statement`;

export type NewEntry = Omit<EntryRecord, "entry_id" | "statement_id" | "decided_by" | "decided_at" | "reason">;
const INSERT_ROWS = 2_000;

/** Adds entries in their order; gives their ids in the same order. */
export async function insertEntries(tx: Tx, entries: readonly NewEntry[]): Promise<readonly bigint[]> {
  const ids: bigint[] = [];
  for (let at = 0; at < entries.length; at += INSERT_ROWS) {
    const rows = entries.slice(at, at + INSERT_ROWS).map((one, index) => ({
      ...one,
      n: index,
      amount_minor: one.amount_minor.toString(),
      equals_id: one.equals_id?.toString() ?? null,
      reverses_id: one.reverses_id?.toString() ?? null,
      booked_on: one.booked_on.toString(),
      value_on: one.value_on?.toString() ?? null,
    }));
    const made = await sql<{ entry_id: bigint }>`
      insert into bank_entry (bank_file_id, statement, place, line, account_key, money_key, batch_key, currency, amount_minor, booked_on, value_on, status, is_reversal, source_id, refs, text,
        payer_name, payer_account, payer_org, notes, state, equals_id, reverses_id, customer_id, matched_by, matched_what, payments)
      select bank_file_id, statement, place, line, account_key, money_key, batch_key, currency, amount_minor, booked_on, value_on, status, is_reversal, source_id, refs, text,
        payer_name, payer_account, payer_org, notes, state, equals_id, reverses_id, customer_id, matched_by, matched_what, payments
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e(n integer, bank_file_id text, statement integer, place integer, line integer, account_key text, money_key text, batch_key text,
        currency text, amount_minor bigint, booked_on date, value_on date, status text, is_reversal boolean, source_id text, refs jsonb, text text, payer_name text, payer_account text, payer_org text,
        notes jsonb, state text, equals_id bigint, reverses_id bigint, customer_id uuid, matched_by text, matched_what text, payments jsonb)
      order by n returning entry_id`.execute(tx);
    ids.push(...made.rows.map(({ entry_id }) => entry_id).sort((a, b) => (a < b ? -1 : 1)));
  }
  return ids;
}

export async function findEntry(tx: Tx, entryId: bigint, forUpdate = false): Promise<EntryWithFile | undefined> {
  const { rows } = await sql<EntryWithFile>`
    select ${COLUMNS} from ${JOINED} where e.entry_id = ${entryId} ${forUpdate ? sql`for update of e` : sql``}`.execute(
    tx,
  );
  return rows[0];
}

export type EntriesAsk = {
  readonly bankFileId?: string | undefined;
  readonly state?: EntryState | undefined;
  /** The last row shown: the list goes on behind it. */
  readonly after?: bigint | undefined;
  readonly limit: number;
};
/** Entries of a file in its order, or of one state over all files, newest first. */
export async function listEntries(tx: Tx, ask: EntriesAsk): Promise<readonly EntryWithFile[]> {
  const state = ask.state === undefined ? sql`` : sql`and e.state = ${ask.state}`;
  if (ask.bankFileId !== undefined) {
    const { rows } = await sql<EntryWithFile>`
      select ${COLUMNS} from ${JOINED} where e.bank_file_id = ${ask.bankFileId} ${state}
        ${ask.after === undefined ? sql`` : sql`and (e.statement, e.place) > (select statement, place from bank_entry where entry_id = ${ask.after})`}
      order by e.statement, e.place limit ${ask.limit}`.execute(tx);
    return rows;
  }
  const { rows } = await sql<EntryWithFile>`
    select ${COLUMNS} from ${JOINED} where true ${state}
      ${ask.after === undefined ? sql`` : sql`and (e.booked_on, e.entry_id) < (select booked_on, entry_id from bank_entry where entry_id = ${ask.after})`}
    order by e.booked_on desc, e.entry_id desc limit ${ask.limit}`.execute(tx);
  return rows;
}
export type StateSum = {
  readonly state: EntryState;
  readonly currency: string;
  readonly entries: bigint;
  readonly minor: bigint;
  readonly by: EntryMatchedBy | null;
};
/** How many entries are in which state, and their sum, a row for each currency and reason. */
export async function sumStates(tx: Tx, bankFileId?: string): Promise<readonly StateSum[]> {
  const { rows } = await sql<StateSum>`
    select state, currency, matched_by as by, count(*) as entries, sum(amount_minor)::bigint as minor from bank_entry
    where ${bankFileId === undefined ? sql`state = 'waiting'` : sql`bank_file_id = ${bankFileId}`} group by state, currency, matched_by order by 1, 2, 3`.execute(
    tx,
  );
  return rows;
}

export type Assignment = {
  readonly customerId: CustomerId;
  readonly by: EntryMatchedBy;
  readonly what: string | null;
  readonly payments: readonly Paid[];
  readonly person: string;
  readonly at: Temporal.Instant;
  readonly reversesId?: bigint | null;
};
export async function markRecorded(tx: Tx, entryId: bigint, to: Assignment): Promise<void> {
  await sql`update bank_entry set state = 'recorded', customer_id = ${to.customerId}, matched_by = ${to.by}, matched_what = ${to.what}, payments = ${jsonb(to.payments)},
      reverses_id = ${to.reversesId ?? null}, decided_by = ${to.person}, decided_at = ${to.at} where entry_id = ${entryId}`.execute(
    tx,
  );
}
type Decided = {
  readonly state: EntryState;
  readonly reason: string;
  readonly person: string;
  readonly at: Temporal.Instant;
};
export async function markDecided(tx: Tx, entryId: bigint, { state, reason, person, at }: Decided): Promise<void> {
  await sql`update bank_entry set state = ${state}, equals_id = null, reason = ${reason}, decided_by = ${person}, decided_at = ${at} where entry_id = ${entryId}`.execute(
    tx,
  );
}
/** A person said that this is other money than the entry it looks like: it gets a key of its own. */
export async function giveOwnKey(tx: Tx, entryId: bigint, moneyKey: string): Promise<void> {
  await sql`update bank_entry set money_key = ${moneyKey}, batch_key = null where entry_id = ${entryId}`.execute(tx);
}
/** An end-of-day statement (or the details of a deposit) confirms what another file told before. */
export async function confirmEntries(
  tx: Tx,
  pairs: readonly { readonly entryId: bigint; readonly byId: bigint }[],
): Promise<void> {
  const rows = pairs.map(({ entryId, byId }) => ({ entry_id: entryId.toString(), by_id: byId.toString() }));
  await sql`update bank_entry e set statement_id = c.by_id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(entry_id bigint, by_id bigint)
    where e.entry_id = c.entry_id`.execute(tx);
}
/** A lump sum that waits turns out to be a deposit whose payments are now here. */
export async function markKnown(tx: Tx, entryId: bigint, equalsId: bigint): Promise<void> {
  await sql`update bank_entry set state = 'known', equals_id = ${equalsId} where entry_id = ${entryId} and state = 'waiting'`.execute(
    tx,
  );
}
