import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";

/** Tables of this folder; nobody else reads or writes them. */
export type VersionRow = {
  readonly policy_id: string;
  readonly version: number;
  readonly state: "draft" | "asked" | "approved" | "withdrawn";
  readonly text: string;
  readonly sha256: string;
  readonly name: string;
  readonly made_by: string;
  readonly made_by_name: string;
  readonly made_at: Temporal.Instant;
  readonly edited_by: string;
  readonly edited_by_name: string;
  readonly edited_at: Temporal.Instant;
  readonly asked_by: string | null;
  readonly asked_by_name: string | null;
  readonly asked_at: Temporal.Instant | null;
  readonly why: string | null;
  readonly from_day: Temporal.PlainDate | null;
  readonly position: number | null;
  readonly approved_by: string | null;
  readonly approved_by_name: string | null;
  readonly approved_at: Temporal.Instant | null;
  readonly ended_on: Temporal.PlainDate | null;
  readonly ended_by_name: string | null;
  readonly ended_why: string | null;
};
type SeenRow = {
  sha256: string;
  simulation_id: string;
  person_id: string;
  person_name: string;
  seen_at: Temporal.Instant;
};
type RateTableRow = {
  series: "SE" | "EU" | "UK";
  from_day: Temporal.PlainDate;
  percent: string;
  source: string;
  added_by: string;
  added_by_name: string;
  added_at: Temporal.Instant;
};
type AcceptanceRow = {
  policy_id: string;
  version: number;
  customer_id: string;
  accepted_on: Temporal.PlainDate;
  evidence: string;
  recorded_by: string;
  recorded_by_name: string;
  recorded_at: Temporal.Instant;
};
type Tables = {
  collections_policy_version: { -readonly [Name in keyof VersionRow]: VersionRow[Name] };
  collections_policy_seen: SeenRow;
  collections_rate: RateTableRow;
  collections_policy_acceptance: AcceptanceRow;
};
const tables = (tx: Tx) => tx.withTables<Tables>();

/** Every version, newest first within a policy. */
export const allVersions = (tx: Tx): Promise<VersionRow[]> =>
  tables(tx)
    .selectFrom("collections_policy_version")
    .selectAll()
    .orderBy("policy_id")
    .orderBy("version", "desc")
    .limit(VERSIONS_MAX)
    .execute();
const VERSIONS_MAX = 2_000;

export type VersionId = { readonly policyId: string; readonly version: number };

export async function findVersion(
  tx: Tx,
  { policyId, version }: VersionId,
  { lock = false } = {},
): Promise<VersionRow | undefined> {
  const query = tables(tx)
    .selectFrom("collections_policy_version")
    .selectAll()
    .where("policy_id", "=", policyId)
    .where("version", "=", version);
  return (lock ? query.forUpdate() : query).executeTakeFirst();
}

/** Approved versions that could be in force on a day: per policy the newest that had begun. */
export async function versionsInForce(tx: Tx, day: Temporal.PlainDate): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select * from (
      select distinct on (policy_id) * from collections_policy_version
      where state = 'approved' and from_day <= ${day}::date order by policy_id, from_day desc, version desc
    ) newest where ended_on is null or ended_on > ${day}::date order by position, policy_id`.execute(tx);
  return rows;
}

export const insertVersion = (tx: Tx, row: VersionRow): Promise<unknown> =>
  tables(tx).insertInto("collections_policy_version").values(row).execute();

/** The next number of a policy, and whether a draft or question is open. Locks the policy's versions until the transaction ends. */
export async function nextVersion(
  tx: Tx,
  policyId: string,
): Promise<{ readonly version: number; readonly open: number | undefined }> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`collections.policy:${policyId}`}, 0))`.execute(tx);
  const rows = await tables(tx)
    .selectFrom("collections_policy_version")
    .select(["version", "state"])
    .where("policy_id", "=", policyId)
    .orderBy("version", "desc")
    .execute();
  return {
    version: (rows[0]?.version ?? 0) + 1,
    open: rows.find(({ state }) => state === "draft" || state === "asked")?.version,
  };
}

export const updateVersion = (
  tx: Tx,
  { policyId, version }: VersionId,
  change: Partial<VersionRow>,
): Promise<unknown> =>
  tables(tx)
    .updateTable("collections_policy_version")
    .set(change)
    .where("policy_id", "=", policyId)
    .where("version", "=", version)
    .execute();

export const insertSeen = async (tx: Tx, row: SeenRow): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await tables(tx)
    .insertInto("collections_policy_seen")
    .values(row)
    .onConflict((clash) => clash.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
};
export const seenOf = (tx: Tx, hashes: readonly string[]): Promise<SeenRow[]> =>
  hashes.length === 0
    ? Promise.resolve([])
    : tables(tx)
        .selectFrom("collections_policy_seen")
        .selectAll()
        .where("sha256", "in", hashes)
        .orderBy("seen_at")
        .execute();

export const insertRate = (tx: Tx, row: RateTableRow): Promise<unknown> =>
  tables(tx).insertInto("collections_rate").values(row).execute();
/** The newest entry of each half-year. */
export async function deskRates(tx: Tx): Promise<RateTableRow[]> {
  const { rows } = await sql<RateTableRow>`
    select distinct on (series, from_day) series, from_day, trim_scale(percent)::text as percent, source, added_by, added_by_name, added_at
    from collections_rate order by series, from_day, added_at desc`.execute(tx);
  return rows;
}

export const insertAcceptance = async (tx: Tx, row: AcceptanceRow): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await tables(tx)
    .insertInto("collections_policy_acceptance")
    .values(row)
    .onConflict((clash) => clash.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
};
export const acceptancesOf = (tx: Tx, { policyId, version }: VersionId, limit: number): Promise<AcceptanceRow[]> =>
  tables(tx)
    .selectFrom("collections_policy_acceptance")
    .selectAll()
    .where("policy_id", "=", policyId)
    .where("version", "=", version)
    .orderBy("recorded_at", "desc")
    .orderBy("customer_id")
    .limit(limit)
    .execute();
/** Customers by version that accepted it. */
export async function acceptanceCounts(tx: Tx): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ policy_id: string; version: number; n: bigint }>`
    select policy_id, version, count(*) as n from collections_policy_acceptance group by policy_id, version`.execute(
    tx,
  );
  return new Map(rows.map(({ policy_id, version, n }) => [`${policy_id}:${version}`, Number(n)]));
}
/** What a customer accepted last. */
export const acceptanceOf = (tx: Tx, customerId: CustomerId): Promise<AcceptanceRow | undefined> =>
  tables(tx)
    .selectFrom("collections_policy_acceptance")
    .selectAll()
    .where("customer_id", "=", customerId)
    .orderBy("accepted_on", "desc")
    .orderBy("recorded_at", "desc")
    .limit(1)
    .executeTakeFirst();
