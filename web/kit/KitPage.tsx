import { Button } from "@mantine/core";
import { useState } from "react";
import { Problem } from "../api.ts";
import { type T, useFormat, useT } from "../i18n/t.ts";
import type { ListState } from "../query.ts";
import { Page } from "../shell/Page.tsx";
import { AgeingBar } from "./AgeingBar.tsx";
import { Approvals, Ava, Bar, Legend, limitTone, ProgressBar } from "./Bits.tsx";
import { ClockAxis, ClockTrack } from "./ClockTrack.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { type Column, DataTable } from "./DataTable.tsx";
import { Money } from "./Money.tsx";
import { Panel } from "./Panel.tsx";
import { Glyph, type Level, STANDINGS, StandingStrip, Tag, useLevelWord } from "./Risk.tsx";
import {
  EmptyState,
  ErrorState,
  FilteredEmpty,
  NoPermission,
  PartlyFailed,
  RowsSkeleton,
  StaleMark,
  Why,
} from "./States.tsx";
import { Timeline } from "./Timeline.tsx";

const LEVELS: readonly Level[] = ["crit", "warn", "ok", "none", "unknown", "error", "info"];
const sek = (units: number) => ({ minor: `${units}00`, currency: "SEK" });
const none = () => undefined;

/** Every shared piece once, in each state it can be in. In no menu: `/kit`. */
export function KitPage() {
  const t = useT();
  return (
    <Page title={t("kitpage.title")} beside={t("kitpage.beside")}>
      <div className="g2 kit-page">
        <States />
        <Pieces />
      </div>
      <TablePiece />
    </Page>
  );
}

function States() {
  const t = useT();
  const problem = new Problem({ status: 500, code: "http-500", detail: "", requestId: "7F3A-02" });
  return (
    <>
      <Panel title={t("kitpage.good")}>
        <EmptyState
          level="ok"
          title={t("clocks.good")}
          text={t("clocks.good.text", { ago: t("kit.ago", { time: "2 min" }) })}
        />
      </Panel>
      <Panel title={t("kitpage.unknown")}>
        <EmptyState level="unknown" title={t("clocks.never")} text={t("clocks.never.text")} />
      </Panel>
      <Panel title={t("kitpage.filtered")}>
        <FilteredEmpty filter="Helsinki" onClear={none} />
      </Panel>
      <Panel title={t("kitpage.loading")} question={t("kitpage.loading.q")}>
        <RowsSkeleton />
      </Panel>
      <Panel title={t("kitpage.stale")} aside={<StaleMark minutes={1662} />}>
        <div className="sec col" style={{ gap: 6 }}>
          <span className="label">{t("money.unbilled")}</span>
          <Money value={sek(3_146_200)} className="mid" />
          <span className="small ink2">{t("kitpage.stale.text")}</span>
        </div>
      </Panel>
      <Panel title={t("kitpage.partly")}>
        <PartlyFailed title={t("kitpage.partly.title")}>{t("kitpage.partly.text")}</PartlyFailed>
      </Panel>
      <Panel title={t("kitpage.error")}>
        <ErrorState error={problem} title={t("clocks.failed")} text={t("clocks.failed.text")} onRetry={none} />
      </Panel>
      <Panel title={t("kitpage.permission")}>
        <NoPermission
          title={t("kit.permission.title")}
          text={t("kit.permission.text", { role: t("role.auditor"), who: t("role.admin-agent") })}
        />
      </Panel>
      <Panel title={t("kitpage.disabled")}>
        <div className="sec col" style={{ gap: 8, alignItems: "flex-start" }}>
          <Button disabled aria-describedby="kit-why">
            {t("kitpage.disabled.do")}
          </Button>
          <Why id="kit-why">{t("kitpage.disabled.why")}</Why>
        </div>
      </Panel>
    </>
  );
}

