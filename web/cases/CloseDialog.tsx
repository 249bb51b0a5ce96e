import { Button, Modal, Radio, Textarea } from "@mantine/core";
import { useState } from "react";
import type { BlockerJson, CaseJson, Outcome } from "../../src/cases/contract.ts";
import { CLOSE_NOTE_MIN, OUTCOMES_OF } from "../../src/cases/contract-states.ts";
import { api } from "../api.ts";
import { useT, useWord } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useProblemText, Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

/** Says what stops closing before anything is asked, and what closing does and does not do. */
export function CloseDialog({ of, onClose }: { readonly of: CaseJson; readonly onClose: () => void }) {
  const t = useT();
  const can = useMay();
  const [outcome, setOutcome] = useState<Outcome>();
  const [note, setNote] = useState("");
  const write = useWrite<{ outcome: Outcome; note: string }, unknown>(
    (input, options) => api.post(`/api/cases/${of.id}/close`, input, options),
    {
      topics: ["cases", "notices"],
      onDone: onClose,
    },
  );
  const blockers = [...of.blockers, ...(outcome === "fraud" ? of.stepsIfFraud : [])];
  const isWritten = note.trim().length >= CLOSE_NOTE_MIN;
  const mayClose = can("cases.close");
  const whyNot = !mayClose
    ? t("cases.closing.role")
    : outcome === undefined
      ? t("cases.block.outcome-missing")
      : isWritten
        ? undefined
        : t("cases.block.note-missing");
  const isReady = blockers.length === 0 && whyNot === undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      centered
      title={t("cases.closing", { number: of.number })}
      closeButtonProps={{ "aria-label": t("kit.close") }}
    >
      <form
        className="col"
        style={{ gap: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && outcome !== undefined && !write.isPending) write.mutate({ outcome, note: note.trim() });
        }}
      >
        {blockers.length > 0 && <Blockers blockers={blockers} onGo={onClose} />}
        <Outcomes of={of} outcome={outcome} onChange={setOutcome} />
        <Textarea
          label={t("cases.closing.why")}
          description={t("cases.closing.why.text", { n: CLOSE_NOTE_MIN })}
          autosize
          minRows={2}
          maxLength={4_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <WhenClosed of={of} />
        <Foot error={write.error} whyNot={whyNot} isReady={isReady} isBusy={write.isPending} onClose={onClose} />
      </form>
    </Modal>
  );
}

type FootProps = {
  readonly error: unknown;
  readonly whyNot: string | undefined;
  readonly isReady: boolean;
  readonly isBusy: boolean;
  readonly onClose: () => void;
};

function Foot({ error, whyNot, isReady, isBusy, onClose }: FootProps) {
  const t = useT();
  const problemText = useProblemText();
  return (
    <>
      {error !== null && (
        <span className="small crit" role="alert">
          {problemText(error)}
        </span>
      )}
      <span className="row wrap" style={{ justifyContent: "flex-end" }}>
        {whyNot && <Why id="close-why">{whyNot}</Why>}
        <Button variant="default" onClick={onClose}>
          {t("kit.cancel")} <K>Esc</K>
        </Button>
        <Button type="submit" disabled={!isReady} loading={isBusy} aria-describedby={whyNot ? "close-why" : undefined}>
          {t("cases.closing.do")}
        </Button>
      </span>
    </>
  );
}

type OutcomesProps = {
  readonly of: CaseJson;
  readonly outcome: Outcome | undefined;
  readonly onChange: (outcome: Outcome) => void;
};

function Outcomes({ of, outcome, onChange }: OutcomesProps) {
  const t = useT();
  return (
    <Radio.Group
      label={t("cases.closing.what")}
      size="sm"
      value={outcome ?? null}
      onChange={(value) => onChange(value as Outcome)}
    >
      <div className="col" style={{ gap: 6, marginTop: 6 }}>
        {OUTCOMES_OF[of.family].map((one) => (
          <Radio key={one} value={one} label={t(`cases.closing.${one}`)} description={t(`cases.closing.${one}.text`)} />
        ))}
      </div>
    </Radio.Group>
  );
}

/** Where each thing that stops closing is dealt with. */
const PLACE: Readonly<Partial<Record<BlockerJson["code"], (id: string) => string>>> = {
  "notice-open": (id) => `/notices/${id}`,
  "proposal-live": (id) => `/decisions/${id}`,
};

function Blockers({ blockers, onGo }: { readonly blockers: readonly BlockerJson[]; readonly onGo: () => void }) {
  const t = useT();
  const word = useWord();
  return (
    <div className="block small" role="status">
      <span className="row b">
        <Glyph level="error" />
        {t("cases.closing.stop", { n: blockers.length })}
      </span>
      <ul className="plain-list">
        {blockers.map((one) => {
          const ref = one.code === "step-open" ? word(`playbook.step.${one.ref}`, {}, one.ref ?? "") : (one.ref ?? "");
          const what = word(`cases.block.${one.code}`, { ref }, one.code);
          const to = one.id === null ? undefined : PLACE[one.code]?.(one.id);
          return (
            <li key={`${one.code} ${one.ref}`} className="row wrap" style={{ gap: "0 8px" }}>
              {to ? (
                <Go className="lnk" to={to} onClick={onGo}>
                  {what}
                </Go>
              ) : (
                <span className="b">{what}</span>
              )}
              <span className="ink2">{word(`cases.block.${one.code}.how`, {}, "")}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function WhenClosed({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const word = useWord();
  const told = of.notices.flatMap(({ number, answer }) =>
    answer === null
      ? []
      : [
          t("cases.closing.told", {
            number,
            reason: word(`notices.reason.${answer.reason ?? "unknown"}`, {}, answer.reason ?? ""),
          }),
        ],
  );
  return (
    <div className="small ink2">
      <span className="label" style={{ display: "block", marginBottom: 3 }}>
        {t("cases.closing.when")}
      </span>
      {[t("cases.closing.when.text"), ...told].join(" ")}
    </div>
  );
}
