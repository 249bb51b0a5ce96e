import { useEffect, useMemo, useState } from "react";
import { type CheckedPolicy, checkPolicyText } from "../../../src/collections/policy/contract-check.ts";
import { FAULTS_SV, findingText } from "../../../src/collections/policy/contract-findings.ts";
import type { LintFactsWire } from "../../../src/collections/policy/contract-wire.ts";
import { useRead } from "../../query.ts";

const PAUSE_MS = 200;

/** What is wrong with a text, looked at again a moment after it last changed: by the same code as the server and the command line. */
export function useChecked(text: string): CheckedPolicy {
  const facts = useRead<LintFactsWire>(["collections", "policy-facts"], "/api/collections/policy-facts", {
    refetchInterval: false,
  }).data;
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return useMemo(
    () =>
      checkPolicyText(
        settled,
        facts === undefined
          ? {}
          : {
              day: Temporal.PlainDate.from(facts.day),
              customers: facts.customers ?? undefined,
              withoutAddress: facts.withoutAddress ?? undefined,
              feeds: facts.feeds ?? undefined,
              currencies: facts.currencies ?? undefined,
              incompleteLetters: facts.incompleteLetters?.map((one) => ({ ...one, law: one.law ?? undefined })),
              holidays: facts.holidays,
              rates: facts.rates,
            },
      ),
    [settled, facts],
  );
}

/** A fault or finding as the page shows it. */
export type Mark = {
  readonly severity: "error" | "warning";
  readonly text: string;
  readonly fix: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
};
export const marksOf = ({ faults, findings }: CheckedPolicy, language: "en" | "sv"): readonly Mark[] => [
  ...faults.map(({ code, facts, message, fix, line, column, from, to, path }) => ({
    severity: "error" as const,
    text: `${path === "" ? "" : `${path}: `}${language === "sv" ? filled(FAULTS_SV[code], facts) : message}`,
    fix: language === "sv" ? undefined : fix,
    line,
    column,
    from,
    to,
  })),
  ...findings.map((one) => ({ ...one, text: findingText(one, language), fix: undefined })),
];

const filled = (words: string, facts: Readonly<Record<string, string | number>>): string =>
  words.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(facts[name] ?? "–"));
