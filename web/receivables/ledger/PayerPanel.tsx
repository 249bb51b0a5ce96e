import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { PayerLinkWire, StatementWire } from "../../../src/receivables/contract-statement.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { CustomerField } from "../../kit/CustomerField.tsx";
import { DayField } from "../../kit/DayField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";

const REASON_MIN = 3;
const TOPICS = ["receivables", "customers", "collections"] as const;

/** Who pays for whom, from day to day. */
export function PayerPanel({ statement }: { readonly statement: StatementWire }) {
  const t = useT();
  const f = useFormat();
  const canAct = useMay()("receivables.allocate");
  const [dialog, setDialog] = useState<"set" | PayerLinkWire | undefined>();
  const isPaidFor = statement.payers.some((link) => link.customerId === statement.customerId && link.until === null);
  return (
    <Panel
      title={t("ledger.payer")}
      question={t("ledger.payer.q")}
      aside={
        canAct &&
        !isPaidFor && (
          <Button size="compact-xs" mih={24} variant="default" onClick={() => setDialog("set")}>
            {t("ledger.payer.set")}…
          </Button>
        )
      }
    >
      <ul className="sec ledger-lines small">
        {statement.payers.length === 0 && <li className="ink2">{t("ledger.payer.self")}</li>}
        {statement.payers.map((link) => (
          <li key={link.id} className="row ledger-sums">
            <Go
              className="lnk"
              to={`/receivables/${link.payerId === statement.customerId ? link.customerId : link.payerId}`}
            >
              {t("ledger.payer.by", { payer: link.payerName, name: link.customerName })}
            </Go>
            <span className="num ink2">
              {t("ledger.payer.from", { day: f.day(link.from) })}{" "}
              {link.until && t("ledger.payer.until", { day: f.day(link.until) })}
            </span>
            <span className="ink3">{t("ledger.change.by", { name: link.setBy, reason: link.reason })}</span>
            {canAct && link.until === null && (
              <Button className="push" size="compact-xs" mih={24} variant="default" onClick={() => setDialog(link)}>
                {t("ledger.payer.end")}…
              </Button>
            )}
          </li>
        ))}
      </ul>
      {dialog !== undefined && (
        <PayerDialog
          statement={statement}
          link={dialog === "set" ? undefined : dialog}
          onClose={() => setDialog(undefined)}
        />
      )}
    </Panel>
  );
}

type DialogProps = {
  readonly statement: StatementWire;
  /** The link to end; a new one is set without. */
  readonly link: PayerLinkWire | undefined;
  readonly onClose: () => void;
};
function PayerDialog({ statement, link, onClose }: DialogProps) {
  const t = useT();
  const f = useFormat();
  const [day, setDay] = useState(statement.asOf);
  const [payerId, setPayerId] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const path = link === undefined ? `/api/customers/${statement.customerId}/payer` : `/api/payer-links/${link.id}/end`;
  const write = useWrite<object, unknown>((body, o) => api.post(path, body, o), { topics: TOPICS, onDone: onClose });
  const isSet = link === undefined;
  const dayText = day === "" ? "…" : f.day(day);
  const whyNot =
    isSet && payerId === null
      ? t("ledger.payer.id.bad")
      : reason.trim().length < REASON_MIN
        ? t("ledger.reason.needed")
        : undefined;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={
        isSet
          ? t("ledger.payer.set.title", { name: statement.name })
          : t("ledger.payer.end.title", { name: link.customerName })
      }
      action={isSet ? t("ledger.payer.set.do", { day: dayText }) : t("ledger.payer.end.do", { day: dayText })}
      effects={[
        {
          text: t(isSet ? "ledger.payer.set.effect" : "ledger.payer.end.effect"),
          isReversible: true,
          how: t("ledger.payer.undo"),
        },
      ]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={whyNot}
      onConfirm={() =>
        write.mutate(isSet ? { payerId, from: day, reason: reason.trim() } : { until: day, reason: reason.trim() })
      }
    >
      {isSet && (
        <CustomerField
          label={t("ledger.payer.id")}
          placeholder={t("ledger.customer.search")}
          nothingFound={t("ledger.customer.none")}
          value={payerId}
          onChange={setPayerId}
          isOffered={(id) => id !== statement.customerId}
        />
      )}
      <DayField label={t("ledger.day")} value={day} onChange={setDay} />
      <Textarea
        label={t("ledger.reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={500}
      />
    </ConfirmDialog>
  );
}
