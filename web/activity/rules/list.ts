import type { RuleRowWire } from "../../../src/activity/lab/contract-wire.ts";

/** What the list of rules is narrowed to; every member is text from the address. */
export type RulesFilter = {
  readonly q?: string | undefined;
  readonly level?: string | undefined;
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly source?: string | undefined;
  readonly only?: string | undefined;
};

const LEVELS = ["critical", "high", "medium", "low", "informational"];
const STATES = ["on", "shadow", "off"];

/** Rows that fit, in the asked order; without one those that hit most lately first, then the gravest. */
export function shownRules(
  rows: readonly RuleRowWire[],
  {
    filter,
    sort,
    title,
  }: { readonly filter: RulesFilter; readonly sort: string | undefined; readonly title: (row: RuleRowWire) => string },
): readonly RuleRowWire[] {
  const words = (filter.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(
    (row) =>
      (filter.level === undefined || row.level === filter.level) &&
      (filter.status === undefined || row.state === filter.status) &&
      (filter.kind === undefined || row.abuse.some((one) => one === filter.kind)) &&
      (filter.source === undefined || row.origin === filter.source) &&
      fitsOnly(row, filter.only) &&
      words.every((word) => textOf(row).includes(word)),
  );
  const by = (sort ?? "").replace(/^-/, "");
  const turn = sort?.startsWith("-") === true ? -1 : 1;
  const compare = ORDERS[by];
  return found.toSorted(
    (a, b) => (compare === undefined ? usual(a, b) : compare(a, b) * turn) || title(a).localeCompare(title(b)),
  );
}

function fitsOnly(row: RuleRowWire, only: string | undefined): boolean {
  if (only === "hit") return row.hits.month > 0;
  if (only === "silent") return row.hits.month === 0;
  if (only === "differs") return row.differs;
  if (only === "draft") return row.newest > row.version && row.newest !== row.upstream;
  return only !== "unseen" || (row.unseenFields?.length ?? 0) > 0;
}
const textOf = (row: RuleRowWire): string =>
  `${row.title} ${row.titleSv} ${row.ruleId} ${row.author} ${row.sources.join(" ")} ${row.abuse.join(" ")}`.toLowerCase();

type Order = (a: RuleRowWire, b: RuleRowWire) => number;
const place = (list: readonly string[], value: string): number => list.indexOf(value);
const ORDERS: Readonly<Record<string, Order>> = {
  title: () => 0,
  level: (a, b) => place(LEVELS, a.level) - place(LEVELS, b.level),
  state: (a, b) => place(STATES, a.state) - place(STATES, b.state),
  week: (a, b) => a.hits.week - b.hits.week,
  month: (a, b) => a.hits.month - b.hits.month,
  customers: (a, b) => a.hits.customers - b.hits.customers,
  last: (a, b) => (a.hits.lastAt ?? "").localeCompare(b.hits.lastAt ?? ""),
};
const usual: Order = (a, b) =>
  b.hits.week - a.hits.week ||
  place(STATES, a.state) - place(STATES, b.state) ||
  place(LEVELS, a.level) - place(LEVELS, b.level);

export type AbuseCount = {
  readonly abuse: RuleRowWire["abuse"][number];
  readonly on: number;
  readonly shadow: number;
  readonly off: number;
  readonly hits: number;
};
/** How many detections watch each abuse. */
export function countByAbuse(
  rows: readonly RuleRowWire[],
  abuses: readonly AbuseCount["abuse"][],
): readonly AbuseCount[] {
  return abuses.map((abuse) => {
    const of = rows.filter((row) => row.abuse.includes(abuse));
    const n = (state: RuleRowWire["state"]) => of.filter((row) => row.state === state).length;
    return {
      abuse,
      on: n("on"),
      shadow: n("shadow"),
      off: n("off"),
      hits: of.reduce((sum, row) => sum + row.hits.month, 0),
    };
  });
}
