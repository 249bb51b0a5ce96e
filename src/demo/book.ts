import type { Standing } from "../customers/contract.ts";

/** What the people of Skärgård Cloud AB have decided about their customers. All of it is invented. */

export const DEMO_DESK = {
  "desk.name": "Skärgård Cloud AB",
  "desk.zone": "Europe/Stockholm",
  "desk.currency": "SEK",
  "desk.language": "en",
} as const;

/** How much of the limit the customer's exposure takes when the demo begins, in percent; a customer that is not named has no limit yet. */
export const LIMIT_USED_PERCENT: Readonly<Record<string, number>> = {
  "Solvik Energi AB": 97,
  "Havsö Logistik AB": 123,
  "Rheinwerk Labor GmbH": 72,
  "Vantaa Precision Oy": 74,
  "Granit Bygg i Umeå AB": 110,
  "Fjellheim Eiendom AS": 59,
  "Brouwer Install BV": 66,
  "Polarpost Media AB": 81,
  "Kattegat Marine ApS": 48,
  "Saimaa Timber Oy": 55,
  "Mälarglas AB": 104,
  "Norrsken Render AB": 78,
  "Fjordnett Drift AS": 92,
  "Ekeby kommun": 35,
  "Bergslagens Buss AB": 61,
  "Lindqvist & Brandt AB": 58,
  "Nordhavn Seafood A/S": 44,
  "Sydkap Events AB": 88,
  "Lumo Studios AB": 63,
  "Hjulsta Data AB": 71,
  "Arkösund Analys AB": 95,
  "Gotlands Fårfarm ekonomisk förening": 30,
  "Tornedalens Skogstjänst AB": 42,
  "Ronneby Kullager AB": 52,
  "Sjöbo Maskin AB": 47,
  "Kvarnby Förlag AB": 33,
  "Hallands Äpple AB": 39,
  "Kiruna Verkstad AB": 57,
  "Ölands Vindkraft AB": 49,
  "Trondheim Lyd AS": 41,
  "Aarhus Papir ApS": 36,
  "Lübecker Segel GmbH": 45,
  "Oulun Kirjapaino Oy": 38,
};

export const STANDINGS: readonly {
  readonly name: string;
  readonly standing: Standing;
  readonly reason: string;
  readonly backWhen?: string;
}[] = [
  {
    name: "Solvik Energi AB",
    standing: "watch",
    reason: "Close to its limit, with an invoice long past due while the usage forecast passes the budget",
    backWhen: "Overdue is under 100,000 SEK for 14 days",
  },
  {
    name: "Granit Bygg i Umeå AB",
    standing: "restricted",
    reason: "Over its limit and two promises to pay were not kept",
    backWhen: "The overdue invoices are paid in full",
  },
  {
    name: "Mälarglas AB",
    standing: "watch",
    reason: "Azure spend has passed the agreed budget",
    backWhen: "Two months within budget",
  },
  {
    name: "Vinterfjord Hosting AS",
    standing: "restricted",
    reason: "Not approved by Microsoft's account vetting",
    backWhen: "Microsoft's validation status is Allowed",
  },
];

/** Rates to SEK on a day some weeks back: stand-ins, not a bank's. */
export const DEMO_RATES: readonly { readonly from: string; readonly rate: string }[] = [
  { from: "EUR", rate: "11.0485" },
  { from: "DKK", rate: "1.4802" },
  { from: "NOK", rate: "0.9386" },
  { from: "USD", rate: "9.5120" },
  { from: "GBP", rate: "12.5730" },
];

/** Notices that somebody has taken already when the visitor arrives. */
export const CLAIMS: readonly { readonly customer: string; readonly by: string }[] = [
  { customer: "Polarpost Media AB", by: "Jonas Wik" },
  { customer: "Kattegat Marine ApS", by: "Jonas Wik" },
  { customer: "Brouwer Install BV", by: "Elin Sandström" },
];

/** Proposals that wait for a yes. */
export const PROPOSALS: readonly {
  readonly customer: string;
  readonly kind: "auto-renew-off" | "suspend-subscription" | "cancel-entitlement";
  readonly by: string;
  readonly reason: string;
}[] = [
  {
    customer: "Solvik Energi AB",
    kind: "auto-renew-off",
    by: "Karin Holm",
    reason: "Renews in days with a large overdue balance; the last chance to stop the next term",
  },
  {
    customer: "Granit Bygg i Umeå AB",
    kind: "suspend-subscription",
    by: "Karin Holm",
    reason: "Second broken promise; the notice period of the suspension notice ran out on Monday",
  },
  {
    customer: "Brouwer Install BV",
    kind: "cancel-entitlement",
    by: "Elin Sandström",
    reason: "Scale sets in four regions that the customer says are not theirs",
  },
];
