import type { CaseJson, CostJson } from "../../src/cases/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import type { Figure } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { Running, useRunningWhy } from "../notices/parts.tsx";
import { BigClock } from "../notices/TimeLeft.tsx";
import { CostCurve } from "./CostCurve.tsx";
import { spentAt } from "./cost.ts";

/** The strip on top of a case: the clock on the left, the money beside it; both move while you read. */
export function Meter({ of }: { readonly of: CaseJson }) {
  const t = useT();
  return (
    <section className="panel meter" aria-label={t("cases.meter")}>
      <ClockCell of={of} />
      <MoneyCell of={of} />
      <div className="sec hide-sm">
        {of.cost ? <CostCurve cost={of.cost} /> : <span className="small ink3">{t("cases.curve.none")}</span>}
      </div>
    </section>
  );
}

function ClockCell({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const f = useFormat();
  const average =
    of.averageMinutes === null ? undefined : t("cases.meter.average", { hours: f.decimal(of.averageMinutes / 60, 1) });
  const answered = of.notices.filter((notice) => notice.state === "answered").length;
  return (
    <div className="sec">
      <span className="label">{t("cases.meter.answer")}</span>
      {of.clock ? (
        <>
          <BigClock clock={of.clock} />
          <span className="tiny ink3" style={{ display: "block", marginTop: 6 }}>
            {[
              t("cases.meter.detected", {
                detected: f.moment(of.clock.startedAt),
                ago: f.duration(f.minutesSince(of.clock.startedAt)),
              }),
              t("notices.clock.limit", { limit: f.moment(of.clock.limitAt) }),
              average,
            ]
              .filter((part) => part !== undefined)
              .join(" · ")}
          </span>
        </>
      ) : (
        <span className="row small ink2" style={{ marginTop: 6 }}>
          <Glyph level={answered > 0 ? "ok" : "none"} size={15} />
          <span>
            {answered > 0 ? t("cases.meter.answered", { n: answered }) : ""} {t("cases.meter.nothing")}
          </span>
        </span>
      )}
    </div>
  );
}

function MoneyCell({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const word = useWord();
  const why = useRunningWhy();
  const isAsked = of.running.known || of.running.reason !== "not-asked";
  return (
    <div className="sec">
      <span className="label">{isAsked ? t("cases.money.title") : t("cases.col.money")}</span>
      <span className="row base">
        {isAsked ? (
          <Running running={of.running} className="big" />
        ) : (
          <Money value={of.moneyAtRisk.amount} className="big" />
        )}
      </span>
      {of.cost && <Ticks of={of} cost={of.cost} />}
      <span className="tiny ink3" style={{ display: "block", marginTop: 6 }}>
        {of.running.known
          ? t("cases.money.estimate", { basis: word(`cases.basis.${of.running.basis}`, {}, of.running.basis) })
          : isAsked
            ? why(of.running)
            : t("cases.money.notRunning")}
      </span>
    </div>
  );
}

function Ticks({ of, cost }: { readonly of: CaseJson; readonly cost: CostJson }) {
  const t = useT();
  const f = useFormat();
  const open = useCostFigure(of, cost);
  const rows: readonly (readonly [string, string, string])[] = [
    [t("cases.money.spent", { since: f.moment(cost.firstUseAt) }), spentAt(cost, of.running, f.nowIso), ""],
    [t("cases.money.office", { when: f.moment(cost.byNextOffice.at) }), cost.byNextOffice.minor, ""],
    [t("cases.money.invoice", { day: f.day(cost.byInvoice.at) }), cost.byInvoice.minor, "crit"],
    [t("cases.money.saves"), cost.savesInDayMinor, "ok"],
  ];
  return (
    <div className="ticks small">
      {rows.map(([label, minor, tone]) => (
        <div key={label} className="tick-row">
          <span className="ink2">{label}</span>
          <Money
            value={{ minor, currency: cost.currency }}
            code={false}
            className={`b ${tone}`}
            opens={open(label, minor)}
            label={label}
          />
        </div>
      ))}
    </div>
  );
}

/** What each estimate rests on: a steady rate, and when it started. */
function useCostFigure(of: CaseJson, cost: CostJson): (title: string, minor: string) => Figure {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  return (title, minor) => ({
    title,
    parts: [
      {
        label: t("cases.money.hour"),
        value: of.running.known ? f.money(of.running.perHour, { digits: "minor" }) : t("kit.unknown"),
      },
      {
        label: t("cases.money.spent", { since: f.moment(cost.firstUseAt) }),
        value: f.money({ minor: spentAt(cost, of.running, f.nowIso), currency: cost.currency }),
      },
    ],
    sum: { label: title, value: f.money({ minor, currency: cost.currency }) },
    formula: of.running.known
      ? t("cases.money.estimate", { basis: word(`cases.basis.${of.running.basis}`, {}, of.running.basis) })
      : "",
    asOf: of.running.known ? of.running.asOf : null,
    source: "Partner Center",
  });
}
