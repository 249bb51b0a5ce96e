import { Textarea, TextInput } from "@mantine/core";
import { Fragment, useState } from "react";
import type { MoneyWire } from "../../../src/core/wire.ts";
import type { MoneyDetailWire } from "../../../src/receivables/contract-statement.ts";
import { api } from "../../api.ts";
import type { Language } from "../../i18n/format.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { Why } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { readAmount } from "../../spending/amount.ts";

type Props = { readonly paymentId: string; readonly onClose: () => void };
const REASON_MIN = 3;

/** Reads where some money goes now, then lets a person say where it goes instead. */
export function MoveDialog({ paymentId, onClose }: Props) {
  const money = useRead<MoneyDetailWire>(["receivables", "money", paymentId], `/api/payments/${paymentId}`, {
    refetchInterval: false,
  });
  return money.data === undefined ? null : <Move money={money.data} onClose={onClose} />;
}

function Move({ money: fresh, onClose }: { readonly money: MoneyDetailWire; readonly onClose: () => void }) {
  const t = useT();
  const f = useFormat();
  // What was read when the dialog opened: a change by somebody else meanwhile must be refused, not taken over.
  const [money] = useState(fresh);
  const { currency } = money.amount;
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(
      money.invoices
        .filter((one) => one.given.minor !== "0")
        .map((one) => [one.id, f.amount(one.given, { digits: "minor" })]),
    ),
  );
  const [reason, setReason] = useState("");
  const amounts = readTargets(money, texts, f.language);
  const total = amounts.reduce((sum, one) => sum + BigInt(one.amount?.minor ?? 0), 0n);
  const left = BigInt(money.amount.minor) - total;
  const isGood = left >= 0n && amounts.every(fits);
  const write = useWrite<object, unknown>((body, o) => api.put(`/api/payments/${money.id}/allocations`, body, o), {
    topics: ["receivables", "customers", "exposure", "collections"],
    onDone: onClose,
  });
  const whyNot =
    money.invoices.length === 0
      ? t("ledger.move.none")
      : !isGood
        ? t("ledger.move.bad")
        : reason.trim().length < REASON_MIN
          ? t("ledger.reason.needed")
          : undefined;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("ledger.move.title", { number: money.number })}
      action={t("ledger.move.do")}
      effects={[{ text: t("ledger.move.effect"), isReversible: true, how: t("ledger.move.undo") }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={whyNot}
      onConfirm={() =>
        write.mutate({
          seen: money.seen,
          to: amounts.flatMap((one) =>
            one.amount && one.amount.minor !== "0" ? [{ invoiceId: one.id, amount: one.amount }] : [],
          ),
          reason: reason.trim(),
        })
      }
    >
      <Why>{t("ledger.move.q", { amount: f.money(money.amount, { digits: "minor" }), day: f.day(money.day) })}</Why>
      <Targets targets={amounts} texts={texts} onText={(id, text) => setTexts((old) => ({ ...old, [id]: text }))} />
      {left >= 0n && (
        <span className="small ink2" role="status">
          {t("ledger.unapplied.left", { amount: f.money({ minor: left.toString(), currency }, { digits: "minor" }) })}
        </span>
      )}
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

type Target = MoneyDetailWire["invoices"][number] & { readonly amount: MoneyWire | undefined };
/** What the person wrote for each invoice; nothing written is nothing given, undefined is no amount. */
const readTargets = (
  money: MoneyDetailWire,
  texts: Readonly<Record<string, string>>,
  language: Language,
): readonly Target[] =>
  money.invoices.map((one) => {
    const { currency } = money.amount;
    const text = texts[one.id] ?? "";
    return { ...one, amount: text.trim() === "" ? { minor: "0", currency } : readAmount(text, currency, language) };
  });

const fits = ({ amount, room }: Target): boolean => amount !== undefined && BigInt(amount.minor) <= BigInt(room.minor);

type TargetsProps = {
  readonly targets: readonly Target[];
  readonly texts: Readonly<Record<string, string>>;
  readonly onText: (id: string, text: string) => void;
};
function Targets({ targets, texts, onText }: TargetsProps) {
  const t = useT();
  const f = useFormat();
  return (
    <div className="ledger-move">
      {targets.map((one) => (
        <Fragment key={one.id}>
          <span className="col small">
            <span className="b cut">{one.number}</span>
            <span className="tiny ink3">
              {t("ledger.move.room", { day: f.day(one.dueDate), amount: f.money(one.room, { digits: "minor" }) })}
            </span>
          </span>
          <TextInput
            size="xs"
            inputMode="decimal"
            aria-label={one.number}
            value={texts[one.id] ?? ""}
            error={one.amount === undefined}
            onChange={(event) => onText(one.id, event.currentTarget.value)}
          />
        </Fragment>
      ))}
    </div>
  );
}
