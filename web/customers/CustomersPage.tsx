import { NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { CustomerFilters, CustomerRow } from "../../src/customers/contract.ts";
import { type Key, type T, useFormat, useT } from "../i18n/t.ts";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useList, useRead } from "../query.ts";
import type { PageSearch } from "../routes.tsx";
import { Page } from "../shell/Page.tsx";
import { BudgetCell, ExposureCell, HeadroomCell, NameCell, OverdueCell, StandingCell, WorkCell } from "./cells.tsx";
import "./customers.css";

/** The one-press filters: the address member `only` holds one of them. */
const ONLY = {
  notices: { hasOpenNotice: true },
  over: { isOverLimit: true },
  overdue: { isOverdue: true },
  "no-budget": { hasNoBudget: true },
  "no-limit": { hasNoLimit: true },
  left: { hasLeft: true },
} as const;
type Only = keyof typeof ONLY;
const isOnly = (text: string | undefined): text is Only => text !== undefined && text in ONLY;

/** Columns open with the biggest worry first; names from A. */
const DEFAULT_SORT = "-exposure";

export function CustomersPage() {
  const t = useT();
  const search = useSearch({ from: "/desk/customers" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/customers", search: (old: PageSearch) => ({ ...old, ...change }), replace: true });
  const { q, reseller, country, standing, currency } = search;
  const only = isOnly(search.only) ? search.only : undefined;
  const sort = search.sort ?? DEFAULT_SORT;
  const list = useList<CustomerRow>("customers", "/api/customers", {
    q,
    reseller,
    country,
    standing,
    currency,
    ...(only ? ONLY[only] : {}),
    sort: sort.replace(/^-/, ""),
    direction: sort.startsWith("-") ? "desc" : "asc",
  });
  const filters = useRead<CustomerFilters>(["customers", "filters"], "/api/customers/filters");
  const code = list.rows.find((row) => row.exposure !== null)?.exposure?.currency;
  const columns = useMemo(() => columnsOf(t, code), [t, code]);
  const cleared = {
    q: undefined,
    reseller: undefined,
    country: undefined,
    standing: undefined,
    currency: undefined,
    only: undefined,
  };
  const keys = [
    { keys: "J", label: t("customers.key.next") },
    { keys: "/", label: t("kit.filter") },
    { keys: "Enter", label: t("customers.key.open") },
  ];
  return (
    <Page title={t("nav.customers")} beside={t("customers.page.q")} keys={keys}>
      <Panel title={t("customers.list")} question={t("customers.list.q")}>
        <DataTable
          label={t("customers.list")}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          rowTo={(row) => `/customers/${row.id}`}
          filter={q}
          onFilter={(text) => set({ q: text })}
          sort={sort}
          onSort={(next) => set({ sort: next })}
          tools={
            <>
              <Choices filters={filters.data} search={search} set={set} />
              <OnlyChips only={only} onOnly={(next) => set({ only: next })} />
            </>
          }
          isFiltered={Boolean(reseller || country || standing || currency || only)}
          onClear={() => set(cleared)}
          empty={<NoCustomers />}
          errorTitle={t("customers.list.failed")}
        />
      </Panel>
    </Page>
  );
}

function columnsOf(t: T, code: string | undefined): readonly Column<CustomerRow>[] {
  const inCode = (key: Key) => (code === undefined ? t(key) : `${t(key)}, ${code}`);
  return [
    { id: "name", header: t("customers.col.name"), sort: "name", card: "title", cell: (row) => <NameCell row={row} /> },
    { id: "standing", header: t("kit.standing"), card: "detail", cell: (row) => <StandingCell row={row} /> },
    {
      id: "exposure",
      header: inCode("customers.col.exposure"),
      sort: "exposure",
      align: "right",
      card: "aside",
      cell: (row) => <ExposureCell row={row} />,
    },
    {
      id: "overdue",
      header: inCode("customers.col.overdue"),
      sort: "overdue",
      align: "right",
      card: "more",
      cell: (row) => <OverdueCell row={row} />,
    },
    {
      id: "headroom",
      header: inCode("customers.col.headroom"),
      sort: "headroom",
      align: "right",
      cell: (row) => <HeadroomCell row={row} />,
    },
    {
      id: "budget",
      header: t("customers.col.budget"),
      describe: t("customers.col.budget.long"),
      sort: "budget",
      width: "130px",
      cell: (row) => <BudgetCell row={row} />,
    },
    { id: "work", header: t("customers.col.work"), cell: (row) => <WorkCell row={row} /> },
  ];
}

type ChoicesProps = {
  readonly filters: CustomerFilters | undefined;
  readonly search: PageSearch;
  readonly set: (change: PageSearch) => void;
};

/** Filters with a choice each; every choice says how many customers it holds. */
function Choices({ filters, search, set }: ChoicesProps) {
  const t = useT();
  const f = useFormat();
  if (filters === undefined) return null;
  const counted = (label: string, count: number) => `${label} (${f.count(count)})`;
  const country = countryNames(f.language);
  const choose = (name: keyof PageSearch) => (event: React.ChangeEvent<HTMLSelectElement>) =>
    set({ [name]: event.currentTarget.value || undefined });
  return (
    <>
      {(filters.resellers.length > 0 || search.reseller) && (
        <NativeSelect
          size="xs"
          aria-label={t("customers.filter.reseller")}
          value={search.reseller ?? ""}
          onChange={choose("reseller")}
          data={[
            { value: "", label: t("customers.filter.reseller.all") },
            { value: "direct", label: counted(t("customers.filter.direct"), filters.direct) },
            ...filters.resellers.map(({ id, name, count }) => ({ value: id, label: counted(name, count) })),
          ]}
        />
      )}
      {filters.countries.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={t("customers.filter.country")}
          value={search.country ?? ""}
          onChange={choose("country")}
          data={[
            { value: "", label: t("customers.filter.country.all") },
            ...filters.countries.map((one) => ({
              value: one.country,
              label: counted(country(one.country), one.count),
            })),
          ]}
        />
      )}
      <NativeSelect
        size="xs"
        aria-label={t("kit.standing")}
        value={search.standing ?? ""}
        onChange={choose("standing")}
        data={[
          { value: "", label: t("customers.filter.standing.all") },
          ...filters.standings.map((one) => ({
            value: one.standing,
            label: counted(t(`kit.standing.${one.standing}`), one.count),
          })),
        ]}
      />
      {filters.currencies.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={t("customers.filter.currency")}
          value={search.currency ?? ""}
          onChange={choose("currency")}
          data={[
            { value: "", label: t("customers.filter.currency.all") },
            ...filters.currencies.map((one) => ({ value: one.currency, label: counted(one.currency, one.count) })),
          ]}
        />
      )}
    </>
  );
}

/** `SE` as people write it. A code the browser does not know stays a code. */
function countryNames(language: string): (code: string) => string {
  const names = new Intl.DisplayNames([language], { type: "region", fallback: "code" });
  return (code) => {
    try {
      return names.of(code) ?? code;
    } catch {
      return code;
    }
  };
}

function OnlyChips({
  only,
  onOnly,
}: {
  readonly only: Only | undefined;
  readonly onOnly: (only: Only | undefined) => void;
}) {
  const t = useT();
  return (
    <span className="chips" role="group" aria-label={t("customers.only")}>
      {(Object.keys(ONLY) as Only[]).map((one) => (
        <button
          key={one}
          type="button"
          className="chip"
          aria-pressed={only === one}
          onClick={() => onOnly(only === one ? undefined : one)}
        >
          {t(`customers.only.${one}`)}
        </button>
      ))}
    </span>
  );
}

function NoCustomers() {
  const t = useT();
  return (
    <EmptyState
      level="unknown"
      title={t("customers.none")}
      text={t("customers.none.text")}
      action={
        <Go className="more" to="/settings">
          {t("customers.none.connect")}
        </Go>
      }
    />
  );
}
