import { sql } from "kysely";
import type { CustomerId, NoticeId } from "../core/ids.ts";
import type { SecurityAlert } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";
import { HINT_AFTER_MINUTES, HINT_BEFORE_MINUTES, SAME_EVENT_MINUTES } from "./decide-correlate.ts";

/** A row of `notice`, as PostgreSQL gives it. */
export type NoticeRow = {
  readonly notice_id: string;
  readonly number: bigint;
  readonly customer_id: string;
  readonly customer_name: string | null;
  readonly entitlement_id: string | null;
  readonly kind: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly severity: string | null;
  readonly confidence: string | null;
  readonly status: string;
  readonly state: "open" | "answered";
  readonly is_test: boolean;
  readonly detected_at: Temporal.Instant;
  readonly received_at: Temporal.Instant;
  readonly first_seen_at: Temporal.Instant | null;
  readonly last_seen_at: Temporal.Instant | null;
  readonly resources: SecurityAlert["resources"];
  readonly details: Record<string, unknown>;
  readonly log: readonly { from?: string; to: string; by?: string; at?: string }[];
  readonly claimed_by: string | null;
  readonly claimed_name: string | null;
  readonly claimed_at: Temporal.Instant | null;
  readonly answered_at: Temporal.Instant | null;
  readonly answer_reason: string | null;
  readonly answered_by: string | null;
  readonly answered_where: "desk" | "elsewhere" | null;
  readonly proposal_id: string | null;
  readonly case_id: string | null;
  readonly times_opened: number;
  readonly escalated_minutes: number;
  readonly updated_at: Temporal.Instant;
};
export type SourceRow = {
  readonly channel: "graph" | "fraud-events" | "webhook";
  readonly external_id: string;
  readonly notice_id: string;
  readonly status: string | null;
  readonly status_since: Temporal.Instant;
  readonly raw: unknown;
  readonly raw_sha256: string;
  readonly received_at: Temporal.Instant;
  readonly changed_at: Temporal.Instant;
};

/** What changes on a notice besides the fields that identify it. */
export type NoticeChange = Partial<Omit<NoticeRow, "notice_id" | "number" | "customer_id">>;
export type NewNotice = Omit<
  NoticeRow,
  | "number"
  | "times_opened"
  | "escalated_minutes"
  | "claimed_by"
  | "claimed_name"
  | "claimed_at"
  | "proposal_id"
  | "case_id"
>;

/** Copies that are known by channel and id. */
export async function sourcesByKey(
  tx: Tx,
  keys: readonly { readonly channel: string; readonly externalId: string }[],
): Promise<readonly SourceRow[]> {
  const { rows } = await sql<SourceRow>`select s.* from notice_source s
    join jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as k(channel text, "externalId" text)
      on s.channel = k.channel and s.external_id = k."externalId"`.execute(tx);
  return rows;
}

export async function sourcesOf(tx: Tx, noticeIds: readonly string[]): Promise<readonly SourceRow[]> {
  if (noticeIds.length === 0) return [];
  const { rows } = await sql<SourceRow>`select * from notice_source where notice_id in (${sql.join(noticeIds)})
    order by notice_id, received_at, channel`.execute(tx);
  return rows;
}

/** The channels of many notices at once, for lists. */
export async function channelsOf(
  tx: Tx,
  noticeIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (noticeIds.length === 0) return new Map();
  const { rows } = await sql<{
    notice_id: string;
    channels: string[];
  }>`select notice_id, array_agg(distinct channel order by channel) as channels
    from notice_source where notice_id in (${sql.join(noticeIds)}) group by notice_id`.execute(tx);
  return new Map(rows.map((row) => [row.notice_id, row.channels]));
}

/** Notices that a copy could belong to: same customer and Azure subscription, detected at about the same time. */
export async function candidatesFor(tx: Tx, copy: Pick<SecurityAlert, "customerId" | "entitlementId" | "detectedAt">) {
  const minutes = { minutes: SAME_EVENT_MINUTES };
  const { rows } = await sql<NoticeRow & { channels: ("graph" | "fraud-events" | "webhook")[] }>`
    select n.*, (select coalesce(array_agg(distinct s.channel), '{}') from notice_source s where s.notice_id = n.notice_id) as channels
    from notice n where n.customer_id = ${copy.customerId} and n.entitlement_id is not distinct from ${copy.entitlementId ?? null}
      and n.detected_at between ${copy.detectedAt.subtract(minutes)} and ${copy.detectedAt.add(minutes)}`.execute(tx);
  return rows;
}

export async function insertNotice(tx: Tx, row: NewNotice): Promise<NoticeRow> {
  const { rows } =
    await sql<NoticeRow>`insert into notice (notice_id, customer_id, customer_name, entitlement_id, kind, title, description,
      severity, confidence, status, state, is_test, detected_at, received_at, first_seen_at, last_seen_at, resources, details, log,
      answered_at, answer_reason, answered_by, answered_where, updated_at)
    values (${row.notice_id}, ${row.customer_id}, ${row.customer_name}, ${row.entitlement_id}, ${row.kind}, ${row.title}, ${row.description},
      ${row.severity}, ${row.confidence}, ${row.status}, ${row.state}, ${row.is_test}, ${row.detected_at}, ${row.received_at},
      ${row.first_seen_at}, ${row.last_seen_at}, ${jsonb(row.resources)}, ${jsonb(row.details)}, ${jsonb(row.log)},
      ${row.answered_at}, ${row.answer_reason}, ${row.answered_by}, ${row.answered_where}, ${row.updated_at}) returning *`.execute(
      tx,
    );
  const [saved] = rows;
  if (saved === undefined) throw new Error("invariant broken: an inserted notice comes back");
  return saved;
}

