import { NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { AGED_ONLY, type AgedRowWire, type OverviewWire } from "../../../src/receivables/contract-statement.ts";
import { query } from "../../api.ts";
import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { DayField } from "../../kit/DayField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useList, useRead } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { Page } from "../../shell/Page.tsx";
import { Overview } from "./Overview.tsx";
import "./ledger.css";

const DEFAULT_SORT = "-overdue";

/** The whole ledger as of any day: ageing, measures, and every customer. */
export function LedgerPage() {
  const t = useT();
  const search = useSearch({ from: "/desk/receivables" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/receivables", search: (old: PageSearch) => ({ ...old, ...change }), replace: true });
  const by = search.show === "issue" ? "issue" : "due";
  const asOf = search.to;
  const overview = useRead<OverviewWire>(
    ["receivables", "overview", asOf, by],
    `/api/receivables/overview${query({ asOf, by })}`,
  );
  const isEmptyDesk = overview.data?.currencies.length === 0 && asOf === undefined;
  return (
    <Page
      title={t("nav.receivables")}
      beside={t("ledger.q")}
      keys={[
        { keys: "/", label: t("kit.filter") },
        { keys: "Enter", label: t("customers.key.open") },
      ]}
    >
      <div className="stk">
        <When search={search} set={set} />
        {isEmptyDesk ? (
          <NoLedger />
        ) : (
          <>
            <Loaded query={overview}>{(data) => <Overview overview={data} />}</Loaded>
            <List
              search={search}
              set={set}
              currencies={overview.data?.currencies.map((one) => one.ageing.currency) ?? []}
            />
          </>
        )}
      </div>
    </Page>
  );
}

type SearchProps = { readonly search: PageSearch; readonly set: (change: PageSearch) => void };

/** As of which day, counted from which date. */
function When({ search, set }: SearchProps) {
  const t = useT();
  const f = useFormat();
  const isByIssue = search.show === "issue";
  return (
    <div className="row ledger-when">
      <DayField
        size="xs"
        label={t("ledger.asOf")}
        value={search.to ?? ""}
        onChange={(day) => set({ to: day || undefined })}
      />
      <NativeSelect
        size="xs"
        label={t("ledger.by")}
        value={isByIssue ? "issue" : "due"}
        onChange={(event) => set({ show: event.currentTarget.value === "issue" ? "issue" : undefined })}
        data={[
          { value: "due", label: t("ledger.by.due") },
          { value: "issue", label: t("ledger.by.issue") },
        ]}
      />
      <span className="small ink2 ledger-note">
        {isByIssue && t("ledger.by.issue.note")} {search.to && t("ledger.past", { day: f.day(search.to) })}
      </span>
    </div>
  );
}

function List({ search, set, currencies }: ToolsProps) {
  const t = useT();
  const f = useFormat();
  const only = AGED_ONLY.find((one) => one === search.only);
  const sort = search.sort ?? DEFAULT_SORT;
  const members = {
    asOf: search.to,
    by: search.show === "issue" ? "issue" : "due",
    per: search.kind === "account" ? "account" : "customer",
    q: search.q,
    currency: search.currency,
    only,
    sort: sort.replace(/^-/, ""),
    direction: sort.startsWith("-") ? "desc" : "asc",
  };
  const list = useList<AgedRowWire>("receivables", "/api/receivables/customers", members);
  const columns = useMemo(() => columnsOf(t, f, members.by === "issue"), [t, f, members.by]);
  return (
    <Panel
      title={t("ledger.list")}
      question={t("ledger.list.q")}
      aside={
        <a className="more" href={`/api/receivables/customers.csv${query(members)}`} download>
          {t("ledger.csv")}
        </a>
      }
    >
      <DataTable
        label={t("ledger.list")}
        columns={columns}
        list={list}
        rowId={(row) => `${row.customerId} ${row.currency}`}
        rowTo={(row) => `/receivables/${row.customerId}`}
        filter={search.q}
        onFilter={(q) => set({ q })}
        sort={sort}
        onSort={(next) => set({ sort: next })}
        tools={<Tools search={search} set={set} currencies={currencies} />}
        isFiltered={only !== undefined || search.currency !== undefined}
        onClear={() => set({ q: undefined, only: undefined, currency: undefined })}
        empty={<EmptyState level="ok" title={t("ledger.none")} text={t("ledger.none.text")} />}
        errorTitle={t("ledger.failed")}
      />
    </Panel>
  );
}

function NoLedger() {
  const t = useT();
  return (
    <Panel>
      <EmptyState
        level="unknown"
        title={t("ledger.unknown")}
        text={t("ledger.unknown.text")}
        action={
          <Go className="more" to="/import">
            {t("ledger.import")}
          </Go>
        }
      />
    </Panel>
  );
}

type ToolsProps = SearchProps & { readonly currencies: readonly string[] };
function Tools({ search, set, currencies }: ToolsProps) {
  const t = useT();
  return (
    <>
      {currencies.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={t("ledger.currency")}
          value={search.currency ?? ""}
          onChange={(event) => set({ currency: event.currentTarget.value || undefined })}
          data={[{ value: "", label: t("ledger.currency.all") }, ...currencies]}
        />
      )}
      <span className="chips" role="group" aria-label={t("ledger.only")}>
        {AGED_ONLY.map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={search.only === one}
            onClick={() => set({ only: search.only === one ? undefined : one })}
          >
            {t(`ledger.only.${one}`)}
          </button>
        ))}
        <button
          type="button"
          className="chip"
          aria-pressed={search.kind === "account"}
          onClick={() => set({ kind: search.kind === "account" ? undefined : "account" })}
        >
          {t("ledger.per.account")}
        </button>
      </span>
    </>
  );
}

