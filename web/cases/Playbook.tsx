import { Button, Modal, SegmentedControl, Textarea } from "@mantine/core";
import { useState } from "react";
import type { CaseJson, PlaybookJson, StepJson, StepState } from "../../src/cases/contract.ts";
import { mayNow, STEP_STATES } from "../../src/cases/contract-states.ts";
import { api } from "../api.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { useProblemText } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

const LEVEL: Readonly<Record<StepState, Level>> = { todo: "none", doing: "info", done: "ok", "not-needed": "none" };
const isSettled = (step: StepJson): boolean => step.state === "done" || step.state === "not-needed";

/** What comes next is open, the rest is one line each: at 02:10 nobody reads twenty steps. */
const STAGES_OPEN = 2;

export function Playbook({ of, playbook }: { readonly of: CaseJson; readonly playbook: PlaybookJson }) {
  const t = useT();
  const word = useWord();
  const can = useMay();
  const [marking, mark] = useState<StepJson>();
  const steps = playbook.stages.flatMap((stage) => stage.steps);
  const current = playbook.stages
    .filter((stage) => !stage.steps.every(isSettled))
    .slice(0, STAGES_OPEN)
    .map((stage) => stage.id);
  const mayMark = can("cases.work") && mayNow("tick", of.state);
  return (
    <Panel
      title={t("cases.playbook")}
      question={word(`playbook.${playbook.id}`, { version: playbook.version }, playbook.id)}
      aside={
        <span className="ink3 num">
          {t("cases.playbook.done", { done: steps.filter(isSettled).length, total: steps.length })}
        </span>
      }
      id="playbook"
    >
      {playbook.stages.map((stage) => (
        <StageRow
          key={stage.id}
          stage={stage}
          isOpen={current.includes(stage.id)}
          onMark={mayMark ? mark : undefined}
        />
      ))}
      {marking && <StepDialog key={marking.id} caseId={of.id} step={marking} onClose={() => mark(undefined)} />}
    </Panel>
  );
}

type StageProps = {
  readonly stage: PlaybookJson["stages"][number];
  readonly isOpen: boolean;
  readonly onMark: ((step: StepJson) => void) | undefined;
};

function StageRow({ stage, isOpen, onMark }: StageProps) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const done = stage.steps.filter(isSettled).length;
  return (
    <details className="stage" open={isOpen}>
      <summary>
        <span className="b">{word(`playbook.stage.${stage.id}`, {}, stage.id)}</span>
        {stage.aimMinutes !== null && (
          <span className="tiny ink3">{t("playbook.aim", { time: f.duration(stage.aimMinutes) })}</span>
        )}
        <span className="push tiny ink3 num">{t("cases.playbook.done", { done, total: stage.steps.length })}</span>
      </summary>
      <div className="col stage-steps">
        {stage.steps.map((step) => (
          <StepRow key={step.id} step={step} onMark={onMark ? () => onMark(step) : undefined} />
        ))}
      </div>
    </details>
  );
}

function StepRow({ step, onMark }: { readonly step: StepJson; readonly onMark: (() => void) | undefined }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const name = word(`playbook.step.${step.id}`, {}, step.id);
  const state = t(`cases.step.${step.state}`);
  const note =
    step.state === "done" && step.by === null
      ? t("cases.step.itself")
      : (step.note ?? word(`playbook.hint.${step.id}`, {}, ""));
  const inside = (
    <>
      <span style={{ marginTop: 1 }}>
        <Glyph level={LEVEL[step.state]} size={14} label={state} />
      </span>
      <span className="col">
        <span className={step.state === "todo" || step.state === "not-needed" ? "ink2" : "b"}>{name}</span>
        <span className="tiny ink3">
          {step.state === "not-needed" && `${state}: `}
          {note}
        </span>
      </span>
      {step.at && (
        <span className="push tiny ink3 nowrap right">
          {step.by} <span className="num">{f.moment(step.at)}</span>
        </span>
      )}
    </>
  );
  if (onMark === undefined) return <div className="row top small step">{inside}</div>;
  return (
    <button type="button" className="row top small step press" onClick={onMark} aria-haspopup="dialog">
      {inside}
    </button>
  );
}

type StepDialogProps = { readonly caseId: string; readonly step: StepJson; readonly onClose: () => void };

function StepDialog({ caseId, step, onClose }: StepDialogProps) {
  const t = useT();
  const word = useWord();
  const problemText = useProblemText();
  const [state, setState] = useState<StepState>(
    step.state === "done" ? "done" : step.state === "todo" ? "done" : step.state,
  );
  const [note, setNote] = useState(step.note ?? "");
  const write = useWrite<{ state: StepState; note?: string }, unknown>(
    (input, options) => api.post(`/api/cases/${caseId}/steps/${step.id}`, input, options),
    {
      topics: ["cases"],
      onDone: onClose,
    },
  );
  const needsReason = state === "not-needed" && note.trim() === "";
  return (
    <Modal opened onClose={onClose} title={word(`playbook.step.${step.id}`, {}, step.id)} centered size={480}>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          const text = note.trim();
          if (!needsReason && !write.isPending) write.mutate(text === "" ? { state } : { state, note: text });
        }}
      >
        <span className="small ink2">{word(`playbook.hint.${step.id}`, {}, "")}</span>
        <SegmentedControl
          fullWidth
          className="scroll-x"
          value={state}
          onChange={(value) => setState(value as StepState)}
          data={STEP_STATES.map((one) => ({ value: one, label: t(`cases.step.${one}`) }))}
        />
        <Textarea
          label={t(state === "not-needed" ? "cases.step.reason" : "cases.step.note")}
          autosize
          minRows={2}
          maxLength={4_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {write.error && (
          <span className="small crit" role="alert">
            {problemText(write.error)}
          </span>
        )}
        <span className="row" style={{ justifyContent: "flex-end" }}>
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" disabled={needsReason} loading={write.isPending}>
            {t("cases.step.save", { state: t(`cases.step.${state}`) })}
          </Button>
        </span>
      </form>
    </Modal>
  );
}
