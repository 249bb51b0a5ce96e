import type { z } from "zod";
import { isCurrency } from "../../core/currency.ts";
import type { MoneyWire } from "../../core/wire.ts";
import type { SideWire, simulatedAccountJson, SimulationList, SimulationResultWire } from "./contract-simulation.ts";
import { CURVE_DAYS } from "./contract-model.ts";
import type { Side } from "./decide-side.ts";
import {
  type AccountOutcome,
  addAll,
  type DayCount,
  emptyTotals,
  isoDay,
  type Setup,
  type Totals,
  type Wrong,
} from "./decide-simulate.ts";

/** Everything that is summed while accounts stream by: its size does not depend on their number, except the days of freezes for the median. */
export type Tally = {
  readonly totals: Totals;
  readonly base: SideTally;
  readonly draft: SideTally;
  different: number;
};
type SideTally = {
  told: number;
  frozen: number;
  suspended: number;
  handed: number;
  renewal: number;
  letters: number;
  calls: number;
  approvals: number;
  /** Accounts by days frozen; the last counts all beyond. */
  readonly frozenDays: number[];
  readonly wrong: Record<Wrong["why"], number>;
  wrongAccounts: number;
  readonly overdueEnd: Map<string, bigint>;
  readonly writtenOff: Map<string, bigint>;
  readonly frozenIssued: Map<string, bigint>;
};
const FROZEN_DAYS_MAX = 2_000;
const sideTally = (): SideTally => ({
  told: 0,
  frozen: 0,
  suspended: 0,
  handed: 0,
  renewal: 0,
  letters: 0,
  calls: 0,
  approvals: 0,
  frozenDays: Array.from({ length: FROZEN_DAYS_MAX }, () => 0),
  wrong: { "paid-soon": 0, disputed: 0, hacked: 0 },
  wrongAccounts: 0,
  overdueEnd: new Map(),
  writtenOff: new Map(),
  frozenIssued: new Map(),
});
export const emptyTally = (setup: Pick<Setup, "from" | "to">): Tally => ({
  totals: emptyTotals(setup),
  base: sideTally(),
  draft: sideTally(),
  different: 0,
});

export function addOutcome(tally: Tally, outcome: AccountOutcome): void {
  addSide(tally.base, outcome.base, outcome.baseWrong);
  addSide(tally.draft, outcome.draft, outcome.draftWrong);
  if (isDifferent(outcome)) tally.different++;
}
function addSide(to: SideTally, side: Side, wrong: readonly Wrong[]): void {
  if (side.toldOn !== undefined) to.told++;
  if (side.frozenOn !== undefined) {
    to.frozen++;
    const days = Math.min(side.frozenDays, FROZEN_DAYS_MAX - 1);
    to.frozenDays[days] = (to.frozenDays[days] ?? 0) + 1;
  }
  if (side.suspendedOn !== undefined) to.suspended++;
  if (side.handedOn !== undefined) to.handed++;
  if (side.renewalStoppedOn !== undefined) to.renewal++;
  to.letters += side.letters;
  to.calls += side.calls;
  to.approvals += side.approvals;
  for (const { why } of wrong) to.wrong[why]++;
  if (wrong.length > 0) to.wrongAccounts++;
  addAll(to.overdueEnd, side.overdueEnd);
  addAll(to.writtenOff, side.writtenOff);
  addAll(to.frozenIssued, side.frozenIssued);
}

