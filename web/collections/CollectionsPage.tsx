import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { ACCOUNT_FILTERS, type AccountRowWire, type AccountsWire } from "../../src/collections/contract-wire.ts";
import { type T, useFormat, useT } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { Go, useGo } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { query as queryText } from "../api.ts";
import { type ListState, useList, useRead } from "../query.ts";
import type { PageSearch } from "../routes.tsx";
import { useMay } from "../shell/desk.ts";
import { Page } from "../shell/Page.tsx";
import {
  DaysCell,
  NameCell,
  NextCell,
  OverdueCell,
  PaidChanceCell,
  ReadingCell,
  ValueCell,
  WhyCell,
} from "./cells.tsx";
import { LaddersPanel } from "./LaddersPanel.tsx";
import { MeasuresPanel } from "./MeasuresPanel.tsx";
import { ModelPanel } from "./prediction/ModelPanel.tsx";
import { CountChips } from "./CountChips.tsx";
import { CollectionsTabs } from "./Tabs.tsx";
import "./collections.css";

const DEFAULT_SORT = "-value";
const DEFAULT_FILTER = "overdue";

/** Who should be contacted first, and what is it worth? */
export function CollectionsPage() {
  const t = useT();
  const go = useGo();
  const search = useSearch({ from: "/desk/collections" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/collections", search: (old: PageSearch) => ({ ...old, ...change }), replace: true });
  const filter = ACCOUNT_FILTERS.find((one) => one === search.only) ?? DEFAULT_FILTER;
  const sort = search.sort ?? DEFAULT_SORT;
  const members = {
    q: search.q,
    filter,
    sort: sort.replace(/^-/, ""),
    direction: sort.startsWith("-") ? "desc" : "asc",
  };
  const list = useList<AccountRowWire>("collections", "/api/collections/accounts", members);
  const head = useRead<AccountsWire>(
    ["collections", "head", members],
    `/api/collections/accounts${queryText({ ...members, limit: 1 })}`,
    { topics: ["receivables"] },
  );
  const first = list.rows[0];
  const work = () => first && go(`/collections/accounts/${first.accountId}?from=list`);
  const keys = [
    { keys: "J", label: t("customers.key.next") },
    { keys: "Enter", label: t("customers.key.open") },
    { keys: "W", label: t("collections.work"), act: () => work() },
  ];
  return (
    <Page
      title={t("nav.collections")}
      beside={<CollectionsTabs />}
      keys={keys}
      actions={<Actions onWork={first ? work : undefined} />}
    >
      <div className="stk">
        {head.data?.paused && <Paused through={head.data.paused.through} />}
        <MeasuresPanel held={head.data?.counts.held} />
        <WorkList list={list} head={head.data} filter={filter} sort={sort} q={search.q} set={set} />
        <LaddersPanel />
        <ModelPanel />
      </div>
    </Page>
  );
}

type WorkListProps = {
  readonly list: ListState<AccountRowWire>;
  readonly head: AccountsWire | undefined;
  readonly filter: (typeof ACCOUNT_FILTERS)[number];
  readonly sort: string;
  readonly q: string | undefined;
  readonly set: (change: PageSearch) => void;
};

function WorkList({ list, head, filter, sort, q, set }: WorkListProps) {
  const t = useT();
  const columns = useMemo(() => columnsOf(t, head?.reportingCurrency), [t, head?.reportingCurrency]);
  return (
    <Panel
      title={t("collections.list")}
      question={t("collections.list.q")}
      aside={
        <a className="more hide-sm" href={`/api/collections/accounts.csv${queryText({ q: q, filter })}`} download>
          {t("collections.export")}
        </a>
      }
    >
      <DataTable
        label={t("collections.list")}
        columns={columns}
        list={list}
        rowId={(row) => row.accountId}
        rowTo={(row) => `/collections/accounts/${row.accountId}`}
        filter={q}
        onFilter={(q) => set({ q })}
        sort={sort}
        onSort={(next) => set({ sort: next })}
        tools={
          <CountChips
            label={t("collections.filters")}
            names={ACCOUNT_FILTERS}
            counts={head?.counts}
            chosen={filter}
            word={(one) => t(`collections.filter.${one}`)}
            onChoose={(only) => set({ only })}
          />
        }
        isFiltered={filter !== DEFAULT_FILTER}
        onClear={() => set({ q: undefined, only: undefined })}
        empty={<NobodyOverdue nextDueOn={head?.nextDueOn ?? null} />}
        errorTitle={t("collections.list.failed")}
      />
      <Learnt learnt={head?.learntFrom} />
    </Panel>
  );
}

function Actions({ onWork }: { readonly onWork: (() => void) | undefined }) {
  const t = useT();
  const go = useGo();
  const can = useMay();
  return (
    <>
      {can("receivables.import") && (
        <Button variant="default" className="hide-sm" onClick={() => go("/money-in")}>
          {t("collections.bankFile")}
        </Button>
      )}
      {can("collections.work") && onWork && (
        <Button onClick={onWork}>
          {t("collections.work")} <K>W</K>
        </Button>
      )}
    </>
  );
}

/** The bank file is late: nothing is sent until it is in, because somebody may have paid. */
function Paused({ through }: { readonly through: string | null }) {
  const t = useT();
  const f = useFormat();
  return (
    <div className="banner" role="status">
      <Glyph level="warn" size={13} />
      <span>{through === null ? t("collections.paused.never") : t("collections.paused", { day: f.day(through) })}</span>
      <Go className="more push" to="/money-in">
        {t("collections.bankFile")}
      </Go>
    </div>
  );
}

/** On what the chance rests; without anything learnt it says so instead of a figure. */
function Learnt({ learnt }: { readonly learnt: AccountsWire["learntFrom"] | undefined }) {
  const t = useT();
  const f = useFormat();
  if (learnt === undefined) return null;
  return (
    <div className="sec small ink3 row top" style={{ gap: 6 }}>
      <Glyph level="unknown" size={13} />
      {learnt === null
        ? t("collections.learnt.none")
        : t("collections.learnt", { invoices: f.count(learnt.invoices), contacts: f.count(learnt.contacts) })}
    </div>
  );
}

function NobodyOverdue({ nextDueOn }: { readonly nextDueOn: string | null }) {
  const t = useT();
  const f = useFormat();
  return (
    <EmptyState
      level="ok"
      title={t("collections.empty")}
      {...(nextDueOn === null ? {} : { text: t("collections.empty.next", { day: f.day(nextDueOn) }) })}
    />
  );
}

function columnsOf(t: T, currency: string | undefined): readonly Column<AccountRowWire>[] {
  const inCode = (text: string) => (currency === undefined ? text : `${text}, ${currency}`);
  return [
    { id: "name", header: t("customers.col.name"), sort: "name", card: "title", cell: (row) => <NameCell row={row} /> },
    {
      id: "overdue",
      header: inCode(t("collections.overdue")),
      sort: "overdue",
      align: "right",
      card: "aside",
      cell: (row) => <OverdueCell row={row} />,
    },
    {
      id: "days",
      header: t("collections.days"),
      sort: "days",
      align: "right",
      card: "more",
      cell: (row) => <DaysCell row={row} />,
    },
    { id: "next", header: t("collections.next"), sort: "next", card: "detail", cell: (row) => <NextCell row={row} /> },
    { id: "chance", header: t("collections.chance"), cell: (row) => <PaidChanceCell row={row} /> },
    {
      id: "value",
      header: inCode(t("collections.value")),
      sort: "value",
      align: "right",
      cell: (row) => <ValueCell row={row} />,
    },
    { id: "why", header: t("collections.why"), width: "22%", cell: (row) => <WhyCell row={row} /> },
    { id: "reading", header: t("collections.reading"), card: "foot", cell: (row) => <ReadingCell row={row} /> },
  ];
}
