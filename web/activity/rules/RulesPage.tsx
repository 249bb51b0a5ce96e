import { Button, NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ABUSES } from "../../../src/activity/contract-detector.ts";
import { RULE_ORIGINS, RULE_STATES } from "../../../src/activity/lab/contract.ts";
import type { RuleRowWire, RulesWire } from "../../../src/activity/lab/contract-wire.ts";
import { LEVELS } from "../../../src/activity/sigma/contract.ts";
import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { useGo } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { type ListState, useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { ActivityTabs } from "../Tabs.tsx";
import { type RulesFilter, shownRules } from "./list.ts";
import { MatrixPanel } from "./MatrixPanel.tsx";
import { LevelTag, StateTag, useRuleTitle } from "./parts.tsx";
import "./rules.css";

/** Rows drawn at first and with each press for more. */
const PAGE_ROWS = 100;
const NONE: readonly RuleRowWire[] = [];
const ONLY = ["hit", "silent", "differs", "draft", "unseen"] as const;

/** Everything that is looked for: its state, what it hit, and how well each abuse is watched. */
export function RulesPage() {
  const t = useT();
  const go = useGo();
  const can = useMay();
  const mayEdit = can("activity.rules");
  const read = useRead<RulesWire>(["activity", "rules"], "/api/activity/rules");
  const { kind } = useSearch({ from: "/desk/activity/rules" });
  const add = () => go("/activity/rules/new");
  return (
    <Page
      title={t("rules.title")}
      beside={<ActivityTabs />}
      crumbs={[{ label: t("nav.activity"), to: "/activity" }]}
      keys={mayEdit ? [{ keys: "N", label: t("rules.key.new"), act: add }] : []}
      actions={mayEdit && <Button onClick={add}>{t("rules.new")}</Button>}
    >
      <div className="stk">
        {read.data !== undefined && read.data.rows.length > 0 && <MatrixPanel rows={read.data.rows} chosen={kind} />}
        <Table read={read} />
      </div>
    </Page>
  );
}

type Read = ReturnType<typeof useRead<RulesWire>>;

function Table({ read }: { readonly read: Read }) {
  const t = useT();
  const f = useFormat();
  const navigate = useNavigate();
  const search = useSearch({ from: "/desk/activity/rules" });
  const titleOf = useRuleTitle();
  const set = (members: Record<string, string | undefined>) =>
    void navigate({ to: "/activity/rules", search: { ...search, ...members }, replace: true });
  const rows = read.data?.rows ?? NONE;
  const { q, level, status, kind, source, only, sort } = search;
  const shown = useMemo(
    () => shownRules(rows, { filter: { q, level, status, kind, source, only }, sort, title: titleOf }),
    // The title's words change with the language only.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [rows, q, level, status, kind, source, only, sort, f.language],
  );
  const list = useLocalList(read, shown);
  const columns = useMemo(() => columnsOf({ t, f, titleOf }), [t, f, titleOf]);
  const isFiltered = [level, status, kind, source, only].some((one) => one !== undefined);
  const clear = () =>
    set({ q: undefined, level: undefined, status: undefined, kind: undefined, source: undefined, only: undefined });
  return (
    <Panel title={t("rules.title")} question={t("rules.q")}>
      <DataTable
        label={t("rules.title")}
        columns={columns}
        list={list}
        rowId={(row) => row.ruleId}
        rowTo={(row) => `/activity/rules/${row.ruleId}`}
        sort={sort}
        onSort={(next) => set({ sort: next })}
        filter={q}
        onFilter={(next) => set({ q: next })}
        isFiltered={isFiltered}
        onClear={clear}
        tools={<Filters filter={{ level, status, kind, source, only }} onSet={set} />}
        errorTitle={t("rules.failed")}
        empty={<EmptyState level="unknown" title={t("rules.none")} text={t("rules.none.text")} />}
      />
    </Panel>
  );
}

/** The whole answer as a list that is drawn piece by piece: thousands of rows at once would be slow to draw, not to hold. */
function useLocalList(read: Read, shown: readonly RuleRowWire[]): ListState<RuleRowWire> {
  const [most, setMost] = useState(PAGE_ROWS);
  return {
    rows: shown.slice(0, most) as RuleRowWire[],
    total: read.data === undefined ? undefined : shown.length,
    isLoading: read.isPending,
    isOld: false,
    error: read.error,
    retry: () => void read.refetch(),
    hasMore: shown.length > most,
    isLoadingMore: false,
    loadMore: () => void setMost(most + PAGE_ROWS),
  };
}

type FiltersProps = {
  readonly filter: RulesFilter;
  readonly onSet: (members: Record<string, string | undefined>) => void;
};
function Filters({ filter, onSet }: FiltersProps) {
  const t = useT();
  const pick = (name: keyof RulesFilter, all: string, options: readonly { value: string; label: string }[]) => (
    <NativeSelect
      key={name}
      size="xs"
      aria-label={all}
      value={filter[name] ?? ""}
      data={[{ value: "", label: all }, ...options]}
      onChange={(event) => onSet({ [name]: event.currentTarget.value || undefined })}
    />
  );
  return (
    <span className="row wrap rules-filters">
      {pick(
        "status",
        t("rules.filter.state"),
        RULE_STATES.map((value) => ({ value, label: t(`rules.state.${value}`) })),
      )}
      {pick(
        "level",
        t("rules.filter.level"),
        LEVELS.toReversed().map((value) => ({ value, label: t(`rules.level.${value}`) })),
      )}
      {pick(
        "kind",
        t("rules.filter.abuse"),
        ABUSES.map((value) => ({ value, label: `${value} ${t(`rules.abuse.${value}`)}` })),
      )}
      {pick(
        "source",
        t("rules.filter.origin"),
        RULE_ORIGINS.map((value) => ({ value, label: t(`rules.origin.${value}`) })),
      )}
      {pick(
        "only",
        t("rules.filter.only"),
        ONLY.map((value) => ({ value, label: t(`rules.filter.${value}`) })),
      )}
    </span>
  );
}

type Words = { readonly t: T; readonly f: Format; readonly titleOf: ReturnType<typeof useRuleTitle> };

function columnsOf({ t, f, titleOf }: Words): readonly Column<RuleRowWire>[] {
  return [
    { id: "title", header: t("rules.col.title"), sort: "title", card: "title", cell: titleOf },
    {
      id: "state",
      header: t("rules.state"),
      sort: "state",
      card: "aside",
      cell: ({ state }) => <StateTag state={state} />,
    },
    {
      id: "level",
      header: t("rules.col.level"),
      sort: "level",
      card: "detail",
      cell: ({ level }) => <LevelTag level={level} />,
    },
    {
      id: "abuse",
      header: t("rules.col.abuse"),
      cell: ({ abuse }) => (
        <span className="rules-abuse small ink2">{abuse.map((one) => t(`rules.abuse.${one}`)).join(", ")}</span>
      ),
    },
    { id: "origin", header: t("rules.col.origin"), card: "foot", cell: (row) => <Origin row={row} /> },
    {
      id: "week",
      header: t("rules.col.week"),
      describe: t("rules.col.week.describe"),
      sort: "week",
      align: "right",
      cell: ({ hits }) => <Count n={hits.week} />,
    },
    {
      id: "month",
      header: t("rules.col.month"),
      sort: "month",
      align: "right",
      card: "more",
      cell: ({ hits }) => (
        <span title={hits.shadow > 0 ? t("rules.shadow.hits", { n: hits.shadow }) : undefined}>
          <Count n={hits.month} />
        </span>
      ),
    },
    {
      id: "customers",
      header: t("rules.col.customers"),
      sort: "customers",
      align: "right",
      cell: ({ hits }) => <Count n={hits.customers} />,
    },
    {
      id: "last",
      header: t("rules.col.last"),
      sort: "last",
      align: "right",
      cell: ({ hits: { lastAt } }) => (
        <span className="num small nowrap">
          {lastAt === null ? <span className="ink3">{t("rules.never")}</span> : f.moment(lastAt)}
        </span>
      ),
    },
  ];
}

function Count({ n }: { readonly n: number }) {
  const f = useFormat();
  return <span className={`num ${n === 0 ? "ink3" : ""}`}>{f.count(n)}</span>;
}

/** Where it came from, and what is particular about it. */
function Origin({ row }: { readonly row: RuleRowWire }) {
  const t = useT();
  const unseen = row.unseenFields?.length ?? 0;
  const more = [
    ...(row.differs ? [t(row.origin === "own" ? "rules.differs" : "rules.differs.imported")] : []),
    ...(row.newest > row.version && row.newest !== row.upstream ? [t("rules.draft")] : []),
    ...(row.isWithdrawn ? [t("rules.withdrawn")] : []),
  ];
  return (
    <span className="small">
      <span className="nowrap">
        {t(`rules.origin.${row.origin}`)} <span className="ink3">· {t(`rules.kind.${row.kind}`)}</span>
      </span>
      {more.length > 0 && <span className="ink2 rules-line">{more.join(" · ")}</span>}
      {unseen > 0 && <span className="warn rules-line">{t("rules.unseen", { n: unseen })}</span>}
    </span>
  );
}