function columnsOf(t: T, f: Format, isByIssue: boolean): readonly Column<AgedRowWire>[] {
  const money = (
    id: string,
    header: string,
    of: (row: AgedRowWire) => AgedRowWire["overdue"],
  ): Column<AgedRowWire> => ({
    id,
    header,
    align: "right",
    cell: (row) => (of(row).minor === "0" ? <span className="ink3">–</span> : <Money value={of(row)} code={false} />),
  });
  return [
    {
      id: "name",
      header: t("ledger.col.customer"),
      sort: "name",
      card: "title",
      cell: (row) => (
        <span className="col">
          <span className="cut b">{row.name}</span>
          <span className="tiny ink3 cut">
            {row.payer && t("ledger.paidBy", { name: row.payer.name })}
            {row.members > 1 && t("ledger.members", { n: row.members })}
            {row.isLedgerOnly && ` ${t("ledger.only-here")}`}
          </span>
        </span>
      ),
    },
    {
      id: "outstanding",
      header: t("ledger.outstanding"),
      sort: "outstanding",
      align: "right",
      card: "aside",
      cell: (row) => <Money value={row.outstanding} />,
    },
    { ...money("notDue", t(isByIssue ? "ledger.age.issued" : "kit.age.0"), (row) => row.buckets.notDue) },
    { ...money("d30", t("kit.age.1"), (row) => row.buckets.d1to30) },
    { ...money("d60", t("kit.age.2"), (row) => row.buckets.d31to60) },
    { ...money("d90", t("kit.age.3"), (row) => row.buckets.d61to90) },
    { ...money("d120", t("kit.age.4"), (row) => row.buckets.d91to120) },
    { ...money("over", t("kit.age.5"), (row) => row.buckets.over120) },
    ...(isByIssue
      ? []
      : [{ ...money("overdue", t("ledger.overdue"), (row) => row.overdue), sort: "overdue", card: "more" as const }]),
    { ...money("unapplied", t("ledger.unapplied"), (row) => row.unapplied), sort: "unapplied" },
    {
      id: "oldest",
      header: t("ledger.col.oldest"),
      sort: "oldest",
      align: "right",
      card: "detail",
      cell: (row) =>
        row.oldestDueDate === null ? (
          <span className="ink3">–</span>
        ) : (
          <span className="num">{f.day(row.oldestDueDate)}</span>
        ),
    },
  ];
}
