import { SegmentedControl, Select } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { AnswerAverageJson, NoticePageJson, NoticeRowJson } from "../../src/notices/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { clockAt } from "../kit/clock.ts";
import { ClockTrack } from "../kit/ClockTrack.tsx";
import { type Column, DataTable } from "../kit/DataTable.tsx";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, Tag, useLevelWord } from "../kit/Risk.tsx";
import { useProblemText } from "../kit/States.tsx";
import { useList, useRead } from "../query.ts";
import { Page } from "../shell/Page.tsx";
import { type Claim, useClaim, WhoCell } from "./claim.tsx";
import { NoNotices } from "./NoNotices.tsx";
import { Running, useNoticeName } from "./parts.tsx";
import { TimeLeft, Toward } from "./TimeLeft.tsx";
import "./notices.css";

const FILTERS = ["open", "mine", "overdue", "answered", "all"] as const;
type Filter = (typeof FILTERS)[number];

export function NoticesPage() {
  const t = useT();
  const search = useSearch({ from: "/desk/notices" });
  const navigate = useNavigate({ from: "/notices" });
  const state: Filter = FILTERS.find((one) => one === search.status) ?? "open";
  const members = { state, kind: search.kind, customerId: search.customer };
  const list = useList<NoticeRowJson>("notices", "/api/notices", members);
  const counts = useRead<NoticePageJson>(["notices", "counts"], "/api/notices?limit=1");
  const claim = useClaim();
  const problemText = useProblemText();
  const columns = useColumns(state, claim);
  const set = (status: Filter, kind = search.kind) =>
    void navigate({ search: (old) => ({ ...old, status, ...(kind === undefined ? {} : { kind }) }) });
  const first = list.rows[0];
  return (
    <Page
      title={t("nav.notices")}
      beside={t("notices.q")}
      keys={[
        { keys: "J", label: t("cases.key.next") },
        ...(first && first.claimedBy === null && claim.mayClaim && state === "open"
          ? [
              {
                keys: "C",
                label: t("notices.claim.of", { number: first.number }),
                act: () => claim.claim.mutate({ noticeId: first.id, takeOver: false }),
              },
            ]
          : []),
      ]}
    >
      <AverageLine />
      <Hints count={counts.data?.hintsWaiting ?? 0} />
      <Panel>
        <DataTable
          label={t("notices.list")}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          rowTo={(row) => `/notices/${row.id}`}
          errorTitle={t("notices.failed")}
          isFiltered={state !== "open" || search.kind !== undefined || search.customer !== undefined}
          onClear={() => void navigate({ search: {} })}
          tools={
            <Tools
              state={state}
              kind={search.kind}
              counts={counts.data?.counts}
              onChange={set}
              onKind={(kind) => void navigate({ search: (old) => ({ ...old, kind: kind ?? "" }) })}
            />
          }
          empty={<NoNotices />}
        />
        {claim.claim.error && (
          <p className="small crit sec" role="alert">
            {problemText(claim.claim.error)}
          </p>
        )}
      </Panel>
    </Page>
  );
}

type ToolsProps = {
  readonly state: Filter;
  readonly kind: string | undefined;
  readonly counts: NoticePageJson["counts"] | undefined;
  readonly onChange: (state: Filter) => void;
  readonly onKind: (kind: string | null) => void;
};

function Tools({ state, kind, counts, onChange, onKind }: ToolsProps) {
  const t = useT();
  const word = useWord();
  const kinds = useRead<{ kinds: string[] }>(["notices", "kinds"], "/api/notices/kinds");
  const label = (one: Filter) => {
    const n = one === "open" || one === "mine" || one === "overdue" ? counts?.[one] : undefined;
    return n === undefined ? t(`notices.filter.${one}`) : `${t(`notices.filter.${one}`)} ${n}`;
  };
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t("notices.filter")}
        value={state}
        onChange={(value) => onChange(value as Filter)}
        data={FILTERS.map((one) => ({ value: one, label: label(one) }))}
        className="scroll-x"
      />
      <Select
        size="xs"
        aria-label={t("notices.kinds")}
        placeholder={t("notices.kinds.all")}
        value={kind ?? null}
        onChange={onKind}
        clearable
        searchable
        data={(kinds.data?.kinds ?? []).map((one) => ({ value: one, label: word(`notices.kind.${one}`, {}, one) }))}
        w={260}
      />
    </>
  );
}

function Hints({ count }: { readonly count: number }) {
  const t = useT();
  if (count === 0) return null;
  return (
    <span className="row small warn" role="status">
      <Glyph level="warn" />
      {t("notices.hints", { n: count })}
    </span>
  );
}

