import type { FeedJson } from "../../src/sync/contract.ts";
import { minutesFrom } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Facts, type Fact } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useSentence } from "../cases/eventWords.tsx";
import { useWord } from "../i18n/t.ts";
import type { PassportWire } from "./wires.ts";

/** Days before the delegated admin relation ends from which on it is amber. */
const GDAP_SOON_DAYS = 30;

/** Who is this: names, through whom, how far we can reach into their tenant, and how fresh all of it is. */
export function IdentityPanel({ passport }: { readonly passport: PassportWire }) {
  const t = useT();
  const { identity, feeds } = passport;
  const place = [identity.city, identity.country].filter(Boolean).join(", ");
  const contact = [identity.contactName, identity.email, identity.phone].filter(Boolean).join(" · ");
  const rows: readonly Fact[] = [
    [
      t("customers.id.tenant"),
      <span key="t" className="mono" style={{ overflowWrap: "anywhere" }}>
        {identity.id}
      </span>,
    ],
    [t("customers.id.domain"), identity.domain ?? <Unknown key="d" />],
    ...(identity.customDomains && identity.customDomains.length > 0
      ? [[t("customers.id.domains"), identity.customDomains.join(", ")] as Fact]
      : []),
    [t("customers.id.place"), place || <Unknown key="p" text={t("customers.id.place.unknown")} />],
    ...(contact ? [[t("customers.id.contact"), contact] as Fact] : []),
    [
      t("customers.filter.reseller"),
      identity.relationship === "ledger-only"
        ? t("customers.ledgerOnly")
        : (identity.reseller?.name ?? t("customers.id.direct")),
    ],
    [t("customers.id.gdap"), <Gdap key="g" passport={passport} />],
    [t("customers.id.mfa"), <Mfa key="m" passport={passport} />],
    ...(identity.allowDelegatedAccess === true
      ? [
          [
            "DAP",
            <span key="dap" className="warn">
              {t("customers.id.dap")}
            </span>,
          ] as Fact,
        ]
      : []),
    [t("customers.feeds"), <Feeds key="f" feeds={feeds} />],
  ];
  return (
    <Panel id="identity" title={t("customers.section.identity")} question={t("customers.identity.q")}>
      <div className="sec">
        <Facts rows={rows} />
      </div>
    </Panel>
  );
}

function Unknown({ text }: { readonly text?: string }) {
  const t = useT();
  return (
    <span className="row ink3" style={{ gap: 5 }}>
      <Glyph level="unknown" size={12} /> {text ?? t("kit.unknown")}
    </span>
  );
}

function Gdap({ passport: { identity } }: { readonly passport: PassportWire }) {
  const t = useT();
  const f = useFormat();
  const { asked, activeCount, roleCount, endsAt, autoExtends } = identity.gdap;
  if (!asked) return <Unknown />;
  if (activeCount === 0) return <span className="warn">{t("customers.gdap.none")}</span>;
  const days = endsAt === null ? undefined : Math.floor(minutesFrom(f.nowIso, endsAt) / 1_440);
  return (
    <span>
      {endsAt === null
        ? t("customers.gdap.open", { n: roleCount ?? 0 })
        : t("customers.gdap.until", { day: f.day(endsAt), n: roleCount ?? 0 })}
      {autoExtends === true && <span className="ink3"> · {t("customers.gdap.extends")}</span>}
      {days !== undefined && days <= GDAP_SOON_DAYS && autoExtends !== true && (
        <span className="warn b"> · {t("customers.inDays", { n: days })}</span>
      )}
    </span>
  );
}

function Mfa({ passport: { identity } }: { readonly passport: PassportWire }) {
  const t = useT();
  if (identity.adminMfa === null) return <Unknown text={t("customers.mfa.unknown")} />;
  const { admins, withMfa } = identity.adminMfa;
  const without = admins - withMfa;
  return (
    <span>
      {t("customers.mfa", { have: withMfa, need: admins })}
      {without > 0 && <span className="warn b"> · {t("customers.mfa.without", { n: without })}</span>}
    </span>
  );
}

/** Feeds that are late, failed or never read; "all on time" only when every one is. */
function Feeds({ feeds }: { readonly feeds: readonly FeedJson[] | null }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  if (feeds === null || feeds.length === 0) return <Unknown />;
  const bad = feeds.filter((feed) => feed.state !== "on-time");
  const oldest = feeds
    .map((feed) => feed.finishedAt)
    .filter((at) => at !== null)
    .sort()[0];
  if (bad.length === 0)
    return (
      <span className="row" style={{ gap: 5 }}>
        <Glyph level="ok" size={12} /> {t("customers.feeds.ok")}{" "}
        {oldest && <span className="ink3 num">{f.moment(oldest)}</span>}
      </span>
    );
  return (
    <span className="col">
      {bad.map((feed) => (
        <span key={feed.feed} className="row" style={{ gap: 5 }}>
          <Glyph level={feed.state === "never" ? "unknown" : feed.state === "failed" ? "error" : "warn"} size={12} />
          {word(`customers.feed.${feed.feed}`, {}, feed.feed)}: {t(`customers.feed.state.${feed.state}`)}
          {feed.finishedAt !== null && <span className="ink3 num"> {f.moment(feed.finishedAt)}</span>}
        </span>
      ))}
    </span>
  );
}

