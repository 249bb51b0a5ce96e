import type { CustomerRow } from "../../src/customers/contract.ts";
import { shareOf } from "../i18n/format.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Bar, limitTone } from "../kit/Bits.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Glyph, STANDING_LEVEL, Tag } from "../kit/Risk.tsx";

type RowProps = { readonly row: CustomerRow };

export function NameCell({ row }: RowProps) {
  const t = useT();
  const under = row.reseller === null ? row.domain : t("customers.through", { name: row.reseller.name });
  return (
    <span className="col">
      <span className="cut" title={row.name}>
        {row.name}
      </span>
      <span className="tiny ink3 cut" style={{ fontWeight: 400 }}>
        {row.detachedAt === null ? (under ?? row.id) : t("customers.left")}
      </span>
    </span>
  );
}

export function StandingCell({ row }: RowProps) {
  const t = useT();
  const word = t(`kit.standing.${row.standing}`);
  return row.standing === "active" ? (
    <span className="small ink2">{word}</span>
  ) : (
    <Tag level={STANDING_LEVEL[row.standing]}>{word}</Tag>
  );
}

/** What exposure is made of, from the same row: the figure opens without another question to the server. */
function useExposureFigure(row: CustomerRow): Figure {
  const t = useT();
  const word = useWord();
  const part = (label: string, value: CustomerRow["exposure"], sign: "" | "−" = "") => ({
    label,
    value: value === null ? t("kit.unknown") : <Money value={sign === "" ? value : negated(value)} code={false} />,
  });
  return {
    title: t("customers.fig.exposure", { name: row.name }),
    parts: [
      part(t("customers.part.open"), row.openInvoices),
      part(t("customers.part.unbilled"), row.unbilled),
      part(t("customers.part.committed"), row.committed),
      part(t("customers.part.deposits"), row.deposits, "−"),
    ],
    sum: { value: <Money value={row.exposure} /> },
    formula:
      row.unknownParts.length === 0
        ? t("customers.fig.exposure.how")
        : `${t("customers.fig.exposure.how")} ${t("customers.fig.missing", {
            parts: row.unknownParts
              .map((one) => word(`customers.unknown.${one.split(":")[1] ?? one}`, {}, one))
              .join(", "),
          })}`,
    asOf: row.figuresAt,
    source: t("customers.fig.exposure.source"),
    open: { label: t("customers.fig.open"), to: `/customers/${row.id}` },
  };
}
const negated = (value: { minor: string; currency: string }) => ({
  ...value,
  minor: (-BigInt(value.minor)).toString(),
});

export function ExposureCell({ row }: RowProps) {
  const t = useT();
  const figure = useExposureFigure(row);
  if (row.exposure === null)
    return <span className="ink3">{t(row.figuresAt === null ? "customers.notYet" : "kit.unknown")}</span>;
  return (
    <span className="row right-end" style={{ gap: 4 }}>
      {row.unknownParts.length > 0 && (
        <span className="ink3" title={t("customers.atLeast")}>
          ≥<span className="sr">{t("customers.atLeast")}</span>
        </span>
      )}
      <Money value={row.exposure} code={false} opens={figure} label={t("customers.col.exposure")} />
      <span className="cur only-sm">{row.exposure.currency}</span>
    </span>
  );
}

export function OverdueCell({ row }: RowProps) {
  const t = useT();
  const f = useFormat();
  if (row.overdue === null) return <span className="ink3">{t("kit.unknown")}</span>;
  if (BigInt(row.overdue.minor) === 0n) return <span className="ink3 hide-sm">0</span>;
  const days = row.oldestDueDay === null ? undefined : daysSince(row.oldestDueDay, f.nowIso, f.zone);
  return (
    <span className="col" style={{ alignItems: "flex-end" }}>
      <span>
        <span className="only-sm ink3">{t("customers.col.overdue")} </span>
        <Money value={row.overdue} code={false} />
      </span>
      {days !== undefined && days > 0 && (
        <span className={`tiny ${days > 30 ? "warn" : "ink3"}`}>{t("customers.daysLate", { n: days })}</span>
      )}
    </span>
  );
}

const daysSince = (day: string, nowIso: string, zone: string): number =>
  Temporal.PlainDate.from(day).until(Temporal.Instant.from(nowIso).toZonedDateTimeISO(zone).toPlainDate(), {
    largestUnit: "days",
  }).days;

export function HeadroomCell({ row }: RowProps) {
  const t = useT();
  const f = useFormat();
  if (row.limit === null) return <span className="small warn">{t("customers.noLimit")}</span>;
  if (row.headroom === null || row.exposure === null) return <span className="ink3">{t("kit.unknown")}</span>;
  const isOver = BigInt(row.headroom.minor) < 0n;
  const used = f.percent(shareOf(row.exposure, row.limit));
  return (
    <span className="col" style={{ alignItems: "flex-end" }}>
      <span className={isOver ? "crit b row" : "num"} style={{ gap: 4 }}>
        {isOver && <Glyph level="crit" size={12} label={t("customers.overLimit")} />}
        <Money value={row.headroom} code={false} />
      </span>
      <span className="tiny ink3">{t("customers.ofLimit", { percent: used })}</span>
    </span>
  );
}

export function BudgetCell({ row }: RowProps) {
  const t = useT();
  const f = useFormat();
  if (row.budgetUse === null) return <span className="ink3">{t("kit.unknown")}</span>;
  if (row.budgetUse === "no-usage") return <span className="ink3 small">{t("customers.budget.noUsage")}</span>;
  if (row.budgetUse === "no-budget" || row.budgetUsedBps === null)
    return <span className="warn small">{t("customers.budget.none")}</span>;
  const share = row.budgetUsedBps / 10_000;
  return (
    <span className="col" style={{ gap: 3 }}>
      <span className={`small num ${share >= 1 ? "crit b" : share >= 0.8 ? "warn b" : ""}`}>{f.percent(share)}</span>
      <Bar share={share} tone={limitTone(share)} height={4} />
    </span>
  );
}

export function WorkCell({ row }: RowProps) {
  const t = useT();
  if (row.openNotices === 0 && row.openCases === 0) return <span className="ink3 small">–</span>;
  return (
    <span className="row small" style={{ gap: 10 }}>
      {row.openNotices > 0 && (
        <span className="row crit b" style={{ gap: 4 }}>
          <Glyph level="crit" size={12} />
          {t("customers.notices", { n: row.openNotices })}
        </span>
      )}
      {row.openCases > 0 && <span className="ink2">{t("customers.cases", { n: row.openCases })}</span>}
    </span>
  );
}
