import type { Currency } from "../core/currency.ts";
import type { CustomerId, EntitlementId, NewId, SubscriptionId } from "../core/ids.ts";
import { type Money, moneyToJson } from "../core/money.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type {
  BudgetUseFigures,
  CreditLimit,
  CustomerFilters,
  CustomerRow,
  CustomerSort,
  CustomerSummary,
  HeldEntitlement,
  HeldSubscription,
  LimitWire,
  NoteWire,
  OnCustomersChanged,
  PortfolioFigures,
  Standing,
  StandingWire,
} from "./contract.ts";
import { cursorText, type Direction, readCursor } from "./decide-cursor.ts";
import { foldText, searchPatterns } from "./decide-text.ts";
import { loadBilledThrough } from "./store-committed.ts";
import { loadEntitlements, loadHeld, loadHeldOf } from "./store-holdings.ts";
import {
  countRows,
  type ListFilter,
  type ListRow,
  loadFilters,
  loadPage,
  writeBudgetUse,
  writeFigures,
} from "./store-list.ts";
import {
  findSummaries,
  insertNote,
  loadAllIds,
  loadIdentity,
  loadSummaries,
  newestLimit,
  newestLimits,
  writeLimit,
  writeStanding,
} from "./store.ts";
import { limitToWire, noteToWire, rowToWire, standingToWire } from "./wire.ts";

/** A person's act: who, when. */
export type Act = { readonly actor: Actor; readonly now: Temporal.Instant };

/** Rows of figures written in one statement. */
const FIGURES_BATCH = 2_000;

const unknownCustomer = () => no("not-found", "customer-unknown", "No customer with this id is known here.");

export type StandingChange = Act & {
  readonly customerId: CustomerId;
  readonly standing: Standing;
  readonly reason: string;
  readonly backWhen?: string | undefined;
};

/** Changes how freely a customer may buy and run. The same standing with a new reason is a change too; with the same reason it is refused. */
export async function setStanding(tx: Tx, change: StandingChange): Promise<Result<StandingWire, Refusal>> {
  const { customerId, standing, reason, actor, now } = change;
  const before = await loadIdentity(tx, customerId, "lock");
  if (before === undefined) return unknownCustomer();
  const back = change.backWhen ?? null;
  if (before.standing === standing && before.standing_reason === reason && before.standing_back === back)
    return no("conflict", "standing-unchanged", `The customer is ${standing} for this reason already.`, {
      facts: { standing },
    });
  await writeStanding(tx, customerId, { standing, reason, back, by: actor, at: now });
  await appendEvents(tx, [
    {
      type: "customers.standing-changed",
      actor,
      at: now,
      subject: { kind: "customer", id: customerId },
      customerId,
      why: reason,
      before: { standing: before.standing },
      after: { standing, backWhen: back },
      data: { name: before.name },
    },
  ]);
  return ok(
    standingToWire({
      ...before,
      standing,
      standing_reason: reason,
      standing_back: back,
      standing_by: actor,
      standing_at: now,
    }),
  );
}

export type LimitChange = Act & { readonly customerId: CustomerId; readonly amount: Money; readonly why: string };
/** The currency all exposures are told in. main.ts takes it from `exposure`. */
export type ReportingCurrency = (tx: Tx) => Promise<Currency>;

export type LimitDeps = { readonly reportingCurrency: ReportingCurrency; readonly onChanged: OnCustomersChanged };

/** Sets what we are willing to lose on a customer. In the reporting currency only: exposure is compared with it. */
export async function setLimit(
  tx: Tx,
  change: LimitChange,
  { reportingCurrency, onChanged }: LimitDeps,
): Promise<Result<LimitWire, Refusal>> {
  const { customerId, amount, why, actor, now } = change;
  if (amount.minor < 0n)
    return no("invalid", "limit-negative", "A credit limit is zero or more.", {
      fields: [{ field: "amount", value: amount.minor.toString(), fix: "give zero or more" }],
    });
  const currency = await reportingCurrency(tx);
  if (amount.currency !== currency)
    return no("invalid", "limit-currency", `A credit limit is in the reporting currency, ${currency}.`, {
      facts: { currency },
      fields: [{ field: "amount.currency", value: amount.currency, fix: `give ${currency}` }],
    });
  const customer = await loadIdentity(tx, customerId, "lock");
  if (customer === undefined) return unknownCustomer();
  const before = await newestLimit(tx, customerId);
  await writeLimit(tx, customerId, { amount, why, by: actor, at: now });
  await onChanged(tx, [customerId]);
  await appendEvents(tx, [
    {
      type: "customers.limit-set",
      actor,
      at: now,
      subject: { kind: "customer", id: customerId },
      customerId,
      why,
      before: before && { amount: { minor: before.amount_minor, currency: before.currency } },
      after: { amount: moneyToJson(amount) },
      data: { name: customer.name },
    },
  ]);
  return ok(limitToWire({ amount_minor: amount.minor, currency: amount.currency, why, set_by: actor, set_at: now }));
}

export type NewNote = Act & { readonly customerId: CustomerId; readonly text: string };

