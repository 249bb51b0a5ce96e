import type { ImportWire, RowProblem } from "../../src/receivables/contract-import.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";

/** Rows that cannot go in or go in with a remark, by line, with what would mend them. */
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
  const shown = t("receivables.problems.shown", {
    shown: f.count(one.problems.length),
    total: f.count(one.problemsTotal),
  });
  return (
    <Panel
      title={t("receivables.problems")}
      question={t("receivables.problems.q")}
      aside={
        <>
          <span className="ink3 num">{shown}</span>
          <a className="more" href={`/api/imports/${one.id}/report.csv`} download>
            {t("receivables.problems.file")}
          </a>
        </>
      }
    >
      <table className="t import-problems">
        <thead>
          <tr>
            <th scope="col">{t("receivables.problems.line")}</th>
            <th scope="col">{t("receivables.problems.what")}</th>
            <th scope="col" className="hide-sm">
              {t("receivables.problems.column")}
            </th>
            <th scope="col">{t("receivables.problems.value")}</th>
          </tr>
        </thead>
        <tbody>
          {one.problems.map((problem, i) => (
            <ProblemRow key={`${i} ${problem.line}`} problem={problem} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function ProblemRow({ problem }: { readonly problem: RowProblem }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const isRefused = problem.severity === "refused";
  return (
    <tr>
      <th scope="row" className="num">
        {f.count(problem.line)}
      </th>
      <td>
        <span className="row top" style={{ gap: 6 }}>
          <Glyph
            level={isRefused ? "crit" : "info"}
            size={13}
            label={t(isRefused ? "receivables.problem.refused" : "receivables.problem.noted")}
          />
          <span>{word(`receivables.row.${problem.code}`, {}, problem.fix)}</span>
        </span>
      </td>
      <td className="hide-sm ink2">{problem.column ?? ""}</td>
      <td className="import-value">
        <span className="cut" title={problem.value}>
          {problem.value}
        </span>
      </td>
    </tr>
  );
}
