import { ok, refuse, type Result } from "./result.ts";

/** An exact decimal number: `units / 10^scale`. Usage lines and exchange rates carry more digits than any currency. */
export type Decimal = { readonly units: bigint; readonly scale: number };

const DIGITS_MAX = 40;
const SCALE_MAX = 20;

/** Parses `-12.3450`, `1e-7` and the like: what JSON and Microsoft write, always with a point. */
export function parseDecimal(text: string): Result<Decimal, string> {
  const match = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole + fraction === "") return refuse(`"${text}" is not a decimal number`);
  let scale = fraction.length - Number(match[4] ?? "0");
  let units = BigInt(whole + fraction);
  if (scale < 0) {
    if (-scale > DIGITS_MAX) return refuse(`"${text}" is too large`);
    units *= 10n ** BigInt(-scale);
    scale = 0;
  }
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  if (scale > SCALE_MAX) return refuse(`"${text}" has more than ${SCALE_MAX} decimals`);
  return ok({ units: match[1] === "-" ? -units : units, scale });
}

/** How a locale writes numbers: `1.234,50` has group "." and decimal ",". */
export type NumberStyle = { readonly decimal: "." | ","; readonly group: "." | "," | " " | "'" | "" };

/** Parses a number as people write it in a file, e.g. `1 234,50`, `(99.00)` or `-5,00`; refuses doubtful grouping. */
export function parseLocalDecimal(text: string, style: NumberStyle): Result<Decimal, string> {
  let body = text
    .trim()
    .replaceAll(/[\u00a0\u202f\u2009]/g, " ")
    .replace("\u2212", "-");
  const bracketed = /^\((.*)\)$/.exec(body);
  if (bracketed) body = `-${bracketed[1] ?? ""}`;
  if (/^[\d.,' ]+-$/.test(body)) body = `-${body.slice(0, -1)}`;
  const cut = body.lastIndexOf(style.decimal);
  const whole = cut < 0 ? body : body.slice(0, cut);
  const fraction = cut < 0 ? "" : body.slice(cut + 1);
  const escaped = style.group === "" ? null : style.group === "." ? "\\." : style.group;
  const grouped = escaped !== null && new RegExp(`^[+-]?\\d{1,3}(${escaped}\\d{3})+$`).test(whole);
  if (!/^[+-]?\d*$/.test(whole) && !grouped)
    return refuse(`"${text}" is not a number with decimal sign "${style.decimal}"`);
  if (!/^\d*$/.test(fraction)) return refuse(`"${text}" is not a number with decimal sign "${style.decimal}"`);
  const plain = grouped ? whole.replaceAll(style.group, "") : whole;
  return parseDecimal(fraction === "" ? plain : `${plain}.${fraction}`);
}

/** Plain text with a point: `{ units: 12345n, scale: 2 }` is `123.45`. */
export function decimalToText({ units, scale }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return (units < 0n ? "-" : "") + whole + (scale > 0 ? `.${digits.slice(-scale)}` : "");
}

/** Exact difference; what daily cost is made of: one month-to-date figure less the one before. */
export function subtractDecimal(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const units = a.units * 10n ** BigInt(scale - a.scale) - b.units * 10n ** BigInt(scale - b.scale);
  return { units, scale };
}

/** Exact product, e.g. price per seat by seats. */
export const multiplyDecimal = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
});
