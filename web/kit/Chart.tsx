import { lazy, Suspense, useState } from "react";
import { useT } from "../i18n/t.ts";
import { AfterQuiet } from "./States.tsx";

/** The chart library is large, so it comes with the first chart and not with the page. */
export const LineChart = lazy(() => import("./charts.ts").then((m) => ({ default: m.LineChart })));
export const AreaChart = lazy(() => import("./charts.ts").then((m) => ({ default: m.AreaChart })));
export const BarChart = lazy(() => import("./charts.ts").then((m) => ({ default: m.BarChart })));
export const CompositeChart = lazy(() => import("./charts.ts").then((m) => ({ default: m.CompositeChart })));

/** The same facts as a table, for those who cannot see the chart and for those who want the figures. */
export type ChartTable = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly React.ReactNode[])[];
};

type ChartFrameProps = {
  /** What the chart says, in one sentence: its text equivalent. */
  readonly label: string;
  readonly table: ChartTable;
  /** Height in pixels, kept while the chart loads. */
  readonly height: number;
  readonly children: React.ReactNode;
};

/** Every chart stands in a frame: its sentence for screen readers, and the switch to a table. */
export function ChartFrame({ label, table, height, children }: ChartFrameProps) {
  const t = useT();
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className="chart">
      {asTable ? (
        <ChartAsTable table={table} label={label} />
      ) : (
        <div role="img" aria-label={label} style={{ minHeight: height }}>
          <Suspense fallback={<AfterQuiet>{null}</AfterQuiet>}>{children}</Suspense>
        </div>
      )}
      <button type="button" className="chart-switch tiny" onClick={() => setAsTable((was) => !was)}>
        {t(asTable ? "kit.table.asChart" : "kit.table.asTable")}
      </button>
    </figure>
  );
}

function ChartAsTable({ table, label }: { readonly table: ChartTable; readonly label: string }) {
  return (
    // A part that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="chart-table" tabIndex={0} aria-label={label}>
      <table className="t">
        <thead>
          <tr>
            {table.columns.map((column, i) => (
              <th key={column} scope="col" className={i > 0 ? "right" : ""}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) =>
                j === 0 ? (
                  <th key={j} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={j} className="right">
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
