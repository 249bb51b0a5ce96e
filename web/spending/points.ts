import type { CustomerSpend } from "../../src/spending/contract.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { exponent } from "../i18n/format.ts";
import type { FanPoint } from "./fan.tsx";

/** Whole units as a number, for the height of a line only. */
export const unitsOf = (money: MoneyWire): number => Number(BigInt(money.minor)) / 10 ** exponent(money.currency);

/** Days of the month from its first to its last, each with what is known of it. `label` writes a day. */
export function fanPoints(spend: CustomerSpend, label: (day: string) => string): readonly FanPoint[] {
  const first = Temporal.PlainDate.from(`${spend.month}-01`);
  const used = new Map(spend.days.map((one) => [one.day, unitsOf(one.monthToDate)]));
  const ahead = new Map((spend.forecast?.points ?? []).map((one) => [one.day, one]));
  const newest = spend.days.at(-1)?.day;
  return Array.from({ length: first.daysInMonth }, (_, at): FanPoint => {
    const day = first.add({ days: at }).toString();
    const cost = used.get(day);
    const point = ahead.get(day);
    // The forecast starts at the newest figure, so that both lines meet there.
    if (day === newest && cost !== undefined)
      return { day: label(day), used: cost, ...(spend.forecast ? { mid: cost, band: [cost, cost] } : {}) };
    if (cost !== undefined) return { day: label(day), used: cost };
    // Microsoft's total starts at nothing with the month, so a line may begin there even without a figure of that day.
    if (at === 0 && newest !== undefined) return { day: label(day), used: 0 };
    return point === undefined || newest === undefined || day < newest
      ? { day: label(day) }
      : { day: label(day), mid: unitsOf(point.mid), band: [unitsOf(point.low), unitsOf(point.high)] };
  });
}

/** Five days of the month that the axis names. */
export function fanTicks(month: string, label: (day: string) => string): readonly string[] {
  const first = Temporal.PlainDate.from(`${month}-01`);
  return [1, 8, 15, 22, first.daysInMonth].map((day) => label(first.with({ day }).toString()));
}
