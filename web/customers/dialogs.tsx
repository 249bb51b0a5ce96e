import { SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import {
  STANDINGS,
  type LimitWire,
  type NoteWire,
  type Standing,
  type StandingWire,
} from "../../src/customers/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { readAmount } from "../spending/amount.ts";
import type { PassportWire } from "./wires.ts";

type Props = { readonly passport: PassportWire; readonly onClose: () => void };
const REASON_MIN = 3;

/** Changes the standing; says what each one means before it asks for the reason. */
export function StandingDialog({ passport, onClose }: Props) {
  const t = useT();
  const { identity, standing: now } = passport;
  const [standing, setStanding] = useState<Standing>(now.standing);
  const [reason, setReason] = useState("");
  const [backWhen, setBackWhen] = useState(now.backWhen ?? "");
  const write = useWrite<object, StandingWire>(
    (body, o) => api.put(`/api/customers/${identity.id}/standing`, body, o),
    {
      topics: ["customers"],
      onDone: onClose,
    },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("customers.standing.title", { name: identity.name })}
      action={t("customers.standing.do", { standing: t(`kit.standing.${standing}`) })}
      effects={[
        { text: t(`customers.standing.means.${standing}`), isReversible: true, how: t("customers.standing.undo") },
      ]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={reason.trim().length < REASON_MIN ? t("customers.reason.needed") : undefined}
      onConfirm={() =>
        write.mutate({
          standing,
          reason: reason.trim(),
          ...(standing !== "active" && backWhen.trim().length >= REASON_MIN ? { backWhen: backWhen.trim() } : {}),
        })
      }
    >
      <Why>{t("customers.standing.noAction")}</Why>
      <SegmentedControl
        aria-label={t("kit.standing")}
        value={standing}
        onChange={(value) => setStanding(value as Standing)}
        data={STANDINGS.map((one) => ({ value: one, label: t(`kit.standing.${one}`) }))}
        fullWidth
      />
      <Textarea
        label={t("customers.reason")}
        placeholder={t("customers.standing.example")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
        data-autofocus
      />
      {standing !== "active" && (
        <TextInput
          label={t("customers.standing.back")}
          placeholder={t("customers.standing.back.example")}
          value={backWhen}
          onChange={(event) => setBackWhen(event.currentTarget.value)}
          maxLength={2_000}
        />
      )}
    </ConfirmDialog>
  );
}

/** Sets the credit limit in the reporting currency. */
export function LimitDialog({ passport, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const { identity, exposure, limit } = passport;
  const currency = exposure?.reportingCurrency ?? limit?.amount.currency ?? "SEK";
  const [text, setText] = useState(limit === null ? "" : f.amount(limit.amount));
  const [why, setWhy] = useState("");
  const amount = readAmount(text, currency, f.language);
  const write = useWrite<object, LimitWire>((body, o) => api.put(`/api/customers/${identity.id}/limit`, body, o), {
    topics: ["customers", "exposure"],
    onDone: onClose,
  });
  const isUnder =
    amount !== undefined &&
    exposure?.total &&
    exposure.total.currency === currency &&
    BigInt(amount.minor) < BigInt(exposure.total.minor);
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("customers.limit.title", { name: identity.name })}
      action={amount === undefined ? t("customers.limit.set") : t("customers.limit.do", { amount: f.money(amount) })}
      effects={[
        { text: t("customers.limit.means"), isReversible: true },
        ...(isUnder
          ? [{ text: t("customers.limit.under", { amount: f.money(exposure.total!) }), isReversible: true }]
          : []),
      ]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={
        amount === undefined
          ? t("customers.amount.needed", { currency })
          : why.trim().length < REASON_MIN
            ? t("customers.reason.needed")
            : undefined
      }
      onConfirm={() => write.mutate({ amount, why: why.trim() })}
    >
      <TextInput
        label={`${t("customers.limit")}, ${currency}`}
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== "" && amount === undefined ? t("customers.amount.bad") : undefined}
        data-autofocus
      />
      <Textarea
        label={t("customers.reason")}
        placeholder={t("customers.limit.example")}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
      />
    </ConfirmDialog>
  );
}

export function NoteDialog({ customerId, onClose }: { readonly customerId: string; readonly onClose: () => void }) {
  const t = useT();
  const [text, setText] = useState("");
  const write = useWrite<object, NoteWire>((body, o) => api.post(`/api/customers/${customerId}/notes`, body, o), {
    topics: ["customers"],
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("customers.note")}
      action={t("customers.note.do")}
      effects={[]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={text.trim() === "" ? t("customers.note.needed") : undefined}
      onConfirm={() => write.mutate({ text: text.trim() })}
    >
      <Textarea
        label={t("customers.note.label")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={4}
        maxLength={5_000}
        data-autofocus
      />
    </ConfirmDialog>
  );
}
