import type { ImportedRule, RulesReport } from "./service.ts";

/** The report of an import as one JSON value. */
export function reportJson({ files, rules, refused }: RulesReport) {
  const outcome = (wanted: ImportedRule["outcome"]): number => rules.filter((one) => one.outcome === wanted).length;
  return {
    files,
    rules: rules.length,
    added: outcome("added"),
    changed: outcome("changed"),
    unchanged: outcome("unchanged"),
    kept: outcome("kept"),
    refused: refused.length,
    blind: rules.filter(({ fields }) => fields.never.length > 0).length,
    imported: rules,
    refusals: refused.map(({ file, faults }) => ({
      file,
      reasons: faults.map(({ line, column, code, message, rule }) => ({
        line,
        column,
        code,
        message,
        rule: rule ?? null,
      })),
    })),
  };
}

/** The same for people: a line for each rule, what it cannot see below it, refusals at the end. */
export function reportText(report: RulesReport): string {
  const sums = reportJson(report);
  const lines = report.rules.flatMap(({ outcome, level, title, author, license, fields, state }) => {
    const credit = [author, license].filter((one) => one !== "").join(", ");
    const seen = fields.ours.length + fields.seen.length;
    const all = seen + fields.never.length + fields.untold.length;
    return [
      `${outcome.padEnd(9)}  ${state.padEnd(6)}  ${level.padEnd(13)}  ${title}${credit === "" ? "" : `  (${credit})`}`,
      ...(fields.never.length === 0
        ? []
        : [`           sees ${seen} of ${all} fields; never seen: ${fields.never.join(", ")}`]),
      ...(fields.untold.length === 0 ? [] : [`           no event of its log source yet: ${fields.untold.join(", ")}`]),
    ];
  });
  const refused = report.refused.flatMap(({ file, faults }) =>
    faults.map(({ line, column, code, message }) => `refused    ${file}:${line}:${column} ${code} ${message}`),
  );
  const summary = [
    `${sums.files} files, ${sums.rules} rules: ${sums.added} added, ${sums.changed} changed, ${sums.unchanged} unchanged, ${sums.kept} kept as changed here`,
    `${sums.blind} ask for fields that no event of their log source ever had`,
    `${sums.refused} refused`,
  ];
  return [...lines, "", ...refused, ...(refused.length > 0 ? [""] : []), ...summary].join("\n");
}
