import { Button } from "@mantine/core";
import { useState } from "react";
import type { FileFormat, ImportWire } from "../../src/receivables/contract-import.ts";
import { api } from "../api.ts";
import { type Key, useFormat, useT, useWord } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

const SEPARATORS: Readonly<Record<string, Key>> = {
  ",": "receivables.file.comma",
  ";": "receivables.file.semicolon",
  "\t": "receivables.file.tab",
  "|": "receivables.file.bar",
};
const ENCODINGS: Readonly<Record<FileFormat["encoding"], string>> = {
  "utf-8": "UTF-8",
  "windows-1252": "Windows-1252",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16",
};
const HASH_SHOWN = 16;

/** Whole kilobytes or megabytes: nobody compares bytes by eye. */
export const sizeText = (bytes: number, count: (value: number) => string): string =>
  bytes < 1_048_576
    ? `${count(Math.max(1, Math.round(bytes / 1024)))}\u00a0kB`
    : `${count(Math.round(bytes / 1_048_576))}\u00a0MB`;

type FilePanelProps = { readonly one: ImportWire; readonly onLeave: () => void };

/** What was recognised in the file itself. */
export function FilePanel({ one, onLeave }: FilePanelProps) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const { format } = one;
  const separator =
    format.kind === "csv"
      ? t(SEPARATORS[format.delimiter ?? ","] ?? "receivables.file.comma")
      : t(format.kind === "json" ? "receivables.file.json" : "receivables.file.ndjson");
  const header =
    format.headerLine === null
      ? t("receivables.file.noHeader")
      : t("receivables.file.headerLine", { line: f.count(format.headerLine) });
  return (
    <Panel title={one.fileName} question={t("receivables.file.q")} aside={<Leave one={one} onLeave={onLeave} />}>
      <dl className="sec import-file small">
        <Fact term={t("receivables.file.size")}>{sizeText(one.fileBytes, f.count)}</Fact>
        <Fact
          term={t("receivables.file.encoding")}
        >{`${ENCODINGS[format.encoding]}${format.hasByteOrderMark ? " (BOM)" : ""}`}</Fact>
        <Fact term={t("receivables.file.separator")}>{separator}</Fact>
        {format.kind === "csv" && <Fact term={t("receivables.file.header")}>{header}</Fact>}
        <Fact term={t("receivables.file.hash")}>
          <span className="mono" title={one.sha256}>{`${one.sha256.slice(0, HASH_SHOWN)}…`}</span>
        </Fact>
      </dl>
      {one.form !== null && (
        <div className="sec row top small" role="status">
          <Glyph level="ok" />
          {t("receivables.file.form", { form: word(`receivables.form.${one.form}`, {}, one.form) })}
        </div>
      )}
      {one.sameFileAs && (
        <div className="sec row top small" role="status">
          <Glyph level="info" />
          {t("receivables.file.same", { moment: f.moment(one.sameFileAs.finishedAt) })}
        </div>
      )}
    </Panel>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt className="label">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Leave({ one, onLeave }: FilePanelProps) {
  const t = useT();
  const can = useMay();
  const [isAsking, ask] = useState(false);
  const discard = useWrite((_: null, options) => api.delete(`/api/imports/${one.id}`, {}, options), {
    topics: ["receivables"],
    onDone: onLeave,
  });
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={onLeave}>
        {t("receivables.file.other")}
      </Button>
      {can("receivables.import") && (
        <Button size="compact-xs" variant="default" onClick={() => ask(true)}>
          {t("receivables.discard")}
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => ask(false)}
        title={t("receivables.discard.title", { file: one.fileName })}
        action={t("receivables.discard")}
        effects={[{ text: t("receivables.discard.effect"), isReversible: true, how: t("receivables.discard.how") }]}
        onConfirm={() => discard.mutate(null)}
        isBusy={discard.isPending}
        error={discard.error}
      />
    </>
  );
}
