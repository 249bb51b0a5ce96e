import type { ChargeKind, EffectKind } from "../../../src/collections/contract-policy.ts";
import type { Level } from "../../kit/Risk.tsx";

/** A step as the drawing needs it; a policy's own steps fit as they are. */
export type DrawnStep = {
  readonly id: string;
  readonly name: { readonly en: string; readonly sv?: string | null | undefined };
  readonly daysPastDue: number;
  readonly tell: readonly { readonly channel: string }[];
  readonly charges: readonly ChargeKind[];
  readonly effects: readonly EffectKind[];
  readonly approve: "none" | "one" | "two";
  /** Accounts whose worst matching step it is today; absent in a draft. */
  readonly accounts?: number | undefined;
};

export const LANES = ["told", "fees", "purchases", "access", "renewal", "collection"] as const;
export type Lane = (typeof LANES)[number];
const LANE_OF: Record<EffectKind, Lane> = {
  "freeze-purchases": "purchases",
  "auto-renew-off": "renewal",
  "suspend-seats": "access",
  "cancel-azure": "access",
  terminate: "access",
  "hand-over": "collection",
  "write-off": "collection",
};
const LEVEL_OF: Record<EffectKind, Level> = {
  "freeze-purchases": "warn",
  "auto-renew-off": "warn",
  "suspend-seats": "crit",
  "cancel-azure": "crit",
  terminate: "crit",
  "hand-over": "crit",
  "write-off": "crit",
};

/** A point on a lane, or a span from its day to the end or to the next span there. */
export type Rung = {
  readonly lane: Lane;
  readonly step: DrawnStep;
  readonly day: number;
  /** Day on which the next rung of the lane begins; undefined = the end of the drawing. */
  readonly until: number | undefined;
  readonly level: Level;
  readonly what:
    | { readonly kind: "told" }
    | { readonly kind: "charge"; readonly charges: readonly ChargeKind[] }
    | { readonly kind: "effects"; readonly effects: readonly EffectKind[] };
  readonly asks: boolean;
};

/** The rungs of every lane, in the order of their days. */
export function rungsOf(steps: readonly DrawnStep[]): readonly Rung[] {
  const drawn = [...steps].sort((a, b) => a.daysPastDue - b.daysPastDue).flatMap(rungsOfStep);
  return drawn.map((rung) => ({
    ...rung,
    until: drawn.find((one) => one.lane === rung.lane && one.day > rung.day)?.day,
  }));
}

function rungsOfStep(step: DrawnStep): readonly Rung[] {
  const at = { step, day: step.daysPastDue, until: undefined };
  const touches = step.effects.some((kind) => LEVEL_OF[kind] === "crit");
  const told: readonly Rung[] =
    step.tell.length === 0
      ? []
      : [{ ...at, lane: "told", level: touches ? "warn" : "none", what: { kind: "told" }, asks: false }];
  const fees: readonly Rung[] =
    step.charges.length === 0
      ? []
      : [{ ...at, lane: "fees", level: "none", what: { kind: "charge", charges: step.charges }, asks: false }];
  const effects = LANES.flatMap((lane): readonly Rung[] => {
    const here = step.effects.filter((kind) => LANE_OF[kind] === lane);
    if (here.length === 0) return [];
    const level = here.some((kind) => LEVEL_OF[kind] === "crit") ? "crit" : "warn";
    const asks = step.approve !== "none" && lane !== "purchases";
    return [{ ...at, lane, level, what: { kind: "effects", effects: here }, asks }];
  });
  return [...told, ...fees, ...effects];
}

const EDGE_DAYS = 10;

/** First and last day of the drawing, with the due date always in it. */
export function spanOf(steps: readonly DrawnStep[]): { readonly from: number; readonly to: number } {
  const days = steps.map(({ daysPastDue }) => daysPastDue);
  const from = Math.min(0, ...days) - EDGE_DAYS / 2;
  const last = Math.max(30, ...days);
  // What begins on the last day needs room for its words too.
  return { from, to: last + Math.max(EDGE_DAYS, Math.ceil((last - from) / 4)) };
}

/** A rung with its place: the row of its lane, and where its words must end, in days. */
export type Placed = { readonly rung: Rung; readonly row: number; readonly end: number };
const ROWS_MAX = 3;
/** Share of a lane that a letter takes, and the mark with its edges: of the narrowest lane, about 550 px. */
const LETTER = 0.0115;
const MARK = 0.05;
const ASKS = 0.08;

/**
 * Rows of one lane so that no words are cut where there is room below. Effects stay in one row while each has room until the
 * next; else each gets a row of its own to the end, for the earlier ones are not over when a later one begins.
 */
export function placed(
  rungs: readonly Rung[],
  textOf: (rung: Rung) => string,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Placed[] {
  const needOf = (rung: Rung) => (to - from) * (textOf(rung).length * LETTER + MARK + (rung.asks ? ASKS : 0));
  if (rungs.every(({ what }) => what.kind === "effects")) {
    const isRoom = rungs.every((rung) => (rung.until ?? to) - rung.day >= needOf(rung));
    return rungs.map((rung, row) =>
      isRoom ? { rung, row: 0, end: rung.until ?? to } : { rung, row: Math.min(row, ROWS_MAX), end: to },
    );
  }
  const ends: number[] = [];
  const rows = rungs.map((rung) => {
    const free = ends.findIndex((end) => end <= rung.day);
    const row = free >= 0 ? free : ends.length < ROWS_MAX ? ends.length : ends.indexOf(Math.min(...ends));
    ends[row] = rung.day + needOf(rung);
    return row;
  });
  return rungs.map((rung, at) => {
    const row = rows[at] ?? 0;
    return { rung, row, end: rungs.find((one, next) => next > at && rows[next] === row)?.day ?? to };
  });
}

/** Days that get a line and a number: the steps' own, the due date, and no two closer than `gap` of the span. */
export function ticksOf(steps: readonly DrawnStep[], gap = 0.045): readonly number[] {
  const { from, to } = spanOf(steps);
  const days = [...new Set([0, ...steps.map(({ daysPastDue }) => daysPastDue)])].sort((a, b) => a - b);
  const kept: number[] = [];
  for (const day of days) {
    const last = kept.at(-1);
    if (last === undefined || (day - last) / (to - from) >= gap) kept.push(day);
    else if (day === 0) kept[kept.length - 1] = 0;
  }
  return kept;
}
