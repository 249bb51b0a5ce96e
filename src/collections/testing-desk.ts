import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { after } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../core/ids.ts";
import { ok } from "../core/result.ts";
import { addInvoices } from "../receivables/testing-ledger.ts";
import { firstInvoiceDays } from "../receivables/store-first.ts";
import { recordClaimsWith, recordMoneyWith } from "../receivables/service-money.ts";
import { readLedger } from "../receivables/store-ledger.ts";
import { claimsOn } from "../receivables/store-money.ts";
import type { ProposalStateKind } from "../response/contract.ts";
import { SURETY, type Store, type Tx } from "../store/contract.ts";
import type { Policy, PolicyVersion } from "./contract-policy.ts";
import type { CollectionsDeps, Holding, ProposalFacts, ResponseDoor } from "./deps.ts";
import { createLetters } from "./letters/letters.ts";
import { claimsOf } from "./policy/claims.ts";
import { packPolicy } from "./policy/packs.ts";
import { collectionsSlice } from "./slice.ts";
import { markDirty } from "./store-state.ts";

/** Collections on a test database: real ledger, real letters (written to a folder), and a stand-in for what happens at Microsoft. */

export const ZONE = "Europe/Stockholm";
const PEOPLE = [
  { id: "karin", name: "Karin", role: "billing-admin" },
  { id: "jonas", name: "Jonas", role: "global-admin" },
] as const;

/** Proposals as response would keep them; the test decides and carries out. */
export function standIn() {
  const all = new Map<string, ProposalFacts & { undoOf: string | undefined; target: string }>();
  let number = 0;
  const add = (
    kind: ProposalFacts["kind"],
    more: { undoOf?: string; target: string; need: number; at: Temporal.Instant },
  ) => {
    const id = randomUUID();
    const base = {
      id,
      number: ++number,
      kind,
      state: "proposed" as ProposalStateKind,
      stateAt: more.at,
      have: 0,
      foundSo: false,
    };
    all.set(id, { ...base, need: more.need, undoneBy: undefined, undoOf: more.undoOf, target: more.target });
    return ok({ proposalId: id, number: BigInt(number) });
  };
  const door: ResponseDoor = {
    propose: async (_tx, { wanted, needAtLeast, now }) =>
      add(wanted.kind, {
        target:
          "subscriptionId" in wanted
            ? wanted.subscriptionId
            : "entitlementIds" in wanted
              ? wanted.entitlementIds.join()
              : "",
        need: Math.max(1, needAtLeast),
        at: now,
      }),
    proposeUndo: async (_tx, { id, now }) =>
      add("reactivate-subscription", { undoOf: id, target: all.get(id)?.target ?? "", need: 1, at: now }),
    approve: async () => ok(undefined),
    reject: async () => ok(undefined),
    drop: async (_tx, { id, now }) => {
      const one = all.get(id);
      if (one?.state !== "proposed") return false;
      all.set(id, { ...one, state: "withdrawn", stateAt: now });
      return true;
    },
    statesOf: async (_tx, ids) =>
      new Map(ids.flatMap((id) => (all.has(id) ? [[id, all.get(id) as ProposalFacts] as const] : []))),
  };
  const become = (id: string, state: ProposalStateKind, at: Temporal.Instant) => {
    const one = all.get(id);
    if (one !== undefined) all.set(id, { ...one, state, stateAt: at });
  };
  return { door, all, become };
}

export type TestDesk = ReturnType<typeof testDesk>;

type Slice = ReturnType<typeof collectionsSlice>;
type World = {
  readonly store: Store;
  readonly clock: { now: () => Temporal.Instant; set: (now: Temporal.Instant) => void };
  readonly dataFolder: string;
  readonly wired: () => Slice;
  readonly onChanged: (tx: Tx, ids: readonly CustomerId[]) => Promise<void>;
};
type TestLetters = ReturnType<typeof lettersIn>;

const lettersIn = ({ store, clock, dataFolder, wired }: World) =>
  createLetters({
    store,
    clock,
    newId: randomUUID,
    enqueue: async () => {},
    customersByIds: async () => new Map(),
    settings: async () => ({ creditor: undefined, mail: undefined, sms: undefined }),
    isDemo: true,
    dataFolder,
    zone: () => ZONE,
    language: async () => "en",
    stillWanted: (tx, ask) => wired().stillWanted(tx, ask),
    openTask: (tx, task) => wired().openTask(tx, task),
    accountToday: (tx, accountId, instant) => wired().accountToday(tx, { accountId, now: instant }),
    post: async () => fail(),
  });

type DepsParts = {
  readonly letters: TestLetters;
  readonly version: PolicyVersion;
  readonly response: ResponseDoor;
  readonly holdings: ReadonlyMap<CustomerId, readonly Holding[]>;
};

