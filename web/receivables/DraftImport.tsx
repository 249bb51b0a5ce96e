import { useState } from "react";
import type { ImportWire } from "../../src/receivables/contract-import.ts";
import { api } from "../api.ts";
import { useWrite } from "../query.ts";
import { useQueryClient } from "@tanstack/react-query";
import { FilePanel } from "./FilePanel.tsx";
import { MappingPanel } from "./MappingPanel.tsx";
import { PreviewPanel } from "./PreviewPanel.tsx";
import { ProblemsPanel } from "./ProblemsPanel.tsx";
import type { Reading } from "./reading.ts";
import { ReadingPanel } from "./ReadingPanel.tsx";
import { TakePanel } from "./TakePanel.tsx";

type DraftProps = { readonly one: ImportWire; readonly onLeave: () => void };

const readingOf = (one: ImportWire): Reading => ({
  kind: one.kind,
  mapping: one.mapping,
  hasHeader: one.format.headerLine !== null,
});
const isSame = (a: Reading, b: Reading): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = ({ kind, hasHeader, mapping }: Reading) => [
  kind,
  hasHeader,
  Object.entries(mapping.columns).sort(),
  Object.entries({ ...mapping, columns: null }).sort(),
];

/** A file that is not in the ledger yet: how it is read, what that gives, and the button. */
export function DraftImport({ one, onLeave }: DraftProps) {
  const client = useQueryClient();
  const [reading, setReading] = useState(() => readingOf(one));
  const keep = (answer: ImportWire) => client.setQueryData(["receivables", "import", one.id], answer);
  const preview = useWrite(
    (body: Reading, options) => api.post<ImportWire>(`/api/imports/${one.id}/preview`, body, options),
    {
      topics: [],
      onDone: (answer) => {
        keep(answer);
        setReading(readingOf(answer));
      },
    },
  );
  const isRead = one.totals !== null && isSame(reading, readingOf(one));
  return (
    <>
      <FilePanel one={one} onLeave={onLeave} />
      <MappingPanel one={one} reading={reading} onChange={setReading} />
      <ReadingPanel
        one={one}
        reading={reading}
        onChange={setReading}
        onRead={() => preview.mutate(reading)}
        isBusy={preview.isPending}
        isRead={isRead}
        error={preview.error}
      />
      {one.totals !== null && (
        <>
          <PreviewPanel totals={one.totals} kind={one.kind} isOld={!isRead} />
          <ProblemsPanel one={one} />
          <TakePanel one={one} totals={one.totals} isRead={isRead} onTaken={keep} />
        </>
      )}
    </>
  );
}
