import { Button, FileButton } from "@mantine/core";
import type { IconFileImport } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { query } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { ProgressBar } from "../kit/Bits.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useProblemText, Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { uploadFile } from "./upload.ts";

type DropZoneProps<Made> = {
  readonly canImport: boolean;
  readonly onReceived: (made: Made) => void;
  /** Where the file is sent to; its name is added. */
  readonly path: string;
  readonly icon: typeof IconFileImport;
  readonly words: { readonly title: string; readonly question: string; readonly text: string };
  /** What is said while it is under way, by the share that was sent, 0 to 1. */
  readonly sending: (file: string, share: number) => string;
  /** File types that the chooser offers first; any when absent. */
  readonly accept?: string | undefined;
  readonly className?: string | undefined;
};

/** Where a file comes in: dropped, or chosen, and sent with its progress. */
export function DropZone<Made>(props: DropZoneProps<Made>) {
  const { canImport, onReceived, icon: Icon, words, sending, accept, className = "" } = props;
  const t = useT();
  const problemText = useProblemText();
  const [isOver, setOver] = useState(false);
  const [share, setShare] = useState(0);
  const file = useRef<File | undefined>(undefined);
  const send = useWrite(
    (name: string, { idempotencyKey = crypto.randomUUID() }) => {
      if (file.current === undefined) throw new Error("no file was chosen");
      const path = props.path + query({ fileName: name });
      return uploadFile<Made>({ path, file: file.current, idempotencyKey, onProgress: setShare });
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
    <Panel title={words.title} question={words.question}>
      <div
        className={`import-drop ${className} ${isOver ? "over" : ""}`}
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
        <Icon size={28} stroke={1.4} aria-hidden="true" />
        {send.isPending ? (
          <Sending label={sending(send.variables, share)} share={share} />
        ) : (
          <>
            <span className="b">{t("receivables.drop.here")}</span>
            <span className="small ink2 import-drop-text">{words.text}</span>
            <FileButton onChange={take} disabled={!canImport} {...(accept === undefined ? {} : { accept })}>
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

function Sending({ label, share }: { readonly label: string; readonly share: number }) {
  return (
    <div className="col import-sending" role="status">
      <span className="small cut">{label}</span>
      <ProgressBar done={Math.round(share * 100)} total={100} label={label} />
    </div>
  );
}
