import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import {
  type CoverageRow,
  type CoverageSummary,
  CUSTOMER_STATES,
  type CustomerState,
  type FeedWire,
} from "../../../src/activity/stream/contract.ts";
import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { type Level, Tag } from "../../kit/Risk.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useList, useRead } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { Page } from "../../shell/Page.tsx";
import { ConnectDialog } from "../intake/ConnectPanel.tsx";
import { ImportDialog } from "../intake/ImportDialog.tsx";
import { ActivityTabs } from "../Tabs.tsx";
import { FeedLine } from "./FeedLine.tsx";
import { KeepingPanel } from "./KeepingPanel.tsx";
import "./coverage.css";

const STATE_LEVEL: Readonly<Record<CustomerState, Level>> = {
  never: "crit",
  stopped: "crit",
  late: "warn",
  unknown: "unknown",
  "on-time": "ok",
};

type Summary = CoverageSummary & { readonly ownerlessFeeds: readonly FeedWire[] };

/** Which feeds tell of whom, who tells nothing, and how long all of it is kept. */
export function CoveragePage() {
  const t = useT();
  const summary = useRead<Summary>(["activity-coverage", "summary"], "/api/activity/coverage/summary");
  return (
    <Page
      title={t("activity.tab.coverage")}
      beside={<ActivityTabs />}
      crumbs={[{ label: t("nav.activity"), to: "/activity" }]}
      keys={[{ keys: "J K", label: t("keys.move") }]}
    >
      <div className="stk">
        <CustomersPanel summary={summary.data} />
        <div className="g2 coverage-below">
          <Panel title={t("activity.coverage.ownerless")} question={t("activity.coverage.ownerless.q")}>
            <Loaded query={summary}>{(data) => <Ownerless summary={data} />}</Loaded>
          </Panel>
          <HowPanel />
        </div>
        <KeepingPanel />
      </div>
    </Page>
  );
}

