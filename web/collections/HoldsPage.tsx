import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { z } from "zod";
import { HOLD_KINDS } from "../../src/collections/contract-history.ts";
import { HOLD_STATES, type holdsJson, type HoldWire } from "../../src/collections/contract-work.ts";
import { query as queryText } from "../api.ts";
import { type Format, type T, useFormat, useT } from "../i18n/t.ts";
import { NativeSelect } from "@mantine/core";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Tag } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useList, useRead } from "../query.ts";
import type { PageSearch } from "../routes.tsx";
import { Page } from "../shell/Page.tsx";
import { CountChips } from "./CountChips.tsx";
import { CollectionsTabs } from "./Tabs.tsx";
import "./collections.css";

type HoldsWire = z.infer<typeof holdsJson>;

/** Everything that rests: disputes first, and whatever else holds the ladder, each with its owner and its end. */
export function HoldsPage() {
  const t = useT();
  const f = useFormat();
  const search = useSearch({ from: "/desk/collections/disputes" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/collections/disputes", search: (old: PageSearch) => ({ ...old, ...change }), replace: true });
  const state = HOLD_STATES.find((one) => one === search.only) ?? "open";
  const kind = HOLD_KINDS.find((one) => one === search.kind);
  const members = { state, kind };
  const list = useList<HoldWire>("collections", "/api/collections/holds", members);
  const head = useRead<HoldsWire>(
    ["collections", "holds", members],
    `/api/collections/holds${queryText({ ...members, limit: 1 })}`,
    { topics: ["cases"] },
  );
  const columns = useMemo(() => columnsOf(t, f), [t, f]);
  return (
    <Page
      title={t("collections.tab.disputes")}
      beside={<CollectionsTabs />}
      crumbs={[{ label: t("nav.collections"), to: "/collections" }]}
      keys={[{ keys: "J", label: t("customers.key.next") }]}
    >
      <Panel title={t("collections.holds.list")} question={t("collections.holds.list.q")}>
        <DataTable
          label={t("collections.holds.list")}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          rowTo={(row) => `/collections/accounts/${row.accountId}`}
          tools={
            <>
              <NativeSelect
                size="xs"
                aria-label={t("collections.hold.kind")}
                value={kind ?? ""}
                onChange={(event) => set({ kind: event.currentTarget.value || undefined })}
                data={[
                  { value: "", label: t("collections.holds.allKinds") },
                  ...HOLD_KINDS.map((one) => ({ value: one, label: t(`collections.resting.${one}`) })),
                ]}
              />
              <CountChips
                label={t("collections.filters")}
                names={HOLD_STATES}
                counts={head.data?.counts}
                chosen={state}
                word={(one) => t(`collections.holdState.${one}`)}
                onChoose={(only) => set({ only })}
              />
            </>
          }
          isFiltered={state !== "open" || kind !== undefined}
          onClear={() => set({ only: undefined, kind: undefined })}
          empty={<EmptyState level="ok" title={t("collections.holds.noneOpen")} />}
        />
      </Panel>
    </Page>
  );
}

function columnsOf(t: T, f: Format): readonly Column<HoldWire>[] {
  return [
    { id: "name", header: t("customers.col.name"), card: "title", cell: (row) => row.accountName ?? row.accountId },
    {
      id: "kind",
      header: t("collections.hold.kind"),
      card: "detail",
      cell: (row) => <Tag level={row.state === "ended" ? "none" : "info"}>{t(`collections.resting.${row.kind}`)}</Tag>,
    },
    {
      id: "what",
      header: t("collections.hold.what"),
      card: "foot",
      cell: (row) => (
        <span className="col">
          <span>
            {row.invoice === null ? t("collections.rests.account") : row.invoice.number}{" "}
            {row.invoice?.open && <Money value={row.invoice.open} className="ink3" />}
          </span>
          <span className="tiny ink3">
            {row.reason === null ? row.note : `${t(`collections.dispute.${row.reason}`)}. ${row.note}`}
          </span>
        </span>
      ),
    },
    { id: "owner", header: t("collections.hold.ownerCol"), cell: (row) => row.owner?.name ?? t("kit.nobody") },
    { id: "from", header: t("collections.hold.from"), align: "right", cell: (row) => f.day(row.from) },
    {
      id: "until",
      header: t("collections.hold.untilCol"),
      align: "right",
      card: "aside",
      cell: (row) =>
        row.until === null ? <span className="ink3">{t("collections.until.lifted")}</span> : f.day(row.until),
    },
  ];
}
