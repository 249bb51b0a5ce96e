import type { ImportWire, ProblemGroup, RowProblem } from "../../src/receivables/contract-import.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";

/** Rows that cannot go in or go in with a remark: each mistake once, with how many rows have it and the first of them. */
export function ProblemsPanel({ one }: { readonly one: ImportWire }) {
  const t = useT();
  const f = useFormat();
  if (one.problemsTotal === 0)
    return one.state !== "draft" || one.totals === null || one.totals.rows === 0 ? null : (
      <Panel>
        <div className="sec row small">
          <Glyph level="ok" />
          {t("receivables.problems.none")}
        </div>
      </Panel>
    );
  const groups = one.problemGroups ?? grouped(one.problems);
  return (
    <Panel
      title={t("receivables.problems")}
      question={t("receivables.problems.q")}
      aside={
        <>
          <span className="ink3 num">{f.count(one.problemsTotal)}</span>
          <a className="more" href={`/api/imports/${one.id}/report.csv`} download>
            {t("receivables.problems.file")}
          </a>
        </>
      }
    >
      <ul className="import-groups">
        {groups.map((group) => (
          <li key={`${group.severity} ${group.code} ${group.column ?? ""}`}>
            <Group group={group} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Group({ group }: { readonly group: ProblemGroup }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const isRefused = group.severity === "refused";
  return (
    <details open={isRefused && group.count <= group.first.length ? true : undefined}>
      <summary>
        <Glyph
          level={isRefused ? "crit" : "info"}
          size={13}
          label={t(isRefused ? "receivables.problem.refused" : "receivables.problem.noted")}
        />
        <span className="import-group-what">{word(`receivables.row.${group.code}`, {}, group.fix)}</span>
        {group.column !== null && <span className="ink3 small hide-sm">{group.column}</span>}
        <span className="num b">{f.count(group.count)}</span>
      </summary>
      <table className="t">
        <thead>
          <tr>
            <th scope="col">{t("receivables.problems.line")}</th>
            <th scope="col">{t("receivables.problems.value")}</th>
          </tr>
        </thead>
        <tbody>
          {group.first.map(({ line, value }, i) => (
            <tr key={`${i} ${line}`}>
              <th scope="row" className="num">
                {f.count(line)}
              </th>
              <td className="import-value">
                <span className="cut" title={value}>
                  {value}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {group.count > group.first.length && <p className="small ink3">{t("receivables.problems.more")}</p>}
    </details>
  );
}

/** For imports from before problems were counted over the whole file. */
function grouped(problems: readonly RowProblem[]): readonly ProblemGroup[] {
  const found = Map.groupBy(problems, ({ severity, code, column }) => `${severity} ${code} ${column ?? ""}`);
  return [...found.values()].flatMap((rows) => {
    const [head] = rows;
    return head === undefined
      ? []
      : [{ ...head, count: rows.length, first: rows.map(({ line, value }) => ({ line, value })) }];
  });
}
