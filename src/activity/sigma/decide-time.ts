import type { TimePart } from "./contract.ts";

const STAMP = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?/;
/** Epoch numbers above this are milliseconds, below seconds. */
const SECONDS_MAX = 100_000_000_000;

/** A part of a time as it is written, without changing its zone; undefined for what is no time. Weeks are ISO weeks. */
export function timePart(value: string | number | boolean | null, part: TimePart): number | undefined {
  const text = typeof value === "number" ? isoOf(value) : typeof value === "string" ? value : "";
  const found = STAMP.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0] = found.slice(1, 4).map(Number);
  switch (part) {
    case "year":
      return year;
    case "month":
      return month;
    case "day":
      return day;
    case "hour":
      return found[4] === undefined ? undefined : Number(found[4]);
    case "minute":
      return found[5] === undefined ? undefined : Number(found[5]);
    case "week":
      return weekOf(year, month, day);
  }
}

function weekOf(year: number, month: number, day: number): number | undefined {
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: "reject" }).weekOfYear;
  } catch {
    return undefined;
  }
}

function isoOf(epoch: number): string {
  if (!Number.isFinite(epoch) || epoch < 0) return "";
  try {
    return Temporal.Instant.fromEpochMilliseconds(Math.trunc(epoch > SECONDS_MAX ? epoch : epoch * 1_000)).toString();
  } catch {
    return "";
  }
}

/** Milliseconds since 1970 of a time in an event; undefined for what is none. Without a zone it is UTC. */
export function momentOf(value: unknown): number | undefined {
  if (typeof value === "number")
    return Number.isFinite(value) ? (value > SECONDS_MAX ? value : value * 1_000) : undefined;
  if (typeof value !== "string" || value.length < 10 || value.length > 40) return undefined;
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
    value.trim(),
  );
  if (found === null) return undefined;
  try {
    const [, day = "", clock = "00:00", zone = "Z"] = found;
    return Temporal.Instant.from(`${day}T${clock}${zone}`).epochMilliseconds;
  } catch {
    return undefined;
  }
}