const JSON_COLUMNS = new Set(["resources", "details", "log"]);

export async function updateNotice(tx: Tx, noticeId: string, change: NoticeChange): Promise<NoticeRow> {
  const sets = Object.entries(change).map(
    ([column, value]) => sql`${sql.ref(column)} = ${JSON_COLUMNS.has(column) ? jsonb(value) : value}`,
  );
  const { rows } =
    await sql<NoticeRow>`update notice set ${sql.join(sets)} where notice_id = ${noticeId} returning *`.execute(tx);
  const [saved] = rows;
  if (saved === undefined) throw new Error(`invariant broken: notice ${noticeId} is gone`);
  return saved;
}

export async function upsertSource(tx: Tx, row: SourceRow): Promise<void> {
  await sql`insert into notice_source (channel, external_id, notice_id, status, status_since, raw, raw_sha256, received_at, changed_at)
    values (${row.channel}, ${row.external_id}, ${row.notice_id}, ${row.status}, ${row.status_since}, ${jsonb(row.raw)}, ${row.raw_sha256},
      ${row.received_at}, ${row.changed_at})
    on conflict (channel, external_id) do update set status = excluded.status, status_since = excluded.status_since, raw = excluded.raw,
      raw_sha256 = excluded.raw_sha256, changed_at = excluded.changed_at`.execute(tx);
}

/** A notice by its id, locked when it is going to be changed. */
export async function noticeById(
  tx: Tx,
  noticeId: string,
  lock: "lock" | "read" = "read",
): Promise<NoticeRow | undefined> {
  const { rows } =
    await sql<NoticeRow>`select * from notice where notice_id = ${noticeId} ${lock === "lock" ? sql`for update` : sql``}`.execute(
      tx,
    );
  return rows[0];
}

/** Keeps a webhook's moment; gives false when this delivery was kept before. */
export async function insertHint(
  tx: Tx,
  hint: {
    readonly dedupKey: string;
    readonly entitlementId: string | null;
    readonly raw: unknown;
    readonly at: Temporal.Instant;
  },
): Promise<boolean> {
  const { rows } = await sql`insert into notice_hint (dedup_key, entitlement_id, raw, received_at)
    values (${hint.dedupKey}, ${hint.entitlementId}, ${jsonb(hint.raw)}, ${hint.at}) on conflict do nothing returning 1`.execute(
    tx,
  );
  return rows.length > 0;
}

export type HintRow = { readonly dedup_key: string; readonly raw: unknown; readonly received_at: Temporal.Instant };

/** The waiting webhook nearest in time to a detection in this Azure subscription. */
export async function hintFor(
  tx: Tx,
  entitlementId: string | null,
  detectedAt: Temporal.Instant,
): Promise<HintRow | undefined> {
  if (entitlementId === null) return undefined;
  const { rows } = await sql<HintRow>`select dedup_key, raw, received_at from notice_hint
    where notice_id is null and entitlement_id = ${entitlementId}
      and received_at between ${detectedAt.subtract({ minutes: HINT_BEFORE_MINUTES })} and ${detectedAt.add({ minutes: HINT_AFTER_MINUTES })}
    order by abs(extract(epoch from received_at - ${detectedAt}::timestamptz)) limit 1 for update`.execute(tx);
  return rows[0];
}

/** The newest notice of an Azure subscription that a webhook arriving now can be about and that none has been joined to. */
export async function noticeForHint(
  tx: Tx,
  entitlementId: string,
  at: Temporal.Instant,
): Promise<NoticeRow | undefined> {
  const { rows } = await sql<NoticeRow>`select n.* from notice n where n.entitlement_id = ${entitlementId}
      and n.detected_at between ${at.subtract({ minutes: HINT_AFTER_MINUTES })} and ${at.add({ minutes: HINT_BEFORE_MINUTES })}
      and not exists (select 1 from notice_source s where s.notice_id = n.notice_id and s.channel = 'webhook')
    order by abs(extract(epoch from n.detected_at - ${at}::timestamptz)) limit 1`.execute(tx);
  return rows[0];
}

export async function joinHint(tx: Tx, dedupKey: string, noticeId: string): Promise<void> {
  await sql`update notice_hint set notice_id = ${noticeId} where dedup_key = ${dedupKey}`.execute(tx);
}

/** Open notices that count, whose age has passed `minutes`. */
export async function openOlderThan(tx: Tx, now: Temporal.Instant, minutes: number): Promise<readonly NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`select * from notice where state = 'open' and not is_test
    and detected_at <= ${now.subtract({ minutes })} order by notice_id`.execute(tx);
  return rows;
}

export const asNoticeId = (row: NoticeRow): NoticeId => row.notice_id as NoticeId;
export const asCustomerId = (row: NoticeRow): CustomerId => row.customer_id as CustomerId;
