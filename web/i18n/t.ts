import { useMemo } from "react";
import type { MoneyWire } from "../../src/core/wire.ts";
import { useDeskPlace } from "../shell/place.ts";
import type { Word } from "./define.ts";
import { en, type Key } from "./en.ts";
import {
  amountText,
  countText,
  dayText,
  decimalText,
  durationText,
  type Language,
  longDayText,
  minutesFrom,
  momentText,
  type MoneyStyle,
  moneyText,
  percentText,
  timeText,
} from "./format.ts";
import { useChoices } from "./settings.ts";
import { sv } from "./sv.ts";

export type { Key } from "./en.ts";
export type Params = Readonly<Record<string, string | number | bigint>>;

const TABLES: Record<Language, Readonly<Record<string, Word>>> = { en, sv };
const PLURAL = { en: new Intl.PluralRules("en"), sv: new Intl.PluralRules("sv") };

/** The sentence of `key` with `{names}` filled in; undefined when the table has no such key. */
export function wordOf(language: Language, key: string, params: Params = {}): string | undefined {
  const word = TABLES[language][key];
  if (word === undefined) return undefined;
  const sentence = typeof word === "string" ? word : pluralForm(language, word, params["n"]);
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "string" ? value : countText(value, language);
  });
}

function pluralForm(language: Language, word: Exclude<Word, string>, n: string | number | bigint | undefined): string {
  const form = PLURAL[language].select(Number(n ?? 0));
  return form === "one" ? word.one : word.other;
}

export type T = (key: Key, params?: Params) => string;

/** Words of the page in the chosen language: `t("notices.claim")`, `t("cases.open", { n: 3 })`. */
export function useT(): T {
  const { language } = useChoices();
  return useMemo(() => (key, params) => wordOf(language, key, params) ?? key, [language]);
}

/**
 * Words for a kind the server gave (`spending.over-budget`): `word("finding.spending.over-budget", facts, fallback)`.
 * Kinds are open: one without a word shows the fallback, so that a new kind is seen and never breaks a page.
 */
export function useWord(): (key: string, params: Params, fallback: string) => string {
  const { language } = useChoices();
  return useMemo(() => (key, params, fallback) => wordOf(language, key, params) ?? fallback, [language]);
}

/** Everything that writes figures and times, bound to the chosen language and the desk's zone and clock. */
export function useFormat() {
  const { language } = useChoices();
  const { zone, nowIso } = useDeskPlace();
  return useMemo(() => {
    const place = { language, zone, nowIso };
    return {
      language,
      zone,
      nowIso,
      /** `1,142,400` */
      amount: (money: MoneyWire, style?: MoneyStyle) => amountText(money, language, style),
      /** `1,142,400 SEK` */
      money: (money: MoneyWire, style?: MoneyStyle) => moneyText(money, language, style),
      count: (count: number | bigint) => countText(count, language),
      decimal: (value: number, decimals?: number) => decimalText(value, language, decimals),
      percent: (share: number, decimals?: number) => percentText(share, language, decimals),
      duration: durationText,
      /** `17 Nov`, with the year when it is another one. */
      day: (iso: string) => dayText(iso, place),
      /** `08:42` */
      time: (iso: string) => timeText(iso, zone),
      /** `17 Nov 02:10`; today only the time. */
      moment: (iso: string) => momentText(iso, place),
      longDay: (iso: string) => longDayText(iso, place),
      /** Minutes from then to now; negative when it lies ahead. */
      minutesSince: (iso: string) => minutesFrom(iso, nowIso),
    };
  }, [language, zone, nowIso]);
}
export type Format = ReturnType<typeof useFormat>;
