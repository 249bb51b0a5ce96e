import type { AgeingRowWire, CustomerReceivablesWire, InvoiceRowWire } from "../../src/receivables/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { AgeingBar } from "../kit/AgeingBar.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";

type Props = { readonly receivables: CustomerReceivablesWire | null; readonly customerId: string };
/** Invoices shown before the rest is asked for. */
const SHOWN = 8;

/** Who owes us what, since when: ageing in each currency, and the oldest open invoices. */
export function InvoicesPanel({ receivables }: Props) {
  const t = useT();
  return (
    <Panel
      id="invoices"
      title={t("customers.section.invoices")}
      question={t("customers.invoices.q")}
      aside={
        receivables && (
          <span className="hide-sm">
            <Payer receivables={receivables} />
          </span>
        )
      }
    >
      {receivables === null ? (
        <EmptyState level="error" title={t("customers.invoices.failed")} />
      ) : receivables.known === "none" ? (
        <EmptyState
          level="unknown"
          title={t("customers.invoices.none")}
          text={t("customers.invoices.none.text")}
          action={
            <Go className="more" to="/import">
              {t("customers.invoices.import")}
            </Go>
          }
        />
      ) : (
        <>
          <div className="sec small ink2 only-sm">
            <Payer receivables={receivables} />
          </div>
          {receivables.currencies.map((row) => (
            <Ageing key={row.currency} row={row} />
          ))}
          {receivables.invoices.length > 0 ? (
            <Invoices receivables={receivables} />
          ) : (
            <EmptyState level="ok" title={t("customers.invoices.paid")} />
          )}
        </>
      )}
    </Panel>
  );
}

function Payer({ receivables: { payer } }: { readonly receivables: CustomerReceivablesWire }) {
  const t = useT();
  const f = useFormat();
  if (payer.averageDaysLate === null) return <span className="ink3">{t("customers.payer.unknown")}</span>;
  const days = Number(payer.averageDaysLate);
  const recent = payer.recentAverageDaysLate === null ? undefined : Number(payer.recentAverageDaysLate);
  const trend =
    recent === undefined || Math.abs(recent - days) < 2
      ? ""
      : recent > days
        ? t("customers.payer.worse")
        : t("customers.payer.better");
  const size = f.decimal(Math.abs(days), Number.isInteger(days) ? 0 : 1);
  return (
    <span>
      {t(days > 0 ? "customers.payer.late" : "customers.payer.early", {
        days: size,
        count: f.count(payer.settledInvoices),
      })}
      {trend && <span className={recent !== undefined && recent > days ? "warn" : "ink2"}>, {trend}</span>}
    </span>
  );
}

function Ageing({ row }: { readonly row: AgeingRowWire }) {
  const t = useT();
  const { notDue, d1to30, d31to60, d61to90, d91to120, over120 } = row.buckets;
  return (
    <div className="sec">
      <div className="row small ink2" style={{ marginBottom: 8 }}>
        <span>
          {t("customers.invoices.outstanding")} <Money value={row.outstanding} className="b" />
        </span>
        <span className="push">
          {t("customers.invoices.overdue")}{" "}
          <Money value={row.overdue} className={BigInt(row.overdue.minor) > 0n ? "b warn" : "b"} />
        </span>
      </div>
      <AgeingBar buckets={[notDue, d1to30, d31to60, d61to90, d91to120, over120]} />
      {(BigInt(row.unapplied.minor) !== 0n || BigInt(row.deposits.minor) !== 0n) && (
        <div className="row small ink3" style={{ marginTop: 8, gap: 16 }}>
          {BigInt(row.unapplied.minor) !== 0n && (
            <span>
              {t("customers.invoices.unapplied")} <Money value={row.unapplied} />
            </span>
          )}
          {BigInt(row.deposits.minor) !== 0n && (
            <span>
              {t("customers.invoices.deposits")} <Money value={row.deposits} />
            </span>
          )}
        </div>
      )}
    </div>
  );
}

function Invoices({ receivables }: { readonly receivables: CustomerReceivablesWire }) {
  const t = useT();
  const f = useFormat();
  const rows = receivables.invoices.slice(0, SHOWN);
  return (
    <div className="rows line">
      <table className="t cards" aria-label={t("customers.section.invoices")}>
        <thead>
          <tr>
            <th scope="col">{t("customers.invoice")}</th>
            <th scope="col">{t("customers.invoice.due")}</th>
            <th scope="col" className="right">
              {t("customers.invoice.amount")}
            </th>
            <th scope="col" className="right">
              {t("customers.invoice.open")}
            </th>
            <th scope="col">{t("customers.invoice.state")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((invoice) => (
            <InvoiceRow key={invoice.id} invoice={invoice} />
          ))}
        </tbody>
      </table>
      {receivables.openInvoices > rows.length && (
        <div className="sec small ink2 line">
          {t("customers.invoices.more", { n: receivables.openInvoices - rows.length, shown: f.count(rows.length) })}
        </div>
      )}
    </div>
  );
}

function InvoiceRow({ invoice }: { readonly invoice: InvoiceRowWire }) {
  const t = useT();
  const f = useFormat();
  const late = invoice.daysPastDue;
  const level: Level = invoice.disputed ? "unknown" : late > 30 ? "crit" : late > 0 ? "warn" : "none";
  const state = invoice.disputed
    ? t("customers.invoice.disputed")
    : late > 0
      ? t("customers.invoice.overdue")
      : t("customers.invoice.notDue");
  return (
    <tr>
      <td className="card-title">
        <span className="num b">{invoice.number}</span>
      </td>
      <td className="num card-detail">
        {f.day(invoice.dueDate)}{" "}
        <span className="ink3 small">
          {late > 0
            ? t("customers.daysLate", { n: late })
            : late === 0
              ? t("customers.today")
              : t("customers.inDays", { n: -late })}
        </span>
      </td>
      <td className="right num ink2 card-off">
        <Money value={invoice.amount} digits="minor" />
      </td>
      <td className="right card-aside">
        <Money value={invoice.open} digits="minor" className="b" />
      </td>
      <td className="card-more">
        <span className="row" style={{ gap: 6 }}>
          <Glyph level={level} size={13} />
          {state}
        </span>
      </td>
    </tr>
  );
}
