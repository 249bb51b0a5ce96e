import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import type { LetterRowWire } from "../../../src/collections/letters/contract.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { DayField } from "../../kit/DayField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState, Loaded, useProblemText } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useDesk, useMay } from "../../shell/desk.ts";
import { Amounts } from "./parts.tsx";

type Queue = { readonly rows: readonly LetterRowWire[] };

/** Paper letters from the printer to the post box. */
export function PrintPanel() {
  const t = useT();
  const can = useMay();
  const queue = useRead<Queue>(["collections", "print-queue"], "/api/collections/print-queue");
  const isFull = (queue.data?.rows.length ?? 0) > 0;
  return (
    <Panel
      title={t("letters.print")}
      question={t("letters.print.q")}
      aside={
        isFull &&
        can("collections.work") && (
          <a href="/api/collections/print-queue/pdf" target="_blank" rel="noreferrer">
            {t("letters.print.open")}
          </a>
        )
      }
    >
      <Loaded query={queue}>
        {({ rows }) =>
          rows.length === 0 ? <EmptyState level="ok" title={t("letters.print.none")} /> : <Queued rows={rows} />
        }
      </Loaded>
    </Panel>
  );
}

function Queued({ rows }: { readonly rows: readonly LetterRowWire[] }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const ids = rows.map((row) => row.letterId).filter((id) => chosen.has(id));
  const toggle = (id: string) =>
    choose((old) => new Set(old.has(id) ? [...old].filter((one) => one !== id) : [...old, id]));
  return (
    <>
      {can("collections.work") && (
        <div className="sec row wrap" style={{ alignItems: "flex-end" }}>
          <Checkbox
            label={t("letters.print.all")}
            checked={ids.length === rows.length}
            indeterminate={ids.length > 0 && ids.length < rows.length}
            onChange={() => choose(new Set(ids.length === rows.length ? [] : rows.map((row) => row.letterId)))}
          />
          <MarkForm ids={ids} onDone={() => choose(new Set())} />
        </div>
      )}
      <ul className="letters-rows small">
        {rows.map((row) => (
          <li key={row.letterId} className="row top wrap">
            <Checkbox
              aria-label={t("letters.print.choose", { number: row.number })}
              checked={chosen.has(row.letterId)}
              onChange={() => toggle(row.letterId)}
            />
            <span className="col letters-break" style={{ flex: 1 }}>
              <Go to={`/collections/letters/${row.letterId}`}>{`${row.number} · ${row.accountName}`}</Go>
              <span className="tiny ink3">{row.recipients.join(", ")}</span>
              {row.printedAt !== null && (
                <span className="tiny ink3">{t("letters.print.printed", { time: f.moment(row.printedAt) })}</span>
              )}
            </span>
            <Amounts row={row} />
          </li>
        ))}
      </ul>
    </>
  );
}

function MarkForm({ ids, onDone }: { readonly ids: readonly string[]; readonly onDone: () => void }) {
  const t = useT();
  const problem = useProblemText();
  const { now, zone } = useDesk();
  const [on, setOn] = useState(() => Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate().toString());
  const posted = useWrite(
    (_: null, options) => api.post("/api/collections/print-queue/posted", { letterIds: ids, on }, options),
    { topics: ["collections"], onDone },
  );
  const printed = useWrite(
    (_: null, options) => api.post("/api/collections/print-queue/printed", { letterIds: ids }, options),
    { topics: ["collections"] },
  );
  const error = posted.error ?? printed.error;
  return (
    <>
      <DayField label={t("letters.on")} value={on} onChange={setOn} />
      <Button
        variant="default"
        disabled={ids.length === 0}
        loading={printed.isPending}
        onClick={() => printed.mutate(null)}
      >
        {t("letters.print.mark")}
      </Button>
      <Button disabled={ids.length === 0 || on === ""} loading={posted.isPending} onClick={() => posted.mutate(null)}>
        {t("letters.post", { n: ids.length })}
      </Button>
      <span className="tiny ink3">{t("letters.post.text")}</span>
      {error !== null && (
        <span className="small crit" role="alert">
          {problem(error)}
        </span>
      )}
    </>
  );
}
