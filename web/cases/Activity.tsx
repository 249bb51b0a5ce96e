import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { CaseJson, TimelineRowJson } from "../../src/cases/contract.ts";
import { api, query } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Ava, K } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { useProblemText } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";
import { useEventText } from "./eventWords.tsx";

const OLDER_ROWS = 100;
export const NOTE_FIELD = "case-note";

/** Who did what and why, people and machine, newest first. */
export function Activity({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const can = useMay();
  const [older, setOlder] = useState<readonly TimelineRowJson[]>([]);
  const [hasMore, setMore] = useState(of.timelineHasMore);
  const rows = [...of.timeline, ...older.filter((row) => !of.timeline.some((one) => one.seq === row.seq))];
  const last = rows.at(-1)?.seq;
  const load = async () => {
    const answer = await api.get<{ rows: TimelineRowJson[]; hasMore: boolean }>(
      `/api/cases/${of.id}/timeline${query({ beforeSeq: last, limit: OLDER_ROWS })}`,
    );
    setOlder((before) => [...before, ...answer.rows]);
    setMore(answer.hasMore);
  };
  return (
    <Panel
      title={t("cases.activity")}
      question={t("cases.activity.q")}
      aside={<span className="ink3 hide-sm">{t("cases.activity.order")}</span>}
    >
      {can("cases.work") && <NoteForm caseId={of.id} />}
      <ol className="feed">
        {rows.map((row) => (
          <EventRow key={row.seq} row={row} />
        ))}
      </ol>
      {hasMore && last !== undefined && (
        <div className="sec">
          <Button variant="default" onClick={() => void load()}>
            {t("cases.activity.older")}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function EventRow({ row }: { readonly row: TimelineRowJson }) {
  const t = useT();
  const f = useFormat();
  const eventText = useEventText();
  const isPerson = row.actor.kind === "person";
  return (
    <li>
      <time className="num small ink3" dateTime={row.at}>
        {f.moment(row.at)}
      </time>
      <Ava name={isPerson ? row.actor.name : row.actor.name.charAt(0)} label={false} />
      <span className="small">
        <span className="b">{row.actor.name}</span> <span className="ink2 event-text">{eventText(row)}</span>
        {row.subject.kind === "proposal" && (
          <>
            {" "}
            <Go className="more" to={`/decisions/${row.subject.id}`}>
              {t("cases.activity.proposal")}
            </Go>
          </>
        )}
        {/* A machine gives its reason as a code; only people's reasons are sentences. */}
        {row.why && isPerson && <span className="ink3 event-text"> “{row.why}”</span>}
      </span>
    </li>
  );
}

function NoteForm({ caseId }: { readonly caseId: string }) {
  const t = useT();
  const problemText = useProblemText();
  const [text, setText] = useState("");
  const write = useWrite<{ text: string }, unknown>(
    (input, options) => api.post(`/api/cases/${caseId}/notes`, input, options),
    {
      topics: ["cases"],
      onDone: () => setText(""),
    },
  );
  const isReady = text.trim() !== "";
  return (
    <form
      className="sec col"
      style={{ gap: 8 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !write.isPending) write.mutate({ text: text.trim() });
      }}
    >
      <Textarea
        id={NOTE_FIELD}
        aria-label={t("cases.note")}
        placeholder={t("cases.note")}
        autosize
        minRows={1}
        maxLength={4_000}
        value={text}
        rightSection={text === "" ? <K>N</K> : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
      />
      {write.error && (
        <span className="small crit" role="alert">
          {problemText(write.error)}
        </span>
      )}
      {isReady && (
        <span className="row wrap">
          <Button type="submit" loading={write.isPending}>
            {t("cases.note.save")}
          </Button>
          <span className="tiny ink3">{t("cases.note.kept")}</span>
        </span>
      )}
    </form>
  );
}
