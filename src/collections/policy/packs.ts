import { readFileSync } from "node:fs";
import { assert } from "../../core/assert.ts";
import type { Policy } from "../contract-policy.ts";
import { parsePolicy } from "./decide-parse.ts";

export const PACKS = ["se", "eu", "uk", "us"] as const;
export type PackId = (typeof PACKS)[number];

/** The text of a pack, comments and all: where a desk starts from. */
export const packText = (id: PackId): string => readFileSync(new URL(`packs/${id}.yaml`, import.meta.url), "utf8");

export function packPolicy(id: PackId): Policy {
  const read = parsePolicy(packText(id));
  assert(read.ok, `the pack ${id} can be read`);
  return read.value;
}

const EU = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES IS LI NO".split(" ");
/** The pack for a desk's country; one elsewhere starts from a contract. */
export function packFor(country: string | undefined): PackId | undefined {
  if (country === undefined) return undefined;
  if (country === "SE") return "se";
  if (country === "GB" || country === "UK") return "uk";
  return EU.includes(country) ? "eu" : "us";
}
