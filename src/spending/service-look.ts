import type { NewFinding, ReportFinding, ResolveFinding } from "../cases/contract.ts";
import type { CustomerId } from "../core/ids.ts";
import { moneyToJson, moneyToText } from "../core/money.ts";
import type { Clock } from "../core/time.ts";
import type { BudgetUse, BudgetUseFigures, SaveBudgetUse } from "../customers/contract.ts";
import type { Store, Tx } from "../store/contract.ts";
import { type Hit, SPEND_DETECTORS, type SpendDetector } from "./decide-detectors.ts";
import { type Figure, type SpendStanding, standingOf } from "./decide-state.ts";
import { copyOf } from "./service-usage.ts";
import { type BudgetRow, loadBudgets, loadPartnerBudgets, type PartnerBudgetRow } from "./store-budget.ts";
import {
  loadFindings,
  markOldMonths,
  resolveFindingRow,
  type StateToWrite,
  takeToLook,
  writeFinding,
  writeStates,
} from "./store-state.ts";
import { type DayRow, decimalOf, loadDaysOf, toInterval } from "./store-usage.ts";

/** Customers looked at in one transaction. */
const BATCH = 200;
/** Newest days the figures of a month rest on: two weeks for the forecast and its trend, and the month for the line. */
const DAYS = 35;
/** Batches of one run; what is left waits for the next. */
const BATCHES_MAX = 200;
/** A change of the money at risk below a tenth is not reported again. */
const TOLD_AGAIN_BPS = 1_000n;

export type LookDeps = {
  readonly store: Store;
  readonly clock: Clock;
  readonly reportFinding: ReportFinding;
  readonly resolveFinding: ResolveFinding;
  readonly saveBudgetUse: SaveBudgetUse;
};

/** Looks at every customer whose usage or budget changed: computes how the month stands and lets the detectors judge it. Gives how many. */
export async function lookAtSpend(deps: LookDeps): Promise<number> {
  const now = deps.clock.now();
  await deps.store.inTransaction((tx) =>
    markOldMonths(tx, now.toZonedDateTimeISO("UTC").toPlainDate().with({ day: 1 })),
  );
  let looked = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const count = await deps.store.inTransaction((tx) => lookBatch(tx, deps, now));
    looked += count;
    if (count < BATCH) break;
  }
  return looked;
}

async function lookBatch(tx: Tx, deps: LookDeps, now: Temporal.Instant): Promise<number> {
  const ids = await takeToLook(tx, BATCH);
  if (ids.length === 0) return 0;
  const [days, budgets, copies, open] = [
    await loadDaysOf(tx, ids, DAYS),
    await loadBudgets(tx, ids),
    await loadPartnerBudgets(tx, ids),
    await loadFindings(tx, ids),
  ];
  const states: StateToWrite[] = [];
  const uses: BudgetUseFigures[] = [];
  const standings = new Map<CustomerId, SpendStanding | undefined>();
  for (const id of ids) {
    const rows = days.get(id) ?? [];
    const standing = standOf(rows, { budget: budgets.get(id), copy: copies.get(id), now });
    standings.set(id, standing);
    states.push(toState(id, rows, standing));
    uses.push({ customerId: id, ...useOf(standing) });
  }
  await writeStates(tx, states, now);
  await deps.saveBudgetUse(tx, uses);
  // In the order of ids: two reporters then never wait for each other.
  for (const id of ids) {
    await judge(tx, deps, { id, standing: standings.get(id), open: open.filter((one) => one.customer_id === id), now });
  }
  return ids.length;
}

type Around = {
  readonly budget: BudgetRow | undefined;
  readonly copy: PartnerBudgetRow | undefined;
  readonly now: Temporal.Instant;
};

/** How the month stands by the kept rows; undefined while there is none or its currency is unknown. */
export function standOf(rows: readonly DayRow[], { budget, copy, now }: Around): SpendStanding | undefined {
  const newest = rows.at(-1);
  const currency = newest?.currency;
  if (newest === undefined || currency === null || currency === undefined) return undefined;
  const figures = rows
    .filter((row) => row.currency === currency)
    .map((row): Figure => ({
      ...toInterval(row),
      day: row.day,
      month: row.month,
      monthToDate: decimalOf(row.month_to_date),
      usd: row.usd === null ? undefined : decimalOf(row.usd),
    }));
  const [first, ...others] = figures;
  if (first === undefined) return undefined;
  const to = copyOf(copy?.amount ?? null);
  const from = copyOf(copy?.raised_from ?? null);
  const raisedAt = copy?.raised_at ?? undefined;
  return standingOf({
    figures: [first, ...others],
    currency,
    agreed:
      budget === undefined
        ? undefined
        : { amount: { minor: budget.amount_minor, currency: budget.currency }, setAt: budget.set_at },
    copy: to,
    raise: to === undefined || from === undefined || raisedAt === undefined ? undefined : { from, to, at: raisedAt },
    now,
  });
}

