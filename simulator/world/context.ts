import type { Sim } from "../kernel/sim.ts";
import { guidOf } from "../kernel/ids.ts";
import { iso, plusDays, plusHours } from "../kernel/clock.ts";

/** What every builder of a world needs: where to put rows, when "now" is, and ids that a seed repeats. */
export type World = {
  readonly sim: Sim;
  readonly now: Temporal.Instant;
  readonly today: Temporal.PlainDate;
  id(...words: readonly (string | number)[]): string;
  daysAgo(days: number): string;
  hoursAgo(hours: number): string;
};

export function worldContext(sim: Sim, seed: number): World {
  const now = sim.clock.now();
  return {
    sim,
    now,
    today: now.toZonedDateTimeISO("UTC").toPlainDate(),
    id: (...words) => guidOf(seed, ...words),
    daysAgo: (days) => iso(plusDays(now, -days)),
    hoursAgo: (hours) => iso(plusHours(now, -hours)),
  };
}

/** Country → what follows from it. */
export const COUNTRIES = {
  SE: { currency: "SEK", culture: "sv-SE", phone: "+46", vat: 1.25 },
  NO: { currency: "NOK", culture: "nb-NO", phone: "+47", vat: 1 },
  DK: { currency: "DKK", culture: "da-DK", phone: "+45", vat: 1 },
  FI: { currency: "EUR", culture: "fi-FI", phone: "+358", vat: 1 },
  DE: { currency: "EUR", culture: "de-DE", phone: "+49", vat: 1 },
  NL: { currency: "EUR", culture: "nl-NL", phone: "+31", vat: 1 },
  EE: { currency: "EUR", culture: "et-EE", phone: "+372", vat: 1 },
  GB: { currency: "GBP", culture: "en-GB", phone: "+44", vat: 1 },
} as const;

/** A name as domains spell it: `Havsö Logistik AB` → `havsologistik`. Domains end in `.example`, which nobody can own. */
export const domainOf = (name: string): string => {
  const plain = name
    .replaceAll("ß", "ss")
    .replaceAll("ø", "o")
    .replaceAll("Ø", "o")
    .replaceAll("æ", "ae")
    .replaceAll("Æ", "ae")
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/g, "");
  const words = plain
    .toLowerCase()
    .replaceAll("&", " ")
    .split(/\s+/)
    .filter((word) => !/^(ab|as|a\/s|aps|oy|bv|gmbh|ou|i|och|ekonomisk|forening)$/.test(word));
  return `${words.join("").replaceAll(/[^a-z0-9]/g, "")}.example`;
};
