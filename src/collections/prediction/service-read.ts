import type { Currency } from "../../core/currency.ts";
import type { CustomerId } from "../../core/ids.ts";
import { type Money, money, moneyToJson } from "../../core/money.ts";
import type { AccountLedger, LedgerItem, ReadLedger } from "../../receivables/contract-ledger.ts";
import type { Tx } from "../../store/contract.ts";
import type { ChancesWire, JudgedWire, ModelWire, PredictionWire } from "./contract.ts";
import { featuresOf, openBeside } from "./decide-features.ts";
import { proposedLimit } from "./decide-limit.ts";
import {
  chanceOf,
  type ChanceReason,
  type Judged,
  LEARN_MIN,
  type Model,
  type ModelKind,
  reasonsOf,
} from "./decide-model.ts";
import { dayOfEpoch, epochDay, expectedDaysLate, medianOf, type PayerHistory } from "./decide-payer.ts";
import { historyFrom, KNOWN_MIN, toPast } from "./decide-score.ts";
import { CALLS_MIN, pointsOfShift } from "./decide-worklist.ts";
import { contactEffect, type PredictionDeps } from "./service.ts";
import { brokenPromises, callsCount, lacks, type ModelRow, modelsInUse, newestModels } from "./store.ts";

const PAST_MAX = 26;

/** What was learnt, how it did on rows that it had not seen, and what a call is taken to change. */
export async function predictionOf(tx: Tx, deps: Pick<PredictionDeps, "assumedPoints">): Promise<PredictionWire> {
  const [inUse, past, missing, effect, calls] = [
    await modelsInUse(tx),
    await newestModels(tx, PAST_MAX),
    await lacks(tx),
    await contactEffect(tx, deps),
    await callsCount(tx),
  ];
  const wireOf = (kind: ModelKind) => {
    const row = inUse.get(kind);
    return row === undefined ? null : modelWire(row);
  };
  return {
    paid: wireOf("paid"),
    late: wireOf("late"),
    lack: missing.map(({ kind, as_of, rows, payers }) => ({
      kind,
      asOf: as_of.toString(),
      rows,
      payers,
      rowsWanted: LEARN_MIN.rows,
      payersWanted: LEARN_MIN.payers,
    })),
    contact: {
      kind: effect.kind,
      points: pointsOfShift(effect.shift),
      low: effect.kind === "estimated" ? pointsOfShift(effect.low) : null,
      high: effect.kind === "estimated" ? pointsOfShift(effect.high) : null,
      calls,
      callsWanted: CALLS_MIN,
    },
    past: past.map(modelWire),
  };
}

const modelWire = (row: ModelRow): ModelWire => ({
  number: row.model_no,
  kind: row.kind,
  state: row.state,
  asOf: row.as_of.toString(),
  learntAt: row.learnt_at.toString(),
  invoices: row.invoices,
  payers: row.payers,
  rows: row.rows,
  judged: judgedWire(row.judged),
});

export const judgedWire = ({ fromDay, toDay, ...judged }: Judged): JudgedWire => ({
  ...judged,
  calibration: [...judged.calibration],
  from: dayOfEpoch(fromDay).toString(),
  to: dayOfEpoch(toDay).toString(),
});

type Ask = { readonly accountId: CustomerId; readonly day: Temporal.PlainDate };

/** Each open invoice of an account with its chance, and the limit that its habit would carry. Shown; nothing follows from it by itself. */
export async function chancesOf(
  tx: Tx,
  deps: { readonly readLedger: ReadLedger },
  { accountId, day }: Ask,
): Promise<ChancesWire> {
  const models = await modelsInUse(tx);
  let ledger: AccountLedger = { accountId, customerIds: [accountId], items: [], money: [] };
  for await (const one of deps.readLedger(tx, { accountIds: [accountId], depth: "all", asOf: day })) ledger = one;
  const items = ledger.items.filter(({ kind }) => kind === "invoice");
  const history = historyFrom(items, accountId, epochDay(day));
  const known: Known = { models, items, history, day, broken: await brokenPromises(tx, accountId), accountId };
  const invoices = items.flatMap((item) => invoiceChance(item, known));
  const overdue = invoices.filter(({ asks }) => asks === "paid").flatMap(({ chanceBps }) => chanceBps ?? []);
  return {
    accountId,
    day: day.toString(),
    settled: history.settled,
    usualDaysLate: history.settled === 0 ? null : Math.round(medianOf(history.kept, 0)),
    invoices,
    proposedLimit: limitOf(known, overdue.length === 0 ? undefined : Math.min(...overdue) / BPS),
  };
}
const BPS = 10_000;

