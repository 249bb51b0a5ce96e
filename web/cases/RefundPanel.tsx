import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { CaseJson, RefundJson } from "../../src/cases/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

/** Amber from this many days before the last one. */
const NEAR_DAYS = 14;
const TICKET_MIN = 3;

const levelOf = (refund: RefundJson): Level => {
  if (refund.state === "filed") return "ok";
  if (refund.state !== "open") return "error";
  return refund.daysLeft <= NEAR_DAYS ? "warn" : "none";
};

/** Until when Microsoft can be asked for a credit: 60 calendar days from the first fraudulent use, once per customer. */
export function RefundPanel({ of, refund }: { readonly of: CaseJson; readonly refund: RefundJson }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const [isOpen, open] = useState(false);
  const level = levelOf(refund);
  const day = refund.filedOn === null ? "" : f.day(refund.filedOn);
  const ticket = refund.ticket ?? "";
  const head = {
    open: refund.daysLeft === 0 ? t("cases.refund.today") : t("cases.refund.open", { n: refund.daysLeft }),
    filed: t("cases.refund.filed", { day, ticket }),
    used: t("cases.refund.used", { day, ticket }),
    expired: t("cases.refund.expired", { day: f.day(refund.lastDay) }),
  }[refund.state];
  return (
    <Panel title={t("cases.refund")} question={t("cases.refund.q")}>
      <div className="sec col" style={{ gap: 6 }}>
        <span className="row">
          <Glyph level={level} size={15} />
          <span className={`b ${level === "warn" || level === "error" ? (level === "warn" ? "warn" : "crit") : ""}`}>
            {head}
          </span>
        </span>
        {refund.state === "open" && (
          <>
            <span className="small ink2">
              {t("cases.refund.until", { day: f.day(refund.lastDay), first: f.day(refund.firstUseOn) })}
            </span>
            <span className="tiny ink3">{t("cases.refund.once")}</span>
            {can("cases.work") && (
              <Button
                variant="default"
                size="compact-sm"
                style={{ alignSelf: "flex-start" }}
                onClick={() => open(true)}
              >
                {t("cases.refund.record")}
              </Button>
            )}
          </>
        )}
      </div>
      {isOpen && <RecordDialog caseId={of.id} today={f.nowIso} onClose={() => open(false)} />}
    </Panel>
  );
}

function RecordDialog({
  caseId,
  today,
  onClose,
}: {
  readonly caseId: string;
  readonly today: string;
  readonly onClose: () => void;
}) {
  const t = useT();
  const f = useFormat();
  const [ticket, setTicket] = useState("");
  const [filedOn, setFiledOn] = useState(
    Temporal.Instant.from(today).toZonedDateTimeISO(f.zone).toPlainDate().toString(),
  );
  const write = useWrite<{ ticket: string; filedOn: string }, unknown>(
    (input, options) => api.post(`/api/cases/${caseId}/refund`, input, options),
    {
      topics: ["cases"],
      onDone: onClose,
    },
  );
  const isReady = ticket.trim().length >= TICKET_MIN;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("cases.refund.title")}
      action={t("cases.refund.do")}
      effects={[{ text: t("cases.refund.lasting"), isReversible: false }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={isReady ? undefined : t("cases.refund.ticket")}
      onConfirm={() => write.mutate({ ticket: ticket.trim(), filedOn })}
    >
      <TextInput
        label={t("cases.refund.ticket")}
        value={ticket}
        maxLength={100}
        onChange={(event) => setTicket(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        type="date"
        label={t("cases.refund.day")}
        value={filedOn}
        onChange={(event) => setFiledOn(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