function CustomersPanel({ summary }: { readonly summary: Summary | undefined }) {
  const t = useT();
  const f = useFormat();
  const search = useSearch({ from: "/desk/activity/coverage" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({
      to: "/activity/coverage",
      search: (old: PageSearch) => ({ ...old, ...change }),
      replace: true,
    });
  const state = CUSTOMER_STATES.find((one) => one === search.only);
  const list = useList<CoverageRow>("activity-coverage", "/api/activity/coverage", { state, q: search.q });
  const columns = useMemo(() => columnsOf(t, f), [t, f]);
  return (
    <Panel
      title={t("activity.coverage.who")}
      question={t("activity.coverage.q")}
      aside={
        summary?.followedUntil != null && (
          <span className="ink3 num">{t("activity.coverage.followed", { when: f.moment(summary.followedUntil) })}</span>
        )
      }
    >
      <DataTable
        label={t("activity.coverage.who")}
        columns={columns}
        list={list}
        rowId={(row) => row.customer?.id ?? "-"}
        rowTo={(row) => `/activity?customer=${row.customer?.id ?? "none"}&last=30d`}
        filter={search.q}
        onFilter={(q) => set({ q })}
        isFiltered={state !== undefined}
        onClear={() => set({ only: undefined, q: undefined })}
        tools={
          <span className="chips" role="group" aria-label={t("activity.coverage.states")}>
            <button
              type="button"
              className="chip"
              aria-pressed={state === undefined}
              onClick={() => set({ only: undefined })}
            >
              {t("activity.coverage.all")} <span className="num">{f.count(summary?.customers ?? 0)}</span>
            </button>
            {CUSTOMER_STATES.map((one) => (
              <button
                key={one}
                type="button"
                className="chip"
                aria-pressed={state === one}
                onClick={() => set({ only: state === one ? undefined : one })}
              >
                {t(`activity.coverage.state.${one}`)} <span className="num">{f.count(summary?.byState[one] ?? 0)}</span>
              </button>
            ))}
          </span>
        }
        empty={
          <EmptyState
            level="unknown"
            title={t("activity.coverage.empty")}
            text={t("activity.coverage.empty.text")}
            action={<Go to="/settings">{t("nav.settings")}</Go>}
          />
        }
      />
    </Panel>
  );
}

function columnsOf(t: T, f: Format): readonly Column<CoverageRow>[] {
  const last = (row: CoverageRow) =>
    row.feeds
      .map((feed) => feed.lastAt)
      .sort()
      .at(-1);
  return [
    {
      id: "name",
      header: t("activity.col.customer"),
      card: "title",
      width: "24%",
      cell: (row) => row.customer?.name ?? t("activity.nobody"),
    },
    {
      id: "state",
      header: t("activity.coverage.state"),
      card: "aside",
      width: "130px",
      cell: (row) => <Tag level={STATE_LEVEL[row.state]}>{t(`activity.coverage.state.${row.state}`)}</Tag>,
    },
    {
      id: "feeds",
      header: t("activity.coverage.feeds"),
      card: "foot",
      cell: (row) =>
        row.feeds.length === 0 ? (
          <span className="ink3">{t("activity.coverage.none")}</span>
        ) : (
          <span className="col" style={{ gap: 6 }}>
            {row.state === "never" && <span className="ink3">{t("activity.coverage.onlyPartner")}</span>}
            {row.feeds.map((feed) => (
              <FeedLine key={`${feed.source} ${feed.feed}`} feed={feed} />
            ))}
          </span>
        ),
    },
    {
      id: "last",
      header: t("activity.coverage.newest"),
      align: "right",
      width: "110px",
      cell: (row) => {
        const at = last(row);
        return at === undefined ? "–" : <span className="num nowrap">{f.moment(at)}</span>;
      },
    },
  ];
}

function Ownerless({ summary }: { readonly summary: Summary }) {
  const t = useT();
  const f = useFormat();
  const events = BigInt(summary.ownerless);
  return (
    <div className="sec col" style={{ gap: 8 }}>
      <span>
        <span className={`num ${events > 0n ? "b" : ""}`}>{t("activity.coverage.ownerless.n", { n: events })}</span>{" "}
        {events > 0n && <Go to="/activity?customer=none&last=30d">{t("activity.coverage.ownerless.see")}</Go>}
      </span>
      {summary.ownerlessFeeds.map((feed) => (
        <FeedLine key={`${feed.source} ${feed.feed}`} feed={feed} />
      ))}
      <span className="small ink2">
        {t("activity.coverage.unknown.n", { n: BigInt(summary.unknown) })}{" "}
        {summary.unknown !== "0" && (
          <Go to="/activity?source=unknown&last=30d">{t("activity.coverage.ownerless.see")}</Go>
        )}
      </span>
      {summary.followedUntil !== null && (
        <span className="tiny ink3">{t("activity.coverage.followed", { when: f.moment(summary.followedUntil) })}</span>
      )}
    </div>
  );
}

function HowPanel() {
  const t = useT();
  const [opened, setOpened] = useState<"import" | "connect" | undefined>();
  const close = () => setOpened(undefined);
  return (
    <Panel
      title={t("activity.coverage.how")}
      aside={
        <>
          <Button size="xs" variant="default" onClick={() => setOpened("import")}>
            {t("activity.intake.import")}
          </Button>
          <Button size="xs" variant="default" onClick={() => setOpened("connect")}>
            {t("activity.intake.connect")}
          </Button>
        </>
      }
    >
      {opened === "import" && <ImportDialog onClose={close} />}
      {opened === "connect" && <ConnectDialog onClose={close} />}
      <ul className="sec coverage-how small">
        <li>{t("activity.coverage.how.push", { path: "POST /api/activity/events" })}</li>
        <li>{t("activity.coverage.how.pull")}</li>
        <li>{t("activity.coverage.how.file", { command: "surety activity import FILE" })}</li>
      </ul>
    </Panel>
  );
}
