import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { Tx } from "../store/contract.ts";
import type { CustomerCollectionsWire, PurchaseFreeze } from "./contract.ts";
import type { PolicyVersion } from "./contract-policy.ts";
import { ACCOUNT_FILTERS, type AccountRowWire, type AccountsWire, type LaddersWire } from "./contract-wire.ts";
import { cursorText, patternsOf, readCursor } from "./decide-list.ts";
import type { CollectionsDeps } from "./deps.ts";
import { pauseOf, readCollectionsSettings } from "./service-settings.ts";
import { freezesOf } from "./store-effects.ts";
import {
  type AccountFilter,
  type AccountSort,
  countAccounts,
  countSteps,
  filterCounts,
  keyOf,
  memberRow,
  pageOfAccounts,
} from "./store-list.ts";
import { holdsOf, promisesOf } from "./store.ts";
import { namesOf, rowWire } from "./wire.ts";

/** The work list and what else is read from the derived rows. */

export type ListAsk = {
  readonly filter: AccountFilter;
  readonly sort: AccountSort;
  /** Parts of the name. */
  readonly q: string;
  /** What is sorted by default in the direction people look for first. */
  readonly direction?: "asc" | "desc" | undefined;
  readonly stepId?: string | undefined;
  readonly policyId?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly now: Temporal.Instant;
};

export async function listAccounts(
  tx: Tx,
  deps: CollectionsDeps,
  ask: ListAsk,
): Promise<Result<AccountsWire, Refusal>> {
  const { filter, sort, direction, stepId, policyId, limit, now } = ask;
  const order = direction === undefined ? sort : `${sort} ${direction}`;
  const place = ask.cursor === undefined ? undefined : readCursor(ask.cursor, order);
  if (ask.cursor !== undefined && place === undefined)
    return no("invalid", "cursor-bad", "This cursor belongs to another list: start at the first page.");
  const query = { filter, sort, direction, stepId, policyId, patterns: patternsOf(ask.q) };
  const today = dayOf(now, deps.zone);
  const [found, counts, versions, settings, reporting, learntFrom] = await Promise.all([
    pageOfAccounts(tx, { ...query, place, limit: limit + 1 }),
    filterCounts(tx),
    deps.policiesOn(tx, today),
    readCollectionsSettings(tx),
    deps.reportingCurrency(tx),
    deps.learntFrom(tx),
  ]);
  const isPlain = query.patterns.length === 0 && stepId === undefined && policyId === undefined;
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const pause = await pauseOf(tx, deps, { settings, today });
  const names = namesOf(versions);
  return ok({
    rows: rows.map((row) => rowWire(row, names)),
    nextCursor: last === undefined ? null : cursorText(order, { value: keyOf(last, sort), id: last.account_id }),
    total: isPlain ? counts[filter] : await countAccounts(tx, query),
    counts: Object.fromEntries(ACCOUNT_FILTERS.map((one) => [one, counts[one]])) as AccountsWire["counts"],
    reportingCurrency: reporting,
    learntFrom: learntFrom ?? null,
    paused: pause === undefined ? null : { kind: pause.kind, through: pause.through?.toString() ?? null, since: null },
    nextDueOn: counts.next_due?.toString() ?? null,
    evaluatedAt: counts.evaluated_at?.toString() ?? null,
    asOf: now.toString(),
  });
}

const EXPORT_PAGE = 200;
/** Rows of one export. */
const EXPORT_MAX = 100_000;

