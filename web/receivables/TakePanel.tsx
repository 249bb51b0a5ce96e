import { Button, Radio, TextInput } from "@mantine/core";
import { useState } from "react";
import {
  IMPORT_MODES,
  type ImportMode,
  type ImportTotals,
  type ImportWire,
} from "../../src/receivables/contract-import.ts";
import { api } from "../api.ts";
import { useT } from "../i18n/t.ts";
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
type Body = { readonly mode: ImportMode; readonly saveMappingAs?: string };

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
  const why = !can("receivables.import")
    ? t("receivables.drop.readonly")
    : !isRead
      ? t("receivables.take.unread")
      : totals.rowsGood === 0
        ? t("receivables.take.nothing")
        : mode === "all-or-nothing" && totals.rowsRefused > 0
          ? t("receivables.take.refused", { n: totals.rowsRefused })
          : undefined;
  return (
    <Panel title={t("receivables.take")} question={t("receivables.take.q")}>
      <div className="sec import-take">
        <Radio.Group
          value={mode}
          onChange={(chosen) => setMode(chosen as ImportMode)}
          aria-label={t("receivables.take.q")}
        >
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
        <TextInput
          label={t("receivables.take.save")}
          description={t("receivables.take.save.text")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <div className="sec row wrap">
        <Button
          disabled={why !== undefined}
          loading={take.isPending}
          onClick={() => take.mutate({ mode, ...(name.trim() === "" ? {} : { saveMappingAs: name.trim() }) })}
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
