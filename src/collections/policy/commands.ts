import { readFileSync } from "node:fs";
import { checkPolicyText, isPublishable } from "./contract-check.ts";
import { findingText, type LintFinding } from "./contract-findings.ts";
import type { PolicyFault } from "./contract.ts";
import { holidayPlaces } from "./decide-calendar.ts";

type Options = { readonly json: boolean; readonly language: "en" | "sv" };
export type Output = { readonly line: (text: string) => void };

/** `surety collections lint FILE`: needs no database. Exit code 1 when something keeps the policy from being published, 2 when there is no file. */
export function lintFile(file: string, { json, language }: Options, out: Output): number {
  const checked = checkPolicyText(readFileSync(file, "utf8"), { holidays: holidayPlaces() });
  const { faults, findings } = checked;
  if (json) out.line(JSON.stringify({ ok: isPublishable(checked), faults, findings }));
  else {
    for (const fault of faults) out.line(faultLine(file, fault));
    for (const finding of findings) out.line(findingLine(file, finding, language));
    const errors = faults.length + findings.filter(({ severity }) => severity === "error").length;
    out.line(`${file}: ${errors} errors, ${findings.length + faults.length - errors} warnings`);
  }
  return isPublishable(checked) ? 0 : 1;
}
const faultLine = (file: string, { line, column, code, path, message, fix }: PolicyFault): string =>
  `${file}:${line}:${column}: error ${code}${path === "" ? "" : ` ${path}`}: ${message}; ${fix}`;
const findingLine = (file: string, finding: LintFinding, language: "en" | "sv"): string =>
  `${file}:${finding.line}:${finding.column}: ${finding.severity} ${finding.code} ${finding.path}: ${findingText(finding, language)}`;
