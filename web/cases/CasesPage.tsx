import { SegmentedControl, Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { CasePageJson, CaseRowJson } from "../../src/cases/contract.ts";
import { CASE_FAMILIES } from "../../src/cases/contract-states.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Ava } from "../kit/Bits.tsx";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, Tag } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { TimeLeft, Toward } from "../notices/TimeLeft.tsx";
import { useList, useRead } from "../query.ts";
import { Page } from "../shell/Page.tsx";
import { levelOfSeverity } from "./EvidencePanel.tsx";
import { useSentence } from "./eventWords.tsx";
import { PriorityCell } from "./PriorityCell.tsx";
import "../notices/notices.css";
import "./cases.css";

const FILTERS = ["open", "mine", "unassigned", "closed", "all"] as const;
const SORTS = ["clock", "priority", "money", "age"] as const;

export function CasesPage() {
  const t = useT();
  const search = useSearch({ from: "/desk/cases" });
  const navigate = useNavigate({ from: "/cases" });
  const state = FILTERS.find((one) => one === search.status) ?? "open";
  const sort = SORTS.find((one) => one === search.sort) ?? "clock";
  const family = CASE_FAMILIES.find((one) => one === search.kind);
  const list = useList<CaseRowJson>("cases", "/api/cases", { state, sort, family, customerId: search.customer });
  const columns = useColumns();
  const set = (members: Record<string, string>) => void navigate({ search: (old) => ({ ...old, ...members }) });
  return (
    <Page title={t("nav.cases")} beside={t("cases.q")} keys={[{ keys: "J", label: t("cases.key.next") }]}>
      <Panel>
        <DataTable
          label={t("cases.list")}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          rowTo={(row) => `/cases/${row.id}`}
          isFiltered={state !== "open" || family !== undefined || search.customer !== undefined}
          onClear={() => void navigate({ search: {} })}
          tools={<Tools state={state} sort={sort} family={family} onSet={set} />}
          empty={<EmptyState level="none" title={t("cases.empty")} text={t("cases.empty.text")} />}
        />
      </Panel>
    </Page>
  );
}

type ToolsProps = {
  readonly state: string;
  readonly sort: string;
  readonly family: string | undefined;
  readonly onSet: (members: Record<string, string>) => void;
};

function Tools({ state, sort, family, onSet }: ToolsProps) {
  const t = useT();
  const { data } = useRead<CasePageJson>(["cases", "counts"], "/api/cases?limit=1");
  const label = (one: (typeof FILTERS)[number]) => {
    const n = one === "all" ? undefined : data?.counts[one];
    return n === undefined ? t(`cases.filter.${one}`) : `${t(`cases.filter.${one}`)} ${n}`;
  };
  return (
    <>
      <SegmentedControl
        size="xs"
        className="scroll-x"
        aria-label={t("cases.filter")}
        value={state}
        onChange={(status) => onSet({ status })}
        data={FILTERS.map((one) => ({ value: one, label: label(one) }))}
      />
      <Select
        size="xs"
        w={150}
        aria-label={t("cases.families")}
        placeholder={t("cases.families.all")}
        clearable
        value={family ?? null}
        onChange={(kind) => onSet({ kind: kind ?? "" })}
        data={CASE_FAMILIES.map((one) => ({ value: one, label: t(`cases.family.${one}`) }))}
      />
      <Select
        size="xs"
        w={150}
        aria-label={t("cases.sort")}
        allowDeselect={false}
        value={sort}
        onChange={(next) => onSet({ sort: next ?? "clock" })}
        data={SORTS.map((one) => ({ value: one, label: t(`cases.sort.${one}`) }))}
      />
    </>
  );
}

function useColumns(): readonly Column<CaseRowJson>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "case", header: t("cases.col.case"), cell: (row) => <TitleCell row={row} />, card: "title" },
      {
        id: "customer",
        header: t("cases.col.customer"),
        cell: (row) => <CustomerCell row={row} />,
        width: "22%",
        card: "detail",
      },
      {
        id: "clock",
        header: t("cases.col.clock"),
        cell: (row) => <ClockCell row={row} />,
        align: "right",
        width: "150px",
        card: "aside",
      },
      {
        id: "priority",
        header: t("cases.col.priority"),
        cell: (row) => <PriorityCell row={row} />,
        align: "right",
        width: "90px",
      },
      {
        id: "money",
        header: t("cases.col.money"),
        cell: (row) => <MoneyCell row={row} />,
        align: "right",
        width: "150px",
        card: "more",
      },
      { id: "who", header: t("cases.col.who"), cell: (row) => <WhoCell row={row} />, width: "150px" },
      {
        id: "opened",
        header: t("cases.col.opened"),
        cell: (row) => <OpenedCell row={row} />,
        align: "right",
        width: "110px",
      },
    ],
    [t],
  );
}

function TitleCell({ row }: { readonly row: CaseRowJson }) {
  const t = useT();
  const sentence = useSentence();
  return (
    <span className="row" style={{ gap: 9 }}>
      <Glyph
        level={row.state === "closed" ? "ok" : levelOfSeverity(row.severity)}
        label={t(`cases.severity.${row.severity}`)}
      />
      <span className="col">
        <span className="row" style={{ gap: 6 }}>
          <span className="b cut">{sentence("finding", row.title)}</span>
          {row.state !== "open" && (
            <Tag line>{row.outcome ? t(`cases.outcome.${row.outcome}`) : t(`cases.state.${row.state}`)}</Tag>
          )}
        </span>
        <span className="tiny ink3 num sub">
          {row.number} · {t(`cases.family.${row.family}`)} · {t("cases.findings", { n: row.openFindings })}
        </span>
      </span>
    </span>
  );
}

function CustomerCell({ row }: { readonly row: CaseRowJson }) {
  const t = useT();
  return (
    <span className="col">
      <Go className="lnk cut" to={`/customers/${row.customerId}`}>
        {row.customerName ?? row.customerId}
      </Go>
      {row.resellerName && (
        <span className="tiny ink3 cut hide-sm">{t("notices.via", { name: row.resellerName })}</span>
      )}
    </span>
  );
}

function ClockCell({ row }: { readonly row: CaseRowJson }) {
  const t = useT();
  if (row.clock === null) return <span className="tiny ink3">{t("cases.noClock")}</span>;
  return (
    <span className="col right">
      <TimeLeft clock={row.clock} className="b" />
      <span className="tiny ink3">
        <Toward clock={row.clock} />
      </span>
    </span>
  );
}

function MoneyCell({ row }: { readonly row: CaseRowJson }) {
  const t = useT();
  return (
    <span className="col right">
      <Money value={row.moneyAtRisk.amount} />
      {row.moneyAtRisk.amount !== null && row.moneyAtRisk.unknownParts > 0 && (
        <span className="tiny ink3">{t("cases.moneyPlus", { n: row.moneyAtRisk.unknownParts })}</span>
      )}
    </span>
  );
}

function WhoCell({ row }: { readonly row: CaseRowJson }) {
  const name = row.assignee?.name ?? null;
  return (
    <span className="row" style={{ gap: 6 }}>
      <Ava name={name} label={name === null} />
      {name && <span className="small cut">{name}</span>}
    </span>
  );
}

function OpenedCell({ row }: { readonly row: CaseRowJson }) {
  const f = useFormat();
  return <span className="num small ink2">{f.moment(row.openedAt)}</span>;
}