/** The list as CSV, page by page; amounts as minor units beside their currency, so that no spreadsheet rounds them. */
export async function* exportAccounts(tx: Tx, deps: CollectionsDeps, ask: ListAsk): AsyncGenerator<string> {
  yield `${CSV.map(([name]) => name).join(",")}\n`;
  let cursor: string | undefined;
  for (let count = 0; count < EXPORT_MAX; count += EXPORT_PAGE) {
    const page = await listAccounts(tx, deps, { ...ask, cursor, limit: EXPORT_PAGE });
    if (!page.ok) throw new Error(page.error.detail);
    yield page.value.rows.map((row) => `${CSV.map(([, of]) => cell(of(row))).join(",")}\n`).join("");
    if (page.value.nextCursor === null) return;
    cursor = page.value.nextCursor;
  }
}
const CSV: readonly (readonly [string, (row: AccountRowWire) => string | number | null])[] = [
  ["account_id", (row) => row.accountId],
  ["name", (row) => row.name],
  ["country", (row) => row.country],
  ["policy", (row) => (row.policyId === null ? null : `${row.policyId} ${row.policyVersion}`)],
  ["step", (row) => row.step?.id ?? null],
  ["days_past_due", (row) => row.daysPastDue],
  ["overdue", (row) => row.overdue.map((one) => `${one.minor} ${one.currency}`).join("; ")],
  ["overdue_reporting_minor", (row) => row.overdueInReporting?.minor ?? null],
  ["reporting_currency", (row) => row.overdueInReporting?.currency ?? null],
  ["invoices", (row) => row.overdueInvoices],
  ["next_day", (row) => row.next?.day ?? null],
  ["next_step", (row) => row.next?.stepId ?? null],
  ["resting", (row) => row.resting.map((one) => one.why).join("; ")],
  ["frozen_since", (row) => row.frozenSince],
  ["chance_bps", (row) => row.score.chanceBps],
  ["value_minor", (row) => row.score.value?.minor ?? null],
  ["reading", (row) => `${row.reading.is}${row.reading.suggested ? "?" : ""}`],
  ["last_told_on", (row) => row.lastToldOn],
];
/** Quoted; a cell that a spreadsheet would run as a formula begins with an apostrophe. */
function cell(value: string | number | null): string {
  const text = value === null ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** The policies in force as ladders, with the accounts that stand on each step. */
export async function ladders(tx: Tx, deps: CollectionsDeps, now: Temporal.Instant): Promise<LaddersWire> {
  const [versions, counts] = await Promise.all([deps.policiesOn(tx, dayOf(now, deps.zone)), countSteps(tx)]);
  const since = await deps.inForceSince(tx);
  return {
    policies: versions.map((version) => ladderWire(version, counts, since.get(version.policy.id))),
    noPolicy: counts.filter((one) => one.policy_id === null).reduce((sum, one) => sum + one.overdue, 0),
  };
}

function ladderWire(
  { policy, version }: PolicyVersion,
  counts: Awaited<ReturnType<typeof countSteps>>,
  since: Temporal.PlainDate | undefined,
): LaddersWire["policies"][number] {
  const own = counts.filter((one) => one.policy_id === policy.id);
  return {
    id: policy.id,
    version,
    name: { en: policy.name.en, sv: policy.name.sv ?? null },
    inForceSince: since?.toString() ?? null,
    accounts: own.reduce((sum, one) => sum + one.n, 0),
    clear: own.find((one) => one.step === null)?.n ?? 0,
    steps: policy.steps.map((step) => ({
      id: step.id,
      name: { en: step.name.en, sv: step.name.sv ?? null },
      daysPastDue: step.daysPastDue,
      tell: step.tell.map(({ channel, letter }) => ({ channel, letter })),
      noticeDays: step.noticeDays,
      charges: [...step.charges],
      effects: [...step.effects],
      approve: step.approve,
      accounts: own.find((one) => one.step === step.id)?.n ?? 0,
    })),
  };
}

/** See `PurchaseFreezes`. */
export async function purchaseFreeze(
  tx: Tx,
  customerIds: readonly CustomerId[],
): Promise<ReadonlyMap<CustomerId, PurchaseFreeze>> {
  if (customerIds.length === 0) return new Map();
  const rows = await freezesOf(tx, customerIds);
  return new Map(
    rows.map((row) => [
      row.customer_id,
      { customerId: row.customer_id, accountId: row.account_id, since: row.done_on, stepId: row.step_id },
    ]),
  );
}

/** What the passport shows of collections. A customer that was never looked at says so. */
export async function collectionsOf(
  tx: Tx,
  deps: CollectionsDeps,
  { customerId, now }: { readonly customerId: CustomerId; readonly now: Temporal.Instant },
): Promise<CustomerCollectionsWire> {
  const row = await memberRow(tx, customerId);
  if (row === undefined) return { ...UNSEEN, accountId: customerId };
  const today = dayOf(now, deps.zone);
  const names = namesOf(await deps.policiesOn(tx, today));
  const wire = rowWire(row, names);
  const holds = (await holdsOf(tx, [row.account_id])).filter(
    (one) => one.until_day === null || Temporal.PlainDate.compare(one.until_day, today) > 0,
  );
  const promises = (await promisesOf(tx, [row.account_id])).filter((one) => one.seen === "open");
  return {
    accountId: row.account_id,
    paidBy: row.account_id === customerId ? null : row.name,
    judged: wire.judged,
    policy:
      row.policy_id === null || row.policy_version === null
        ? null
        : { id: row.policy_id, version: row.policy_version, name: row.policy_id },
    day: row.day.toString(),
    step: wire.step === null ? null : { id: wire.step.id, name: wire.step.name.en },
    daysPastDue: row.days,
    overdue: wire.overdue,
    next: wire.next === null ? null : { ...wire.next, stepName: wire.next.stepName.en },
    frozenSince: wire.frozenSince,
    resting: wire.resting.map((one) => one.why),
    openHolds: holds.length,
    openPromises: promises.length,
    lastToldOn: wire.lastToldOn,
    evaluatedAt: wire.evaluatedAt,
  };
}
const UNSEEN: Omit<CustomerCollectionsWire, "accountId"> = {
  paidBy: null,
  judged: "unseen",
  policy: null,
  day: null,
  step: null,
  daysPastDue: null,
  overdue: [],
  next: null,
  frozenSince: null,
  resting: [],
  openHolds: 0,
  openPromises: 0,
  lastToldOn: null,
  evaluatedAt: null,
};
