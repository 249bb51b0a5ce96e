import { exponentOf, isCurrency } from "../../src/core/currency.ts";
import { parseLocalDecimal } from "../../src/core/decimal.ts";
import { moneyFromDecimal } from "../../src/core/money.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import type { Language } from "../i18n/format.ts";

const STYLES = { en: { decimal: ".", group: "," }, sv: { decimal: ",", group: " " } } as const;

/**
 * An amount as a person types it in their language ("720,000", "720 000,50"), exact; undefined when it is none or has more
 * decimals than the currency. Blanks between thousands are understood in both languages.
 */
export function readAmount(text: string, currency: string, language: Language): MoneyWire | undefined {
  if (!isCurrency(currency) || text.trim() === "") return undefined;
  const blanks = parseLocalDecimal(text, { ...STYLES[language], group: " " });
  const parsed = blanks.ok ? blanks : parseLocalDecimal(text, STYLES[language]);
  if (!parsed.ok || parsed.value.scale > exponentOf(currency) || parsed.value.units < 0n) return undefined;
  return { minor: moneyFromDecimal(parsed.value, currency).minor.toString(), currency };
}
