import type { PortfolioExposureWire } from "../../src/exposure/contract.ts";
import type { TodayWire } from "../../src/today/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { AgeingBar } from "../kit/AgeingBar.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState, ErrorState, StaleMark } from "../kit/States.tsx";
import { useMay } from "../shell/desk.ts";
import { Exposure } from "./Exposure.tsx";
import { LargestTable } from "./LargestTable.tsx";
import { Moves } from "./Moves.tsx";

type MoneyPanelProps = { readonly today: TodayWire; readonly onRetry: () => void };

/** What could we lose, to whom; every figure opens to its parts. */
export function MoneyPanel({ today, onRetry }: MoneyPanelProps) {
  const t = useT();
  const { exposure } = today;
  return (
    <Panel title={t("money.title")} question={t("money.q")} aside={exposure && <MoneyAge exposure={exposure} />}>
      {exposure === null ? (
        <ErrorState error={undefined} title={t("money.failed")} onRetry={onRetry} />
      ) : exposure.total === null ? (
        <MoneyUnknown />
      ) : (
        <>
          <div className="sec">
            <Exposure exposure={exposure} total={exposure.total} />
          </div>
          {exposure.movement?.change && (
            <div className="sec">
              <Moves movement={exposure.movement} asOf={exposure.computedAt} />
            </div>
          )}
          {exposure.largest.length > 0 && (
            <div className="rows line">
              <LargestTable exposure={exposure} standings={today.standings} />
            </div>
          )}
          <Ageing exposure={exposure} />
        </>
      )}
    </Panel>
  );
}

/** Usage is about a day old by nature; older than this it is amber. */
const USAGE_OLD_MINUTES = 36 * 60;

function MoneyAge({ exposure }: { readonly exposure: PortfolioExposureWire }) {
  const t = useT();
  const f = useFormat();
  const usage = exposure.parts.find((part) => part.kind === "unbilled-usage")?.asOf;
  if (exposure.computedAt === null) return null;
  if (usage && f.minutesSince(usage) > USAGE_OLD_MINUTES) return <StaleMark minutes={f.minutesSince(usage)} />;
  const time = f.moment(exposure.computedAt);
  return (
    <span className="ink3 num hide-sm">
      {usage ? t("money.asof", { time, usage: f.moment(usage) }) : t("money.asof.plain", { time })}
    </span>
  );
}

function MoneyUnknown() {
  const t = useT();
  const can = useMay();
  return (
    <EmptyState
      level="unknown"
      title={t("money.unknown")}
      text={t("money.unknown.text")}
      action={
        can("receivables.import") && (
          <Go className="button" to="/import">
            {t("money.import")}
          </Go>
        )
      }
    />
  );
}

const BUCKETS = ["notDue", "d1to30", "d31to60", "d61to90", "d91to120", "over120"] as const;

function Ageing({ exposure }: { readonly exposure: PortfolioExposureWire }) {
  const t = useT();
  const f = useFormat();
  const { ageing } = exposure;
  const buckets = BUCKETS.map((bucket) => ageing[bucket]);
  const open = { label: t("money.openCustomers"), to: "/customers?sort=-overdue" };
  const common = { asOf: exposure.computedAt, source: t("cov.ledger"), open };
  const labelOf = (i: number) =>
    t((["kit.age.0", "kit.age.1", "kit.age.2", "kit.age.3", "kit.age.4", "kit.age.5"] as const)[i] ?? "kit.age.5");
  const overdue: Figure = {
    ...common,
    title: t("money.overdue.title"),
    parts: buckets.slice(1).map((value, i) => ({ label: labelOf(i + 1), value: <Money value={value} code={false} /> })),
    sum: { value: <Money value={ageing.overdue} /> },
    formula: t("money.overdue.formula"),
  };
  return (
    <div className="sec line">
      <div className="row base" style={{ marginBottom: 8 }}>
        <span className="label">{t("money.ageing")}</span>
        <span className="push small nowrap">
          <Money value={ageing.overdue} opens={overdue} label={t("money.overdue.title")} className="b" />{" "}
          <span className="ink3">{t("money.overdue")}</span>
        </span>
      </div>
      <AgeingBar buckets={buckets} />
      {BigInt(ageing.unapplied.minor) !== 0n && (
        <div className="tiny ink3 num" style={{ marginTop: 8 }}>
          {t("money.unapplied", { amount: f.money(ageing.unapplied) })}
        </div>
      )}
    </div>
  );
}