/** Keeps what a person wants the next one to know. */
export async function addNote(tx: Tx, note: NewNote, newId: NewId): Promise<Result<NoteWire, Refusal>> {
  const { customerId, text, actor, now } = note;
  const customer = await loadIdentity(tx, customerId);
  if (customer === undefined) return unknownCustomer();
  const row = { id: newId(), text, written_by: actor, written_at: now };
  await insertNote(tx, customerId, row);
  await appendEvents(tx, [
    {
      type: "customers.note-added",
      actor,
      at: now,
      subject: { kind: "note", id: row.id },
      customerId,
      after: { text },
      data: { name: customer.name },
    },
  ]);
  return ok(noteToWire(row));
}

export type ListAsk = {
  readonly filter: Omit<ListFilter, "patterns"> & { readonly q?: string | undefined };
  readonly sort: CustomerSort;
  readonly direction: Direction;
  readonly cursor?: string | undefined;
  readonly limit: number;
};
export type CustomerPage = { readonly rows: CustomerRow[]; readonly nextCursor: string | null; readonly total: number };

/** One page of the portfolio. Pages never skip or repeat a row that keeps its place; unknown values come last. */
export async function listCustomers(tx: Tx, ask: ListAsk): Promise<Result<CustomerPage, Refusal>> {
  const { sort, direction, limit } = ask;
  const place = ask.cursor === undefined ? undefined : readCursor(ask.cursor, { sort, direction });
  if (place !== undefined && !place.ok) return place;
  const filter: ListFilter = { ...ask.filter, patterns: searchPatterns(ask.filter.q ?? "") };
  const [found, total] = await Promise.all([
    loadPage(tx, { filter, sort, direction, place: place?.value, limit: limit + 1 }),
    countRows(tx, filter),
  ]);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return ok({
    rows: rows.map(rowToWire),
    total,
    nextCursor: last === undefined ? null : cursorText({ sort, direction, value: sortValue(last, sort), id: last.id }),
  });
}

function sortValue(row: ListRow, sort: CustomerSort): string | null {
  const values = {
    name: row.name_key,
    exposure: row.exposure,
    overdue: row.overdue,
    headroom: row.headroom,
    budget: row.budget_used_bps,
    unbilled: row.unbilled,
    committed: row.committed,
    since: row.first_seen_at,
  } satisfies Record<CustomerSort, unknown>;
  return values[sort]?.toString() ?? null;
}

export const customerFilters = (tx: Tx): Promise<CustomerFilters> => loadFilters(tx);

/** How many customers are ours: the rail's figure. */
export const customerCount = (tx: Tx): Promise<number> => countRows(tx, { patterns: [] });

// What other slices ask.

export const customersByIds = (tx: Tx, ids: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, CustomerSummary>> =>
  loadSummaries(tx, ids);
export const customerOf = async (tx: Tx, id: CustomerId): Promise<CustomerSummary | undefined> =>
  (await loadSummaries(tx, [id])).get(id);
export const allCustomerIds = (tx: Tx): Promise<readonly CustomerId[]> => loadAllIds(tx);

/** Customers whose name, domain or tenant id holds every word of the text. */
export async function searchCustomers(tx: Tx, text: string, limit: number): Promise<readonly CustomerSummary[]> {
  const patterns = searchPatterns(text);
  return patterns.length === 0 ? [] : await findSummaries(tx, { patterns, start: foldText(text), limit });
}

export const subscriptionOf = (tx: Tx, id: SubscriptionId): Promise<HeldSubscription | undefined> => loadHeld(tx, id);
/** All subscriptions still listed. */
export const subscriptionsOf = (tx: Tx, id: CustomerId): Promise<readonly HeldSubscription[]> =>
  loadHeldOf(tx, id, FAR_AHEAD);
const FAR_AHEAD = Temporal.Instant.from("9999-01-01T00:00:00Z");
export const entitlementOf = async (tx: Tx, id: EntitlementId): Promise<HeldEntitlement | undefined> =>
  (await loadEntitlements(tx, { id }))[0];
export const entitlementsOf = (tx: Tx, id: CustomerId): Promise<readonly HeldEntitlement[]> =>
  loadEntitlements(tx, { customerId: id });

export const limitsOf = (tx: Tx, ids?: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, CreditLimit>> =>
  newestLimits(tx, ids);
export const billedThrough = (tx: Tx): Promise<Temporal.PlainDate | undefined> => loadBilledThrough(tx);

/** Keeps the figures `exposure` computed, so that the list can be ordered by them. */
export async function savePortfolioFigures(tx: Tx, rows: readonly PortfolioFigures[]): Promise<void> {
  for (let start = 0; start < rows.length; start += FIGURES_BATCH)
    await writeFigures(tx, rows.slice(start, start + FIGURES_BATCH));
}

export async function saveBudgetUse(tx: Tx, rows: readonly BudgetUseFigures[]): Promise<void> {
  if (rows.length > 0) await writeBudgetUse(tx, rows);
}

/** When the last active delegated admin relation ends; null = there is none, undefined = never asked or customer unknown. */
export async function gdapEndsAt(tx: Tx, id: CustomerId): Promise<Temporal.Instant | null | undefined> {
  const row = await loadIdentity(tx, id);
  return row === undefined || row.gdap_active === null ? undefined : row.gdap_ends_at;
}