/** Treated differently: another worst thing happened to it, or the same on another day. Letters alone are no difference. */
export function isDifferent({ base, draft }: AccountOutcome): boolean {
  return (
    base.suspendedOn !== draft.suspendedOn ||
    base.frozenOn !== draft.frozenOn ||
    base.handedOn !== draft.handedOn ||
    base.renewalStoppedOn !== draft.renewalStoppedOn
  );
}
/** The lists an account stands in. */
export function listsOf(outcome: AccountOutcome): readonly SimulationList[] {
  const { base, draft } = outcome;
  const either = (read: (side: Side) => unknown) => read(base) !== undefined || read(draft) !== undefined;
  const lists: SimulationList[] = ["all"];
  if (either((side) => side.toldOn)) lists.push("told");
  if (either((side) => side.frozenOn)) lists.push("frozen");
  if (either((side) => side.suspendedOn)) lists.push("suspended");
  if (either((side) => side.handedOn)) lists.push("handed");
  if (either((side) => side.renewalStoppedOn)) lists.push("renewal");
  if (outcome.baseWrong.length + outcome.draftWrong.length > 0) lists.push("wrong");
  if (isDifferent(outcome)) lists.push("different");
  return lists;
}
/** What matters most first: wrong, then suspended, handed over, frozen, and the amounts left owing. */
export function weightOf({ base, draft, baseWrong, draftWrong }: AccountOutcome): number {
  const acts = (side: Side) =>
    (side.suspendedOn === undefined ? 0 : 4) +
    (side.handedOn === undefined ? 0 : 3) +
    (side.frozenOn === undefined ? 0 : 1);
  return (
    (baseWrong.length + draftWrong.length > 0 ? 100 : 0) +
    10 * Math.abs(acts(base) - acts(draft)) +
    acts(base) +
    acts(draft)
  );
}

const moneys = (all: ReadonlyMap<string, bigint>): MoneyWire[] =>
  [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, minor]) => ({ minor: minor.toString(), currency }));
function sideWire(side: Side, wrong: readonly Wrong[]): SideWire {
  return {
    letters: side.letters,
    calls: side.calls,
    toldOn: isoDay(side.toldOn),
    frozenOn: isoDay(side.frozenOn),
    frozenDays: side.frozenDays,
    suspendedOn: isoDay(side.suspendedOn),
    suspendedDays: side.suspendedDays,
    handedOn: isoDay(side.handedOn),
    renewalStoppedOn: isoDay(side.renewalStoppedOn),
    restedDays: side.restedDays,
    wrong: wrong[0]?.why ?? null,
    wrongDays: wrong[0]?.days ?? null,
    overdueEnd: moneys(side.overdueEnd),
  };
}
export const accountWire = (outcome: AccountOutcome): z.infer<typeof simulatedAccountJson> => ({
  accountId: outcome.accountId,
  name: outcome.name,
  base: sideWire(outcome.base, outcome.baseWrong),
  draft: sideWire(outcome.draft, outcome.draftWrong),
  truth: {
    holds: [...outcome.truth.holds],
    customerClass: outcome.truth.customerClass ?? null,
    paidOn: isoDay(outcome.truth.paidOn),
  },
});

/** Fewer suspensions or hand-overs than this, and their figures are weak. */
const FEW = 10;

export function resultOf(tally: Tally, setup: Setup, seconds: number): SimulationResultWire {
  const { totals, base, draft } = tally;
  const { model } = setup;
  // Without another policy and without any letter on record, what was done is not known: it was not nothing.
  const isKnown = setup.against !== undefined || totals.noticesKnown > 0;
  const pair = (read: (side: SideTally) => number) => ({ base: isKnown ? read(base) : null, draft: read(draft) });
  const minutes = (side: SideTally) =>
    side.letters * model.letterMinutes + side.calls * model.callMinutes + side.approvals * model.approvalMinutes;
  const tenths = (sum: number) => Math.round((sum * 10) / Math.max(1, totals.late.count));
  return {
    accounts: totals.accounts,
    invoices: totals.invoices,
    seconds,
    customers: {
      told: pair((side) => side.told),
      frozen: pair((side) => side.frozen),
      suspended: pair((side) => side.suspended),
      handed: pair((side) => side.handed),
      wrong: pair((side) => side.wrongAccounts),
      renewal: pair((side) => side.renewal),
      different: tally.different,
    },
    letters: pair((side) => side.letters),
    calls: pair((side) => side.calls),
    approvals: pair((side) => side.approvals),
    staffMinutes: pair(minutes),
    frozenDaysMedian: pair(({ frozenDays, frozen }) => medianOf(frozenDays, frozen)),
    wrongs: {
      paidSoon: pair(({ wrong }) => wrong["paid-soon"]),
      disputed: pair(({ wrong }) => wrong.disputed),
      hacked: pair(({ wrong }) => wrong.hacked),
    },
    lateTenths:
      totals.late.count === 0 ? null : { base: tenths(totals.late.observed), draft: tenths(totals.late.draft) },
    currencies: currenciesOf(tally, setup, isKnown),
    perDay: {
      from: setup.from.toString(),
      base: totals.perDay.base.map(dayRow),
      draft: totals.perDay.draft.map(dayRow),
    },
    trust: trustOf(tally, setup),
  };
}
const dayRow = (one: DayCount): [number, number, number, number] => [
  one.letters,
  one.calls,
  one.freezes,
  one.suspensions,
];

