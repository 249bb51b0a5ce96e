import type { CoverageWire, TodayWire } from "../../src/today/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import type { Figure } from "../kit/Fig.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level, useLevelWord } from "../kit/Risk.tsx";

type FeedWire = CoverageWire["feeds"][number];

const LEVEL: Record<FeedWire["state"], Level> = { "on-time": "ok", late: "warn", failed: "error", never: "unknown" };

const missingOf = ({ customersReached, customersTotal }: FeedWire): number =>
  customersReached !== null && customersTotal !== null ? customersTotal - customersReached : 0;

const levelOf = (feed: FeedWire): Level =>
  feed.state === "on-time" && missingOf(feed) > 0 ? "warn" : LEVEL[feed.state];

/** Nothing has ever come by this way: what it would show is unknown, whatever its last try said. */
export const isBlind = ({ newestFactAt, finishedAt }: FeedWire): boolean =>
  newestFactAt === null && finishedAt === null;

/** What the desk cannot see, and the exposure that hides there. A silent feed is not good news. */
export function Coverage({ coverage }: { readonly coverage: TodayWire["coverage"] }) {
  const t = useT();
  if (coverage === null) return null;
  const good = coverage.feeds.filter((feed) => feed.feed !== "alerts" && levelOf(feed) === "ok");
  const shown = coverage.feeds.filter((feed) => !good.includes(feed));
  return (
    <Panel title={t("cov.title")} question={t("cov.q")}>
      <table className="t feeds">
        <thead>
          <tr>
            <th scope="col">{t("cov.feed")}</th>
            <th scope="col" className="right">
              {t("cov.reach")}
            </th>
            <th scope="col" className="right">
              {t("cov.blind")}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((feed) => (
            <FeedRow key={feed.feed} feed={feed} />
          ))}
          <LogRow logs={coverage.logs} />
          <BudgetRow budgets={coverage.budgets} />
          <LedgerRow ledger={coverage.ledger} />
          {good.length > 0 && <GoodRow feeds={good} />}
        </tbody>
      </table>
    </Panel>
  );
}

type NameCellProps = {
  readonly level: Level;
  readonly name: string;
  readonly to: string;
  readonly children: React.ReactNode;
};

function NameCell({ level, name, to, children }: NameCellProps) {
  const levelWord = useLevelWord();
  return (
    // Its words stand deeper inside than the rule looks.
    // oxlint-disable-next-line jsx-a11y/control-has-associated-label
    <th scope="row">
      <span className="row top" style={{ gap: 7 }}>
        <span style={{ marginTop: 1 }}>
          <Glyph level={level} label={levelWord(level)} />
        </span>
        <span className="col">
          <Go className="lnk" to={to}>
            {name}
          </Go>
          <span className="tiny ink3">{children}</span>
        </span>
      </span>
    </th>
  );
}

function FeedRow({ feed }: { readonly feed: FeedWire }) {
  const t = useT();
  const f = useFormat();
  const reached = feed.customersReached;
  const total = feed.customersTotal;
  const missing = missingOf(feed);
  const level = levelOf(feed);
  const newest = feed.newestFactAt ?? feed.finishedAt;
  return (
    <tr>
      <NameCell level={level} name={t(`feed.${feed.feed}`)} to="/settings?tab=feeds">
        <span className="num">
          {newest ? t("kit.ago", { time: f.duration(f.minutesSince(newest)) }) : t("cov.noage")}
        </span>
        {" · "}
        <span className={level === "error" ? "crit" : ""}>
          {t(`cov.state.${feed.state}`)}
          {missing > 0 && `, ${t("cov.missing", { n: missing })}`}
          {feed.error?.code && ` (${feed.error.code})`}
        </span>
      </NameCell>
      <td className="right num small">
        {reached !== null && total !== null ? (
          t("kit.of", { have: f.count(reached), need: f.count(total) })
        ) : (
          <span className="ink3">{isBlind(feed) ? "–" : t("cov.all")}</span>
        )}
      </td>
      <td className="right small">
        <Unseen feed={feed} missing={missing} />
      </td>
    </tr>
  );
}

