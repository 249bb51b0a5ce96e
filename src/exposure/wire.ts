import type { CustomerId } from "../core/ids.ts";
import { type Money, moneyToJson } from "../core/money.ts";
import type { MoneyWire } from "../core/wire.ts";
import {
  type ExposurePartWire,
  type ExposureWire,
  type Part,
  PARTS,
  type RateWire,
  type TrendPointWire,
  type UnknownPart,
} from "./contract.ts";
import type { CurrencyExposure, ExposurePart } from "./decide-exposure.ts";
import type { DayRow, loadRates } from "./store.ts";

export const json = (amount: Money | undefined): MoneyWire | null =>
  amount === undefined ? null : moneyToJson(amount);
export const minorJson = (minor: bigint | string, currency: string): MoneyWire => ({
  minor: minor.toString(),
  currency,
});

/** API address of the rows behind a part. */
function rowsLink(kind: Part, customerId: CustomerId): string {
  const base = `/api/customers/${customerId}`;
  switch (kind) {
    case "open-not-due":
      return `${base}/invoices?state=open`;
    case "open-overdue":
      return `${base}/invoices?state=overdue`;
    case "deposits":
      return `${base}/receivables`;
    case "unbilled-usage":
      return `${base}/spend`;
    case "committed-term":
      return `${base}/subscriptions`;
  }
}

export const partWire = (part: ExposurePart, customerId: CustomerId): ExposurePartWire => ({
  kind: part.kind,
  amount: json(part.amount),
  asOf: part.asOf?.toString() ?? null,
  source: part.sources.join(", ") || sourceOf(part.kind),
  rows: part.rows,
  byCurrency: part.byCurrency.map(({ amount, reporting, rate }) => ({
    amount: moneyToJson(amount),
    reporting: json(reporting),
    rate: rate === undefined ? null : { rate: rate.text, day: rate.day.toString(), source: rate.source },
  })),
  rowsLink: part.rows > 0 ? rowsLink(part.kind, customerId) : null,
});

/** Where a part comes from even when there is nothing of it. */
export const sourceOf = (kind: Part): string =>
  kind === "unbilled-usage" || kind === "committed-term" ? "Partner Center" : "ledger";

export const currencyWire = ({
  currency,
  parts,
  total,
  depositsHeld,
  depositsUnused,
}: CurrencyExposure): ExposureWire["byCurrency"][number] => ({
  currency,
  notDue: moneyToJson(parts["open-not-due"]),
  overdue: moneyToJson(parts["open-overdue"]),
  unbilledUsage: moneyToJson(parts["unbilled-usage"]),
  committedTerm: moneyToJson(parts["committed-term"]),
  deposits: moneyToJson(parts.deposits),
  total: moneyToJson(total),
  depositsHeld: moneyToJson(depositsHeld),
  depositsUnused: moneyToJson(depositsUnused),
});

export const unknownWire = ({ part, reason, amount, facts }: UnknownPart): ExposureWire["unknown"][number] => ({
  part,
  reason,
  amount: json(amount),
  facts: { ...facts },
});

export const trendWire = (row: DayRow): TrendPointWire => {
  const minors: Record<Part, bigint> = {
    "open-not-due": row.not_due_minor,
    "open-overdue": row.overdue_minor,
    "unbilled-usage": row.usage_minor,
    "committed-term": row.term_minor,
    deposits: row.deposit_minor,
  };
  return {
    day: row.day.toString(),
    total: row.total_minor === null ? null : minorJson(row.total_minor, row.currency),
    isPartial: row.is_partial,
    parts: PARTS.map((kind) => ({ kind, amount: minorJson(minors[kind], row.currency) })),
  };
};

type KeptRate = Awaited<ReturnType<typeof loadRates>>[number];
export const rateWire = ({ day, from, to, rate, source, setBy, setAt }: KeptRate): RateWire => ({
  day: day.toString(),
  from,
  to,
  rate,
  source,
  setBy,
  setAt: setAt.toString(),
});

/** One decimal of hours as text, rounded down: the limit is not reached later than that. */
export const hoursText = (minutes: number): string => {
  const tenths = Math.floor(minutes / 6);
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
};