function useOf(standing: SpendStanding | undefined): { readonly use: BudgetUse; readonly usedBps: number | undefined } {
  if (standing === undefined) return { use: "no-usage", usedBps: undefined };
  if (standing.budget === undefined)
    return { use: standing.used.minor > 0n ? "no-budget" : "no-usage", usedBps: undefined };
  const use = standing.state === "over" || standing.state === "near" ? standing.state : "within";
  return { use, usedBps: standing.usedBps };
}

function toState(id: CustomerId, rows: readonly DayRow[], standing: SpendStanding | undefined): StateToWrite {
  const newest = rows.at(-1);
  const minor = (amount: { readonly minor: bigint } | undefined) => amount?.minor.toString() ?? null;
  return {
    customer_id: id,
    month: (standing?.month ?? newest?.month ?? FAR_PAST).toString(),
    currency: standing?.used.currency ?? null,
    used: minor(standing?.used),
    through: (standing?.through ?? newest?.through ?? NEVER).toString(),
    usd: newest?.usd ?? null,
    budget: minor(standing?.budget),
    used_bps: standing?.usedBps ?? null,
    forecast_low: minor(standing?.forecast?.low),
    forecast_mid: minor(standing?.forecast?.mid),
    forecast_high: minor(standing?.forecast?.high),
    forecast_bps: standing?.forecastBps ?? null,
    trend_bps: standing?.trendBps ?? null,
    state: standing?.state ?? "no-budget",
    spark: standing?.spark.map((one) => one.minor.toString()) ?? [],
  };
}
const NEVER = Temporal.Instant.fromEpochMilliseconds(0);
const FAR_PAST = Temporal.PlainDate.from("1970-01-01");

type Judged = {
  readonly id: CustomerId;
  readonly standing: SpendStanding | undefined;
  readonly open: readonly { readonly fingerprint: string; readonly money_minor: bigint | null }[];
  readonly now: Temporal.Instant;
};

async function judge(tx: Tx, deps: LookDeps, { id, standing, open, now }: Judged): Promise<void> {
  const hits =
    standing === undefined
      ? []
      : SPEND_DETECTORS.flatMap((detector) => hitOf(detector, detector.detect(standing.facts), { id, standing, now }));
  const known = new Map(open.map((one) => [one.fingerprint, one]));
  for (const finding of hits) {
    const before = known.get(finding.fingerprint);
    known.delete(finding.fingerprint);
    if (before !== undefined && !isWorthTellingAgain(before.money_minor, finding.moneyAtRisk?.minor)) continue;
    await deps.reportFinding(tx, finding);
    await writeFinding(tx, {
      fingerprint: finding.fingerprint,
      customerId: id,
      kind: finding.kind,
      moneyMinor: finding.moneyAtRisk?.minor,
      at: now,
    });
  }
  for (const fingerprint of known.keys()) {
    await deps.resolveFinding(tx, { fingerprint, at: now, why: "spending.no-longer-so" });
    await resolveFindingRow(tx, fingerprint, now);
  }
}

function isWorthTellingAgain(before: bigint | null, now: bigint | undefined): boolean {
  if (before === null || now === undefined) return before !== null || now !== undefined;
  const change = now > before ? now - before : before - now;
  return change * 10_000n > before * TOLD_AGAIN_BPS;
}

function hitOf(
  detector: SpendDetector,
  hit: Hit | undefined,
  { id, standing, now }: { readonly id: CustomerId; readonly standing: SpendStanding; readonly now: Temporal.Instant },
): readonly NewFinding[] {
  if (hit === undefined) return [];
  const month = standing.month.toString().slice(0, 7);
  const used = { used: moneyToText(standing.used), currency: standing.used.currency, month };
  return [
    {
      kind: detector.id,
      family: detector.family,
      customerId: id,
      severity: detector.severity,
      facts: { ...hit.facts, month },
      evidence: [
        {
          at: standing.through,
          kind: "spending.reading",
          facts: used,
          source: "Partner Center",
          raw: {
            month,
            used: moneyToJson(standing.used),
            budget: standing.budget && moneyToJson(standing.budget),
            through: standing.through.toString(),
            days: standing.spark.map((one) => moneyToText(one)),
          },
        },
      ],
      ...(hit.moneyAtRisk === undefined ? {} : { moneyAtRisk: hit.moneyAtRisk }),
      fingerprint: `${detector.id}:${id}:${month}`,
      observedAt: now,
    },
  ];
}
