import { Button, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { LetterWire } from "../../../src/collections/letters/contract.ts";
import { api } from "../../api.ts";
import { useFormat, useT, useWord } from "../../i18n/t.ts";
import { Facts } from "../../kit/Bits.tsx";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { DayField } from "../../kit/DayField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { Loaded } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useDesk, useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { Amounts, Paper, StateTag } from "./parts.tsx";

/** One letter: as the customer reads it, whether it arrived, and what may be done with it. */
export function LetterPage() {
  const t = useT();
  const { letterId } = useParams({ from: "/desk/collections/letters/$letterId" });
  const letter = useRead<LetterWire>(["collections", "letter", letterId], `/api/collections/letters/${letterId}`);
  return (
    <Page
      title={letter.data === undefined ? t("letters.col.subject") : letter.data.number}
      crumbs={[
        { label: t("nav.collections"), to: "/collections" },
        { label: t("letters.title"), to: "/collections/letters" },
      ]}
      beside={letter.data && <StateTag row={letter.data} />}
    >
      <Loaded query={letter} title={t("letters.one.failed")}>
        {(data) => (
          <div className="g2 letters-two">
            <div className="stk">
              <Panel title={t("letters.one.read")} question={t("letters.one.read.q")} aside={<PdfLink letter={data} />}>
                <div className="sec">
                  <p className="b letters-break" style={{ marginTop: 0 }}>
                    {data.subject}
                  </p>
                  <Paper html={data.html} text={data.text} title={data.subject} />
                </div>
              </Panel>
            </div>
            <div className="stk">
              <FactsPanel letter={data} />
              <DeliveryPanel letter={data} />
              <TrailPanel letter={data} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function PdfLink({ letter }: { readonly letter: LetterWire }) {
  const t = useT();
  return (
    <a href={`/api/collections/letters/${letter.letterId}/pdf`} target="_blank" rel="noreferrer">
      {t("letters.one.pdf")}
    </a>
  );
}

function FactsPanel({ letter }: { readonly letter: LetterWire }) {
  const t = useT();
  const f = useFormat();
  const template =
    letter.templateVersion === 0
      ? t("letters.one.template.own")
      : t("letters.one.template.version", { n: letter.templateVersion });
  return (
    <Panel title={t("letters.one.facts")}>
      <div className="sec col" style={{ gap: 12 }}>
        <Facts
          rows={[
            [
              t("letters.col.account"),
              <Go key="a" to={`/customers/${letter.accountId}`}>
                {letter.accountName}
              </Go>,
            ],
            [
              t("letters.col.subject"),
              `${t(`letters.purpose.${letter.purpose}`)}, ${t(`letters.channel.${letter.channel}`)}`,
            ],
            [
              t("letters.col.step"),
              letter.policyId === null
                ? letter.stepId
                : `${letter.stepId} (${letter.policyId} ${letter.policyVersion})`,
            ],
            [t("letters.one.template"), `${template}, ${t(`letters.place.${letter.place}`)}`],
            [t("letters.col.day"), f.day(letter.decidedOn)],
            [t("letters.col.amount"), <Amounts key="m" row={letter} />],
          ]}
        />
        {letter.unprintable.length > 0 && (
          <span className="small row top">
            <Glyph level="warn" />
            {t("letters.unprintable", { list: letter.unprintable.join(" ") })}
          </span>
        )}
        <Acts letter={letter} />
      </div>
    </Panel>
  );
}

function DeliveryPanel({ letter }: { readonly letter: LetterWire }) {
  const t = useT();
  const f = useFormat();
  return (
    <Panel title={t("letters.one.delivery")} question={t("letters.one.delivery.q")}>
      {letter.isMaybeTwice && (
        <div className="sec small row top">
          <Glyph level="warn" />
          <span>
            <span className="b">{t("letters.maybeTwice")}</span> {t("letters.maybeTwice.text")}
          </span>
        </div>
      )}
      {letter.delivery.length === 0 && <p className="sec small ink2">{t("letters.copy.none")}</p>}
      <ul className="letters-rows small">
        {letter.delivery.map((copy) => (
          <li key={copy.address} className="col letters-break">
            <span className="letters-address">{copy.address}</span>
            <span className="ink2">
              {t(`letters.copy.${copy.state}`, { time: copy.nextAt === null ? "" : f.moment(copy.nextAt) })}
              {copy.at !== null && `, ${f.moment(copy.at)}`}
              {copy.attempts > 0 && `, ${t("letters.copy.tries", { n: copy.attempts })}`}
            </span>
            {copy.answer !== null && <span className="tiny mono ink3">{copy.answer}</span>}
          </li>
        ))}
      </ul>
      {letter.messageId !== null && (
        <p className="sec tiny ink3 letters-break">{`${t("letters.one.messageId")}: ${letter.messageId}`}</p>
      )}
    </Panel>
  );
}

function TrailPanel({ letter }: { readonly letter: LetterWire }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  return (
    <Panel title={t("letters.one.trail")} question={t("letters.one.trail.q")}>
      <ol className="letters-rows small">
        {letter.trail.map((step, at) => (
          <li key={at} className="col letters-break">
            <span>
              <span className="num ink3">{f.moment(step.at)}</span> {word(`letters.trail.${step.what}`, {}, step.what)}
            </span>
            {(step.address !== null || step.detail !== null) && (
              <span className="tiny ink3">
                {[step.address, step.detail && word(`letters.why.${step.detail}`, {}, step.detail)]
                  .filter(Boolean)
                  .join(": ")}
              </span>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

type Asking = "resend" | "cancel" | "returned";

/** What may be done with it now; nothing else is offered. */
function Acts({ letter }: { readonly letter: LetterWire }) {
  const t = useT();
  const can = useMay();
  const [asking, ask] = useState<Asking>();
  const may: Readonly<Record<Asking, boolean>> = {
    resend: ["failed", "returned", "cancelled"].includes(letter.state) && letter.channel !== "call",
    cancel: letter.state === "queued" || letter.state === "deferred",
    returned: letter.state === "sent",
  };
  if (!can("collections.work")) return null;
  return (
    <span className="row wrap">
      {may.resend && (
        <Button size="xs" onClick={() => ask("resend")}>
          {t("letters.resend")}
        </Button>
      )}
      {may.cancel && (
        <Button size="xs" variant="default" onClick={() => ask("cancel")}>
          {t("letters.cancel")}
        </Button>
      )}
      {may.returned && (
        <Button size="xs" variant="default" onClick={() => ask("returned")}>
          {t("letters.return")}
        </Button>
      )}
      {asking !== undefined && <ActDialog letter={letter} asking={asking} onClose={() => ask(undefined)} />}
    </span>
  );
}

const WORD = { resend: "letters.resend", cancel: "letters.cancel", returned: "letters.return" } as const;
const TEXT = { resend: "letters.resend.text", cancel: "letters.cancel.text", returned: "letters.return.text" } as const;

function ActDialog({
  letter,
  asking,
  onClose,
}: {
  readonly letter: LetterWire;
  readonly asking: Asking;
  readonly onClose: () => void;
}) {
  const t = useT();
  const { now, zone } = useDesk();
  const [why, setWhy] = useState("");
  const [on, setOn] = useState(() => Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate().toString());
  const body = asking === "resend" ? {} : asking === "cancel" ? { why } : { why, on };
  const act = useWrite(
    (_: null, options) => api.post(`/api/collections/letters/${letter.letterId}/${asking}`, body, options),
    {
      topics: ["collections"],
      onDone: onClose,
    },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`${t(WORD[asking])}: ${letter.number}`}
      action={t(WORD[asking])}
      effects={[
        { text: t(TEXT[asking]), isReversible: true, ...(asking === "returned" && { how: t("letters.return.how") }) },
      ]}
      onConfirm={() => act.mutate(null)}
      isBusy={act.isPending}
      error={act.error}
    >
      {asking === "returned" && <DayField label={t("letters.on")} value={on} onChange={setOn} />}
      {asking !== "resend" && (
        <TextInput
          label={t("letters.reason")}
          required
          minLength={3}
          maxLength={500}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
      )}
    </ConfirmDialog>
  );
}
