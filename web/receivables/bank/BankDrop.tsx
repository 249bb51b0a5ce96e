import { Button, FileButton } from "@mantine/core";
import { IconBuildingBank } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { BankFileWire } from "../../../src/receivables/bank/contract-bank.ts";
import { query } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ProgressBar } from "../../kit/Bits.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { useProblemText, Why } from "../../kit/States.tsx";
import { useWrite } from "../../query.ts";
import { uploadFile } from "../upload.ts";

type BankDropProps = { readonly canImport: boolean; readonly onReceived: (made: BankFileWire) => void };

/** Where a bank's file comes in: dropped, or chosen. Any name will do: the file is known by what stands in it. */
export function BankDrop({ canImport, onReceived }: BankDropProps) {
  const t = useT();
  const problemText = useProblemText();
  const [isOver, setOver] = useState(false);
  const [share, setShare] = useState(0);
  const file = useRef<File | undefined>(undefined);
  const send = useWrite(
    (name: string, { idempotencyKey = crypto.randomUUID() }) => {
      if (file.current === undefined) throw new Error("no file was chosen");
      const path = `/api/bank-files${query({ fileName: name })}`;
      return uploadFile<BankFileWire>({ path, file: file.current, idempotencyKey, onProgress: setShare });
    },
    { topics: ["receivables"], onDone: onReceived },
  );
  const take = (chosen: File | null | undefined) => {
    if (!chosen || !canImport || send.isPending) return;
    file.current = chosen;
    setShare(0);
    send.mutate(chosen.name);
  };
  return (
    <Panel title={t("receivables.bank.drop")} question={t("receivables.bank.drop.q")}>
      <div
        className={`import-drop bank-drop ${isOver ? "over" : ""}`}
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
        <IconBuildingBank size={28} stroke={1.4} aria-hidden="true" />
        {send.isPending ? (
          <Sending name={send.variables} share={share} />
        ) : (
          <>
            <span className="b">{t("receivables.drop.here")}</span>
            <span className="small ink2 import-drop-text">{t("receivables.bank.drop.text")}</span>
            <FileButton onChange={take} disabled={!canImport}>
              {(props) => (
                <Button {...props} disabled={!canImport}>
                  {t("receivables.drop.choose")}
                </Button>
              )}
            </FileButton>
            {!canImport && <Why>{t("receivables.drop.readonly")}</Why>}
          </>
        )}
        {send.error && (
          <span className="row small crit" role="alert" style={{ gap: 6 }}>
            <Glyph level="error" size={13} />
            {problemText(send.error)}
          </span>
        )}
      </div>
    </Panel>
  );
}

/** Sending is measured; reading and matching is not, and says what it does. */
function Sending({ name, share }: { readonly name: string; readonly share: number }) {
  const t = useT();
  const f = useFormat();
  const label =
    share < 1
      ? t("receivables.bank.sending", { file: name, share: f.percent(share) })
      : t("receivables.bank.reading", { file: name });
  return (
    <div className="col import-sending" role="status">
      <span className="small cut">{label}</span>
      <ProgressBar done={Math.round(share * 100)} total={100} label={label} />
    </div>
  );
}
