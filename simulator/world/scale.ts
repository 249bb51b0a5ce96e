import { fractionOf } from "../kernel/ids.ts";
import type { ResellerKey, Story } from "./story.ts";
import type { ProductKey } from "./products.ts";

/** Customers by the thousand for measurements: plausible, unlike each other, the same for the same number. */
const FIRST = [
  "Nord",
  "Syd",
  "Väst",
  "Öst",
  "Berg",
  "Sjö",
  "Skog",
  "Stål",
  "Glas",
  "Hav",
  "Ljus",
  "Moln",
  "Sten",
  "Vind",
  "Fjäll",
  "Ek",
] as const;
const SECOND = [
  "ström",
  "vik",
  "dal",
  "holm",
  "borg",
  "lund",
  "fors",
  "hamn",
  "sund",
  "näs",
  "torp",
  "by",
  "åsen",
  "kulla",
  "marken",
  "bruket",
] as const;
const TRADE = [
  "Bygg",
  "Data",
  "Logistik",
  "Media",
  "Konsult",
  "Transport",
  "Vård",
  "Energi",
  "Handel",
  "Mekaniska",
] as const;
const PLACES = [
  ["SE", "Stockholm"],
  ["SE", "Göteborg"],
  ["SE", "Malmö"],
  ["NO", "Oslo"],
  ["DK", "Odense"],
  ["FI", "Tampere"],
  ["DE", "Kiel"],
  ["NL", "Zwolle"],
] as const;
const PRODUCTS: readonly ProductKey[] = [
  "m365-basic",
  "m365-standard",
  "m365-premium",
  "m365-e3",
  "copilot",
  "exchange-1",
  "power-bi",
];
const RESELLERS: readonly ResellerKey[] = ["molnbruket", "fjordsky", "oresund", "saimaan"];

export function scaleStories(count: number): Story[] {
  return Array.from({ length: count }, (_, n) => scaleStory(n));
}

function scaleStory(n: number): Story {
  const draw = (word: string): number => fractionOf("scale", word, n);
  const pick = <T>(items: readonly T[], word: string): T => items[Math.floor(draw(word) * items.length)] as T;
  const [country, city] = pick(PLACES, "place");
  const reseller = draw("reseller") < 0.4 ? pick(RESELLERS, "which") : undefined;
  const seats = Array.from({ length: 1 + Math.floor(draw("subscriptions") * 3) }, (_, i) => ({
    product: PRODUCTS[(Math.floor(draw("product") * PRODUCTS.length) + i) % PRODUCTS.length] as ProductKey,
    seats: 3 + Math.floor(draw(`seats${i}`) ** 3 * 240),
    renewsInDays: 1 + Math.floor(draw(`renews${i}`) * 364),
  }));
  const perDay = Math.round(40 + draw("azure-size") ** 4 * 9_000);
  const budget = draw("budget") < 0.7 ? { budget: { perMonth: perDay * (24 + Math.floor(draw("tight") * 20)) } } : {};
  const azure =
    draw("azure") < 0.6
      ? { azure: [{ name: `Azure ${n}`, perDay, mix: pick(["web", "servers", "data", "small"] as const, "mix") }] }
      : {};
  const alert = draw("alert") < 0.004;
  return {
    key: `c${n}`,
    name: `${pick(FIRST, "first")}${pick(SECOND, "second")} ${pick(TRADE, "trade")} ${n} AB`,
    says: "One of many.",
    country,
    city,
    contact: [pick(FIRST, "contact"), pick(SECOND, "name")],
    orgNumber: `55${String(1_000 + (n % 9_000))}-${String(1_000 + ((n * 7) % 9_000))}`,
    sinceDays: 60 + Math.floor(draw("since") * 1_500),
    ...(reseller === undefined ? {} : { reseller }),
    seats,
    ...azure,
    ...budget,
    pays: {
      late: [Math.floor(draw("late") ** 3 * 50) - 3],
      invoices: 3,
      lastInvoiceDaysAgo: Math.floor(draw("issue") * 28),
      ...(draw("bad") < 0.04 ? { unpaid: [0, 1, 2] } : {}),
    },
    ...(draw("gdap") < 0.9 ? { gdap: { endsInDays: 1 + Math.floor(draw("ends") * 720) } } : {}),
    ...(alert
      ? {
          alerts: [
            {
              kind: "ARM_AnomalousResourceConsumption",
              title: "Unusual growth of consumption",
              text: "Consumption grew far above its usual level.",
              minutesAgo: Math.floor(draw("age") * 2_000),
            },
          ],
        }
      : {}),
  };
}
