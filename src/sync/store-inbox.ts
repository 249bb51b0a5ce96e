import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Json } from "../core/canonical.ts";
import type { WebhookEvent } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";
import { jsonb } from "../store/database.ts";

export type InboxRow = {
  readonly id: bigint;
  readonly name: string;
  readonly dedup_key: string;
  readonly raw: Json;
  readonly resource_uri: string | null;
  readonly audit_uri: string | null;
  readonly changed_at: Temporal.Instant | null;
  readonly received_at: Temporal.Instant;
  readonly handled_at: Temporal.Instant | null;
};

/** Longest texts kept; the raw event keeps all of it. */
const NAME_MAX = 200;

/** Keeps a delivery; undefined when the same event came before (it is counted). */
export async function insertDelivery(tx: Tx, event: WebhookEvent, at: Temporal.Instant): Promise<bigint | undefined> {
  const key = createHash("sha256").update(event.dedupKey).digest("hex");
  const { rows } = await sql<{ id: bigint; deliveries: number }>`insert into webhook_inbox
      (dedup_key, name, resource_uri, audit_uri, changed_at, received_at, raw)
    values (${key}, ${event.name.slice(0, NAME_MAX)}, ${event.resourceUri ?? null}, ${event.auditUri ?? null}, ${event.changedAt ?? null}, ${at},
      ${jsonb(event.raw)})
    on conflict (dedup_key) do update set deliveries = webhook_inbox.deliveries + 1 returning id, deliveries`.execute(
    tx,
  );
  const [row] = rows;
  return row?.deliveries === 1 ? row.id : undefined;
}

const COLUMNS = sql`id, name, dedup_key, raw, resource_uri, audit_uri, changed_at, received_at, handled_at`;

export async function loadDelivery(tx: Tx, id: bigint): Promise<InboxRow | undefined> {
  const { rows } = await sql<InboxRow>`select ${COLUMNS} from webhook_inbox where id = ${id}`.execute(tx);
  return rows[0];
}

/** Takes a waiting delivery for this transaction; undefined when it is handled or being handled. */
export async function lockDelivery(tx: Tx, id: bigint): Promise<InboxRow | undefined> {
  const { rows } = await sql<InboxRow>`select ${COLUMNS} from webhook_inbox
    where id = ${id} and handled_at is null for update skip locked`.execute(tx);
  return rows[0];
}

export async function markHandled(
  tx: Tx,
  id: bigint,
  done: { readonly at: Temporal.Instant; readonly outcome: string },
): Promise<void> {
  await sql`update webhook_inbox set handled_at = ${done.at}, outcome = ${done.outcome.slice(0, 500)} where id = ${id}`.execute(
    tx,
  );
}

/** Deliveries whose job was lost; the oldest first. */
export async function loadWaiting(tx: Tx, limit: number): Promise<readonly bigint[]> {
  const { rows } = await sql<{
    id: bigint;
  }>`select id from webhook_inbox where handled_at is null order by id limit ${limit}`.execute(tx);
  return rows.map((row) => row.id);
}

export async function newestDelivery(tx: Tx): Promise<Temporal.Instant | undefined> {
  const { rows } = await sql<{ at: Temporal.Instant | null }>`select max(received_at) as at from webhook_inbox`.execute(
    tx,
  );
  return rows[0]?.at ?? undefined;
}