function medianOf(histogram: readonly number[], count: number): number {
  let left = Math.ceil(count / 2);
  for (const [days, accounts] of histogram.entries()) {
    left -= accounts;
    if (left <= 0) return days;
  }
  return 0;
}

function currenciesOf(
  { totals, base, draft }: Tally,
  setup: Setup,
  isKnown: boolean,
): SimulationResultWire["currencies"] {
  const codes = new Set([...totals.curves.keys(), ...base.overdueEnd.keys(), ...draft.overdueEnd.keys()]);
  const sum = (code: string) => totals.curves.get(code)?.due[0] ?? 0n;
  return [...codes]
    .filter(isCurrency)
    .sort((a, b) => (sum(a) === sum(b) ? (a < b ? -1 : 1) : sum(a) > sum(b) ? -1 : 1))
    .map((currency) => {
      const curve = totals.curves.get(currency);
      const money = (all: ReadonlyMap<string, bigint>) => ({ minor: (all.get(currency) ?? 0n).toString(), currency });
      const avoided = (all: ReadonlyMap<string, bigint>) => ({
        minor: (((all.get(currency) ?? 0n) * BigInt(setup.model.frozenPercent)) / 100n).toString(),
        currency,
      });
      return {
        currency,
        curve: CURVE_DAYS.map((days, k) => {
          const due = curve?.due[k] ?? 0n;
          const share = (paid: bigint | undefined) => (due === 0n ? null : Number(((paid ?? 0n) * 10_000n) / due));
          return {
            days,
            observedBps: share(curve?.observed[k]),
            draftBps: share(curve?.draft[k]),
            lowBps: share(curve?.low[k]),
            highBps: share(curve?.high[k]),
          };
        }),
        // What is overdue is known whether or not letters were recorded; what was written off under a policy of the past is not.
        overdueEnd: { base: money(base.overdueEnd), draft: money(draft.overdueEnd) },
        writtenOff: {
          base: setup.against === undefined ? null : money(base.writtenOff),
          draft: money(draft.writtenOff),
        },
        frozenIssued: { base: isKnown ? money(base.frozenIssued) : null, draft: money(draft.frozenIssued) },
        exposureAvoided: { base: isKnown ? avoided(base.frozenIssued) : null, draft: avoided(draft.frozenIssued) },
      };
    });
}

/** Day of the curve that the range is told for. */
const RANGE_DAY = 30;
function trustOf(tally: Tally, setup: Setup): SimulationResultWire["trust"] {
  const { totals, base, draft } = tally;
  const trust: SimulationResultWire["trust"] = [
    { level: "known", kind: "facts-as-of", facts: { invoices: totals.invoices, accounts: totals.accounts } },
    { level: "assumed", kind: "response", facts: { ...setup.model } },
  ];
  const [currency] = currenciesOf(tally, setup, true);
  const point = currency?.curve.find(({ days }) => days === RANGE_DAY);
  if (point !== undefined && point.lowBps !== null && point.highBps !== null)
    trust.push({
      level: "assumed",
      kind: "effect-range",
      facts: { days: RANGE_DAY, low: point.lowBps, high: point.highBps },
    });
  trust.push({ level: "weak", kind: "renewals-unknown", facts: {} });
  if (setup.against === undefined && totals.noticesKnown === 0)
    trust.push({ level: "weak", kind: "no-notices", facts: {} });
  if (totals.joinedLate > 0) trust.push({ level: "weak", kind: "joined-late", facts: { accounts: totals.joinedLate } });
  const suspended = Math.max(base.suspended, draft.suspended);
  if (suspended > 0 && suspended < FEW)
    trust.push({ level: "weak", kind: "few-suspensions", facts: { accounts: suspended } });
  const handed = Math.max(base.handed, draft.handed);
  if (handed > 0 && handed < FEW) trust.push({ level: "weak", kind: "few-handed", facts: { accounts: handed } });
  return trust;
}
