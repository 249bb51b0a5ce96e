import type { ImportKind, ImportTotals } from "../../src/receivables/contract-import.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";

type PreviewProps = { readonly totals: ImportTotals; readonly kind: ImportKind; readonly isOld: boolean };

/** Control totals: what to hold beside the ledger before saying yes. */
export function PreviewPanel({ totals, kind, isOld }: PreviewProps) {
  const t = useT();
  return (
    <Panel title={t("receivables.preview")} question={t("receivables.preview.q")} className={isOld ? "import-old" : ""}>
      {isOld && (
        <div className="sec row top small warn" role="status">
          <Glyph level="warn" />
          {t("receivables.preview.stale")}
        </div>
      )}
      <Totals totals={totals} kind={kind} />
    </Panel>
  );
}

export function Totals({ totals, kind }: Omit<PreviewProps, "isOld">) {
  const t = useT();
  const f = useFormat();
  const { customers, effect } = totals;
  const cells: readonly (readonly [string, React.ReactNode, string?])[] = [
    [t("receivables.preview.rows"), f.count(totals.rows)],
    ...(effect === null
      ? []
      : ([
          [t("receivables.preview.new"), f.count(effect.new)],
          [t("receivables.preview.changed"), f.count(effect.changed)],
          [t("receivables.preview.same"), f.count(effect.same)],
        ] as const)),
    [
      t("receivables.preview.refused"),
      <span key="refused" className={totals.rowsRefused > 0 ? "crit" : ""}>
        {f.count(totals.rowsRefused)}
      </span>,
    ],
    [t("receivables.preview.noted"), f.count(totals.rowsNoted)],
  ];
  return (
    <>
      <dl className="sec import-cells">
        {cells.map(([label, value]) => (
          <div key={label}>
            <dt className="label">{label}</dt>
            <dd className="num b">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="sec small row wrap import-facts">
        <span>
          <span className="ink3">{t("receivables.preview.customers")}</span>{" "}
          {t("receivables.preview.customers.text", { matched: customers.matched, ledger: customers.ledgerOnly })}
          {customers.unknown > 0 && (
            <span className="crit"> · {t("receivables.preview.unknown", { n: customers.unknown })}</span>
          )}
        </span>
        {totals.firstDay !== null && totals.lastDay !== null && (
          <span>
            <span className="ink3">{t("receivables.preview.days")}</span>{" "}
            {t("receivables.preview.span", { from: f.day(totals.firstDay), to: f.day(totals.lastDay) })}
          </span>
        )}
      </div>
      <Currencies totals={totals} kind={kind} />
    </>
  );
}

function Currencies({ totals, kind }: Omit<PreviewProps, "isOld">) {
  const t = useT();
  const f = useFormat();
  if (totals.currencies.length === 0) return null;
  const isInvoices = kind === "invoices";
  return (
    <table className="t line">
      <thead>
        <tr>
          <th scope="col">{t("receivables.preview.currency")}</th>
          <th scope="col" className="right">
            {t("receivables.preview.rows")}
          </th>
          <th scope="col" className="right">
            {t("receivables.preview.amount")}
          </th>
          {isInvoices && (
            <th scope="col" className="right hide-sm">
              {t("receivables.preview.paid")}
            </th>
          )}
          {isInvoices && (
            <th scope="col" className="right">
              {t("receivables.preview.open")}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {totals.currencies.map((one) => (
          <tr key={one.currency}>
            <th scope="row">{one.currency}</th>
            <td className="right">{f.count(one.rows)}</td>
            <td className="right">
              <Money value={one.amount} code={false} digits="minor" />
            </td>
            {isInvoices && (
              <td className="right hide-sm">
                <Money value={one.paid} code={false} digits="minor" />
              </td>
            )}
            {isInvoices && (
              <td className="right">
                <Money value={one.open} code={false} digits="minor" />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
