import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { BudgetWire, CustomerSpend } from "../../src/spending/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { readAmount } from "./amount.ts";

type Props = {
  readonly customerId: string;
  readonly name: string;
  readonly spend: CustomerSpend | null;
  readonly onClose: () => void;
};
const TEXT_MIN = 3;

/** Agrees a monthly budget. Says that it stops nothing, before the button and not after it. */
export function BudgetDialog({ customerId, name, spend, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const now = spend?.budget ?? null;
  const currency = spend?.used?.currency ?? now?.amount.currency ?? spend?.partnerBudget.amount?.currency ?? "SEK";
  const [text, setText] = useState(now === null ? "" : f.amount(now.amount));
  const [agreedWith, setAgreedWith] = useState(now?.agreedWith ?? "");
  const [why, setWhy] = useState("");
  const amount = readAmount(text, currency, f.language);
  const write = useWrite<object, BudgetWire>((body, o) => api.put(`/api/customers/${customerId}/budget`, body, o), {
    topics: ["spending", "customers"],
    onDone: onClose,
  });
  const whyNot =
    amount === undefined || amount.minor === "0"
      ? t("spending.budget.amountNeeded", { currency })
      : agreedWith.trim().length < 2
        ? t("spending.budget.withNeeded")
        : why.trim().length < TEXT_MIN
          ? t("customers.reason.needed")
          : undefined;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("spending.budget.title", { name })}
      action={amount === undefined ? t("spending.budget.set") : t("spending.budget.do", { amount: f.money(amount) })}
      effects={[{ text: t("spending.budget.means.push"), isReversible: true, how: t("spending.budget.means.undo") }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={whyNot}
      onConfirm={() => write.mutate({ amount, agreedWith: agreedWith.trim(), why: why.trim() })}
    >
      <Why>{t("spending.budget.means.caps")}</Why>
      <TextInput
        label={`${t("spending.budget.perMonth")}, ${currency}`}
        description={
          spend?.lastMonth ? t("spending.budget.lastMonth", { amount: f.money(spend.lastMonth.total) }) : undefined
        }
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text !== "" && amount === undefined ? t("customers.amount.bad") : undefined}
        data-autofocus
      />
      <TextInput
        label={t("spending.budget.with")}
        placeholder={t("spending.budget.with.example")}
        value={agreedWith}
        onChange={(event) => setAgreedWith(event.currentTarget.value)}
        maxLength={200}
      />
      <Textarea
        label={t("customers.reason")}
        placeholder={t("spending.budget.example")}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
      />
    </ConfirmDialog>
  );
}
