import type { ExposurePartWire, PortfolioExposureWire } from "../../src/exposure/contract.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { shareOf } from "../i18n/format.ts";
import { type Key, useFormat, useT } from "../i18n/t.ts";
import type { Figure, FigurePart } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Glyph } from "../kit/Risk.tsx";

const ROWS = ["open", "unbilled", "committed", "deposits"] as const;
type RowName = (typeof ROWS)[number];

/** Which parts of the exposure a row of the panel sums. */
const KINDS: Record<RowName, readonly ExposurePartWire["kind"][]> = {
  open: ["open-not-due", "open-overdue"],
  unbilled: ["unbilled-usage"],
  committed: ["committed-term"],
  deposits: ["deposits"],
};
const TONE: Record<RowName, string | undefined> = {
  open: "var(--s-data-1)",
  unbilled: "var(--s-data-2)",
  committed: "var(--s-data-4)",
  deposits: undefined,
};

type ExposureProps = { readonly exposure: PortfolioExposureWire; readonly total: MoneyWire };

/** Exposure now as one figure, one bar and four parts. */
export function Exposure({ exposure, total }: ExposureProps) {
  const t = useT();
  const amounts = Object.fromEntries(ROWS.map((row) => [row, sumOf(exposure, row)])) as Record<
    RowName,
    MoneyWire | null
  >;
  const gross = (["open", "unbilled", "committed"] as const).reduce((sum, row) => sum + minorOf(amounts[row]), 0n);
  return (
    <>
      <span className="label">{t(exposure.isPartial ? "money.atleast" : "money.exposure")}</span>
      <div className="row base wrap" style={{ margin: "2px 0 10px" }}>
        <Money
          value={total}
          opens={useTotalFigure(exposure, total, amounts)}
          label={t("money.exposure")}
          className="big"
        />
        <Change exposure={exposure} />
      </div>
      <div className="stack" aria-hidden="true">
        {(["open", "unbilled", "committed"] as const).map((row) => (
          <i key={row} style={{ width: `${shareOf(minorOf(amounts[row]), gross) * 100}%`, background: TONE[row] }} />
        ))}
      </div>
      {minorOf(amounts.deposits) !== 0n && (
        <div className="stack" aria-hidden="true" style={{ marginTop: 2, justifyContent: "flex-end", height: 6 }}>
          <i className="hatch" style={{ width: `${shareOf(-minorOf(amounts.deposits), gross) * 100}%` }} />
        </div>
      )}
      <dl className="parts">
        {ROWS.map((row) => (
          <PartRow key={row} name={row} exposure={exposure} amount={amounts[row]} />
        ))}
      </dl>
      {exposure.isPartial && (
        <p className="tiny warn row top partial">
          <Glyph level="warn" size={12} />
          {t("money.partial", { n: exposure.customersPartial })}
        </p>
      )}
    </>
  );
}

const minorOf = (amount: MoneyWire | null): bigint => (amount === null ? 0n : BigInt(amount.minor));

/** null when nothing of it is known. */
function sumOf(exposure: PortfolioExposureWire, row: RowName): MoneyWire | null {
  const known = exposure.parts.filter((part) => KINDS[row].includes(part.kind)).flatMap((part) => part.amount ?? []);
  if (known.length === 0) return null;
  const minor = known.reduce((sum, amount) => sum + BigInt(amount.minor), 0n);
  return { minor: minor.toString(), currency: exposure.reportingCurrency };
}

function useTotalFigure(
  exposure: PortfolioExposureWire,
  total: MoneyWire,
  amounts: Record<RowName, MoneyWire | null>,
): Figure {
  const t = useT();
  return {
    title: t("money.exposure"),
    parts: ROWS.map((row) => ({ label: t(`money.${row}`), value: <Money value={amounts[row]} code={false} /> })),
    sum: { value: <Money value={total} /> },
    formula: t("money.formula"),
    asOf: exposure.computedAt,
    source: t("money.source"),
    open: { label: t("money.openCustomers"), to: "/customers?sort=-exposure" },
  };
}

function Change({ exposure }: { readonly exposure: PortfolioExposureWire }) {
  const t = useT();
  const change = exposure.movement?.change;
  if (!change) return <span className="push small ink3">{t("money.since.none")}</span>;
  const figure: Figure = {
    title: t("money.why"),
    parts: (exposure.movement?.causes ?? []).map(({ cause, amount }) => ({
      label: t(`money.cause.${cause}`),
      value: <Money value={amount} code={false} signed />,
    })),
    sum: { value: <Money value={change} signed /> },
    formula: t("money.formula.moved"),
    asOf: exposure.computedAt,
    source: t("money.source"),
  };
  return (
    <span className="push small nowrap">
      <Money value={change} signed opens={figure} label={t("money.why")} className="b" />{" "}
      <span className="ink3">{t("money.since")}</span>
    </span>
  );
}

type PartRowProps = {
  readonly name: RowName;
  readonly exposure: PortfolioExposureWire;
  readonly amount: MoneyWire | null;
};

function PartRow({ name, exposure, amount }: PartRowProps) {
  const t = useT();
  const parts = exposure.parts.filter((part) => KINDS[name].includes(part.kind));
  const figure = usePartFigure(name, parts, amount);
  return (
    <div className="row small part">
      <span
        className={`key ${name === "deposits" ? "hatch" : ""}`}
        style={{ background: TONE[name] }}
        aria-hidden="true"
      />
      <dt className="ink2 cut">{t(`money.${name}`)}</dt>
      <dd className="push">
        <Money value={amount} code={false} opens={figure} label={t(`money.${name}`)} />
      </dd>
    </div>
  );
}

/** A part opened: by kind when it has several, and by currency with the rate that was used. */
function usePartFigure(name: RowName, parts: readonly ExposurePartWire[], amount: MoneyWire | null): Figure {
  const t = useT();
  const f = useFormat();
  const lines = parts.flatMap((part): FigurePart[] => {
    const kind = t(`money.part.${part.kind}` satisfies Key);
    if (part.byCurrency.length === 0)
      return [
        { label: kind, note: t("money.rows", { n: part.rows }), value: <Money value={part.amount} code={false} /> },
      ];
    return part.byCurrency.map(({ amount: own, reporting, rate }) => ({
      label: parts.length > 1 ? `${kind}, ${own.currency}` : own.currency,
      note: rate
        ? `${f.amount(own)} ${t("money.rate", { rate: rate.rate, day: f.day(rate.day) })}`
        : reporting
          ? undefined
          : `${f.amount(own)} ${t("money.unrated")}`,
      value: <Money value={reporting} code={false} />,
    }));
  });
  return {
    title: t(`money.${name}`),
    parts: lines,
    sum: { value: <Money value={amount} /> },
    formula: t(`money.formula.${name}`),
    asOf: parts.find((part) => part.asOf)?.asOf,
    source: [...new Set(parts.map((part) => part.source))].join(", "),
    open: { label: t("money.openCustomers"), to: "/customers?sort=-exposure" },
  };
}
