import { sql } from "kysely";
import type { Role } from "../access/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { EffectState } from "./contract.ts";
import type { EffectKind } from "./contract-policy.ts";
import type { MinorJson } from "./store-state.ts";

/** Effects of steps, the proposals they became, and the approvals of those in our own books. */

export type StepName = { readonly en: string; readonly sv: string | null };
export type EffectRow = {
  readonly effect_id: string;
  readonly account_id: CustomerId;
  readonly kind: EffectKind;
  readonly step_id: string;
  readonly step_name: StepName;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly invoice_id: string | null;
  readonly state: EffectState;
  readonly state_at: Temporal.Instant;
  readonly wanted_on: Temporal.PlainDate;
  readonly done_on: Temporal.PlainDate | null;
  readonly undone_on: Temporal.PlainDate | null;
  readonly refused_on: Temporal.PlainDate | null;
  readonly reason: string;
  readonly need: number;
  readonly amounts: readonly MinorJson[];
  readonly kept_out: readonly { readonly name: string; readonly code: string }[];
};
export type EffectProposalRow = {
  readonly proposal_id: string;
  readonly effect_id: string;
  readonly customer_id: CustomerId;
  readonly kind: string;
  readonly target: string;
  readonly name: string;
  readonly undo_of: string | null;
};
export type EffectApprovalRow = {
  readonly effect_id: string;
  readonly person_id: string;
  readonly name: string;
  readonly role: Role;
  readonly at: Temporal.Instant;
};

/** Every effect of these accounts, newest first. */
export async function effectsOf(tx: Tx, accountIds: readonly CustomerId[]): Promise<readonly EffectRow[]> {
  const { rows } = await sql<EffectRow>`select * from collections_effect where account_id = any(${accountIds}::text[])
    order by account_id, wanted_on desc, effect_id desc`.execute(tx);
  return rows;
}
export async function findEffect(tx: Tx, id: string, lock: "lock" | "read"): Promise<EffectRow | undefined> {
  const { rows } =
    await sql<EffectRow>`select * from collections_effect where effect_id::text = ${id} ${lock === "lock" ? sql`for update` : sql``}`.execute(
      tx,
    );
  return rows[0];
}
export async function effectOfProposal(tx: Tx, proposalIds: readonly string[]): Promise<readonly CustomerId[]> {
  const { rows } = await sql<{
    account_id: CustomerId;
  }>`select distinct e.account_id from collections_effect_proposal p join collections_effect e using (effect_id)
    where p.proposal_id = any(${proposalIds}::text[])`.execute(tx);
  return rows.map((row) => row.account_id);
}

/** False when the account has an open effect of the kind already. */
export async function insertEffect(tx: Tx, row: EffectRow): Promise<boolean> {
  const { rows } =
    await sql`insert into collections_effect (effect_id, account_id, kind, step_id, step_name, policy_id, policy_version, invoice_id, state, state_at, wanted_on,
      done_on, reason, need, amounts, kept_out)
    values (${row.effect_id}, ${row.account_id}, ${row.kind}, ${row.step_id}, ${JSON.stringify(row.step_name)}::jsonb, ${row.policy_id}, ${row.policy_version}, ${row.invoice_id},
      ${row.state}, ${row.state_at}, ${row.wanted_on}, ${row.done_on}, ${row.reason}, ${row.need}, ${JSON.stringify(row.amounts)}::jsonb, ${JSON.stringify(row.kept_out)}::jsonb)
    on conflict do nothing returning effect_id`.execute(tx);
  return rows.length > 0;
}
export type EffectChange = {
  readonly state: EffectState;
  readonly at: Temporal.Instant;
  readonly doneOn?: Temporal.PlainDate | undefined;
  readonly undoneOn?: Temporal.PlainDate | undefined;
  readonly refusedOn?: Temporal.PlainDate | undefined;
};
export async function changeEffect(tx: Tx, id: string, change: EffectChange): Promise<void> {
  await sql`update collections_effect set state = ${change.state}, state_at = ${change.at}, done_on = coalesce(${change.doneOn ?? null}::date, done_on),
      undone_on = ${change.undoneOn ?? null}::date, refused_on = coalesce(${change.refusedOn ?? null}::date, refused_on) where effect_id = ${id}`.execute(
    tx,
  );
}
export async function saveKeptOut(tx: Tx, id: string, keptOut: EffectRow["kept_out"]): Promise<void> {
  await sql`update collections_effect set kept_out = ${JSON.stringify(keptOut)}::jsonb where effect_id = ${id}`.execute(
    tx,
  );
}

export async function effectProposals(tx: Tx, effectIds: readonly string[]): Promise<readonly EffectProposalRow[]> {
  const { rows } =
    await sql<EffectProposalRow>`select * from collections_effect_proposal where effect_id::text = any(${effectIds}::text[]) order by proposal_id`.execute(
      tx,
    );
  return rows;
}
export async function insertEffectProposal(tx: Tx, row: EffectProposalRow): Promise<void> {
  await sql`insert into collections_effect_proposal (proposal_id, effect_id, customer_id, kind, target, name, undo_of)
    values (${row.proposal_id}, ${row.effect_id}, ${row.customer_id}, ${row.kind}, ${row.target}, ${row.name}, ${row.undo_of})`.execute(
    tx,
  );
}

export async function effectApprovals(tx: Tx, effectIds: readonly string[]): Promise<readonly EffectApprovalRow[]> {
  const { rows } =
    await sql<EffectApprovalRow>`select effect_id, person_id, name, role, at from collections_effect_approval where effect_id::text = any(${effectIds}::text[]) order by at`.execute(
      tx,
    );
  return rows;
}
export async function insertEffectApproval(
  tx: Tx,
  row: EffectApprovalRow & { readonly note: string | null },
): Promise<void> {
  await sql`insert into collections_effect_approval (effect_id, person_id, name, role, at, note) values (${row.effect_id}, ${row.person_id}, ${row.name}, ${row.role}, ${row.at}, ${row.note})`.execute(
    tx,
  );
}

/** Effects that wait for people, oldest first. */
export async function openEffects(tx: Tx, limit: number): Promise<readonly EffectRow[]> {
  const { rows } =
    await sql<EffectRow>`select * from collections_effect where state in ('asked', 'lifting') order by state_at, effect_id limit ${limit}`.execute(
      tx,
    );
  return rows;
}

export type FreezeRow = {
  readonly customer_id: CustomerId;
  readonly account_id: CustomerId;
  readonly done_on: Temporal.PlainDate;
  readonly step_id: string;
};
/** Of these customers, those whose account may not buy. */
export async function freezesOf(tx: Tx, customerIds: readonly CustomerId[]): Promise<readonly FreezeRow[]> {
  const { rows } = await sql<FreezeRow>`select c.id as customer_id, e.account_id, e.done_on, e.step_id
    from unnest(${customerIds}::text[]) as c(id) left join collections_member m on m.customer_id = c.id
    join collections_effect e on e.account_id = coalesce(m.account_id, c.id) and e.kind = 'freeze-purchases' and e.state = 'done'`.execute(
    tx,
  );
  return rows;
}
