import { Button, Radio, Textarea } from "@mantine/core";
import { useState } from "react";
import type { AnswerReason, NoticeJson } from "../../src/notices/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useProblemText, Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

const WHY_MIN = 3;
const REASONS: readonly AnswerReason[] = ["fraud", "legitimate", "ignore"];

/** What Microsoft was told, or the form that proposes it. Nothing is sent from here: another person approves first. */
export function AnswerPanel({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  return (
    <Panel title={t("notices.answer")} question={t("notices.answer.q")} id="answer">
      {notice.answer === null ? <AnswerForm notice={notice} /> : <Answered notice={notice} answer={notice.answer} />}
    </Panel>
  );
}

function Answered({
  notice,
  answer,
}: {
  readonly notice: NoticeJson;
  readonly answer: NonNullable<NoticeJson["answer"]>;
}) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const facts = {
    reason: word(`notices.reason.${answer.reason ?? "unknown"}`, {}, answer.reason ?? ""),
    name: answer.by ?? t("notices.answered.someone"),
    when: f.moment(answer.at),
  };
  return (
    <div className="sec col" style={{ gap: 6 }}>
      <span className="row b">
        <Glyph level="ok" />
        {t("notices.answered", { time: f.duration(answer.afterMinutes) })}
      </span>
      <span className="small ink2">
        {t(answer.where === "desk" ? "notices.answered.desk" : "notices.answered.elsewhere", facts)}
      </span>
      {answer.proposalId && (
        <Go className="more" to={`/decisions/${answer.proposalId}`}>
          {t("notices.answer.open")}
        </Go>
      )}
      {notice.running.known && BigInt(notice.running.perHour.minor) > 0n && <Why>{t("notices.answer.stops")}</Why>}
    </div>
  );
}

function AnswerForm({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  const can = useMay();
  const problemText = useProblemText();
  const [reason, setReason] = useState<AnswerReason>();
  const [why, setWhy] = useState("");
  const send = useWrite<{ reason: AnswerReason; why: string }, { proposalId: string }>(
    (input, options) => api.post(`/api/notices/${notice.id}/answer`, input, options),
    { topics: ["notices", "cases", "response"] },
  );
  const isReady = reason !== undefined && why.trim().length >= WHY_MIN;
  if (!can("notices.answer"))
    return (
      <div className="sec">
        <Why>{t("notices.answer.role")}</Why>
      </div>
    );
  if (send.data) return <Proposed proposalId={send.data.proposalId} />;
  return (
    <form
      className="sec col"
      style={{ gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !send.isPending) send.mutate({ reason, why: why.trim() });
      }}
    >
      <Radio.Group
        label={t("notices.answer.reason")}
        size="sm"
        value={reason ?? null}
        onChange={(value) => setReason(value as AnswerReason)}
      >
        <div className="col" style={{ gap: 6, marginTop: 6 }}>
          {REASONS.map((one) => (
            <Radio
              key={one}
              value={one}
              label={t(`notices.answer.${one}`)}
              description={t(`notices.answer.${one}.told`)}
            />
          ))}
        </div>
      </Radio.Group>
      <Textarea
        label={t("notices.answer.why")}
        description={t("notices.answer.why.text")}
        autosize
        minRows={2}
        maxLength={4_000}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      {send.error && (
        <span className="small crit" role="alert">
          {problemText(send.error)}
        </span>
      )}
      <Button type="submit" disabled={!isReady} loading={send.isPending} style={{ alignSelf: "flex-start" }}>
        {t("notices.answer.send")}
      </Button>
      <Why>
        {isReady ? t("notices.answer.second") : t("notices.answer.choose")} {t("notices.answer.stops")}
      </Why>
    </form>
  );
}

function Proposed({ proposalId }: { readonly proposalId: string }) {
  const t = useT();
  return (
    <div className="sec col" style={{ gap: 6 }} role="status">
      <span className="row">
        <Glyph level="info" />
        {t("notices.answer.proposed")}
      </span>
      <Go className="more" to={`/decisions/${proposalId}`}>
        {t("notices.answer.open")}
      </Go>
    </div>
  );
}
