import { useState } from "react";
import { type NoteWire, TIMELINE_GROUPS, type TimelineGroup, type TimelineRow } from "../../src/customers/contract.ts";
import { useEventWhy } from "../cases/eventWords.tsx";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { EmptyState, ErrorState } from "../kit/States.tsx";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, query } from "../api.ts";
import { useTimelineText } from "./timelineText.ts";
import type { PassportWire } from "./wires.ts";

type Page = { readonly rows: readonly TimelineRow[]; readonly nextCursor: string | null };
const PAGE = 20;

/** What happened, newest first, straight from the event log; chips keep one kind. */
export function TimelinePanel({ passport }: { readonly passport: PassportWire }) {
  const t = useT();
  const [group, setGroup] = useState<TimelineGroup | undefined>();
  const [isOpen, setOpen] = useState(false);
  const id = passport.identity.id;
  const isOwn = group === undefined && !isOpen;
  const more = useInfiniteQuery({
    queryKey: ["customers", id, "timeline", group],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page>(`/api/customers/${id}/timeline${query({ group, cursor: pageParam, limit: PAGE })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    enabled: !isOwn,
  });
  const rows = isOwn ? passport.timeline.rows : (more.data?.pages.flatMap((page) => page.rows) ?? []);
  const hasMore = isOwn ? passport.timeline.nextCursor !== null : more.hasNextPage;
  return (
    <Panel
      id="timeline"
      title={t("customers.section.timeline")}
      aside={
        <span className="chips" role="group" aria-label={t("customers.timeline.groups")}>
          {TIMELINE_GROUPS.map((one) => (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={group === one}
              onClick={() => setGroup(group === one ? undefined : one)}
            >
              {t(`customers.group.${one}`)}
            </button>
          ))}
        </span>
      }
    >
      {more.error && !isOwn ? (
        <ErrorState error={more.error} onRetry={() => void more.refetch()} />
      ) : rows.length === 0 && (isOwn || !more.isPending) ? (
        <EmptyState level="none" title={t("customers.timeline.none")} />
      ) : (
        <ol className="tl">
          {rows.map((row) => (
            <Item key={row.seq} row={row} />
          ))}
        </ol>
      )}
      <div className="row sec line small">
        {hasMore && (
          <button type="button" className="linkish" onClick={() => (isOwn ? setOpen(true) : void more.fetchNextPage())}>
            {t("customers.timeline.more")}
          </button>
        )}
        <Go className="more push" to={`/audit?customer=${id}`}>
          {t("customers.timeline.audit")}
        </Go>
      </div>
    </Panel>
  );
}

function Item({ row }: { readonly row: TimelineRow }) {
  const f = useFormat();
  const t = useT();
  const text = useTimelineText();
  const why = useEventWhy();
  return (
    <li>
      <Glyph level={levelOf(row)} size={13} />
      <span className="col">
        <span className="b">{text(row)}</span>
        {row.why !== null && <span className="small ink2">{why(row.why)}</span>}
        <span className="tiny ink3 num">
          {f.moment(row.at)} · {row.actor.kind === "machine" ? t("customers.byDesk") : row.actor.name}
        </span>
      </span>
    </li>
  );
}

/** Words first: the mark only repeats what the sentence says. */
function levelOf({ type }: TimelineRow): Level {
  if (/refused|failed|over-budget/.test(type)) return "crit";
  if (/differs|received|opened|left|gone|changed/.test(type)) return "warn";
  if (/verified|answered|closed|pushed|confirmed|paid/.test(type)) return "ok";
  return "none";
}

/** What people wanted the next one to know. */
export function NotesPanel({
  notes,
  onAdd,
}: {
  readonly notes: readonly NoteWire[];
  readonly onAdd: (() => void) | undefined;
}) {
  const t = useT();
  const f = useFormat();
  if (notes.length === 0) return null;
  return (
    <Panel
      title={t("customers.notes")}
      aside={
        onAdd && (
          <button type="button" className="linkish" onClick={onAdd}>
            {t("customers.note")}…
          </button>
        )
      }
    >
      {notes.slice(0, 5).map((note) => (
        <div key={note.id} className="mini">
          <span className="col">
            <span className="note">{note.text}</span>
            <span className="tiny ink3 num">
              {note.by.name} · {f.moment(note.at)}
            </span>
          </span>
        </div>
      ))}
    </Panel>
  );
}
