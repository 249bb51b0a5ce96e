import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import type { ProposalKind, ProposalStateKind } from "../response/contract.ts";
import { type Connection, openStore } from "../store/database.ts";
import type { Store } from "../store/contract.ts";
import type { Policy } from "./contract-policy.ts";
import type { ResponseDoor } from "./deps.ts";
import { packPolicy } from "./policy/packs.ts";
import { seats, testDesk } from "./testing-desk.ts";

/** Lives through days of collections on a database that outlives it, and may be killed at any moment. Run by kill.test.ts. */

export type Told = {
  readonly connection: Connection;
  readonly folder: string;
  readonly days: readonly string[];
  /** Accounts and the subscription each holds. */
  readonly accounts: readonly { readonly id: string; readonly subscriptionId: string }[];
};

/** The Swedish pack with a fee that was agreed. */
export function policyWithFees(): Policy {
  const pack = packPolicy("se");
  return {
    ...pack,
    feesAgreed: true,
    steps: pack.steps.map((step) => (step.id === "reminder" ? { ...step, charges: ["reminder-fee"] } : step)),
  };
}

/** Proposals in a table: what was proposed is there exactly when the rest of the transaction is. */
export const tableDoor = (): ResponseDoor => {
  const refused = no("conflict", "already-proposed", "proposed already");
  return {
    propose: async (tx, { wanted, now }) => {
      const id = randomUUID();
      const target = "subscriptionId" in wanted ? wanted.subscriptionId : "";
      const { rows } = await sql<{
        number: bigint;
      }>`insert into test_proposal (id, kind, target, at) values (${id}, ${wanted.kind}, ${target}, ${now})
        on conflict do nothing returning number`.execute(tx);
      return rows[0] === undefined ? refused : ok({ proposalId: id, number: rows[0].number });
    },
    proposeUndo: async () => refused,
    approve: async () => ok(undefined),
    reject: async () => ok(undefined),
    drop: async () => false,
    statesOf: async (tx, ids) => {
      const { rows } = await sql<{ id: string; number: bigint; kind: ProposalKind; at: Temporal.Instant }>`
        select id, number, kind, at from test_proposal where id = any(${ids}::text[])`.execute(tx);
      const state: ProposalStateKind = "proposed";
      return new Map(
        rows.map((row) => [
          row.id,
          {
            id: row.id,
            number: Number(row.number),
            kind: row.kind,
            state,
            stateAt: row.at,
            have: 0,
            need: 1,
            foundSo: false,
            undoneBy: undefined,
          },
        ]),
      );
    },
  };
};

export async function liveOn(
  store: Store,
  { folder, days, accounts }: Omit<Told, "connection">,
  begun: (day: string) => void,
) {
  const desk = testDesk(store, { from: "2026-03-01T08:00:00Z", policy: policyWithFees(), folder, door: tableDoor() });
  for (const { id, subscriptionId } of accounts)
    desk.hold(id as CustomerId, [{ ...seats(id as CustomerId, "Seats"), subscriptionId }]);
  // As the program does when it starts: what a killed one had in hand, on the day it was killed, is taken over.
  const [first] = days;
  if (first !== undefined) desk.clock(`${first}T09:30:00[Europe/Stockholm]`);
  await desk.letters.takeOver();
  for (const day of days) {
    begun(day);
    await desk.day(day);
  }
}

if (process.argv[2]?.startsWith("{") === true) {
  const told = JSON.parse(process.argv[2]) as Told;
  const store = openStore(told.connection);
  await liveOn(store, told, (day) => void process.stdout.write(`${day}\n`));
  await store.close();
}