type Known = {
  readonly models: ReadonlyMap<ModelKind, ModelRow>;
  readonly items: readonly LedgerItem[];
  readonly history: PayerHistory;
  readonly day: Temporal.PlainDate;
  readonly broken: number;
  readonly accountId: CustomerId;
};

function invoiceChance(item: LedgerItem, known: Known): ChancesWire["invoices"] {
  const { history, accountId } = known;
  const open = openOf(item);
  if (open.minor <= 0n) return [];
  const today = epochDay(known.day);
  const past = toPast(item, accountId);
  const asks = past.dueDay < today ? "paid" : "late";
  const model = known.models.get(asks)?.body;
  const late = expectedDaysLate(history, past.dueDay);
  const expected = late === undefined || past.dueDay + late < today ? null : dayOfEpoch(past.dueDay + late).toString();
  const { chance, reasons } = told(model, known, past);
  return [
    {
      invoiceId: item.invoiceId,
      number: item.number,
      open: moneyToJson(open),
      dueOn: item.dueDay.toString(),
      asks,
      chanceBps: chance === undefined ? null : Math.round(chance * BPS),
      expectedOn: expected,
      reasons: reasons.map((one) => ({ kind: one.kind, facts: { ...one.facts } })),
    },
  ];
}

function told(
  model: Model | undefined,
  known: Known,
  invoice: ReturnType<typeof toPast>,
): { readonly chance?: number; readonly reasons: readonly ChanceReason[] } {
  const { history, items, day, broken, accountId } = known;
  if (model === undefined) return { reasons: [{ kind: "chance.nothing-learnt", facts: {} }] };
  if (history.settled < KNOWN_MIN)
    return { reasons: [{ kind: "chance.nothing-known", facts: { settled: history.settled, wanted: KNOWN_MIN } }] };
  const today = epochDay(day);
  const others = items
    .filter((item) => item.invoiceId !== invoice.invoiceId && openOf(item).minor > 0n)
    .map((item) => toPast(item, accountId));
  const features = featuresOf({
    invoice,
    day: today,
    history,
    everyone: model.everyone,
    others: openBeside(others, undefined, today),
    brokenPromises: broken,
  });
  return { chance: chanceOf(model, features.values), reasons: reasonsOf(model, features) };
}

const openOf = ({ amountMinor, applied, currency }: LedgerItem): Money =>
  money(
    applied.reduce((sum, one) => sum - one.amountMinor, amountMinor),
    currency,
  );

const BILLED_DAYS = 90;

/** In the currency in which most was billed. */
function limitOf({ items, history, day, broken }: Known, chance: number | undefined): ChancesWire["proposedLimit"] {
  const since = day.subtract({ days: BILLED_DAYS });
  const sums = new Map<Currency, { minor: bigint; n: number }>();
  const newest = items.filter(({ issueDay }) => Temporal.PlainDate.compare(issueDay, since) > 0);
  for (const { currency, amountMinor } of newest) {
    const sum = sums.get(currency) ?? { minor: 0n, n: 0 };
    sums.set(currency, { minor: sum.minor + amountMinor, n: sum.n + 1 });
  }
  const [most] = [...sums].sort(([, a], [, b]) => b.n - a.n);
  const { limit, reasons } = proposedLimit({
    billed90: most === undefined ? undefined : money(most[1].minor, most[0]),
    termsDays: Math.round(
      medianOf(
        newest.map(({ issueDay, dueDay }) => epochDay(dueDay) - epochDay(issueDay)),
        30,
      ),
    ),
    usualDaysLate: history.settled === 0 ? undefined : Math.round(medianOf(history.kept, 0)),
    settled: history.settled,
    chance,
    brokenPromises: broken,
    deposit: money(0n, most?.[0] ?? "SEK"),
  });
  return {
    limit: limit === undefined ? null : moneyToJson(limit),
    reasons: reasons.map(({ kind, facts }) => ({ kind, facts: { ...facts } })),
  };
}
