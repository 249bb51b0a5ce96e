import type { BusinessCalendar } from "../core/calendar.ts";
import type { CaseId, CustomerId } from "../core/ids.ts";
import { moneyToJson, zero } from "../core/money.ts";
import type { CaseNumbers } from "../cases/contract.ts";
import type { CustomersByIds, Standing } from "../customers/contract.ts";
import type { PortfolioExposure } from "../exposure/contract.ts";
import type { AnswerAverage, OpenNotices } from "../notices/contract.ts";
import type { Person } from "../access/contract.ts";
import type { LedgerStateOf } from "../receivables/contract.ts";
import { type ProposalRowJson, RESPONSE_EVENTS, type WaitingProposals } from "../response/contract.ts";
import type { BudgetCoverage } from "../spending/contract.ts";
import type { Tx } from "../store/contract.ts";
import { readEvents } from "../store/events.ts";
import type { FeedFreshness } from "../sync/contract.ts";
import type {
  CoverageWire,
  DueCell,
  DueOf,
  ExposuresOf,
  MissingByFeed,
  OvernightWire,
  TodayPart,
  TodayWire,
} from "./contract.ts";
import { TODAY_ROWS } from "./contract.ts";
import { averageAhead, averageChoices } from "./decide-average.ts";
import { containedIn, lastNight } from "./decide-overnight.ts";
import { decideUnseen } from "./decide-unseen.ts";

/** Functions of other slices that the first screen is put together from. */
export type TodayParts = {
  readonly calendar: (tx: Tx) => Promise<BusinessCalendar>;
  readonly openNotices: OpenNotices;
  readonly answerAverage: AnswerAverage;
  /** Renewals with overdue balance, cancel windows closing, refund countdowns; approvals are counted here. */
  readonly due: readonly DueOf[];
  readonly waitingProposals: WaitingProposals;
  readonly portfolioExposure: PortfolioExposure;
  readonly customersByIds: CustomersByIds;
  readonly caseNumbers: CaseNumbers;
  readonly feedFreshness: FeedFreshness;
  readonly missingByFeed: MissingByFeed;
  readonly exposuresOf: ExposuresOf;
  readonly ledgerState: LedgerStateOf;
  readonly budgetCoverage: BudgetCoverage;
  readonly logCoverage: (
    tx: Tx,
    now: Temporal.Instant,
  ) => Promise<{ readonly customers: number; readonly seen: number }>;
};

/** Events of the notices slice that the overnight line counts. */
const NOTICE_RECEIVED = "notices.received";
const NOTICE_ANSWERED = "notices.answered";
/** Events looked through for one night; more than this happens in no office. */
const NIGHT_EVENTS_MAX = 500;

type Asked = { readonly tx: Tx; readonly now: Temporal.Instant; readonly person: Person };
type Report = (part: TodayPart, error: unknown) => void;

/**
 * The whole first screen from one request. A part that fails is named and left out; the others stand, because at 02:10
 * half a page is better than none.
 */
export async function readToday(parts: TodayParts, asked: Asked, report: Report): Promise<TodayWire> {
  const unavailable: TodayPart[] = [];
  const guard = async <R>(part: TodayPart, read: () => Promise<R>): Promise<R | null> => {
    try {
      return await read();
    } catch (error) {
      unavailable.push(part);
      report(part, error);
      return null;
    }
  };
  const { tx, now, person } = asked;
  const calendar = await parts.calendar(tx);
  const today = now.toZonedDateTimeISO(calendar.zone).toPlainDate();
  const [notices, average, decisions, exposure, overnight] = await Promise.all([
    guard("notices", () => parts.openNotices(tx, now)),
    guard("average", () => parts.answerAverage(tx, now)),
    guard("decisions", () => parts.waitingProposals(tx, person, now)),
    guard("exposure", () => parts.portfolioExposure(tx, today)),
    guard("overnight", () => readOvernight(parts, asked, calendar)),
  ]);
  const [due, coverage] = await Promise.all([
    guard("due", () => Promise.all(parts.due.map((cell) => cell(tx, now)))),
    guard("coverage", () => readCoverage(parts, asked, exposure?.reportingCurrency ?? "SEK")),
  ]);
  return {
    asOf: now.toString(),
    unavailable,
    overnight,
    notices: notices && { rows: notices.slice(0, TODAY_ROWS), total: notices.length },
    average: average && {
      ...average,
      forecast: { choices: [...averageChoices(average, now, calendar)], ahead: [...averageAhead(average, now)] },
    },
    due: due && [...due, ...(decisions ? [approvalsCell(decisions.rows, decisions.total)] : [])],
    decisions: decisions && { ...decisions, rows: decisions.rows.slice(0, TODAY_ROWS) },
    exposure,
    standings:
      exposure === null
        ? {}
        : await standingsOf(
            parts,
            tx,
            exposure.largest.map((row) => row.customerId),
          ),
    coverage,
  };
}

