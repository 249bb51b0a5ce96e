import type { CustomerId } from "../core/ids.ts";
import type { AccountLedger } from "../receivables/contract-ledger.ts";
import type { Tx } from "../store/contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import { needsWhole, toHistory } from "./decide-history.ts";
import type { CollectionsDeps } from "./deps.ts";
import { effectsOf, type EffectRow } from "./store-effects.ts";
import { keepSince, keptSince } from "./store-state.ts";
import { holdsOf, promisesOf, type PromiseRow } from "./store.ts";

/** One account as it is known, with the rows behind its history. */
export type Loaded = {
  readonly history: AccountHistory;
  readonly effects: readonly EffectRow[];
  readonly promises: readonly PromiseRow[];
};

type Deps = Pick<
  CollectionsDeps,
  "readLedger" | "firstInvoiceDays" | "customersByIds" | "noticesOf" | "contactsOf" | "standingOf" | "zone"
>;

/** Accounts whose facts are fetched together: few enough that memory stays flat, many enough that round trips do not count. */
export const ACCOUNTS_A_READ = { open: 2_000, all: 500 } as const;

export type HistoryAsk = {
  /** undefined = every account of the ledger. */
  readonly accountIds?: readonly CustomerId[] | undefined;
  readonly day: Temporal.PlainDate;
  /** "all": with everything that ever happened, not only what is open. "open" unless told. */
  readonly depth?: "open" | "all";
  /** Only accounts after this one, in the order of ids. */
  readonly after?: CustomerId | undefined;
};

/** Streams accounts with all that is known of them, some hundred at a time; memory does not grow with their number. */
export async function* readHistories(tx: Tx, deps: Deps, ask: HistoryAsk): AsyncGenerator<readonly Loaded[]> {
  let batch: AccountLedger[] = [];
  const { accountIds, day, after, depth = "open" } = ask;
  const isWhole = depth === "all";
  for await (const ledger of deps.readLedger(tx, { accountIds, depth, asOf: day })) {
    if (after !== undefined && ledger.accountId <= after) continue;
    batch.push(ledger);
    if (batch.length < ACCOUNTS_A_READ[depth]) continue;
    yield await completed(tx, deps, { ledgers: batch, day, isWhole });
    batch = [];
  }
  if (batch.length > 0) yield await completed(tx, deps, { ledgers: batch, day, isWhole });
}

/** One account; undefined when the ledger has never heard of it. */
export async function historyOf(
  tx: Tx,
  deps: Deps,
  { accountId, day }: { readonly accountId: CustomerId; readonly day: Temporal.PlainDate },
): Promise<Loaded> {
  for await (const ledger of deps.readLedger(tx, { accountIds: [accountId], depth: "all", asOf: day }))
    for (const loaded of await completed(tx, deps, { ledgers: [ledger], day, isWhole: true })) return loaded;
  // Nothing is in the ledger: what we hold, promised and did stands all the same.
  const nothing: AccountLedger = { accountId, customerIds: [accountId], items: [], money: [] };
  const [loaded] = await completed(tx, deps, { ledgers: [nothing], day, isWhole: true });
  if (loaded === undefined) throw new Error("invariant broken: one ledger gives one history");
  return loaded;
}

type Completing = {
  readonly ledgers: readonly AccountLedger[];
  readonly day: Temporal.PlainDate;
  readonly isWhole?: boolean;
};

async function completed(tx: Tx, deps: Deps, { ledgers, day, isWhole }: Completing): Promise<readonly Loaded[]> {
  const ids = ledgers.map((one) => one.accountId);
  const promises = await promisesOf(tx, ids);
  const whole = isWhole === true ? new Map<CustomerId, AccountLedger>() : await wholeOf(tx, deps, { promises, day });
  const [customers, contacts, notices, holds, effects] = [
    await deps.customersByIds(tx, ids),
    await deps.contactsOf(tx, ids),
    await deps.noticesOf(tx, ids),
    Map.groupBy(await holdsOf(tx, ids), (row) => row.account_id),
    Map.groupBy(await effectsOf(tx, ids), (row) => row.account_id),
  ];
  const since = await sinceOf(tx, deps, { ledgers, isWhole: isWhole === true });
  const standing = await deps.standingOf?.(tx, { accounts: ledgers, day });
  const promisesBy = Map.groupBy(promises, (row) => row.account_id);
  return ledgers.map((open) => {
    const id = open.accountId;
    const own = { effects: effects.get(id) ?? [], promises: promisesBy.get(id) ?? [] };
    const history = toHistory(whole.get(id) ?? open, {
      customer: customers.get(id),
      contacts: contacts.get(id),
      notices: notices.get(id) ?? [],
      holds: holds.get(id) ?? [],
      firstInvoiceOn: since.get(id) ?? undefined,
      standing: standing?.get(id),
      zone: deps.zone,
      ...own,
    });
    return { history, ...own };
  });
}

async function wholeOf(
  tx: Tx,
  deps: Deps,
  { promises, day }: { readonly promises: readonly PromiseRow[]; readonly day: Temporal.PlainDate },
): Promise<ReadonlyMap<CustomerId, AccountLedger>> {
  const ids = [...needsWhole(promises)];
  const found = new Map<CustomerId, AccountLedger>();
  if (ids.length === 0) return found;
  for await (const ledger of deps.readLedger(tx, { accountIds: ids, depth: "all", asOf: day }))
    found.set(ledger.accountId, ledger);
  return found;
}

/** First invoice days: of a whole ledger as it stands, else as kept; what nobody has looked up yet is looked up once. */
async function sinceOf(
  tx: Tx,
  deps: Deps,
  { ledgers, isWhole }: { readonly ledgers: readonly AccountLedger[]; readonly isWhole: boolean },
): Promise<ReadonlyMap<CustomerId, Temporal.PlainDate | null>> {
  if (isWhole) {
    return new Map(ledgers.map((one) => [one.accountId, earliest(one.items.map(({ issueDay }) => issueDay)) ?? null]));
  }
  const kept = await keptSince(
    tx,
    ledgers.map((one) => one.accountId),
  );
  const missing = ledgers.filter((one) => !kept.has(one.accountId));
  if (missing.length === 0) return kept;
  const days = await deps.firstInvoiceDays(
    tx,
    missing.flatMap((one) => one.customerIds),
  );
  const found = missing.map(({ accountId, customerIds }) => ({
    accountId,
    day: earliest(customerIds.flatMap((id) => days.get(id) ?? [])) ?? null,
  }));
  await keepSince(tx, found);
  return new Map([...kept, ...found.map(({ accountId, day }) => [accountId, day] as const)]);
}

const earliest = (days: readonly Temporal.PlainDate[]): Temporal.PlainDate | undefined =>
  days.reduce<Temporal.PlainDate | undefined>(
    (first, day) => (first === undefined || Temporal.PlainDate.compare(day, first) < 0 ? day : first),
    undefined,
  );
