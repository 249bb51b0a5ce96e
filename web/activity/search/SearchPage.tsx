import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { EventRowWire, HistogramWire } from "../../../src/activity/stream/contract.ts";
import { query } from "../../api.ts";
import { type Format, type T, useFormat, useT, useWord } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { Page } from "../../shell/Page.tsx";
import { ActivityTabs } from "../Tabs.tsx";
import { EventDrawer } from "./EventDrawer.tsx";
import { FilterBar, type FilterProps } from "./FilterBar.tsx";
import { addressOf, FIELDS, histogramMembers, membersOf, steppedNow } from "./filters.ts";
import { Histogram } from "./Histogram.tsx";
import { ExportMenu, SavedMenu } from "./SavedMenu.tsx";
import { type Events, useEvents } from "./use-events.ts";
import "./search.css";

/** Every event that is kept, found by what it says. */
export function SearchPage() {
  const t = useT();
  const f = useFormat();
  const search = useSearch({ from: "/desk/activity" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/activity", search: (old: PageSearch) => without({ ...old, ...change }) });
  const now = steppedNow(f.nowIso).toString();
  const { event, ...asked } = search;
  const askedText = JSON.stringify(asked);
  const members = useMemo(
    () => membersOf(JSON.parse(askedText) as PageSearch, Temporal.Instant.from(now)),
    [askedText, now],
  );
  const events = useEvents(members);
  return (
    <Page
      title={t("nav.activity")}
      beside={<ActivityTabs />}
      actions={
        <>
          <SavedMenu search={search} members={members} />
          <ExportMenu members={members} />
        </>
      }
      keys={[
        { keys: "/", label: t("activity.key.find") },
        { keys: "F", label: t("activity.key.add") },
        { keys: "J K", label: t("keys.move") },
      ]}
    >
      <div className="stk">
        <Panel
          title={t("activity.search")}
          question={t("activity.search.q")}
          aside={<Total members={histogramMembers(members, Temporal.Instant.from(now))} />}
        >
          <FilterBar search={search} set={set} />
          <OverTime members={histogramMembers(members, Temporal.Instant.from(now))} set={set} />
        </Panel>
        <Panel title={t("activity.search.events")} question={t("activity.search.events.q")}>
          <EventsTable search={search} set={set} events={events} />
        </Panel>
      </div>
      {event !== undefined && (
        <EventDrawer
          event={event}
          onClose={() => set({ event: undefined })}
          onFind={(change) => set({ ...change, event: undefined })}
        />
      )}
    </Page>
  );
}

const without = (search: PageSearch): PageSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as PageSearch;

type OverTimeProps = { readonly members: Parameters<typeof histogramMembers>[0] };
const useHistogram = (members: OverTimeProps["members"]) =>
  useRead<HistogramWire>(["activity-events", "histogram", members], `/api/activity/events/histogram${query(members)}`);

function Total({ members }: OverTimeProps) {
  const t = useT();
  const { data } = useHistogram(members);
  if (data === undefined) return null;
  return (
    <span className="num" role="status">
      {t(data.countedBack === null ? "activity.histogram.total" : "activity.histogram.atLeast", { n: data.total })}
    </span>
  );
}

function OverTime({ members, set }: OverTimeProps & Pick<FilterProps, "set">) {
  const t = useT();
  const f = useFormat();
  const counted = useHistogram(members);
  return (
    <div className="sec line activity-time">
      <Loaded query={counted} skeleton={<div className="histogram-wait" />}>
        {(data) => (
          <>
            <Histogram data={data} onNarrow={(from, to) => set({ from, to, last: undefined })} />
            {data.countedBack !== null && (
              <span className="small ink2 row">
                <Glyph level="info" size={13} />
                {t("activity.histogram.back", { when: f.moment(data.countedBack) })}
              </span>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function EventsTable({ search, set, events }: FilterProps & { readonly events: Events }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const { list, searchedBack } = events;
  const columns = useMemo(() => columnsOf({ t, f, word }), [t, f, word]);
  const isFiltered = search.text !== undefined || FIELDS.some(({ member }) => search[member] !== undefined);
  const clear = Object.fromEntries([
    ["text", undefined],
    ...FIELDS.map(({ member }) => [member, undefined]),
  ]) as PageSearch;
  const early = searchedBack !== null && (
    <div className="row wrap small sec activity-early" role="status">
      <Glyph level="info" size={13} />
      <span>{t("activity.search.early", { when: f.moment(searchedBack) })}</span>
      <Button size="xs" variant="default" loading={list.isLoadingMore} onClick={list.loadMore}>
        {t("activity.search.further")}
      </Button>
    </div>
  );
  if (early && list.rows.length === 0) return early;
  return (
    <>
      <DataTable
        label={t("activity.search.events")}
        columns={columns}
        list={searchedBack === null ? list : { ...list, hasMore: false }}
        rowId={(row) => `${row.source}|${row.id}|${row.tenant ?? ""}`}
        rowTo={(row) => addressOf({ ...search, event: `${row.source}|${row.id}` })}
        isFiltered={isFiltered}
        onClear={() => set(clear)}
        empty={
          <EmptyState
            level="unknown"
            title={t("activity.empty.title")}
            text={t("activity.empty.text")}
            action={
              <span className="row wrap">
                <Button variant="default" onClick={() => set({ last: "30d", from: undefined, to: undefined })}>
                  {t("activity.empty.wider")}
                </Button>
                <Go to="/activity/coverage">{t("activity.empty.coverage")}</Go>
              </span>
            }
          />
        }
      />
      {early}
    </>
  );
}

const secondsOf = (iso: string): string =>
  Temporal.Instant.from(iso).toString({ smallestUnit: "second" }).slice(17, 19);

type Words = { readonly t: T; readonly f: Format; readonly word: ReturnType<typeof useWord> };

function columnsOf({ t, f, word }: Words): readonly Column<EventRowWire>[] {
  return [
    {
      id: "when",
      header: t("activity.col.when"),
      card: "aside",
      width: "136px",
      cell: (row) => (
        <span className="num nowrap" title={row.at}>
          {f.moment(row.at)}
          <span className="ink3">:{secondsOf(row.at)}</span>
        </span>
      ),
    },
    {
      id: "operation",
      header: t("activity.col.operation"),
      card: "title",
      width: "30%",
      cell: (row) => (
        <span className="col">
          <span className="activity-wrap">
            {row.operation || word(`activity.source.${row.source}`, {}, row.source)}
          </span>
          <span className="tiny ink3">
            {word(`activity.source.${row.source}`, {}, row.source)}
            {row.resource?.type && ` · ${row.resource.type}`}
          </span>
        </span>
      ),
    },
    {
      id: "actor",
      header: t("activity.col.actor"),
      card: "detail",
      cell: (row) => <span className="activity-wrap">{row.actor?.name ?? row.actor?.id ?? "–"}</span>,
    },
    {
      id: "customer",
      header: t("activity.col.customer"),
      card: "more",
      cell: (row) => row.customer?.name ?? <span className="ink3">{t("activity.nobody")}</span>,
    },
    {
      id: "from",
      header: t("activity.col.from"),
      cell: (row) => (
        <span className="mono nowrap">
          {row.ip ?? "–"} {row.country !== null && <span className="ink3">{row.country}</span>}
        </span>
      ),
    },
    {
      id: "outcome",
      header: t("activity.col.outcome"),
      card: "foot",
      width: "104px",
      cell: (row) => (
        <span className={`row nowrap ${row.outcome === "failure" ? "warn" : "ink2"}`} style={{ gap: 5 }}>
          {row.outcome === "failure" && <Glyph level="warn" size={12} />}
          {t(`activity.outcome.${row.outcome}`)}
        </span>
      ),
    },
  ];
}
