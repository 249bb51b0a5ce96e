import { sql } from "kysely";
import { toJson } from "../core/canonical.ts";
import type { AuditRecord } from "../partner-center/contract.ts";
import type { Tx } from "../store/contract.ts";

/** PostgreSQL's jsonb cannot hold U+0000 or half a surrogate pair, and texts of strangers may: both become U+FFFD. */
const storable = (json: string): string => json.replaceAll(/\\u(0000|d[89a-f][0-9a-f]{2})/gi, "\\ufffd");

/** Keeps records; a known one only moves on from "progress". Gives back those that were not known. */
export async function saveAudit(
  tx: Tx,
  records: readonly AuditRecord[],
  at: Temporal.Instant,
): Promise<readonly AuditRecord[]> {
  if (records.length === 0) return [];
  const unique = [...new Map(records.map((record) => [record.id, record])).values()];
  const rows = unique.map((record) => ({
    id: record.id,
    at: record.at.toString(),
    operation: record.operation,
    status: record.status,
    resource_type: record.resourceType,
    customer_id: record.customerId,
    customer_name: record.customerName,
    user_principal_name: record.userPrincipalName,
    application_id: record.applicationId,
    before: record.before,
    after: record.after,
    data: record.data,
    raw: record.raw,
  }));
  const kept = await sql<{
    id: string;
    is_new: boolean;
  }>`insert into audit_record (id, at, operation, status, resource_type, customer_id,
      customer_name, user_principal_name, application_id, before, after, data, raw, read_at)
    select id, at, operation, status, resource_type, customer_id, customer_name, user_principal_name, application_id, before, after, data,
      raw, ${at}::timestamptz
    from jsonb_to_recordset(${storable(JSON.stringify(toJson(rows)))}::jsonb) as r(id text, at timestamptz, operation text, status text,
      resource_type text, customer_id text, customer_name text, user_principal_name text, application_id text, before jsonb, after jsonb,
      data jsonb, raw jsonb)
    on conflict (id) do update set status = excluded.status, raw = excluded.raw where audit_record.status <> excluded.status
    returning id, (xmax = 0) as is_new`.execute(tx);
  const fresh = new Set(kept.rows.filter((row) => row.is_new).map((row) => row.id));
  return unique.filter((record) => fresh.has(record.id));
}
