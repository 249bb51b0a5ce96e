import { sql } from "kysely";
import type { Actor, Tx } from "../../store/contract.ts";
import { jsonb } from "../../store/database.ts";
import type { RuleCard, RuleKind, RuleOrigin, RuleState } from "./contract.ts";

/** Tables of this folder; nobody else reads or writes them. */
export type RuleRow = {
  readonly rule_id: string;
  readonly kind: RuleKind;
  readonly origin: RuleOrigin;
  readonly state: RuleState;
  readonly state_why: string;
  readonly state_by: string;
  readonly state_at: Temporal.Instant;
  readonly version: number;
  readonly newest: number;
  readonly upstream: number | null;
  readonly is_withdrawn: boolean;
};
export type VersionRow = {
  readonly rule_id: string;
  readonly version: number;
  readonly text: string | null;
  readonly sha256: string;
  readonly card: RuleCard;
  readonly author_kind: Actor["kind"];
  readonly author_id: string;
  readonly author_name: string;
  readonly at: Temporal.Instant;
  readonly why: string;
  readonly tests: { readonly passed: number; readonly failed: number } | null;
};
type Tables = {
  activity_rules_head: { is_only: boolean; revision: bigint };
  activity_rule: { -readonly [Name in keyof RuleRow]: RuleRow[Name] };
  activity_rule_version: { -readonly [Name in keyof VersionRow]: VersionRow[Name] };
};
const tables = (tx: Tx) => tx.withTables<Tables>();

export async function readRevision(tx: Tx): Promise<bigint> {
  const { revision } = await tables(tx).selectFrom("activity_rules_head").select("revision").executeTakeFirstOrThrow();
  return revision;
}

/** Counts the revision up; changes of rules wait for each other here. */
export async function raiseRevision(tx: Tx): Promise<void> {
  await tables(tx)
    .updateTable("activity_rules_head")
    .set((eb) => ({ revision: eb("revision", "+", 1n) }))
    .execute();
}
/** Waits for other changes of rules, without counting one. */
export async function holdRules(tx: Tx): Promise<void> {
  await tables(tx).selectFrom("activity_rules_head").select("revision").forUpdate().execute();
}

export const findRule = (tx: Tx, id: string): Promise<RuleRow | undefined> =>
  tables(tx).selectFrom("activity_rule").selectAll().where("rule_id", "=", id).executeTakeFirst();
export const findVersion = (tx: Tx, id: string, version: number): Promise<VersionRow | undefined> =>
  tables(tx)
    .selectFrom("activity_rule_version")
    .selectAll()
    .where("rule_id", "=", id)
    .where("version", "=", version)
    .executeTakeFirst();

/** A rule's versions without their texts, newest first. */
export const versionsOf = (tx: Tx, id: string): Promise<Omit<VersionRow, "text" | "card">[]> =>
  tables(tx)
    .selectFrom("activity_rule_version")
    .select(["rule_id", "version", "sha256", "author_kind", "author_id", "author_name", "at", "why", "tests"])
    .where("rule_id", "=", id)
    .orderBy("version", "desc")
    .execute();

/** Hashes of the versions of rules, for many at once. */
export async function hashesOf(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<number, string>>> {
  const rows = await tables(tx)
    .selectFrom("activity_rule_version")
    .select(["rule_id", "version", "sha256"])
    .where("rule_id", "=", sql<string>`any(${[...ids]})`)
    .execute();
  const found = new Map<string, Map<number, string>>();
  for (const { rule_id, version, sha256 } of rows)
    found.set(rule_id, (found.get(rule_id) ?? new Map<number, string>()).set(version, sha256));
  return found;
}

export type InUse = RuleRow & Pick<VersionRow, "text" | "sha256" | "card" | "at" | "author_name">;
const inUse = (tx: Tx) =>
  tables(tx)
    .selectFrom("activity_rule")
    .innerJoin("activity_rule_version", (join) =>
      join
        .onRef("activity_rule_version.rule_id", "=", "activity_rule.rule_id")
        .onRef("activity_rule_version.version", "=", "activity_rule.version"),
    )
    .selectAll("activity_rule")
    .select(["sha256", "card", "at", "author_name"]);

/** Rules that are on or in shadow with the text in use, by id. */
export const runningRules = (tx: Tx): Promise<InUse[]> =>
  inUse(tx).select("text").where("state", "<>", "off").orderBy("activity_rule.rule_id").execute();
/** Every rule with what it says about itself, without texts. */
export const allRules = (tx: Tx): Promise<Omit<InUse, "text">[]> =>
  inUse(tx).orderBy("activity_rule.rule_id").execute();

export const findInUse = (tx: Tx, id: string): Promise<InUse | undefined> =>
  inUse(tx).select("text").where("activity_rule.rule_id", "=", id).executeTakeFirst();

export const rulesByIds = (tx: Tx, ids: readonly string[]): Promise<RuleRow[]> =>
  tables(tx)
    .selectFrom("activity_rule")
    .selectAll()
    .where("rule_id", "=", sql<string>`any(${[...ids]})`)
    .execute();
export const ownRuleRows = (tx: Tx): Promise<RuleRow[]> =>
  tables(tx).selectFrom("activity_rule").selectAll().where("origin", "=", "own").execute();

export const insertRule = (tx: Tx, row: RuleRow): Promise<unknown> =>
  tables(tx).insertInto("activity_rule").values(row).execute();
export const updateRule = (
  tx: Tx,
  id: string,
  set: Partial<Omit<RuleRow, "rule_id" | "kind" | "origin">>,
): Promise<unknown> => tables(tx).updateTable("activity_rule").set(set).where("rule_id", "=", id).execute();
export const insertVersion = (tx: Tx, row: VersionRow): Promise<unknown> =>
  tables(tx)
    .insertInto("activity_rule_version")
    .values({ ...row, card: jsonb(row.card), tests: row.tests === null ? null : jsonb(row.tests) })
    .execute();
