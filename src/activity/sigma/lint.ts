import { isMap } from "yaml";
import type { FaultCode, Placeholders, SigmaDocument, SigmaFault } from "./contract.ts";
import { lintCorrelation } from "./lint-correlation.ts";
import { lintDetection } from "./lint-detection.ts";
import { lintHead } from "./lint-head.ts";
import type { FieldsOf, LintFinding, Linting, LintTell } from "./lint-tell.ts";
import { loadSigma } from "./load.ts";
import { ruleSetOf } from "./rule-set.ts";
import { memberOf, readYaml, textOf, type YamlDocument } from "./yaml.ts";

export type { FieldsOf, LintFinding };
export type LintOptions = {
  readonly placeholders?: Placeholders | undefined;
  readonly fieldsOf?: FieldsOf | undefined;
};

/** What is wrong or unwise in files of rules, each and together, in the order of files and lines. */
export function lintFiles(
  files: readonly { readonly file: string | undefined; readonly text: string }[],
  { placeholders = new Map(), fieldsOf }: LintOptions = {},
): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const documents: SigmaDocument[] = [];
  for (const { file, text } of files) {
    const loaded = loadSigma(text, { file, placeholders });
    documents.push(...loaded.documents);
    findings.push(...loaded.faults.map(ofFault));
    for (const document of readYaml(text, file).documents) findings.push(...lintDocument(document, fieldsOf));
  }
  findings.push(...ruleSetOf(documents).faults.map(ofFault), ...doubles(documents));
  const place = new Map(files.map(({ file }, at) => [file, at] as const));
  return findings.toSorted(
    (a, b) => (place.get(a.file) ?? 0) - (place.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  );
}

function lintDocument(document: YamlDocument, fieldsOf: FieldsOf | undefined): readonly LintFinding[] {
  const { root, file } = document;
  if (!isMap(root)) return [];
  const findings: LintFinding[] = [];
  const rule = textOf(memberOf(root, "title"));
  const tell: LintTell = (node, finding) =>
    void findings.push({ file, ...document.placeOf(node ?? root), rule, ...finding });
  const linting: Linting = { document, tell, fieldsOf };
  lintHead(linting);
  lintCorrelation(linting);
  lintDetection(linting);
  return findings;
}

/** The same id, name or title in two documents. */
function doubles(documents: readonly SigmaDocument[]): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  for (const key of ["id", "name", "title"] as const) {
    const first = new Map<string, SigmaDocument["head"]>();
    for (const { head } of documents) {
      const value = head[key]?.toLowerCase();
      if (value === undefined) continue;
      const other = first.get(value);
      if (other === undefined) first.set(value, head);
      else
        findings.push({
          file: head.file,
          line: head.line,
          column: 1,
          severity: key === "title" ? "warning" : "error",
          code: `double-${key}`,
          rule: head.title,
          message: `${key} "${head[key]}" is also at ${other.file ?? "-"}:${other.line}`,
          fix: key === "id" ? "give one of them an id of its own" : `give one of them another ${key}`,
        });
    }
  }
  return findings;
}

const ofFault = ({ code, ...fault }: SigmaFault): LintFinding => ({
  ...fault,
  severity: "error",
  code,
  fix: FIXES[code],
});

/** What mends a fault of loading; the message says what exactly is wrong. */
const FIXES: Readonly<Record<FaultCode, string>> = {
  yaml: "mend the YAML: indentation with blanks, a colon with a blank behind it, each key once",
  "too-big": "split it into several",
  "no-rule": "write a map with title, logsource and detection",
  missing: "add what is missing",
  "bad-value": "write one of the values that are meant",
  "unknown-modifier": "use a modifier of Sigma 2.1: contains, startswith, endswith, all, re, cidr, exists, gt …",
  "modifier-misused": "leave the modifier out, or put it where it applies",
  "bad-regex": "write a regular expression that RE2 knows",
  "bad-cidr": "write the network's own address: 192.0.2.0/24",
  "unresolved-placeholder": 'give its values: --placeholders FILE.json with {"name": ["value"]}',
  "condition-syntax": "join selections with and, or, not, 1 of x*, all of x* and parentheses",
  "undefined-identifier": "name a selection that is there, or add it",
  "selector-empty": "name selections that are there: them leaves out those that begin with _",
  "aggregation-v1": "write a correlation rule of its own: event_count or value_count with a timespan",
  "unknown-rule": "name the id or name of a rule in these files",
  "unknown-key": "leave the key out or mend its spelling",
  cycle: "let none of the correlations refer to one that refers to it",
  "too-many-alternatives": "split the value, or leave windash and placeholders out",
};
