import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { SEAT_OPS, seatFacts } from "./decide-seats.ts";
import { DAY_MS, slide, Tally, text } from "./decide-window.ts";
import { DAYS } from "./example.ts";
import { moved } from "./example-seats.ts";

const settings = [
  setting("movesMin", "Seats of one product taken from one person and given to another", {
    unit: "seats",
    standard: 10,
    min: 3,
    max: 10_000,
  }),
  setting("sharePercent", "And that share of all people seen with the product in the last month", {
    unit: "%",
    standard: 30,
    min: 1,
    max: 100,
  }),
  setting("windowDays", "Within", { unit: "days", standard: 7, min: 1, max: 30 }),
];

function keep(event: KnownEvent) {
  const facts = seatFacts(event);
  return facts && facts["kind"] === "seat" ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}

const list = (one: Kept, name: string) => text(one, name).split(" ").filter(Boolean);

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const products = [...new Set(all.flatMap((one) => [...list(one, "added"), ...list(one, "removed")]))].sort();
  return products.flatMap((product) => {
    const ofProduct = all.filter(
      (one) => list(one, "added").includes(product) || list(one, "removed").includes(product),
    );
    const [taken, got] = [new Tally(), new Tally()];
    const change = (one: Kept, how: "add" | "remove") => {
      if (list(one, "removed").includes(product)) taken[how](text(one, "user"));
      if (list(one, "added").includes(product)) got[how](text(one, "user"));
    };
    return slide(ofProduct, set("windowDays") * DAY_MS, {
      enter: (one) => change(one, "add"),
      leave: (one) => change(one, "remove"),
      judge: (last, { to, all: events }) => {
        const moves = Math.min(taken.distinct, got.distinct);
        if (moves < set("movesMin")) return undefined;
        const month = events.slice(0, to + 1).filter(({ at }) => at > last.at - 30 * DAY_MS);
        const people = new Set(month.map((one) => text(one, "user"))).size;
        const share = Math.floor((moves * 100) / people);
        if (share < set("sharePercent")) return undefined;
        return {
          key: product,
          level: "medium",
          facts: { product, moves, people, sharePercent: share, windowDays: set("windowDays") },
        };
      },
    });
  });
}

const churn = (from: number, count: number, gap = 2) =>
  Array.from({ length: count }, (_, n) => [
    moved(from + n * gap, `old-${from}-${n}`, "RemovedLicenseSkuId"),
    moved(from + n * gap + 1, `new-${from}-${n}`, "AddedLicenseSkuId"),
  ]).flat();

export const seatChurn: Detector = {
  id: "seat-churn",
  title: "Seats go from hand to hand",
  titleSv: "Licenser går ur hand i hand",
  level: "medium",
  family: "misuse",
  abuse: ["A6"],
  why:
    "Seats that are taken from people and given to others week after week are rented out, not used. How many seats the customer has bought is not in the logs: the share is " +
    "of the people seen with the product in the last 30 days. Starting values, not confirmed by labelled data.",
  sources: ["entra-audit", "m365-audit", "partner-center"],
  falsePositives: ["Seasonal staff", "A school at the turn of the year"],
  runbook: "illegal-resale",
  attack: ["T1583"],
  covers: "R13",
  contain: "none",
  settings,
  wants: SEAT_OPS,
  spanMs: 62 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "ten seats change hands in an hour", hits: "medium", events: churn(0, 10) },
    { name: "ten over six days", hits: "medium", events: churn(0, 10, 900) },
    { name: "nine", hits: undefined, events: churn(0, 9) },
    {
      name: "ten of sixty-eight people: below the share",
      hits: undefined,
      events: [...Array.from({ length: 48 }, (_, n) => moved(n, `p${n}`, "AddedLicenseSkuId")), ...churn(8 * DAYS, 10)],
    },
    {
      name: "forty new seats, none taken",
      hits: undefined,
      events: Array.from({ length: 40 }, (_, n) => moved(n, `p${n}`, "AddedLicenseSkuId")),
    },
  ],
};