function Pieces() {
  const t = useT();
  const f = useFormat();
  const levelWord = useLevelWord();
  const buckets = [5_593_800, 1_304_100, 588_700, 247_300, 96_400, 0].map(sek);
  return (
    <>
      <Panel title={t("kitpage.marks")}>
        <div className="sec col" style={{ gap: 12, alignItems: "flex-start" }}>
          <span className="row wrap">
            {LEVELS.map((level) => (
              <Tag key={level} level={level}>
                {level === "none" && <Glyph level="none" size={12} />}
                {levelWord(level)}
              </Tag>
            ))}
          </span>
          {STANDINGS.map((standing) => (
            <StandingStrip key={standing} standing={standing} />
          ))}
          <span className="row">
            <Ava name="Karin Holm" /> <Ava name={null} /> <Approvals have={1} need={2} />
          </span>
        </div>
      </Panel>
      <Panel title={t("kitpage.clocks")}>
        <div className="sec col" style={{ gap: 8 }}>
          <ClockAxis />
          <ClockTrack elapsedMinutes={21} tone="ok" />
          <ClockTrack elapsedMinutes={722} tone="warn" />
          <ClockTrack elapsedMinutes={1357} tone="crit" />
        </div>
      </Panel>
      <Panel title={t("kitpage.bars")}>
        <div className="sec col" style={{ gap: 12 }}>
          {[0.59, 0.97, 1.23].map((share) => (
            <Bar key={share} share={share} tone={limitTone(share)} mark={0.8} />
          ))}
          <ProgressBar done={17} total={40} label={t("kitpage.loading")} />
          <AgeingBar buckets={buckets} />
          <Legend
            items={[
              { label: t("avg.past"), tone: "var(--s-data-1)", kind: "line" },
              { label: t("avg.ahead"), tone: "var(--s-crit)", kind: "dashed" },
              { label: t("money.deposits"), tone: "", kind: "hatch" },
            ]}
          />
        </div>
      </Panel>
      <Panel title={t("kitpage.timeline")}>
        <Timeline
          items={[
            { id: "1", at: f.nowIso, level: "crit", title: t("kitpage.confirm.do"), by: "Karin Holm" },
            { id: "2", at: f.nowIso, level: "ok", title: t("clocks.good"), detail: t("kitpage.disabled.why") },
          ]}
        />
      </Panel>
      <ConfirmPiece />
    </>
  );
}

function ConfirmPiece() {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel title={t("kitpage.confirm")}>
      <div className="sec">
        <Button variant="default" onClick={() => setOpen(true)}>
          {t("kitpage.confirm.open")}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t("kitpage.confirm.do")}
        action={t("kitpage.confirm.do")}
        effects={[
          { text: t("effect.owner-can-reactivate"), isReversible: true },
          { text: t("effect.machines-stop"), isReversible: false },
          { text: t("effect.public-ips-lost"), isReversible: false },
        ]}
        onConfirm={() => setOpen(false)}
      />
    </Panel>
  );
}

type Row = { readonly id: string; readonly name: string; readonly units: number };
const ROWS: readonly Row[] = ["Solvik Energi AB", "Havsö Logistik AB", "Rheinwerk Labor GmbH"].map((name, i) => ({
  id: String(i),
  name,
  units: 2_418_700 - i * 400_000,
}));
const LIST: ListState<Row> = {
  rows: [...ROWS],
  total: ROWS.length,
  isLoading: false,
  isOld: false,
  error: null,
  retry: none,
  hasMore: false,
  isLoadingMore: false,
  loadMore: none,
};

const columnsOf = (t: T): readonly Column<Row>[] => [
  { id: "name", header: t("kitpage.name"), cell: (row) => row.name, sort: "name", card: "title" },
  {
    id: "amount",
    header: t("kitpage.amount"),
    cell: (row) => <Money value={sek(row.units)} />,
    align: "right",
    sort: "amount",
    card: "aside",
  },
];

function TablePiece() {
  const t = useT();
  const [sort, setSort] = useState<string | undefined>("-amount");
  const [filter, setFilter] = useState<string | undefined>(undefined);
  return (
    <Panel title={t("kitpage.table")}>
      <DataTable
        label={t("kitpage.table")}
        columns={columnsOf(t)}
        list={LIST}
        rowId={(row) => row.id}
        rowTo={() => "/customers"}
        sort={sort}
        onSort={setSort}
        filter={filter}
        onFilter={setFilter}
        empty={<EmptyState level="none" title={t("kit.empty.filter.plain")} />}
      />
    </Panel>
  );
}