/** Feeds that are on time and hide nothing, in one line: calm until it matters. */
function GoodRow({ feeds }: { readonly feeds: readonly FeedWire[] }) {
  const t = useT();
  const f = useFormat();
  const ages = feeds.flatMap((feed) => feed.newestFactAt ?? feed.finishedAt ?? []).map((at) => f.minutesSince(at));
  const ago = t("kit.ago", { time: f.duration(Math.max(0, ...ages)) });
  return (
    <tr>
      <NameCell level="ok" name={t("cov.good", { n: feeds.length })} to="/settings?tab=feeds">
        {feeds.map((feed) => t(`feed.${feed.feed}`)).join(", ")}
        <span className="num"> · {t("cov.good.oldest", { ago })}</span>
      </NameCell>
      <td className="right small ink3">{t("cov.all")}</td>
      <td className="right small ink3">{t("cov.none")}</td>
    </tr>
  );
}

function Unseen({ feed, missing }: { readonly feed: FeedWire; readonly missing: number }) {
  const t = useT();
  if (isBlind(feed)) return <Glyph level="unknown" size={13} label={t("kit.unknown")} />;
  if (missing === 0) return <span className="ink3">{t("cov.none")}</span>;
  if (feed.unseen === null) return <Glyph level="unknown" size={13} label={t("kit.unknown")} />;
  const figure: Figure = {
    title: t("cov.unseen.title"),
    parts: [
      {
        label: t("cov.unseen.part", { n: missing }),
        value: <Money value={feed.unseen} code={false} />,
        to: "/settings?tab=feeds",
      },
    ],
    sum: { value: <Money value={feed.unseen} /> },
    formula: t("cov.unseen.formula"),
    asOf: feed.finishedAt,
    source: t("money.source"),
  };
  return <Money value={feed.unseen} code={false} opens={figure} label={t("cov.blind")} />;
}

/** Whose own tenant sends no log: what happens there is seen by nobody. */
function LogRow({ logs }: { readonly logs: CoverageWire["logs"] }) {
  const t = useT();
  const f = useFormat();
  if (logs.customers === 0) return null;
  const silent = logs.customers - logs.seen;
  return (
    <tr>
      <NameCell level={silent > 0 ? "warn" : "ok"} name={t("cov.logs")} to="/activity/coverage">
        {silent > 0 ? t("cov.logs.note", { n: silent }) : t("cov.logs.ok")}
      </NameCell>
      <td className="right num small">{t("kit.of", { have: f.count(logs.seen), need: f.count(logs.customers) })}</td>
      <td className="right small ink3">–</td>
    </tr>
  );
}

function BudgetRow({ budgets }: { readonly budgets: CoverageWire["budgets"] }) {
  const t = useT();
  const f = useFormat();
  if (budgets === null || budgets.withUsage === 0) return null;
  const without = budgets.withUsage - budgets.withBudget;
  return (
    <tr>
      <NameCell level={without > 0 ? "warn" : "ok"} name={t("cov.budgets")} to="/spend?status=no-budget">
        {without > 0 ? t("cov.budgets.note", { n: without }) : t("cov.budgets.ok")}
      </NameCell>
      <td className="right num small">
        {t("kit.of", { have: f.count(budgets.withBudget), need: f.count(budgets.withUsage) })}
      </td>
      <td className="right small ink3">–</td>
    </tr>
  );
}

function LedgerRow({ ledger }: { readonly ledger: CoverageWire["ledger"] }) {
  const t = useT();
  const f = useFormat();
  const at = ledger?.recordedAt;
  return (
    <tr>
      <NameCell level={at ? "ok" : "unknown"} name={t("cov.ledger")} to="/import">
        {at ? (
          <span className="num">{t("kit.ago", { time: f.duration(f.minutesSince(at)) })}</span>
        ) : (
          t("cov.ledger.never")
        )}
      </NameCell>
      <td className="right num small">{at && ledger ? f.count(ledger.customers) : <span className="ink3">–</span>}</td>
      <td className="right small ink3">–</td>
    </tr>
  );
}