/** What is going on with them now: open notices and cases first, what waits for a yes, then what was closed. */
export function CasesPanel({ passport }: { readonly passport: PassportWire }) {
  const t = useT();
  const { notices, cases, proposals, identity } = passport;
  const waiting = (proposals ?? []).filter((one) =>
    ["proposed", "approved", "running", "sent", "failed", "unverified"].includes(one.state),
  );
  const openNotices = (notices ?? []).filter((one) => one.state === "open");
  const openCases = (cases ?? []).filter((one) => one.closedAt === null);
  const closed = (cases ?? []).filter((one) => one.closedAt !== null).slice(0, 3);
  const isEmpty = openNotices.length + openCases.length + waiting.length + closed.length === 0;
  return (
    <Panel
      title={t("customers.cases.title")}
      question={t("customers.cases.q")}
      aside={
        <Go className="more" to={`/cases?customer=${identity.id}`}>
          {t("customers.cases.all")}
        </Go>
      }
    >
      {isEmpty &&
        (notices === null || cases === null ? (
          <EmptyState level="error" title={t("customers.cases.failed")} />
        ) : (
          <EmptyState level="ok" title={t("customers.cases.none")} />
        ))}
      {openNotices.map((one) => (
        <NoticeMini key={one.id} notice={one} />
      ))}
      {openCases.map((one) => (
        <CaseMini key={one.id} row={one} />
      ))}
      {waiting.map((one) => (
        <ProposalMini key={one.id} row={one} />
      ))}
      {closed.map((one) => (
        <CaseMini key={one.id} row={one} />
      ))}
    </Panel>
  );
}

type MiniProps = {
  readonly level: Level;
  readonly mark: string;
  readonly to: string;
  readonly title: string;
  readonly children: React.ReactNode;
};
function Mini({ level, mark, to, title, children }: MiniProps) {
  return (
    <div className="mini">
      <Glyph level={level} label={mark} />
      <span className="col">
        <Go className="lnk" to={to}>
          {title}
        </Go>
        <span className="small ink3">{children}</span>
      </span>
    </div>
  );
}

function NoticeMini({ notice }: { readonly notice: NonNullable<PassportWire["notices"]>[number] }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const level: Level = notice.clock?.level === "ok" || notice.clock === null ? "warn" : notice.clock.level;
  const what = word(`notices.kind.${notice.kind}`, {}, notice.title ?? notice.kind);
  return (
    <Mini level={level} mark={t("customers.open")} to={`/notices/${notice.id}`} title={`${notice.number} ${what}`}>
      {t("customers.notice.since", { moment: f.moment(notice.detectedAt) })}
      {notice.clock !== null &&
        ` · ${notice.clock.leftMinutes >= 0 ? t("customers.left.time", { time: f.duration(notice.clock.leftMinutes) }) : t("kit.late", { time: f.duration(notice.clock.leftMinutes) })}`}
    </Mini>
  );
}

function CaseMini({ row }: { readonly row: NonNullable<PassportWire["cases"]>[number] }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const sentence = useSentence();
  const isOpen = row.closedAt === null;
  return (
    <Mini
      level={isOpen ? "warn" : "ok"}
      mark={t(isOpen ? "customers.open" : "customers.closed")}
      to={`/cases/${row.id}`}
      title={`${row.number} ${sentence("finding", row.title)}`}
    >
      {isOpen
        ? t("customers.case.since", { day: f.day(row.openedAt), name: row.assignee?.name ?? t("kit.nobody") })
        : t("customers.case.closed", {
            day: f.day(row.closedAt ?? row.updatedAt),
            outcome: word(`cases.outcome.${row.outcome ?? "none"}`, {}, row.outcome ?? "–"),
          })}
    </Mini>
  );
}

function ProposalMini({ row }: { readonly row: NonNullable<PassportWire["proposals"]>[number] }) {
  const t = useT();
  const word = useWord();
  const targets = row.targets.map((one) => one.name).join(", ");
  return (
    <Mini
      level="info"
      mark={t("customers.proposal.waiting")}
      to={`/decisions/${row.id}`}
      title={`P-${String(row.number).padStart(4, "0")} ${word(`response.kind.${row.kind}`, {}, word(`customers.kind.${row.kind}`, {}, row.kind))}`}
    >
      {targets} · {word(`response.state.${row.state}`, {}, word(`customers.proposal.${row.state}`, {}, row.state))}
      {row.saving.amount !== null && (
        <>
          {" "}
          · {t("customers.proposal.saves")} <Money value={row.saving.amount} />
        </>
      )}
    </Mini>
  );
}
