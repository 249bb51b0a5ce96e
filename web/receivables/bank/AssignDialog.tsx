import { Checkbox, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import type { BankEntryWire, SuggestionWire } from "../../../src/receivables/bank/contract-bank.ts";
import type { SearchWire } from "../../../src/today/contract.ts";
import { api, query } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { useRead, useWrite } from "../../query.ts";
import { EntryLine } from "./dialogs.tsx";

type Chosen = { readonly id: string; readonly name: string };
type Body = { readonly customerId: string; readonly invoices: readonly string[]; readonly learn: boolean };
type AssignProps = { readonly entry: BankEntryWire; readonly onClose: () => void };

/** Says whose money an entry is: by a hint, or by looking the customer up. */
export function AssignDialog({ entry, onClose }: AssignProps) {
  const t = useT();
  const f = useFormat();
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  const [invoices, setInvoices] = useState("");
  const [learn, setLearn] = useState(true);
  const write = useWrite(
    (body: Body, options) => api.post<BankEntryWire>(`/api/bank-entries/${entry.id}/assign`, body, options),
    { topics: ["receivables", "exposure", "customers", "collections"], onDone: onClose },
  );
  const hasPayer = entry.payer.account !== null || entry.payer.orgNumber !== null;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("receivables.bank.assign.title")}
      action={
        chosen === undefined
          ? t("receivables.bank.assign.doNone")
          : t("receivables.bank.assign.do", { name: chosen.name })
      }
      effects={[
        {
          text: t("receivables.bank.assign.effect", { amount: f.money(entry.amount, { digits: "minor" }) }),
          isReversible: true,
          how: t("receivables.bank.assign.effect.how"),
        },
      ]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={chosen === undefined ? t("receivables.bank.assign.needed") : undefined}
      onConfirm={() =>
        chosen !== undefined &&
        write.mutate({
          customerId: chosen.id,
          invoices: invoices.split(/[\s,;]+/).filter((one) => one !== ""),
          learn: learn && hasPayer,
        })
      }
    >
      <EntryLine entry={entry} />
      <Hints entryId={entry.id ?? ""} chosen={chosen} onChoose={setChosen} />
      <FindCustomer chosen={chosen} onChoose={setChosen} />
      <TextInput
        label={t("receivables.bank.assign.invoices")}
        description={t("receivables.bank.assign.invoices.text")}
        value={invoices}
        maxLength={400}
        onChange={(event) => setInvoices(event.currentTarget.value)}
      />
      {hasPayer && (
        <Checkbox
          label={t("receivables.bank.assign.learn")}
          checked={learn}
          onChange={(event) => setLearn(event.currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  );
}

type ChooseProps = { readonly chosen: Chosen | undefined; readonly onChoose: (one: Chosen) => void };

function Hints({ entryId, chosen, onChoose }: ChooseProps & { readonly entryId: string }) {
  const t = useT();
  const hints = useRead<{ readonly rows: readonly SuggestionWire[] }>(
    ["receivables", "bank-hints", entryId],
    `/api/bank-entries/${entryId}/suggestions`,
    { refetchInterval: false },
  );
  const rows = hints.data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <div className="col" style={{ gap: 5 }}>
      <span className="small b">{t("receivables.bank.assign.hints")}</span>
      {rows.map((one) => (
        <button
          key={one.customerId}
          type="button"
          className={`bank-choice ${chosen?.id === one.customerId ? "on" : ""}`}
          aria-pressed={chosen?.id === one.customerId}
          onClick={() => onChoose({ id: one.customerId, name: one.name })}
        >
          <span>{one.name}</span>
          <span className="tiny ink3">{t(`receivables.bank.hint.${one.why}`, { invoice: one.what })}</span>
        </button>
      ))}
    </div>
  );
}

const LETTERS_MIN = 2;
const HITS_SHOWN = 6;

function FindCustomer({ chosen, onChoose }: ChooseProps) {
  const t = useT();
  const listId = useId();
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ["search", "customers", asked],
    queryFn: ({ signal }) => api.get<SearchWire>(`/api/search${query({ q: asked })}`, { signal }),
    enabled: asked.length >= LETTERS_MIN,
    placeholderData: keepPreviousData,
    refetchInterval: false,
  });
  const hits =
    asked.length < LETTERS_MIN
      ? []
      : (found.data?.results ?? []).filter(({ kind }) => kind === "customer").slice(0, HITS_SHOWN);
  return (
    <div className="col" style={{ gap: 5 }}>
      <TextInput
        label={t("receivables.bank.assign.customer")}
        placeholder={t("receivables.bank.assign.find")}
        value={text}
        data-autofocus
        autoComplete="off"
        aria-controls={listId}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div
        id={listId}
        className="col"
        style={{ gap: 5 }}
        role="group"
        aria-label={t("receivables.bank.assign.customer")}
      >
        {hits.map((hit) => (
          <button
            key={hit.id}
            type="button"
            className={`bank-choice ${chosen?.id === hit.id ? "on" : ""}`}
            aria-pressed={chosen?.id === hit.id}
            onClick={() => onChoose({ id: hit.id, name: hit.title })}
          >
            <span>{hit.title}</span>
            <span className="tiny ink3">{hit.detail}</span>
          </button>
        ))}
      </div>
      {hits.length === 0 && asked.length >= LETTERS_MIN && !found.isFetching && (
        <span className="tiny ink3" role="status">
          {t("receivables.bank.assign.noHit")}
        </span>
      )}
    </div>
  );
}
