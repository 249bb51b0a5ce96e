import type { DateOrder } from "./contract-import.ts";

/** First three letters of month names, lower case, in English, Swedish, German, Dutch, Danish, Norwegian; Finnish by its own stems. */
const MONTHS: Readonly<Record<string, number>> = {
  jan: 1,
  feb: 2,
  mar: 3,
  mär: 3,
  maa: 3,
  maj: 5,
  mai: 5,
  mei: 5,
  may: 5,
  apr: 4,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  okt: 10,
  oct: 10,
  nov: 11,
  dec: 12,
  dez: 12,
  des: 12,
  mrt: 3,
  tam: 1,
  hel: 2,
  huh: 4,
  tou: 5,
  kes: 6,
  hei: 7,
  elo: 8,
  syy: 9,
  lok: 10,
  mrs: 3,
  joul: 12,
};
const YEAR_MIN = 1980;
const YEAR_MAX = 2100;
/** Most days of each month. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

type Parts = {
  readonly first: number;
  readonly second: number;
  readonly third: number;
  /** `year-first` and `named` have one reading; dots are always day first; the rest depends on the file. */
  readonly form: "year-first" | "named" | "dotted" | "open";
};

const YEAR_FIRST = /^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})$/;
const NUMERIC = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})$/;
const DAY_NAMED = /^(\d{1,2})[-. ]+([a-zäå]{3,12})\.?[-, ]+(\d{4}|\d{2})$/;
const MONTH_NAMED = /^([a-zäå]{3,12})\.?[- ]+(\d{1,2})(?:st|nd|rd|th)?,?[- ]+(\d{4})$/;
/** A time of day behind the date is left out. */
const TIME = /^([^T]*?\d)(?:T|\s+)\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$/;

function partsOf(text: string): Parts | undefined {
  const body = TIME.exec(text)?.[1]?.trim() ?? text;
  const year = YEAR_FIRST.exec(body);
  if (year && (year[2] !== "" || body.length === 8))
    return { first: Number(year[1]), second: Number(year[3]), third: Number(year[4]), form: "year-first" };
  const numeric = NUMERIC.exec(body);
  if (numeric)
    return {
      first: Number(numeric[1]),
      second: Number(numeric[3]),
      third: fullYear(numeric[4] ?? ""),
      form: numeric[2] === "." ? "dotted" : "open",
    };
  const lower = body.toLowerCase();
  const dayNamed = DAY_NAMED.exec(lower);
  if (dayNamed) return named(Number(dayNamed[1]), dayNamed[2] ?? "", fullYear(dayNamed[3] ?? ""));
  const monthNamed = MONTH_NAMED.exec(lower);
  return monthNamed ? named(Number(monthNamed[2]), monthNamed[1] ?? "", Number(monthNamed[3])) : undefined;
}

const fullYear = (text: string): number => (text.length === 2 ? 2000 + Number(text) : Number(text));

function named(day: number, word: string, year: number): Parts | undefined {
  const month = MONTHS[word.slice(0, 4)] ?? MONTHS[word.slice(0, 3)];
  return month === undefined ? undefined : { first: year, second: month, third: day, form: "named" };
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const pad = (value: number): string => (value < 10 ? `0${value}` : String(value));

function isoOf(year: number, month: number, day: number): string | undefined {
  if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > (DAYS[month - 1] ?? 0))
    return undefined;
  if (month === 2 && day === 29 && !isLeap(year)) return undefined;
  return `${year}-${pad(month)}-${pad(day)}`;
}

function readParts({ first, second, third, form }: Parts, order: DateOrder): string | undefined {
  if (form === "year-first" || form === "named") return isoOf(first, second, third);
  if (form === "dotted") return isoOf(third, second, first);
  return order === "mdy" ? isoOf(third, first, second) : order === "dmy" ? isoOf(third, second, first) : undefined;
}

/**
 * The day a cell means, as ISO text; undefined when it is no day under this order. Dates that begin with the year, name their
 * month, or use dots (3.1.2012 is day first wherever dots are used) read the same under any order.
 */
export function parseFileDate(text: string, order: DateOrder): string | undefined {
  const parts = partsOf(text.trim());
  return parts === undefined ? undefined : readParts(parts, order);
}

/**
 * Orders under which the cells can be read. One answer: the file says it. Two: every row allows both (1/3/2012 and no
 * row with a day above twelve), and a person must say. None: the cells are no dates.
 * Cells that no order can read are left out of the judgement: they are reported by line later.
 */
export function possibleDateOrders(cells: readonly string[]): readonly DateOrder[] {
  const parts = cells.map((cell) => partsOf(cell.trim())).filter((part) => part !== undefined);
  if (parts.length === 0) return [];
  const open = parts.filter((part) => part.form === "open");
  if (open.length === 0) return parts.some((part) => part.form === "dotted") ? ["dmy"] : ["ymd"];
  const readable = (order: DateOrder): number => open.filter((part) => readParts(part, order) !== undefined).length;
  const [dmy, mdy] = [readable("dmy"), readable("mdy")];
  if (dmy === mdy) return dmy === 0 ? [] : ["dmy", "mdy"];
  return dmy > mdy ? ["dmy"] : ["mdy"];
}