const depsIn = (
  { store, clock, onChanged }: World,
  { letters, version, response, holdings }: DepsParts,
): CollectionsDeps => ({
  store,
  clock,
  newId: randomUUID,
  enqueue: async () => {},
  customersByIds: async () => new Map(),
  readLedger,
  firstInvoiceDays,
  recordClaims: recordClaimsWith({ onChanged }),
  recordMoney: recordMoneyWith({ onChanged }),
  accountsOf: async () => new Map(),
  noticesOf: letters.noticesOf,
  contactsOf: letters.accountContacts,
  phonesOf: async () => new Map(),
  queueNotice: letters.queueNotice,
  markCall: letters.markCall,
  callScript: letters.callScript,
  policiesOn: async () => [version],
  claimsFor: (ask) => claimsOf(ask),
  claimsOn,
  inForceSince: async () => new Map(),
  score: async () => [],
  learntFrom: async () => undefined,
  response,
  holdingsOf: async (_tx, ids) => new Map(ids.map((id) => [id, holdings.get(id) ?? []])),
  renewalsAhead: async () => [],
  windowsAhead: async () => [],
  openCasesOf: async () => [],
  reportFinding: async () => fail(),
  resolveFinding: async () => {},
  bankFreshness: async () => undefined,
  converterOn: async () => (amount, to) => (amount.currency === to ? amount : undefined),
  reportingCurrency: async () => "SEK",
  people: async () => PEOPLE,
  zone: ZONE,
  onFailed: (_id, error) => {
    throw error;
  },
});

/** What happens at the desk of a test: days, payments, new accounts. */
function doings({ store, clock, wired }: World, { deps, letters }: { deps: CollectionsDeps; letters: TestLetters }) {
  const [send] = letters.jobs();
  return {
    send: async () => send?.handle(null),
    /** One day as the desk lives it: what happened, the run, and the letters out. */
    day: async (day: string, time = "09:30") => {
      clock.set(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: ZONE, plainTime: time }).toInstant());
      await wired().follow();
      await wired().runDirty();
      const report = await wired().runDay();
      await wired().runDirty();
      await send?.handle(null);
      return report;
    },
    pay: (customerId: CustomerId, amountMinor: bigint, day: string, number = randomUUID() as string) => {
      const valueDate = Temporal.PlainDate.from(day);
      const money = { customerId, system: "bank", number, kind: "payment", currency: "SEK", amountMinor } as const;
      return store.inTransaction((tx) =>
        deps.recordMoney(tx, { rows: [{ ...money, valueDate, names: [] }], actor: SURETY, now: clock.now() }),
      );
    },
    newAccount: async (invoices: readonly { number: string; amount: bigint; issued: string; due: string }[]) => {
      const customerId = randomUUID() as CustomerId;
      const contact = { channel: "mail", address: "ekonomi@kund.example", name: null, source: "person" } as const;
      await store.inTransaction(async (tx) => {
        await addInvoices(
          tx,
          invoices.map((one) => ({ ...one, customerId })),
        );
        await letters.addContact(tx, { ...contact, accountId: customerId, actor: SURETY, now: clock.now() });
      });
      return customerId;
    },
  };
}

/** @param policy undefined = the Swedish pack, with fees agreed */
export function testDesk(
  store: Store,
  { policy, from, folder, door }: { policy?: Policy; from: string; folder?: string; door?: ResponseDoor },
) {
  const dataFolder = folder ?? mkdtempSync(join(tmpdir(), "surety-collections-"));
  if (folder === undefined) after(() => rmSync(dataFolder, { recursive: true, force: true }));
  let now = Temporal.Instant.from(from);
  const clock = { now: () => now, set: (to: Temporal.Instant) => void (now = to) };
  const at = standIn();
  const holdings = new Map<CustomerId, readonly Holding[]>();
  const onChanged = (tx: Tx, ids: readonly CustomerId[]) => markDirty(tx, ids, now);
  let slice: Slice | undefined;
  const world: World = { store, clock, dataFolder, wired: () => slice ?? fail(), onChanged };
  const letters = lettersIn(world);
  const version = { policy: policy ?? packPolicy("se"), version: 1 };
  const deps = depsIn(world, { letters, version, response: door ?? at.door, holdings });
  slice = collectionsSlice(deps);
  return {
    ...slice,
    ...doings(world, { deps, letters }),
    deps,
    letters,
    onChanged,
    standIn: at,
    /** An instant, or a time with its zone in brackets. */
    clock: (to: string) =>
      clock.set(to.includes("[") ? Temporal.ZonedDateTime.from(to).toInstant() : Temporal.Instant.from(to)),
    hold: (id: CustomerId, rows: readonly Holding[]) => void holdings.set(id, rows),
  };
}

const fail = (): never => {
  throw new Error("not in this test");
};

export const seats = (customerId: CustomerId, name: string): Holding => ({
  customerId,
  subscriptionId: randomUUID(),
  name,
  quantity: 10,
  is: "seats",
  status: "active",
  autoRenew: true,
  renewsOn: undefined,
  renewalCommits: undefined,
  cancellableUntil: undefined,
  committed: undefined,
  entitlementIds: [],
});

/** Letters of an account in order: day, step, channel, state. */
export async function lettersOf(store: Store, accountId: CustomerId): Promise<readonly string[]> {
  const { rows } = await sql<{
    line: string;
  }>`select concat_ws(' ', decided_on, step_id, channel, state) as line from collections_letter
    where account_id = ${accountId} order by decided_on, number`.execute(store.db);
  return rows.map((row) => row.line);
}
export async function effectsNow(store: Store, accountId: CustomerId): Promise<readonly string[]> {
  const { rows } = await sql<{
    line: string;
  }>`select concat_ws(' ', kind, state, done_on, undone_on) as line from collections_effect
    where account_id = ${accountId} order by wanted_on, kind`.execute(store.db);
  return rows.map((row) => row.line);
}
