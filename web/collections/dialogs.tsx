import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useWrite } from "../query.ts";
import type { AccountWire } from "../../src/collections/contract-wire.ts";
import type { CallWire, HoldWire, PromiseWire } from "../../src/collections/contract-work.ts";
import { CALL_OUTCOMES, type CallOutcome, DISPUTE_OUTCOMES, DISPUTE_REASONS } from "../../src/collections/contract.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { HOLD_KINDS, type HoldKind } from "../../src/collections/contract-history.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { DayField } from "../kit/DayField.tsx";
import { Why } from "../kit/States.tsx";
import { readAmount } from "../spending/amount.ts";

const NOTE_MIN = 3;
const TOPICS = ["collections", "receivables", "customers"] as const;
type Props = { readonly account: AccountWire; readonly onClose: () => void };

const dayIn = (nowIso: string, zone: string, days: number): string =>
  Temporal.Instant.from(nowIso).toZonedDateTimeISO(zone).toPlainDate().add({ days }).toString();

/** Rests the account, or one disputed invoice: says what stands still and until when. */
export function HoldDialog({ account, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const invoices = account.state?.currencies.flatMap((one) => one.items) ?? [];
  const [kind, setKind] = useState<HoldKind>("dispute");
  const [invoiceId, setInvoiceId] = useState(invoices[0]?.invoiceId ?? "");
  const [reason, setReason] = useState<string>(DISPUTE_REASONS[0]);
  const [until, setUntil] = useState(dayIn(f.nowIso, f.zone, 30));
  const [note, setNote] = useState("");
  const write = useWrite<object, HoldWire>(
    (body, o) => api.post(`/api/collections/accounts/${account.row.accountId}/holds`, body, o),
    { topics: TOPICS, onDone: onClose },
  );
  const isDispute = kind === "dispute";
  const whyNot =
    isDispute && invoiceId === ""
      ? t("collections.hold.invoiceNeeded")
      : note.trim().length < NOTE_MIN
        ? t("customers.reason.needed")
        : undefined;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("collections.hold.title", { name: account.row.name })}
      action={t(isDispute ? "collections.hold.do.dispute" : "collections.hold.do")}
      effects={[
        {
          text: t(isDispute ? "collections.hold.means.dispute" : "collections.hold.means"),
          isReversible: true,
          how: t("collections.hold.undo"),
        },
      ]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={whyNot}
      onConfirm={() =>
        write.mutate({
          kind,
          note: note.trim(),
          ...(until === "" ? {} : { until }),
          ...(isDispute ? { invoiceId, reason } : {}),
        })
      }
    >
      <NativeSelect
        label={t("collections.hold.kind")}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as HoldKind)}
        data={HOLD_KINDS.map((one) => ({ value: one, label: t(`collections.resting.${one}`) }))}
        data-autofocus
      />
      {isDispute && <DisputeFields items={invoices} invoice={[invoiceId, setInvoiceId]} reason={[reason, setReason]} />}
      <DayField label={t("collections.hold.until")} value={until} onChange={setUntil} />
      <Note value={note} onChange={setNote} placeholder={t("collections.hold.example")} />
    </ConfirmDialog>
  );
}

type Field = readonly [value: string, change: (value: string) => void];
type DisputeFieldsProps = {
  readonly items: readonly { readonly invoiceId: string; readonly number: string; readonly open: MoneyWire }[];
  readonly invoice: Field;
  readonly reason: Field;
};

/** Which invoice is disputed, and what they say. */
function DisputeFields({ items, invoice, reason }: DisputeFieldsProps) {
  const t = useT();
  const f = useFormat();
  return (
    <>
      <NativeSelect
        label={t("collections.invoice")}
        value={invoice[0]}
        onChange={(event) => invoice[1](event.currentTarget.value)}
        data={items.map((one) => ({ value: one.invoiceId, label: `${one.number} · ${f.money(one.open)}` }))}
      />
      <NativeSelect
        label={t("collections.dispute.reason")}
        value={reason[0]}
        onChange={(event) => reason[1](event.currentTarget.value)}
        data={DISPUTE_REASONS.map((one) => ({ value: one, label: t(`collections.dispute.${one}`) }))}
      />
    </>
  );
}

