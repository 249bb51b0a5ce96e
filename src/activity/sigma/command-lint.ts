import type { Placeholders } from "./contract.ts";
import { type FieldsOf, lintFiles, type LintFinding } from "./lint.ts";
import { readPlaceholders, readRuleFiles } from "./read-files.ts";

type Options = { readonly json: boolean; readonly placeholders?: string | undefined; readonly strict: boolean };
type Output = {
  readonly write: (text: string) => void;
  /** Terminals get colours. */
  readonly isTerminal: boolean;
  readonly fieldsOf?: FieldsOf | undefined;
};

/** `surety sigma lint`: exit code 1 when there are errors, or with `strict` warnings. */
export function lintCommand(path: string, options: Options, out: Output): number {
  const files = readRuleFiles(path);
  const placeholders: Placeholders = readPlaceholders(options.placeholders);
  const findings = lintFiles(files, { placeholders, fieldsOf: out.fieldsOf });
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  if (options.json) {
    const shown = findings.map(({ rule, ...one }) => ({ ...one, rule: rule ?? null, file: one.file ?? null }));
    out.write(`${JSON.stringify({ ok: errors === 0, files: files.length, errors, warnings, findings: shown })}\n`);
  } else out.write(`${textOf(findings, { files: files.length, errors, warnings, isTerminal: out.isTerminal })}\n`);
  return errors > 0 || (options.strict && warnings > 0) ? 1 : 0;
}

type Sums = {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly isTerminal: boolean;
};

function textOf(findings: readonly LintFinding[], { files, errors, warnings, isTerminal }: Sums): string {
  const paint = (code: number, text: string): string => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  let file: string | undefined;
  for (const one of findings) {
    if (one.file !== file || lines.length === 0)
      lines.push(...(lines.length === 0 ? [] : [""]), paint(1, one.file ?? "-"));
    file = one.file;
    const place = `${one.line}:${one.column}`.padStart(8);
    const severity = one.severity === "error" ? paint(31, "error  ") : paint(33, "warning");
    lines.push(
      `${place}  ${severity}  ${one.message}  ${paint(2, one.code)}`,
      `${" ".repeat(19)}${paint(2, `→ ${one.fix}`)}`,
    );
  }
  const sum = `${counted(files, "file")}: ${counted(errors, "error")}, ${counted(warnings, "warning")}`;
  return [...lines, ...(lines.length === 0 ? [] : [""]), sum].join("\n");
}
const counted = (count: number, what: string): string =>
  `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
