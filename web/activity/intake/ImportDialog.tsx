import { Button, FileButton, Modal } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { BatchReport } from "../../../src/activity/intake/contract.ts";
import { query } from "../../api.ts";
import { type Key, useFormat, useT } from "../../i18n/t.ts";
import { ProgressBar } from "../../kit/Bits.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { useProblemText, Why } from "../../kit/States.tsx";
import { useWrite } from "../../query.ts";
import { uploadFile } from "../../receivables/upload.ts";
import { useMay } from "../../shell/desk.ts";
import "./intake.css";

/** Takes a file of records in: drop it, see how far it is, and what became of every line. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  const [done, setDone] = useState<{ readonly file: string; readonly report: BatchReport } | undefined>();
  return (
    <Modal opened onClose={onClose} title={t("activity.intake.import")} size={640} centered>
      {done === undefined ? (
        <Drop onDone={(file, report) => setDone({ file, report })} />
      ) : (
        <Report {...done} onAgain={() => setDone(undefined)} />
      )}
    </Modal>
  );
}

function Drop({ onDone }: { readonly onDone: (file: string, report: BatchReport) => void }) {
  const t = useT();
  const can = useMay()("activity.send");
  const problemText = useProblemText();
  const [isOver, setOver] = useState(false);
  const [share, setShare] = useState(0);
  const file = useRef<File | undefined>(undefined);
  const send = useWrite(
    (name: string, { idempotencyKey = crypto.randomUUID() }) => {
      if (file.current === undefined) throw new Error("no file was chosen");
      const path = `/api/activity/files${query({ name })}`;
      return uploadFile<BatchReport>({ path, file: file.current, idempotencyKey, onProgress: setShare });
    },
    { topics: ["activity"], onDone: (report) => onDone(file.current?.name ?? "", report) },
  );
  const take = (chosen: File | null | undefined) => {
    if (!chosen || !can || send.isPending) return;
    file.current = chosen;
    setShare(0);
    send.mutate(chosen.name);
  };
  return (
    <div
      className={`intake-drop ${isOver ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files[0]);
      }}
    >
      <IconFileImport size={28} stroke={1.4} aria-hidden="true" />
      {send.isPending ? (
        <Sending file={send.variables} share={share} />
      ) : (
        <>
          <span className="b">{t("activity.intake.drop")}</span>
          <span className="small ink2">{t("activity.intake.drop.text", { command: "surety activity import" })}</span>
          <FileButton onChange={take} disabled={!can}>
            {(props) => (
              <Button {...props} disabled={!can}>
                {t("activity.intake.choose")}
              </Button>
            )}
          </FileButton>
          {!can && <Why>{t("activity.intake.readonly")}</Why>}
        </>
      )}
      {send.error && (
        <span className="row small crit" role="alert" style={{ gap: 6 }}>
          <Glyph level="error" size={13} />
          {problemText(send.error)}
        </span>
      )}
    </div>
  );
}

function Sending({ file, share }: { readonly file: string; readonly share: number }) {
  const t = useT();
  const percent = Math.round(share * 100);
  const label =
    percent < 100 ? t("activity.intake.sending", { file, share: percent }) : t("activity.intake.reading", { file });
  return (
    <div className="col" role="status" style={{ width: "100%", gap: 8 }}>
      <span className="small cut">{label}</span>
      <ProgressBar done={percent} total={100} label={label} />
    </div>
  );
}

type ReportProps = { readonly file: string; readonly report: BatchReport; readonly onAgain: () => void };

function Report({ file, report, onAgain }: ReportProps) {
  const t = useT();
  const f = useFormat();
  const { received, fresh, repeated, unknown, nobodys, refused, lines, linesLeftOut } = report;
  return (
    <div className="col" style={{ gap: 12 }} role="status">
      <span className="b">{t("activity.intake.report", { file })}</span>
      <ul className="small">
        <li>
          {t("activity.intake.received", { n: received })}: {t("activity.intake.fresh", { n: f.count(fresh) })},{" "}
          {t("activity.intake.repeated", { n: f.count(repeated) })}
        </li>
        {unknown > 0 && <li>{t("activity.intake.unknown", { n: f.count(unknown) })}</li>}
        {nobodys > 0 && <li>{t("activity.intake.nobodys", { n: f.count(nobodys) })}</li>}
        {refused > 0 && <li>{t("activity.intake.refused", { n: refused })}</li>}
      </ul>
      {lines.length > 0 && (
        <div className="intake-lines small">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("activity.intake.line")}</th>
                <th scope="col">{t("activity.intake.problem")}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((one) => (
                <tr key={`${one.line}-${one.code}`}>
                  <td className="num">{f.count(one.line)}</td>
                  <td title={one.message}>{t(`activity.intake.line.${one.code}` as Key)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {linesLeftOut > 0 && <span className="ink2">{t("activity.intake.refused.more", { n: linesLeftOut })}</span>}
        </div>
      )}
      <span className="row" style={{ justifyContent: "flex-end" }}>
        <Button variant="default" onClick={onAgain}>
          {t("activity.intake.another")}
        </Button>
      </span>
    </div>
  );
}
