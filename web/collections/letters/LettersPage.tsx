import { Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { CHANNELS } from "../../../src/collections/contract-policy.ts";
import { LETTER_STATES, type LetterRowWire } from "../../../src/collections/letters/contract.ts";
import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { DayField } from "../../kit/DayField.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { useList } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { Page } from "../../shell/Page.tsx";
import { CollectionsTabs } from "../Tabs.tsx";
import { IncomingPanel } from "./IncomingPanel.tsx";
import { Amounts, MailBanner, StateTag } from "./parts.tsx";
import { PrintPanel } from "./PrintPanel.tsx";
import { TemplatesPanel } from "./TemplatesPanel.tsx";

const TABS = ["list", "print", "incoming", "templates"] as const;

/** What was told to whom, and the proof of it. */
export function LettersPage() {
  const t = useT();
  const search = useSearch({ from: "/desk/collections/letters" });
  const navigate = useNavigate();
  const set = (change: PageSearch) =>
    void navigate({ to: "/collections/letters", search: (old: PageSearch) => ({ ...old, ...change }), replace: true });
  const tab = TABS.find((one) => one === search.tab) ?? "list";
  return (
    <Page
      title={t("letters.title")}
      beside={<CollectionsTabs />}
      crumbs={[{ label: t("nav.collections"), to: "/collections" }]}
    >
      <div className="stk">
        <MailBanner />
        <span className="chips" role="group" aria-label={t("letters.tabs")}>
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={one === tab}
              onClick={() => set({ tab: one === "list" ? undefined : one })}
            >
              {t(`letters.tab.${one}`)}
            </button>
          ))}
        </span>
        {tab === "list" && <ListPanel search={search} set={set} />}
        {tab === "print" && <PrintPanel />}
        {tab === "incoming" && <IncomingPanel />}
        {tab === "templates" && <TemplatesPanel search={search} set={set} />}
      </div>
    </Page>
  );
}

type ListProps = { readonly search: PageSearch; readonly set: (change: PageSearch) => void };

function ListPanel({ search, set }: ListProps) {
  const t = useT();
  const f = useFormat();
  const state = LETTER_STATES.find((one) => one === search.status);
  const channel = CHANNELS.find((one) => one === search.kind);
  const list = useList<LetterRowWire>("collections", "/api/collections/letters", {
    q: search.q,
    state,
    channel,
    accountId: search.customer,
    from: search.from,
    to: search.to,
  });
  const columns = useMemo(() => columnsOf(t, f), [t, f]);
  const isFiltered = [state, channel, search.customer, search.from, search.to].some((one) => one !== undefined);
  return (
    <Panel title={t("letters.title")} question={t("letters.q")}>
      <DataTable
        label={t("letters.title")}
        columns={columns}
        list={list}
        rowId={(row) => row.letterId}
        rowTo={(row) => `/collections/letters/${row.letterId}`}
        filter={search.q}
        onFilter={(q) => set({ q })}
        tools={<Filters search={search} set={set} />}
        isFiltered={isFiltered}
        onClear={() =>
          set({ q: undefined, status: undefined, kind: undefined, customer: undefined, from: undefined, to: undefined })
        }
        empty={<EmptyState level="none" title={t("letters.none")} text={t("letters.none.text")} />}
      />
    </Panel>
  );
}

function Filters({ search, set }: ListProps) {
  const t = useT();
  const all = { value: "", label: t("letters.filter.all") };
  return (
    <span className="row wrap" style={{ alignItems: "flex-end" }}>
      <Select
        size="xs"
        w={150}
        label={t("letters.filter.state")}
        allowDeselect={false}
        data={[all, ...LETTER_STATES.map((one) => ({ value: one, label: t(`letters.state.${one}`) }))]}
        value={search.status ?? ""}
        onChange={(next) => set({ status: next || undefined })}
      />
      <Select
        size="xs"
        w={130}
        label={t("letters.filter.channel")}
        allowDeselect={false}
        data={[all, ...CHANNELS.map((one) => ({ value: one, label: t(`letters.channel.${one}`) }))]}
        value={search.kind ?? ""}
        onChange={(next) => set({ kind: next || undefined })}
      />
      <DayField
        size="xs"
        label={t("letters.filter.from")}
        value={search.from ?? ""}
        onChange={(from) => set({ from: from || undefined })}
      />
      <DayField
        size="xs"
        label={t("letters.filter.to")}
        value={search.to ?? ""}
        onChange={(to) => set({ to: to || undefined })}
      />
    </span>
  );
}

function columnsOf(t: T, f: Format): readonly Column<LetterRowWire>[] {
  return [
    {
      id: "account",
      header: t("letters.col.account"),
      card: "title",
      cell: (row) => (
        <span className="col letters-break">
          <span>{row.accountName}</span>
          <span className="tiny ink3">{`${row.number} · ${row.subject}`}</span>
        </span>
      ),
    },
    {
      id: "purpose",
      header: t("letters.col.subject"),
      card: "more",
      cell: (row) => t(`letters.purpose.${row.purpose}`),
    },
    {
      id: "channel",
      header: t("letters.col.channel"),

      cell: (row) => t(`letters.channel.${row.channel}`),
    },
    {
      id: "amount",
      header: t("letters.col.amount"),
      align: "right",
      card: "aside",
      cell: (row) => <Amounts row={row} />,
    },
    {
      id: "day",
      header: t("letters.col.day"),
      align: "right",
      cell: (row) => <span className="num">{f.day(row.decidedOn)}</span>,
    },
    {
      id: "state",
      header: t("letters.col.state"),
      card: "detail",
      cell: (row) => (
        <span className="col" style={{ alignItems: "flex-start" }}>
          <StateTag row={row} />
          {row.sentOn !== null && (
            <span className="tiny ink3">
              {t("letters.sentOn", { day: f.day(row.sentOn) })}
              {row.failedOn !== null && `, ${t("letters.failedOn", { day: f.day(row.failedOn) })}`}
            </span>
          )}
          {row.isMaybeTwice && (
            <span className="tiny warn row" style={{ gap: 4 }}>
              <Glyph level="warn" size={11} />
              {t("letters.maybeTwice")}
            </span>
          )}
        </span>
      ),
    },
  ];
}
