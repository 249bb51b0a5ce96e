import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { MovementWire } from "../../../src/receivables/contract-statement.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { useWrite } from "../../query.ts";
import { readAmount } from "../../spending/amount.ts";

/** `isDraw`: paid from the deposit instead of given up, `heldMinor` at most. */
type Props = {
  readonly item: MovementWire;
  readonly isDraw: boolean;
  readonly heldMinor: string;
  readonly onClose: () => void;
};
const REASON_MIN = 3;

/** Gives up what is left of an invoice or a claim, or part of it; or pays it from the deposit that the customer has with us. */
export function WriteOffDialog({ item, isDraw, heldMinor, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const words = isDraw ? "ledger.draw" : "ledger.writeOff";
  const open = item.left ?? item.change;
  const isShort = isDraw && BigInt(heldMinor) < BigInt(open.minor);
  const left = isShort ? { ...open, minor: heldMinor } : open;
  const [text, setText] = useState(f.amount(left, { digits: "minor" }));
  const [reason, setReason] = useState("");
  const amount = readAmount(text, left.currency, f.language);
  const isGood = amount !== undefined && amount.minor !== "0" && BigInt(amount.minor) <= BigInt(left.minor);
  const write = useWrite<object, unknown>(
    (body, o) => api.post(isDraw ? "/api/deposit-draws" : "/api/write-offs", body, o),
    {
      topics: ["receivables", "customers", "exposure", "collections"],
      onDone: onClose,
    },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`${words}.title`, { number: item.number })}
      action={t(`${words}.do`, { amount: f.money(amount ?? left, { digits: "minor" }) })}
      effects={[{ text: t(`${words}.effect`), isReversible: true, how: t(`${words}.undo`) }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={
        !isGood ? t("ledger.move.bad") : reason.trim().length < REASON_MIN ? t("ledger.reason.needed") : undefined
      }
      onConfirm={() => write.mutate({ invoiceId: item.id, amount, reason: reason.trim() })}
    >
      <TextInput
        label={t("ledger.writeOff.amount", { currency: left.currency })}
        inputMode="decimal"
        value={text}
        error={!isGood}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
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
