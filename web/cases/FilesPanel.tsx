import { Button, FileButton } from "@mantine/core";
import { useState } from "react";
import type { CaseJson, DocumentJson } from "../../src/cases/contract.ts";
import { DOCUMENT_BYTES_MAX } from "../../src/cases/contract-states.ts";
import { query } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { useProblemText } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";
import { sendFile } from "./upload.ts";

const KB = 1024;

/** Files that people put with the case, each with the hash of its bytes. */
export function FilesPanel({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  return (
    <Panel
      title={t("cases.files")}
      question={t("cases.files.q")}
      aside={can("cases.work") && <AddFile caseId={of.id} />}
    >
      {of.documents.length === 0 && <p className="sec small ink3 flat">{t("cases.files.none")}</p>}
      <ul className="finding-list">
        {of.documents.map((file) => (
          <li key={file.sha256}>
            <span className="col cut">
              <a className="lnk cut" href={`/api/cases/${of.id}/documents/${file.sha256}`} download={file.name}>
                {file.name}
              </a>
              <span className="tiny ink3">{t("cases.files.by", { name: file.by, when: f.moment(file.at) })}</span>
              <span className="mono ink3 cut" title={file.sha256}>
                {file.sha256}
              </span>
            </span>
            <span className="push small num nowrap ink2">{f.count(Math.ceil(file.bytes / KB))} KB</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function AddFile({ caseId }: { readonly caseId: string }) {
  const t = useT();
  const problemText = useProblemText();
  const [tooLarge, setTooLarge] = useState<string>();
  const write = useWrite<{ name: string; size: number; modified: number; file: File }, DocumentJson>(
    ({ file }, options) =>
      sendFile(
        `/api/cases/${caseId}/documents${query({ name: file.name.slice(0, 200), mediaType: file.type || undefined })}`,
        file,
        options,
      ),
    { topics: ["cases"] },
  );
  const add = (file: File | null) => {
    if (file === null) return;
    setTooLarge(file.size > DOCUMENT_BYTES_MAX ? file.name : undefined);
    if (file.size <= DOCUMENT_BYTES_MAX)
      write.mutate({ name: file.name, size: file.size, modified: file.lastModified, file });
  };
  return (
    <span className="row wrap">
      {(tooLarge || write.error) && (
        <span className="small crit" role="alert">
          {tooLarge ? t("cases.files.tooLarge", { name: tooLarge }) : problemText(write.error)}
        </span>
      )}
      <span className="tiny ink3 hide-sm">{t("cases.files.limit")}</span>
      <FileButton onChange={add}>
        {(props) => (
          <Button {...props} size="compact-sm" variant="default" loading={write.isPending}>
            {t("cases.files.add")}
          </Button>
        )}
      </FileButton>
    </span>
  );
}
