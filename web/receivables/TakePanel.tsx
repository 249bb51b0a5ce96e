import { Button, Radio, TextInput } from "@mantine/core";
import { useState } from "react";
import {
  IMPORT_MODES,
  type ImportMode,
  type ImportTotals,
  type ImportWire,
} from "../../src/receivables/contract-import.ts";
import { api } from "../api.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { readAmount } from "../spending/amount.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useProblemText, Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

type TakeProps = {
  readonly one: ImportWire;
  readonly totals: ImportTotals;
  readonly isRead: boolean;
  readonly onTaken: (answer: ImportWire) => void;
};
type Body = {
  readonly mode: ImportMode;
  readonly saveMappingAs?: string;
  readonly controlTotals: readonly MoneyWire[];
};

/** The yes: all or what can go in, and whether the mapping is kept. */
export function TakePanel({ one, totals, isRead, onTaken }: TakeProps) {
  const t = useT();
  const can = useMay();
  const problemText = useProblemText();
  const [mode, setMode] = useState<ImportMode>("all-or-nothing");
  const [name, setName] = useState(one.mappingFrom.kind === "saved" ? (one.mappingFrom.name ?? "") : "");
  const take = useWrite((body: Body, options) => api.post<ImportWire>(`/api/imports/${one.id}/commit`, body, options), {
    topics: ["receivables"],
    onDone: onTaken,
  });
  const control = useControl(totals);
  const why = !can("receivables.import")
    ? t("receivables.drop.readonly")
    : !isRead
      ? t("receivables.take.unread")
      : totals.rowsGood === 0
        ? t("receivables.take.nothing")
        : mode === "all-or-nothing" && totals.rowsRefused > 0
          ? t("receivables.take.refused", { n: totals.rowsRefused })
          : control.isWrong
            ? t("receivables.take.control.unread")
            : undefined;
  return (
    <Panel title={t("receivables.take")} question={t("receivables.take.q")}>
      <div className="sec import-take">
        <ModeField mode={mode} onMode={setMode} />
        <TextInput
          label={t("receivables.take.save")}
          description={t("receivables.take.save.text")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ControlFields control={control} />
      </div>
      <div className="sec row wrap">
        <Button
          disabled={why !== undefined}
          loading={take.isPending}
          onClick={() =>
            take.mutate({
              mode,
              controlTotals: control.typed,
              ...(name.trim() === "" ? {} : { saveMappingAs: name.trim() }),
            })
          }
        >
          {t("receivables.take.button", { n: totals.rowsGood })}
        </Button>
        {why !== undefined && <Why>{why}</Why>}
        {take.error && (
          <span className="row small crit" role="alert" style={{ gap: 6 }}>
            <Glyph level="error" size={13} />
            {problemText(take.error)}
          </span>
        )}
      </div>
    </Panel>
  );
}

/** What the ledger says, typed by currency; a field that is left empty is not compared. */
function useControl(totals: ImportTotals) {
  const f = useFormat();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const read = totals.currencies.map(({ currency }) => {
    const text = texts[currency] ?? "";
    return { currency, text, amount: text.trim() === "" ? undefined : readAmount(text, currency, f.language) };
  });
  return {
    fields: read,
    set: (currency: string, text: string) => setTexts((now) => ({ ...now, [currency]: text })),
    typed: read.flatMap(({ amount }) => amount ?? []),
    isWrong: read.some(({ text, amount }) => text.trim() !== "" && amount === undefined),
  };
}

function ControlFields({ control }: { readonly control: ReturnType<typeof useControl> }) {
  const t = useT();
  return control.fields.map(({ currency, text, amount }) => (
    <TextInput
      key={currency}
      label={t("receivables.take.control", { currency })}
      description={t("receivables.take.control.text")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      inputMode="decimal"
      maxLength={30}
      value={text}
      error={text.trim() !== "" && amount === undefined ? t("receivables.take.control.unread") : undefined}
      onChange={(event) => control.set(currency, event.currentTarget.value)}
    />
  ));
}

type ModeProps = { readonly mode: ImportMode; readonly onMode: (mode: ImportMode) => void };
function ModeField({ mode, onMode }: ModeProps) {
  const t = useT();
  return (
    <Radio.Group value={mode} onChange={(chosen) => onMode(chosen as ImportMode)} aria-label={t("receivables.take.q")}>
      <div className="col" style={{ gap: 10 }}>
        {IMPORT_MODES.map((choice) => (
          <Radio
            key={choice}
            value={choice}
            label={t(`receivables.mode.${choice}`)}
            description={t(`receivables.mode.${choice}.text`)}
          />
        ))}
      </div>
    </Radio.Group>
  );
}
