import { exponentOf, isCurrency } from "../../src/core/currency.ts";
import { divideRounded } from "../../src/core/money.ts";
import type { MoneyWire } from "../../src/core/wire.ts";

/** How figures and times are written (PAGES section 7). Money never becomes a JavaScript number here. */
export const LANGUAGES = ["en", "sv"] as const;
export type Language = (typeof LANGUAGES)[number];

const LOCALE = { en: "en-GB", sv: "sv-SE" } as const satisfies Record<Language, string>;
const DECIMAL_SIGN = { en: ".", sv: "," } as const satisfies Record<Language, string>;
const MINUS = "\u2212";
const HARD_SPACE = "\u00a0";

export type MoneyStyle = {
  /** `whole` rounds half away from zero to whole units (overviews); `minor` shows every minor unit (invoices). */
  readonly digits?: "whole" | "minor";
  /** A plus sign before amounts above zero: for changes. Zero has no sign. */
  readonly signed?: boolean;
};

/** Amounts that arrive in a currency this desk does not know are shown as minor units, never guessed at. */
export const exponent = (currency: string): number => (isCurrency(currency) ? exponentOf(currency) : 0);

const cache = new Map<string, Intl.NumberFormat>();
function numberFormat(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(LOCALE[language], options);
  cache.set(key, made);
  return made;
}

const withSign = (text: string, sign: -1 | 0 | 1, signed: boolean): string =>
  sign < 0 ? `${MINUS}${text}` : signed && sign > 0 ? `+${text}` : text;

/** `1,142,400`, `−41,700`, `+412,300`, `19.99`: the amount without its currency code. */
export function amountText(money: MoneyWire, language: Language, style: MoneyStyle = {}): string {
  const minor = BigInt(money.minor);
  const digits = exponent(money.currency);
  const unit = 10n ** BigInt(digits);
  const grouping = numberFormat(language, { maximumFractionDigits: 0 });
  const shown = style.digits === "minor" ? minor : divideRounded(minor, unit) * unit;
  const size = shown < 0n ? -shown : shown;
  const whole = grouping.format(size / unit);
  const fraction = (size % unit).toString().padStart(digits, "0");
  const text = style.digits === "minor" && digits > 0 ? `${whole}${DECIMAL_SIGN[language]}${fraction}` : whole;
  return withSign(text, shown < 0n ? -1 : shown > 0n ? 1 : 0, style.signed ?? false);
}

/** `1,142,400 SEK` with a hard space, for use inside sentences. */
export const moneyText = (money: MoneyWire, language: Language, style: MoneyStyle = {}): string =>
  `${amountText(money, language, style)}${HARD_SPACE}${money.currency}`;

/** A plain count: `1,204`, `1 204`. */
export const countText = (count: number | bigint, language: Language): string =>
  numberFormat(language, { maximumFractionDigits: 0 }).format(count).replace("-", MINUS);

/** `17.2`, `17,2`. For hours, averages and other measures, never for money. */
export const decimalText = (value: number, language: Language, decimals = 1): string =>
  numberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .format(value)
    .replace("-", MINUS);

/** `97%`, `97 %`; `share` is 0.97. */
export const percentText = (share: number, language: Language, decimals = 0): string =>
  numberFormat(language, { style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .format(share)
    .replace("-", MINUS);

/** Part of a whole as a number between 0 and 1 for bars and percentages; exact to a hundredth of a percent. */
export function shareOf(part: MoneyWire | bigint, whole: MoneyWire | bigint): number {
  const [a, b] = [part, whole].map((x) => (typeof x === "bigint" ? x : BigInt(x.minor))) as [bigint, bigint];
  return b === 0n ? 0 : Number((a * 10_000n) / b) / 10_000;
}

/** `14 min`, `1 h 23 min`, `3 d 4 h`: two units at most, never a bare number. `minutes` may be negative: the size is written. */
export function durationText(minutes: number): string {
  const size = Math.abs(Math.trunc(minutes));
  const join = (parts: readonly (readonly [number, string])[]) =>
    parts
      .filter(([count], index) => index === 0 || count > 0)
      .map(([count, unit]) => `${count}${HARD_SPACE}${unit}`)
      .join(HARD_SPACE);
  if (size < 60) return join([[size, "min"]]);
  if (size < 48 * 60)
    return join([
      [Math.trunc(size / 60), "h"],
      [size % 60, "min"],
    ]);
  const days = Math.trunc(size / 1440);
  return days > 6
    ? join([[days, "d"]])
    : join([
        [days, "d"],
        [Math.trunc((size % 1440) / 60), "h"],
      ]);
}

/** Seconds for the last five minutes of a clock: `4:07`. */
export const secondsText = (seconds: number): string =>
  `${Math.trunc(seconds / 60)}:${String(Math.trunc(seconds % 60)).padStart(2, "0")}`;

const zoned = (iso: string, zone: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(zone);
/** Swedish abbreviates months with a full stop, which a table does not need. */
const bare = (text: string): string => text.replaceAll(".", "").replaceAll(" ", HARD_SPACE);

/** `02:10`. */
export const timeText = (iso: string, zone: string): string =>
  zoned(iso, zone).toPlainTime().toString({ smallestUnit: "minute" });

/** `17 Nov`; with the year when it is not `now`'s. `iso` is a day or an instant. */
export function dayText(iso: string, place: { language: Language; zone: string; nowIso: string }): string {
  const day = iso.length === 10 ? Temporal.PlainDate.from(iso) : zoned(iso, place.zone).toPlainDate();
  const sameYear = day.year === zoned(place.nowIso, place.zone).year;
  return bare(
    day.toLocaleString(LOCALE[place.language], {
      day: "numeric",
      month: "short",
      ...(sameYear ? {} : { year: "numeric" }),
    }),
  ).replace("Sept", "Sep");
}

/** `17 Nov 02:10`; today only the time. */
export function momentText(iso: string, place: { language: Language; zone: string; nowIso: string }): string {
  const when = zoned(iso, place.zone);
  const isToday = when.toPlainDate().equals(zoned(place.nowIso, place.zone).toPlainDate());
  return isToday ? timeText(iso, place.zone) : `${dayText(iso, place)}${HARD_SPACE}${timeText(iso, place.zone)}`;
}

/** `Tuesday, 17 November 2026`, `Tisdag 17 november 2026`. */
export function longDayText(iso: string, place: { language: Language; zone: string }): string {
  const text = zoned(iso, place.zone).toPlainDate().toLocaleString(LOCALE[place.language], {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const [weekday = "", ...rest] = text.replace(",", "").split(" ");
  const capital = weekday.charAt(0).toUpperCase() + weekday.slice(1);
  return place.language === "en" ? `${capital}, ${rest.join(" ")}` : `${capital} ${rest.join(" ")}`;
}

/** `CET`, `GMT+2`: the zone's short name at that moment. */
export function zoneText(iso: string, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" }).formatToParts(
    Temporal.Instant.from(iso).epochMilliseconds,
  );
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** Whole minutes from one instant to another, rounded toward the past. */
export const minutesFrom = (fromIso: string, toIso: string): number =>
  Math.floor(
    (Temporal.Instant.from(toIso).epochMilliseconds - Temporal.Instant.from(fromIso).epochMilliseconds) / 60_000,
  );
