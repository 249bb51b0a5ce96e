import { useState } from "react";
import type { AccountWire } from "../../src/collections/contract-wire.ts";
import { type Key, useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, Tag } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useStepName } from "./steps.ts";
import "./ladder/ladder.css";

type State = NonNullable<AccountWire["state"]>;
type Step = State["steps"][number];

/** Every step of the policy with why it does or does not match: nothing is decided that cannot be looked up here. */
export function StepsPanel({ state }: { readonly state: State }) {
  const t = useT();
  const f = useFormat();
  const name = useStepName();
  const [open, setOpen] = useState<string | undefined>();
  return (
    <Panel
      title={t("collections.ladder")}
      question={t("collections.ladder.q")}
      aside={
        <Go className="more" to={`/collections/policies/${state.policy.id}`}>
          {t("collections.policyVersion", { name: name(state.policy.name), version: state.policy.version })}
        </Go>
      }
    >
      <ol className="steps">
        {state.steps.map((step) => (
          <li key={step.id} className={`step ${step.matches ? "on" : ""} ${step.id === state.step ? "now" : ""}`}>
            <button
              type="button"
              className="step-head"
              aria-expanded={open === step.id}
              onClick={() => setOpen(open === step.id ? undefined : step.id)}
            >
              <Glyph level={step.toldOn !== null ? "ok" : step.matches ? "warn" : "none"} size={14} />
              <span className="num step-day">
                {step.daysPastDue === 0 ? t("collections.due") : f.count(step.daysPastDue)}
              </span>
              <span className="b cut">{name(step.name)}</span>
              <span className="push small ink3">
                {step.toldOn === null
                  ? t(step.matches ? "collections.step.matches" : "collections.step.not")
                  : t("collections.step.told", { day: f.day(step.toldOn) })}
              </span>
            </button>
            {step.effects.length > 0 && <StepEffects step={step} />}
            {open === step.id && <Because step={step} />}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function StepEffects({ step }: { readonly step: Step }) {
  const t = useT();
  const f = useFormat();
  return (
    <ul className="step-effects small">
      {step.effects.map(({ kind, isDone, waiting }) => (
        <li key={kind} className="row wrap" style={{ gap: 6 }}>
          <Tag level={isDone ? "warn" : "none"} line>
            {t(`collections.effect.${kind}`)}
          </Tag>
          {isDone && <span>{t("collections.effect.isDone")}</span>}
          {!isDone &&
            step.matches &&
            waiting.map((one, at) => (
              <span key={at} className="ink3">
                {one.kind === "notice-period"
                  ? t("collections.waiting.notice-period", { day: f.day(one.until) })
                  : one.kind === "approval"
                    ? t("collections.waiting.approval", { n: one.need })
                    : one.kind === "resting"
                      ? t("collections.waiting.resting", { why: t(`collections.resting.${one.why}` as Key) })
                      : t("collections.waiting.notice-not-sent", { step: one.stepId })}
              </span>
            ))}
        </li>
      ))}
    </ul>
  );
}

function Because({ step }: { readonly step: Step }) {
  const t = useT();
  return (
    <table className="t small because">
      <thead>
        <tr>
          <th>{t("collections.because.condition")}</th>
          <th className="right">{t("collections.because.wanted")}</th>
          <th className="right">{t("collections.because.found")}</th>
        </tr>
      </thead>
      <tbody>
        {step.because.map((read) => (
          <tr key={read.condition + read.wanted}>
            <td>
              <span className="row" style={{ gap: 6 }}>
                <Glyph
                  level={read.isMet ? "ok" : "none"}
                  size={12}
                  label={t(read.isMet ? "collections.because.met" : "collections.because.notMet")}
                />
                {t(`collections.condition.${read.condition}`)}
              </span>
            </td>
            <td className="right num">{read.wanted}</td>
            <td className="right num">{read.found}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The invoices that drive the ladder, those left out with the reason. */
export function ItemsPanel({ account }: { readonly account: AccountWire }) {
  const t = useT();
  const f = useFormat();
  const state = account.state;
  if (state === null) return null;
  const items = state.currencies.flatMap((one) => one.items);
  return (
    <Panel
      title={t("collections.items")}
      question={t("collections.items.q")}
      aside={
        <Go className="more" to={`/receivables/${account.row.accountId}`}>
          {t("collections.toLedger")}
        </Go>
      }
    >
      {items.length === 0 ? (
        <EmptyState level="ok" title={t("collections.items.none")} />
      ) : (
        <table className="t data-table" aria-label={t("collections.items")}>
          <thead>
            <tr>
              <th>{t("collections.invoice")}</th>
              <th className="right">{t("collections.items.open")}</th>
              <th className="right">{t("collections.items.dueOn")}</th>
              <th className="right">{t("collections.days")}</th>
              <th>{t("collections.items.counts")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.invoiceId} className={item.invoiceId === state.carrying?.invoiceId ? "sel" : ""}>
                <td className="card-title">{item.number}</td>
                <td className="right card-aside">
                  <Money value={item.open} />
                </td>
                <td className="right num card-more">{f.day(item.dueDay)}</td>
                <td className="right num card-off">{f.count(item.daysPastDue)}</td>
                <td className="card-detail">
                  {item.invoiceId === state.carrying?.invoiceId ? (
                    <Tag level="warn">{t("collections.items.carrying")}</Tag>
                  ) : item.leftOut === null ? (
                    t("collections.items.yes")
                  ) : (
                    <Tag level="info">{t(`collections.leftOut.${item.leftOut}`)}</Tag>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Credits state={state} />
    </Panel>
  );
}

function Credits({ state }: { readonly state: State }) {
  const t = useT();
  const shown = state.currencies.filter((one) => BigInt(one.credits.minor) !== 0n);
  if (shown.length === 0) return null;
  return (
    <div className="sec small ink2">
      {shown.map((one) => (
        <div key={one.currency}>
          {t("collections.credits")} <Money value={one.credits} /> · {t("collections.overdue.net")}{" "}
          <Money value={one.netOverdue} />
        </div>
      ))}
    </div>
  );
}

type ForecastProps = { readonly forecast: AccountWire["forecast"]; readonly hasPolicy: boolean };

/** What comes on which day if nobody pays and nothing changes. */
export function ForecastPanel({ forecast, hasPolicy }: ForecastProps) {
  const t = useT();
  const f = useFormat();
  const name = useStepName();
  return (
    <Panel title={t("collections.forecast")} question={t("collections.forecast.q")}>
      {forecast.length === 0 ? (
        <EmptyState
          level={hasPolicy ? "ok" : "unknown"}
          title={t(hasPolicy ? "collections.forecast.none" : "collections.noPolicy")}
        />
      ) : (
        <ul className="rows">
          {forecast.map((one, at) => (
            <li key={at} className="row sec small">
              <span className="num nowrap" style={{ minWidth: 64 }}>
                {f.day(one.day)}
              </span>
              <span className="col">
                <span>
                  {t(`collections.forecast.${one.what}`)} {name(one.stepName)}
                </span>
                {one.effects.length > 0 && (
                  <span className="tiny ink3">
                    {one.effects.map((kind) => t(`collections.effect.${kind}`)).join(", ")}
                  </span>
                )}
              </span>
              {one.asks > 0 && <span className="push asks">{t("collections.asks")}</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
