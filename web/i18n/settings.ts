import { useSyncExternalStore } from "react";
import { LANGUAGES, type Language } from "./format.ts";

/** What a person chose for this browser. Kept in localStorage; `?lang=` and `?scheme=` in the address win and are kept too. */
export const SCHEMES = ["auto", "light", "dark"] as const;
export type Scheme = (typeof SCHEMES)[number];

export type Choices = {
  readonly language: Language;
  readonly scheme: Scheme;
  /** Single-letter keys, which some people's speech input would trigger (WCAG 2.1.4). */
  readonly keys: boolean;
};

const STORED = "surety.choices";
const listeners = new Set<() => void>();

const oneOf = <T extends string>(known: readonly T[], text: unknown): T | undefined =>
  known.find((one) => one === text);

function stored(): Partial<Record<keyof Choices, unknown>> {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(STORED) ?? "{}");
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function read(): Choices {
  const query = new URLSearchParams(window.location.search);
  const kept = stored();
  const own: Language = navigator.language.toLowerCase().startsWith("sv") ? "sv" : "en";
  return {
    language: oneOf(LANGUAGES, query.get("lang")) ?? oneOf(LANGUAGES, kept.language) ?? own,
    scheme: oneOf(SCHEMES, query.get("scheme")) ?? oneOf(SCHEMES, kept.scheme) ?? "auto",
    keys: kept.keys !== false,
  };
}

let current: Choices = read();

/** Changes some choices, for this browser and at once. */
export function choose(change: Partial<Choices>): void {
  current = { ...current, ...change };
  document.documentElement.lang = current.language;
  try {
    localStorage.setItem(STORED, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing still shows the choice until the page is left.
  }
  for (const tell of listeners) tell();
}

const subscribe = (tell: () => void) => {
  listeners.add(tell);
  return () => listeners.delete(tell);
};

/** The present choices; the component renders again when they change. */
export const useChoices = (): Choices => useSyncExternalStore(subscribe, () => current);
export const currentChoices = (): Choices => current;
