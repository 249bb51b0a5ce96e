import { Button, SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ProposalRowJson } from "../../src/response/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { useGo } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useList } from "../query.ts";
import { Page } from "../shell/Page.tsx";
import { ApprovalsCell, LastingCell, Saving, StateTag } from "./parts.tsx";
import { numberOf, useActionName } from "./texts.ts";

const VIEWS = ["waiting", "open", "done"] as const;
type View = (typeof VIEWS)[number];

/** All decisions: what waits for me first. Review opens a proposal; nothing is approved from here. */
export function DecisionsPage() {
  const t = useT();
  const search = useSearch({ from: "/desk/decisions" });
  const navigate = useNavigate();
  const view: View = VIEWS.find((one) => one === search.status) ?? "open";
  const list = useList<ProposalRowJson>("response", "/api/proposals", { view, customerId: search.customer });
  const columns = useColumns(view);
  const tools = (
    <SegmentedControl
      size="xs"
      aria-label={t("response.view")}
      data={VIEWS.map((value) => ({ value, label: t(`response.view.${value}`) }))}
      value={view}
      onChange={(status) => void navigate({ to: "/decisions", search: { ...search, status } })}
    />
  );
  return (
    <Page
      title={t("nav.decisions")}
      beside={t("response.list.q")}
      keys={[
        { keys: "J", label: t("response.key.next") },
        { keys: "Enter", label: t("response.key.open") },
      ]}
    >
      <Panel>
        <DataTable
          label={t("nav.decisions")}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          rowTo={(row) => `/decisions/${row.id}`}
          tools={tools}
          empty={<EmptyState level="ok" title={t(`response.empty.${view}`)} text={t("response.empty.text")} />}
          errorTitle={t("response.failed")}
        />
      </Panel>
    </Page>
  );
}

function useColumns(view: View): readonly Column<ProposalRowJson>[] {
  const t = useT();
  return useMemo(
    () => [
      { id: "proposal", header: t("response.col.proposal"), card: "title", cell: (row) => <ProposalCell row={row} /> },
      {
        id: "saving",
        header: t("response.col.saving"),
        align: "right",
        width: "150px",
        card: "aside",
        cell: (row) => <Saving saving={row.saving} />,
      },
      {
        id: "lasting",
        header: t("response.col.undone"),
        width: "26%",
        card: "detail",
        cell: (row) => <LastingCell effects={row.effects} />,
      },
      {
        id: "state",
        header: t(view === "done" ? "response.col.state" : "response.col.approvals"),
        width: "190px",
        card: "more",
        cell: (row) => (row.state === "proposed" ? <ApprovalsCell row={row} /> : <StateTag state={row.state} />),
      },
      {
        id: "review",
        header: "",
        align: "right",
        width: "100px",
        describe: t("response.review"),
        cell: (row) => row.state === "proposed" && <ReviewButton row={row} />,
      },
    ],
    [t, view],
  );
}

function ProposalCell({ row }: { readonly row: ProposalRowJson }) {
  const f = useFormat();
  const name = useActionName();
  return (
    <span className="col">
      <span className="b">{name(row)}</span>
      <span className="small ink3">
        {row.customerName} · {numberOf(row.number)} · <span className="num">{f.moment(row.madeAt)}</span>
      </span>
    </span>
  );
}

function ReviewButton({ row }: { readonly row: ProposalRowJson }) {
  const t = useT();
  const go = useGo();
  const name = useActionName();
  return (
    <Button
      variant="default"
      aria-label={`${t("response.review")} ${numberOf(row.number)}: ${name(row)}`}
      onClick={(event) => {
        event.stopPropagation();
        go(`/decisions/${row.id}`);
      }}
    >
      {t("response.review")}
    </Button>
  );
}