/** The 30-day average on one line: what it is, over how much, and when it breaks the condition. */
function AverageLine() {
  const t = useT();
  const f = useFormat();
  const { data } = useRead<AnswerAverageJson>(["notices", "average"], "/api/notices/average");
  if (data === undefined) return null;
  if (data.averageMinutes === null) return <span className="small ink2">{t("notices.average.unknown")}</span>;
  return (
    <span className="row wrap small ink2" style={{ gap: "2px 14px" }}>
      <span>
        {t("notices.average")}{" "}
        <span className={`num b ${data.aboveLimit ? "crit" : "ink"}`}>{f.decimal(data.averageMinutes / 60, 1)} h</span>{" "}
        <span className="ink3">
          {t("notices.average.of", { n: data.answeredCount, open: data.openStartedAt.length })}
        </span>
      </span>
      {data.aboveLimit ? (
        <span className="row crit" style={{ gap: 5 }}>
          <Glyph level="crit" size={12} />
          {t("notices.average.above")}
        </span>
      ) : (
        data.crossesLimitAt && (
          <span className="row" style={{ gap: 5 }}>
            <Glyph level="warn" size={12} />
            {t("notices.average.crosses", { when: f.moment(data.crossesLimitAt) })}
          </span>
        )
      )}
    </span>
  );
}

function useColumns(state: Filter, claim: Claim): readonly Column<NoticeRowJson>[] {
  const t = useT();
  return useMemo(() => {
    const isOpen = state === "open" || state === "mine" || state === "overdue";
    const last: Column<NoticeRowJson> = isOpen
      ? {
          id: "who",
          header: t("notices.col.who"),
          cell: (row) => <WhoCell notice={row} claim={claim} />,
          width: "150px",
          card: "more",
        }
      : {
          id: "answer",
          header: t("notices.col.answer"),
          cell: (row) => <AnswerCell notice={row} />,
          width: "220px",
          card: "more",
        };
    return [
      { id: "notice", header: t("notices.col.notice"), cell: (row) => <NameCell notice={row} />, card: "title" },
      {
        id: "customer",
        header: t("notices.col.customer"),
        cell: (row) => <CustomerCell notice={row} />,
        width: "24%",
        card: "detail",
      },
      { id: "clock", header: t("notices.col.clock"), cell: (row) => <TrackCell notice={row} />, width: "20%" },
      {
        id: "left",
        header: t("notices.col.left"),
        cell: (row) => <LeftCell notice={row} />,
        align: "right",
        width: "120px",
        card: "aside",
      },
      {
        id: "rate",
        header: t("notices.col.rate"),
        cell: (row) => <Running running={row.running} />,
        align: "right",
        width: "120px",
      },
      last,
    ];
  }, [t, state, claim]);
}

function NameCell({ notice }: { readonly notice: NoticeRowJson }) {
  const t = useT();
  const f = useFormat();
  const nameOf = useNoticeName();
  const levelWord = useLevelWord();
  const tone = notice.clock === null ? "ok" : clockAt(notice.clock, f.nowIso).tone;
  const level = notice.state === "answered" ? "ok" : tone === "ok" ? "none" : tone;
  return (
    <span className="row" style={{ gap: 9 }}>
      <Glyph level={level} label={levelWord(level)} />
      <span className="col">
        <span className="row" style={{ gap: 6 }}>
          <span className="b cut">{nameOf(notice)}</span>
          {notice.isTest && <Tag line>{t("notices.test")}</Tag>}
        </span>
        <span className="tiny ink3 num sub">
          {notice.number} · {f.moment(notice.detectedAt)}
        </span>
      </span>
    </span>
  );
}

function CustomerCell({ notice }: { readonly notice: NoticeRowJson }) {
  const t = useT();
  return (
    <span className="col">
      <Go className="lnk cut" to={`/customers/${notice.customerId}`} onClick={(event) => event.stopPropagation()}>
        {notice.customerName ?? notice.customerId}
      </Go>
      {notice.resellerName && (
        <span className="tiny ink3 cut hide-sm">{t("notices.via", { name: notice.resellerName })}</span>
      )}
    </span>
  );
}

function TrackCell({ notice }: { readonly notice: NoticeRowJson }) {
  const f = useFormat();
  if (notice.clock === null) return null;
  const clock = clockAt(notice.clock, f.nowIso);
  return <ClockTrack elapsedMinutes={clock.elapsedMinutes} tone={clock.tone} />;
}

function LeftCell({ notice }: { readonly notice: NoticeRowJson }) {
  if (notice.clock === null) return null;
  return (
    <span className="col right">
      <TimeLeft clock={notice.clock} className="b" />
      <span className="tiny ink3">
        <Toward clock={notice.clock} />
      </span>
    </span>
  );
}

function AnswerCell({ notice }: { readonly notice: NoticeRowJson }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  if (notice.answer === null) return <span className="ink3 small">{t("notices.filter.open")}</span>;
  const reason = notice.answer.reason ?? "unknown";
  return (
    <span className="col">
      <span className="small">{word(`notices.reason.${reason}`, {}, reason)}</span>
      <span className="tiny ink3">{t("notices.answered", { time: f.duration(notice.answer.afterMinutes) })}</span>
    </span>
  );
}
