import type { ProposalJson } from "../../src/response/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, Tag } from "../kit/Risk.tsx";
import { STEP_LEVEL } from "./parts.tsx";
import { useTargetName, useWhyText } from "./texts.ts";

type Step = ProposalJson["steps"][number];

/** Each call: sent, accepted, seen at Microsoft, with times; or what went wrong and what to do about it. */
export function StepsPanel({ steps }: { readonly steps: readonly Step[] }) {
  const t = useT();
  return (
    <Panel className="r-steps" title={t("response.steps")} question={t("response.steps.q")}>
      <StepList steps={steps} />
    </Panel>
  );
}

export function StepList({ steps }: { readonly steps: readonly Step[] }) {
  const word = useWord();
  const nameOf = useTargetName();
  return (
    <ol className="steps-list">
      {steps.map((step) => (
        <li key={step.position}>
          <span style={{ marginTop: 2 }}>
            <Glyph level={STEP_LEVEL[step.state]} size={14} />
          </span>
          <span className="col" style={{ gap: 2 }}>
            <span className="b">
              {word(`response.stepName.${step.kind}`, { name: nameOf(step.target) }, step.target.name)}
            </span>
            <Way step={step} />
            <Details step={step} />
          </span>
          <StepTag step={step} />
        </li>
      ))}
    </ol>
  );
}

function StepTag({ step }: { readonly step: Step }) {
  const t = useT();
  const level = STEP_LEVEL[step.state];
  return (
    <span>
      <Tag level={level} line={level === "none"}>
        {t(`response.step.${step.state}`)}
      </Tag>
    </span>
  );
}

/** sent 02:41 · verified 02:52: what happened when. */
function Way({ step }: { readonly step: Step }) {
  const t = useT();
  const f = useFormat();
  const at = (state: "sent" | "verified", iso: string) =>
    t("response.step.at", { state: t(`response.step.${state}`), time: f.moment(iso) });
  return (
    <span className="way-line small ink2 num">
      {step.foundSo && <span>{t("response.step.foundSo")}</span>}
      {step.sentAt && <span>{at("sent", step.sentAt)}</span>}
      {step.verifiedAt && <span>{at("verified", step.verifiedAt)}</span>}
      {step.nextAt && <span>{t("response.step.next", { time: f.moment(step.nextAt) })}</span>}
      {step.attempts.length > 1 && <span>{t("response.step.tries", { n: step.attempts.length })}</span>}
    </span>
  );
}

function Details({ step }: { readonly step: Step }) {
  const t = useT();
  const word = useWord();
  const why = useWhyText();
  const before = Object.entries(step.before ?? {})
    .filter(([name]) => name !== "etag")
    .map(([name, value]) =>
      word(`response.fact.${name}`, { value: word(`response.value.${value}`, {}, String(value)) }, `${name} ${value}`),
    );
  return (
    <>
      {before.length > 0 && (
        <span className="tiny ink3">{t("response.step.before", { facts: before.join(", ") })}</span>
      )}
      {step.whyNot && <span className="small said is-doubtful">{why(step.whyNot)}</span>}
      {step.state === "unverified" && <span className="small said is-doubtful">{t("response.unverified.text")}</span>}
      {step.problem && (
        <Trouble problem={step.problem} isOver={step.state === "failed" || step.state === "unverified"} />
      )}
      <span className="tiny ink3 mono cut">{t("response.step.request", { id: step.requestId })}</span>
    </>
  );
}

/** Microsoft's own words, and what a person should do now. */
function Trouble({ problem, isOver }: { readonly problem: NonNullable<Step["problem"]>; readonly isOver: boolean }) {
  const t = useT();
  const word = useWord();
  const code = [problem.httpStatus, problem.code].filter((part) => part !== null).join(" ");
  return (
    <span className={`small said col ${isOver ? "" : "is-doubtful"}`} role={isOver ? "alert" : undefined}>
      <span>{word(`response.todo.${problem.advice}`, {}, problem.advice)}</span>
      <span className="tiny ink3">
        {t("response.said", { detail: problem.detail })} {code} <span className="mono">{problem.correlationId}</span>
      </span>
    </span>
  );
}
