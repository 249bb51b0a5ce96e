import type { LargestRowWire, PortfolioExposureWire } from "../../src/exposure/contract.ts";
import type { TodayWire } from "../../src/today/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Bar, limitTone } from "../kit/Bits.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Glyph, STANDING_LEVEL } from "../kit/Risk.tsx";

const ROWS = 6;

type LargestTableProps = {
  readonly exposure: PortfolioExposureWire;
  readonly standings: TodayWire["standings"];
};

/** Whom we could lose most to, against the limit each may reach. */
export function LargestTable({ exposure, standings }: LargestTableProps) {
  const t = useT();
  return (
    <>
      <table className="t top">
        <thead>
          <tr>
            <th scope="col">{t("money.top")}</th>
            <th scope="col" className="right">
              {exposure.reportingCurrency}
            </th>
            <th scope="col">{t("money.limit")}</th>
            <th scope="col" className="right hide-sm">
              {t("money.change")}
            </th>
          </tr>
        </thead>
        <tbody>
          {exposure.largest.slice(0, ROWS).map((row) => (
            <LargestRow
              key={row.customerId}
              row={row}
              standing={standings[row.customerId]}
              asOf={exposure.computedAt}
            />
          ))}
        </tbody>
      </table>
      <Go className="more clocks-more" to="/customers?sort=-exposure">
        {t("money.all", { n: exposure.customers })}
      </Go>
    </>
  );
}

type LargestRowProps = {
  readonly row: LargestRowWire;
  readonly standing: TodayWire["standings"][string] | undefined;
  readonly asOf: string | null;
};

function LargestRow({ row, standing, asOf }: LargestRowProps) {
  const t = useT();
  const to = `/customers/${row.customerId}`;
  const name = row.name ?? row.customerId;
  // A tick beside 123 % would say two things at once.
  const isOver = standing === "active" && row.limitUsedBps !== null && row.limitUsedBps > 10_000;
  const figure: Figure = {
    title: name,
    parts: [
      { label: t("money.exposure"), value: <Money value={row.exposure} code={false} /> },
      { label: t("money.limit"), value: row.limit ? <Money value={row.limit} code={false} /> : t("money.nolimit") },
    ],
    formula: t("money.formula"),
    asOf,
    source: t("money.source"),
    open: { label: name, to },
  };
  return (
    <tr>
      <td>
        <span className="row" style={{ gap: 7 }}>
          <Glyph
            level={standing === undefined ? "unknown" : isOver ? "crit" : STANDING_LEVEL[standing]}
            size={13}
            label={standing === undefined ? t("kit.unknown") : t(`kit.standing.${standing}`)}
          />
          <Go className="lnk cut" to={to} title={name}>
            {name}
          </Go>
        </span>
      </td>
      <td className="right">
        <Money value={row.exposure} code={false} opens={figure} label={name} />
      </td>
      <td>
        <LimitUse bps={row.limitUsedBps} />
      </td>
      <td className="right num hide-sm ink2">
        {row.changeOneDay === null ? (
          <span className="ink3">–</span>
        ) : (
          <Money value={row.changeOneDay} code={false} signed />
        )}
      </td>
    </tr>
  );
}

/** Unknown limit is said in amber, never drawn as a full bar. */
export function LimitUse({ bps }: { readonly bps: number | null }) {
  const t = useT();
  const f = useFormat();
  if (bps === null) return <span className="tiny warn">{t("money.nolimit")}</span>;
  const share = bps / 10_000;
  return (
    <span className="row" style={{ gap: 7 }}>
      <span style={{ width: 36, flex: "none" }}>
        <Bar share={share} tone={limitTone(share)} height={5} />
      </span>
      <span className={`num tiny ${share > 1 ? "crit b" : "ink2"}`} style={{ width: 34, textAlign: "right" }}>
        {f.percent(share)}
      </span>
    </span>
  );
}