/** Approvals that wait, and the one that expires first. */
function approvalsCell(rows: readonly ProposalRowJson[], total: number): DueCell {
  const first = rows.toSorted((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1))[0];
  return {
    kind: "approvals",
    count: total,
    first: first
      ? {
          customerName: first.customerName,
          what: first.kind,
          quantity: first.targets.length,
          at: first.expiresAt,
          amount: first.saving.amount,
        }
      : null,
  };
}

async function standingsOf(parts: TodayParts, tx: Tx, ids: readonly string[]): Promise<Record<string, Standing>> {
  const found = await parts.customersByIds(tx, ids as readonly CustomerId[]);
  return Object.fromEntries([...found].map(([id, customer]) => [id, customer.standing]));
}

async function readOvernight(
  parts: TodayParts,
  { tx, now }: Asked,
  calendar: BusinessCalendar,
): Promise<OvernightWire | null> {
  const night = lastNight(calendar, now);
  if (night === undefined) return null;
  const [received, answered, verified] = await Promise.all(
    [NOTICE_RECEIVED, NOTICE_ANSWERED, RESPONSE_EVENTS.verified].map((typePrefix) =>
      readEvents(tx, { typePrefix, since: night.from, limit: NIGHT_EVENTS_MAX }),
    ),
  );
  const inNight = (events: typeof received = []) =>
    events.filter(
      ({ at }) => Temporal.Instant.compare(at, night.from) >= 0 && Temporal.Instant.compare(at, night.to) <= 0,
    );
  // What was answered before we first read it is history, not the night's work.
  const came = inNight(received).filter(({ after }) => (after as { state?: unknown } | null)?.state !== "answered");
  const contained = containedIn([...inNight(received), ...inNight(verified)], {
    verified: RESPONSE_EVENTS.verified,
    received: NOTICE_RECEIVED,
  });
  if (came.length === 0 && contained.length === 0) return null;
  const names = await parts.customersByIds(tx, contained.flatMap((one) => one.customerId ?? []) as CustomerId[]);
  const numbers = await parts.caseNumbers(tx, contained.flatMap((one) => one.caseId ?? []) as CaseId[]);
  return {
    from: night.from.toString(),
    to: night.to.toString(),
    received: came.length,
    answered: inNight(answered).length,
    contained: contained.map(({ customerId, ...one }) => ({
      ...one,
      caseNumber: (one.caseId && numbers.get(one.caseId as CaseId)) || null,
      customerName: names.get(customerId as CustomerId)?.name ?? customerId ?? "",
    })),
  };
}

async function readCoverage(parts: TodayParts, { tx, now }: Asked, currency: string): Promise<CoverageWire> {
  const [feeds, missing, ledger, budgets, logs] = await Promise.all([
    parts.feedFreshness(tx, now),
    parts.missingByFeed(tx),
    parts.ledgerState(tx),
    parts.budgetCoverage(tx),
    parts.logCoverage(tx, now),
  ]);
  const exposures = await parts.exposuresOf(tx, [...new Set([...missing.values()].flat())]);
  return {
    feeds: feeds.map((feed) => {
      const unseen = decideUnseen(missing.get(feed.feed) ?? [], exposures, zero(currency));
      return { ...feed, unseen: unseen === undefined ? null : moneyToJson(unseen) };
    }),
    ledger: { recordedAt: ledger.recordedAt?.toString() ?? null, customers: ledger.customers },
    budgets,
    logs,
  };
}
