import { Textarea } from "@mantine/core";
import { useState } from "react";
import type { BankEntryWire } from "../../../src/receivables/bank/contract-bank.ts";
import { api } from "../../api.ts";
import { useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { Money } from "../../kit/Money.tsx";
import { useWrite } from "../../query.ts";
import { PayerCell } from "./cells.tsx";

const REASON_MIN = 3;
const WORDS = { "set-aside": "aside", "keep-apart": "apart" } as const;

type ReasonProps = {
  readonly entry: BankEntryWire;
  readonly act: keyof typeof WORDS;
  readonly onClose: () => void;
};

/** Sets an entry aside, or keeps it apart from the money it looks like; both with a reason that stands in the log. */
export function ReasonDialog({ entry, act, onClose }: ReasonProps) {
  const t = useT();
  const [reason, setReason] = useState("");
  const words = WORDS[act];
  const write = useWrite(
    (body: { readonly reason: string }, options) =>
      api.post<BankEntryWire>(`/api/bank-entries/${entry.id}/${act}`, body, options),
    { topics: ["receivables"], onDone: onClose },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`receivables.bank.${words}.title`)}
      action={t(`receivables.bank.${words}.do`)}
      effects={[
        { text: t(`receivables.bank.${words}.effect`), isReversible: true, how: t(`receivables.bank.${words}.how`) },
      ]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={reason.trim().length < REASON_MIN ? t("receivables.bank.reason.needed") : undefined}
      onConfirm={() => write.mutate({ reason: reason.trim() })}
    >
      <EntryLine entry={entry} />
      <Textarea
        label={t("receivables.bank.reason")}
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

/** The entry that a dialog is about. */
export function EntryLine({ entry }: { readonly entry: BankEntryWire }) {
  return (
    <div className="row top bank-entry-line">
      <PayerCell row={entry} />
      <span className="push b">
        <Money digits="minor" value={entry.amount} />
      </span>
    </div>
  );
}
