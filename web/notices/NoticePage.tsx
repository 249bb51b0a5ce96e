import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { NoticeJson } from "../../src/notices/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Facts } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, Tag } from "../kit/Risk.tsx";
import { Loaded } from "../kit/States.tsx";
import { useBack } from "../cases/back.ts";
import { useRead } from "../query.ts";
import { Page } from "../shell/Page.tsx";
import { AnswerPanel } from "./AnswerPanel.tsx";
import { Holder, useClaim } from "./claim.tsx";
import { Running, severityLevel, useNoticeName, useRunningWhy } from "./parts.tsx";
import { BigClock } from "./TimeLeft.tsx";
import "./notices.css";

export function NoticePage() {
  const { noticeId } = useParams({ from: "/desk/notices/$noticeId" });
  const t = useT();
  const back = useBack("/notices");
  const nameOf = useNoticeName();
  const notice = useRead<NoticeJson>(["notices", noticeId], `/api/notices/${noticeId}`);
  const claim = useClaim();
  const data = notice.data;
  const canClaim = data?.state === "open" && data.claimedBy === null && claim.mayClaim;
  return (
    <Page
      title={data ? nameOf(data) : t("nav.notices")}
      beside={data && <Beside notice={data} />}
      crumbs={[{ label: t("nav.notices"), to: "/notices" }]}
      keys={[
        ...(canClaim
          ? [{ keys: "C", label: t("notices.claim"), act: () => claim.claim.mutate({ noticeId, takeOver: false }) }]
          : []),
        { keys: "Escape", label: t("cases.key.back"), act: back },
      ]}
    >
      <Loaded query={notice} title={t("notices.failed")} text={t("notices.failed.text")}>
        {(found) => (
          <div className="stk">
            <ClockAndMoney notice={found} />
            <div className="g2 notice-grid">
              <div className="stk">
                <Says notice={found} />
                <Sources notice={found} />
              </div>
              <div className="stk">
                <Panel>
                  <div className="sec col" style={{ gap: 8 }}>
                    <Holder notice={found} claim={claim} />
                    <CaseLink notice={found} />
                  </div>
                </Panel>
                <AnswerPanel key={found.id} notice={found} />
                <MicrosoftLog notice={found} />
              </div>
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Beside({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  return (
    <span className="row wrap" style={{ gap: "2px 10px" }}>
      <span className="num small">{notice.number}</span>
      {notice.isTest && <Tag line>{t("notices.test")}</Tag>}
      <Go className="lnk" to={`/customers/${notice.customerId}`}>
        {notice.customerName ?? notice.customerId}
      </Go>
      {notice.resellerName && <span className="ink3">{t("notices.via", { name: notice.resellerName })}</span>}
    </span>
  );
}

function CaseLink({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  if (notice.isTest) return <span className="small ink2">{t("notices.test.text")}</span>;
  return (
    <span className="small">
      <span className="ink3">{t("notices.f.case")}</span>{" "}
      {notice.caseId ? (
        <Go className="lnk" to={`/cases/${notice.caseId}`}>
          {notice.caseNumber ?? notice.caseId}
        </Go>
      ) : (
        t("notices.f.noCase")
      )}
    </span>
  );
}

function ClockAndMoney({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  const f = useFormat();
  const why = useRunningWhy();
  const asOf = notice.running.known ? notice.running.asOf : null;
  return (
    <section className="panel two-cells" aria-label={t("notices.clock")}>
      <div className="sec">
        <span className="label">{t("notices.clock")}</span>
        {notice.clock ? (
          <BigClock clock={notice.clock} />
        ) : (
          <span className="row mid" style={{ marginTop: 4 }}>
            <Glyph level="ok" size={16} />
            {t("notices.answered", { time: f.duration(notice.answer?.afterMinutes ?? 0) })}
          </span>
        )}
        <span className="tiny ink3" style={{ display: "block", marginTop: 6 }}>
          {t("notices.clock.detected", {
            detected: f.moment(notice.detectedAt),
            received: f.moment(notice.receivedAt),
          })}
          {notice.clock && ` · ${t("notices.clock.limit", { limit: f.moment(notice.clock.limitAt) })}`}.{" "}
          {t("notices.clock.from")}
        </span>
      </div>
      <div className="sec">
        <span className="label">{t("notices.money")}</span>
        <span className="row base">
          <Running running={notice.running} className="big" />
        </span>
        <span className="tiny ink3" style={{ display: "block", marginTop: 6 }}>
          {!notice.running.known
            ? why(notice.running)
            : asOf
              ? t("notices.money.estimate", { asOf: f.moment(asOf) })
              : t("notices.money.estimate.undated")}
        </span>
      </div>
    </section>
  );
}

function Says({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const worded = (group: "severity" | "status", value: string | null) =>
    value === null ? t("kit.unknown") : word(`notices.${group}.${value.toLowerCase()}`, {}, value);
  const seen = (iso: string | null) => (iso === null ? t("kit.unknown") : <span className="num">{f.moment(iso)}</span>);
  return (
    <Panel title={t("notices.says")} question={t("notices.says.q")}>
      <div className="sec col" style={{ gap: 6 }}>
        {notice.title && <span className="b">{notice.title}</span>}
        <span className={notice.description ? "" : "ink3"}>{notice.description ?? t("notices.says.none")}</span>
      </div>
      <div className="sec">
        <Facts
          rows={[
            [
              t("notices.f.kind"),
              <span key="k" className="mono">
                {notice.kind}
              </span>,
            ],
            [
              t("notices.f.severity"),
              <Tag key="s" level={severityLevel(notice.severity)}>
                {worded("severity", notice.severity)}
              </Tag>,
            ],
            [t("notices.f.confidence"), worded("severity", notice.confidence)],
            [t("notices.f.status"), worded("status", notice.status)],
            [
              t("notices.f.subscription"),
              <span key="e" className="mono">
                {notice.entitlementId ?? t("kit.unknown")}
              </span>,
            ],
            [t("notices.f.firstSeen"), seen(notice.firstSeenAt)],
            [t("notices.f.lastSeen"), seen(notice.lastSeenAt)],
            ...Object.entries(notice.details).map(
              ([name, value]) =>
                [
                  name,
                  <span key={name} className="resource">
                    {plain(value)}
                  </span>,
                ] as const,
            ),
          ]}
        />
      </div>
      <div className="sec small">
        <span className="label">
          {notice.resources.length === 0
            ? t("notices.resources.none")
            : t("notices.resources", { n: notice.resources.length })}
        </span>
        <ul className="plain-list" style={{ marginTop: notice.resources.length === 0 ? 0 : 6 }}>
          {notice.resources.map((resource) => (
            <li key={resource.id} className="mono resource">
              {resource.id}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

/** Details come as text that is often a list in a string. */
const plain = (value: unknown): string =>
  typeof value === "string"
    ? value
        .replaceAll(/[[\]"\r\n]+/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim()
    : JSON.stringify(value);

function Sources({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  return (
    <Panel title={t("notices.sources")} question={t("notices.sources.q")}>
      {notice.sources.map((source) => (
        <Source key={`${source.channel} ${source.externalId}`} source={source} />
      ))}
    </Panel>
  );
}

function Source({ source }: { readonly source: NoticeJson["sources"][number] }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="sec small">
      <span className="row wrap">
        <span className="b">{word(`notices.channel.${source.channel}`, {}, source.channel)}</span>
        <span className="ink2">
          {t("notices.source.received", { received: f.moment(source.receivedAt) })}
          {source.changedAt !== source.receivedAt &&
            `, ${t("notices.source.changed", { changed: f.moment(source.changedAt) })}`}
        </span>
        <span className="push">
          <button type="button" className="fig" aria-expanded={isOpen} onClick={() => setOpen((was) => !was)}>
            {t(isOpen ? "notices.source.hide" : "notices.source.show")}
          </button>
        </span>
      </span>
      <span className="mono ink3 resource">{source.externalId}</span>
      {isOpen && (
        <>
          {/* A part that scrolls must be reachable by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre className="raw mono" tabIndex={0}>
            {JSON.stringify(source.raw, null, 2)}
          </pre>
          <span className="tiny ink3">
            {t("notices.source.hash")} <span className="mono resource">{source.rawSha256}</span>
          </span>
        </>
      )}
    </div>
  );
}

function MicrosoftLog({ notice }: { readonly notice: NoticeJson }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const named = (status: string | null) => (status === null ? "–" : word(`notices.status.${status}`, {}, status));
  return (
    <Panel title={t("notices.log")} question={t("notices.log.q")}>
      <div className="sec small">
        {notice.log.length === 0 && <span className="ink3">{t("notices.log.none")}</span>}
        <ul className="plain-list">
          {notice.log.map((row, i) => (
            <li key={i} className="col">
              <span>{t("notices.log.row", { from: named(row.from), to: named(row.to) })}</span>
              <span className="tiny ink3">
                {row.by} {row.at && <span className="num">{f.moment(row.at)}</span>}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}
