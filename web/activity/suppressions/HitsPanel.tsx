import { SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import { HIT_STATES, type HitState, type HitWire } from "../../../src/activity/watch/contract-wire.ts";
import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Tag } from "../../kit/Risk.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { useList } from "../../query.ts";

/** Every hit with what became of it: told, or kept quiet and by what. */
export function HitsPanel({ rule }: { readonly rule: string | undefined }) {
  const t = useT();
  const f = useFormat();
  const [state, setState] = useState<HitState>("suppressed");
  const list = useList<HitWire>("activity", "/api/activity/hits", { state, rule });
  const columns = useMemo(() => columnsOf(t, f), [t, f]);
  return (
    <Panel title={t("suppress.hits")} question={t("suppress.hits.q")}>
      <DataTable
        label={t("suppress.hits")}
        columns={columns}
        list={list}
        rowId={(row) => row.id}
        rowTo={(row) => (row.caseId === null ? `/activity/rules/${row.ruleId}` : `/cases/${row.caseId}`)}
        tools={
          <SegmentedControl
            size="xs"
            className="scroll-x"
            aria-label={t("suppress.hits.state")}
            value={state}
            onChange={(next) => setState(HIT_STATES.find((one) => one === next) ?? "suppressed")}
            data={HIT_STATES.map((one) => ({ value: one, label: t(`suppress.hits.state.${one}`) }))}
          />
        }
        empty={<EmptyState level="none" title={t("suppress.hits.none")} text={t("suppress.hits.none.text")} />}
      />
    </Panel>
  );
}

function columnsOf(t: T, f: Format): readonly Column<HitWire>[] {
  return [
    {
      id: "rule",
      header: t("suppress.hits.col.rule"),
      card: "title",
      cell: (row) => (
        <span className="col">
          <span className="b">{f.language === "sv" ? row.titleSv : row.title}</span>
          <span className="tiny ink3 cut">
            {[row.facts["operation"], row.facts["actor"], row.facts["ip"]].filter(Boolean).join(" · ")}
          </span>
        </span>
      ),
    },
    {
      id: "customer",
      header: t("suppress.filters.col.customer"),
      card: "detail",
      width: "22%",
      cell: (row) =>
        row.customer === null ? (
          <span className="ink3">{t("activity.nobody")}</span>
        ) : (
          <Go className="lnk" to={`/customers/${row.customer.id}`}>
            {row.customer.name ?? row.customer.id}
          </Go>
        ),
    },
    {
      id: "level",
      header: t("cases.priority.level"),
      width: "120px",
      cell: (row) => <Tag line>{t(`cases.priority.level.${row.level}`)}</Tag>,
    },
    {
      id: "at",
      header: t("suppress.hits.col.at"),
      align: "right",
      card: "aside",
      width: "110px",
      cell: (row) => <span className="num small nowrap">{f.moment(row.at)}</span>,
    },
  ];
}