type NoteProps = { readonly value: string; readonly onChange: (text: string) => void; readonly placeholder?: string };

function Note({ value, onChange, placeholder }: NoteProps) {
  const t = useT();
  return (
    <Textarea
      label={t("customers.reason")}
      {...(placeholder === undefined ? {} : { placeholder })}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autosize
      minRows={2}
      maxLength={2_000}
    />
  );
}

/** A promise to pay: the ladder rests until its day and the policy's grace. */
export function PromiseDialog({ account, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const owed = account.row.overdue;
  const [currency, setCurrency] = useState(owed[0]?.currency ?? "SEK");
  const due = owed.find((one) => one.currency === currency);
  const [text, setText] = useState(due === undefined ? "" : f.amount(due, { digits: "minor" }));
  const [dueOn, setDueOn] = useState(dayIn(f.nowIso, f.zone, 7));
  const [note, setNote] = useState("");
  const amount = readAmount(text, currency, f.language);
  const write = useWrite<object, PromiseWire>(
    (body, o) => api.post(`/api/collections/accounts/${account.row.accountId}/promises`, body, o),
    { topics: TOPICS, onDone: onClose },
  );
  const whyNot =
    amount === undefined || amount.minor === "0"
      ? t("customers.amount.needed", { currency })
      : dueOn === ""
        ? t("collections.promise.dayNeeded")
        : undefined;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("collections.promise.title", { name: account.row.name })}
      action={t("collections.promise.do")}
      effects={[{ text: t("collections.promise.means"), isReversible: true, how: t("collections.promise.undo") }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={whyNot}
      onConfirm={() => write.mutate({ amount, dueOn, note: note.trim() })}
    >
      {owed.length > 1 && (
        <NativeSelect
          label={t("customers.filter.currency")}
          value={currency}
          onChange={(event) => setCurrency(event.currentTarget.value)}
          data={owed.map((one) => one.currency)}
        />
      )}
      <TextInput
        label={`${t("collections.promise.amount")}, ${currency}`}
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== "" && amount === undefined ? t("customers.amount.bad") : undefined}
        data-autofocus
      />
      <DayField label={t("collections.promise.dueOn")} value={dueOn} onChange={setDueOn} />
      <Note value={note} onChange={setNote} placeholder={t("collections.promise.example")} />
    </ConfirmDialog>
  );
}

type CallProps = Props & { readonly call?: CallWire | undefined };

/** Logs a call: one that was due, or one made of one's own accord. The script stands above it. */
export function CallDialog({ account, call, onClose }: CallProps) {
  const t = useT();
  const f = useFormat();
  const [outcome, setOutcome] = useState<CallOutcome>("no-answer");
  const [nextOn, setNextOn] = useState("");
  const [note, setNote] = useState("");
  const path =
    call === undefined
      ? `/api/collections/accounts/${account.row.accountId}/calls`
      : `/api/collections/calls/${call.id}/done`;
  const write = useWrite<object, CallWire>((body, o) => api.post(path, body, o), { topics: TOPICS, onDone: onClose });
  const needsDay = outcome === "call-back";
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("collections.call.title", { name: account.row.name })}
      action={t("collections.call.do")}
      effects={[]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={needsDay && nextOn === "" ? t("collections.call.dayNeeded") : undefined}
      onConfirm={() => write.mutate({ outcome, note: note.trim(), ...(nextOn === "" ? {} : { nextOn }) })}
    >
      {call?.phone && (
        <p className="small" style={{ margin: 0 }}>
          {t("collections.call.number")} <a href={`tel:${call.phone}`}>{call.phone}</a>
        </p>
      )}
      <NativeSelect
        label={t("collections.call.outcome")}
        value={outcome}
        onChange={(event) => {
          const next = event.currentTarget.value as CallOutcome;
          setOutcome(next);
          if (next === "call-back" || next === "no-answer") setNextOn(dayIn(f.nowIso, f.zone, 1));
        }}
        data={CALL_OUTCOMES.map((one) => ({ value: one, label: t(`collections.outcome.${one}`) }))}
        data-autofocus
      />
      {outcome === "promised" && <Why>{t("collections.call.promise")}</Why>}
      {outcome === "disputes" && <Why>{t("collections.call.dispute")}</Why>}
      <DayField label={t("collections.call.next")} value={nextOn} onChange={setNextOn} />
      <Textarea
        label={t("collections.call.note")}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
      />
    </ConfirmDialog>
  );
}

