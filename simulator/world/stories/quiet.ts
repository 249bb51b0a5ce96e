import type { ResellerKey, Story } from "../story.ts";
import type { ProductKey } from "../products.ts";

/** Customers who simply pay: most of any portfolio, and the background all else stands out against. */
type Quiet = readonly [
  key: string,
  name: string,
  place: readonly [Story["country"], string],
  contact: readonly [string, string],
  seats: readonly [ProductKey, number, renewsInDays: number],
  perDay: number,
  more?: { readonly reseller?: ResellerKey; readonly budget?: number; readonly says?: string },
];

const QUIET: readonly Quiet[] = [
  [
    "hallands",
    "Hallands Äpple AB",
    ["SE", "Falkenberg"],
    ["Karin", "Olofsson"],
    ["m365-standard", 35, 134],
    480,
    { budget: 20_000 },
  ],
  ["visby", "Visby Glasbruk AB", ["SE", "Visby"], ["Nils", "Enqvist"], ["m365-basic", 19, 77], 0],
  [
    "kiruna",
    "Kiruna Verkstad AB",
    ["SE", "Kiruna"],
    ["Sara", "Blind"],
    ["m365-premium", 46, 251],
    1_120,
    { budget: 45_000 },
  ],
  [
    "oland",
    "Ölands Vindkraft AB",
    ["SE", "Borgholm"],
    ["Göran", "Ahl"],
    ["m365-e3", 28, 199],
    2_050,
    { budget: 84_000, says: "Quiet; spend follows the wind." },
  ],
  [
    "trondheim",
    "Trondheim Lyd AS",
    ["NO", "Trondheim"],
    ["Tuva", "Berge"],
    ["m365-standard", 24, 88],
    360,
    { reseller: "fjordsky", budget: 15_000 },
  ],
  [
    "aarhus",
    "Aarhus Papir ApS",
    ["DK", "Aarhus"],
    ["Søren", "Krogh"],
    ["m365-premium", 37, 146],
    410,
    { reseller: "oresund", budget: 16_000 },
  ],
  [
    "lubeck",
    "Lübecker Segel GmbH",
    ["DE", "Lübeck"],
    ["Heike", "Brandt"],
    ["m365-standard", 42, 60],
    95,
    { budget: 4_000 },
  ],
  [
    "oulu",
    "Oulun Kirjapaino Oy",
    ["FI", "Oulu"],
    ["Risto", "Lehto"],
    ["m365-basic", 33, 215],
    44,
    { reseller: "saimaan", budget: 2_000 },
  ],
  [
    "varmland",
    "Värmlands Bruksmuseum",
    ["SE", "Karlstad"],
    ["Eva", "Ljung"],
    ["exchange-1", 12, 302],
    0,
    { reseller: "molnbruket" },
  ],
];

/** Paid this many days after the due date: by and large on the day. */
const ON_TIME = [0, -1, 1, 0, 2] as const;

export const QUIET_STORIES: readonly Story[] = QUIET.map(
  ([key, name, [country, city], contact, [product, seats, renewsInDays], perDay, more], i) => ({
    key,
    name,
    says: more?.says ?? "Quiet: a few seats, bills paid on the day.",
    country,
    city,
    contact,
    orgNumber: `55${7000 + i * 137}-${1000 + i * 271}`,
    sinceDays: 400 + i * 61,
    ...(more?.reseller === undefined ? {} : { reseller: more.reseller }),
    seats: [{ product, seats, renewsInDays }],
    ...(perDay === 0
      ? {}
      : {
          azure: [
            { name: `${name.split(" ")[0]} Azure`, perDay, mix: i % 2 === 0 ? ("web" as const) : ("small" as const) },
          ],
        }),
    ...(more?.budget === undefined ? {} : { budget: { perMonth: more.budget } }),
    pays: { late: ON_TIME.map((days) => days + (i % 3) - 1), lastInvoiceDaysAgo: 8 + i * 2 },
    gdap: { endsInDays: 90 + i * 37, autoExtend: i % 2 === 0 },
  }),
);
