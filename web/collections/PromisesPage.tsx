import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { z } from "zod";
import { PROMISE_STATES } from "../../src/collections/contract.ts";
import type { promisesJson, PromiseWire } from "../../src/collections/contract-work.ts";
import { query as queryText } from "../api.ts";
import { type Format, type T, useFormat, useT } from "../i18n/t.ts";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { Fig } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Tag } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useList, useRead } from "../query.ts";
import type { PageSearch } from "../routes.tsx";
import { Page } from "../shell/Page.tsx";
import { PROMISE_LEVEL } from "./AccountWork.tsx";
import { CountChips } from "./CountChips.tsx";
import { CollectionsTabs } from "./Tabs.tsx";
import "./collections.css";

type PromisesWire = z.infer<typeof promisesJson>;

/** What was promised, and what became of it. Kept and broken follow from the ledger. */
export function PromisesPage() {
  const t = useT();
  const f = useFormat();
  const search = useSearch({ from: "/desk/collections/promises" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/collections/promises", search: (old: PageSearch) => ({ ...old, ...change }), replace: true });
  const state = PROMISE_STATES.find((one) => one === search.only) ?? "open";
  const members = { state };
  const list = useList<PromiseWire>("collections", "/api/collections/promises", members);
  const head = useRead<PromisesWire>(
    ["collections", "promises", members],
    `/api/collections/promises${queryText({ ...members, limit: 1 })}`,
  );
  const columns = useMemo(() => columnsOf(t, f), [t, f]);
  return (
    <Page
      title={t("collections.tab.promises")}
      beside={<CollectionsTabs />}
      crumbs={[{ label: t("nav.collections"), to: "/collections" }]}
      keys={[{ keys: "J", label: t("customers.key.next") }]}
    >
      <Panel
        title={t("collections.promises")}
        question={t("collections.promises.q")}
        aside={head.data && <KeptRate rate={head.data.keptRate} />}
      >
        <DataTable
          label={t("collections.promises")}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          rowTo={(row) => `/collections/accounts/${row.accountId}`}
          tools={
            <CountChips
              label={t("collections.filters")}
              names={PROMISE_STATES}
              counts={head.data?.counts}
              chosen={state}
              word={(one) => t(`collections.promise.${one}`)}
              onChoose={(only) => set({ only })}
            />
          }
          isFiltered={state !== "open"}
          onClear={() => set({ only: undefined })}
          empty={<EmptyState level="ok" title={t("collections.promises.noneOpen")} />}
        />
      </Panel>
    </Page>
  );
}

function KeptRate({ rate }: { readonly rate: PromisesWire["keptRate"] }) {
  const t = useT();
  const f = useFormat();
  if (rate === null) return <span className="ink3">{t("collections.promises.noRate")}</span>;
  return (
    <span>
      {t("collections.promises.rate")}{" "}
      <Fig
        label={t("collections.promises.rate")}
        opens={{
          title: t("collections.promises.rate"),
          parts: [
            { label: t("collections.promise.kept"), value: f.count(rate.kept) },
            { label: t("collections.promises.ended"), value: f.count(rate.ended) },
          ],
          formula: t("collections.promises.rate.formula"),
          source: t("collections.source.ledger"),
        }}
      >
        {f.percent(rate.kept / rate.ended)}
      </Fig>
    </span>
  );
}

function columnsOf(t: T, f: Format): readonly Column<PromiseWire>[] {
  return [
    { id: "name", header: t("customers.col.name"), card: "title", cell: (row) => row.accountName ?? row.accountId },
    {
      id: "amount",
      header: t("collections.promise.amount"),
      align: "right",
      card: "aside",
      cell: (row) => <Money value={row.amount} />,
    },
    {
      id: "paid",
      header: t("collections.promise.paidSoFar"),
      align: "right",
      cell: (row) => <Money value={row.paid} />,
    },
    {
      id: "due",
      header: t("collections.promise.dueOn"),
      align: "right",
      card: "more",
      cell: (row) => (
        <span className="col" style={{ alignItems: "flex-end" }}>
          <span className="num">{f.day(row.dueOn)}</span>
          {row.state === "open" && (
            <span className="tiny ink3">{t("collections.promise.grace", { day: f.day(row.graceUntil) })}</span>
          )}
        </span>
      ),
    },
    {
      id: "state",
      header: t("collections.told.state"),
      card: "detail",
      cell: (row) => <Tag level={PROMISE_LEVEL[row.state]}>{t(`collections.promise.${row.state}`)}</Tag>,
    },
    { id: "by", header: t("collections.promise.noted"), cell: (row) => `${row.by.name}, ${f.day(row.madeOn)}` },
  ];
}