type HoldProps = { readonly hold: HoldWire; readonly onClose: () => void };

/** Ends a hold before its time. A dispute ends with how it ended. */
export function LiftDialog({ hold, onClose }: HoldProps) {
  const t = useT();
  const [outcome, setOutcome] = useState<string>(DISPUTE_OUTCOMES[0]);
  const [why, setWhy] = useState("");
  const write = useWrite<object, HoldWire>((body, o) => api.post(`/api/collections/holds/${hold.id}/lift`, body, o), {
    topics: TOPICS,
    onDone: onClose,
  });
  const isDispute = hold.kind === "dispute";
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("collections.lift.title", { why: t(`collections.resting.${hold.kind}`) })}
      action={t("collections.lift.do")}
      effects={[{ text: t("collections.lift.means"), isReversible: true }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={why.trim().length < NOTE_MIN ? t("customers.reason.needed") : undefined}
      onConfirm={() => write.mutate({ why: why.trim(), ...(isDispute ? { outcome } : {}) })}
    >
      {isDispute && (
        <NativeSelect
          label={t("collections.dispute.outcome")}
          value={outcome}
          onChange={(event) => setOutcome(event.currentTarget.value)}
          data={DISPUTE_OUTCOMES.map((one) => ({ value: one, label: t(`collections.dispute.outcome.${one}`) }))}
        />
      )}
      <Note value={why} onChange={setWhy} />
    </ConfirmDialog>
  );
}

/** Lets a hold last longer. */
export function ExtendDialog({ hold, onClose }: HoldProps) {
  const t = useT();
  const f = useFormat();
  const [until, setUntil] = useState(hold.until ?? dayIn(f.nowIso, f.zone, 30));
  const [why, setWhy] = useState("");
  const write = useWrite<object, HoldWire>((body, o) => api.post(`/api/collections/holds/${hold.id}/extend`, body, o), {
    topics: TOPICS,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("collections.extend.title")}
      action={t("collections.extend.do")}
      effects={[]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={until === "" || why.trim().length < NOTE_MIN ? t("customers.reason.needed") : undefined}
      onConfirm={() => write.mutate({ until, why: why.trim() })}
    >
      <DayField label={t("collections.hold.until")} value={until} onChange={setUntil} />
      <Note value={why} onChange={setWhy} />
    </ConfirmDialog>
  );
}

type WithdrawProps = { readonly promise: PromiseWire; readonly onClose: () => void };

/** Takes a promise back that was written down in error. */
export function WithdrawDialog({ promise, onClose }: WithdrawProps) {
  const t = useT();
  const f = useFormat();
  const [why, setWhy] = useState("");
  const write = useWrite<object, PromiseWire>(
    (body, o) => api.post(`/api/collections/promises/${promise.id}/withdraw`, body, o),
    { topics: TOPICS, onDone: onClose },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("collections.withdraw.title", { amount: f.money(promise.amount), day: f.day(promise.dueOn) })}
      action={t("collections.withdraw.do")}
      effects={[{ text: t("collections.withdraw.means"), isReversible: false }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={why.trim().length < NOTE_MIN ? t("customers.reason.needed") : undefined}
      onConfirm={() => write.mutate({ why: why.trim() })}
    >
      <Note value={why} onChange={setWhy} />
    </ConfirmDialog>
  );
}
