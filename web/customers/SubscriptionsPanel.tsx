import { useState } from "react";
import type { SubscriptionRow } from "../../src/customers/contract.ts";
import { minutesFrom } from "../i18n/format.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import type { Figure } from "../kit/Fig.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import { SubscriptionDrawer } from "./SubscriptionDrawer.tsx";
import type { PassportWire } from "./wires.ts";

type Props = { readonly passport: PassportWire; readonly canPropose: boolean };
const SHOWN = 10;
/** Warnings that colour the row; the others are told in words only. */
const AMBER = new Set(["renews-overdue", "window-closing", "suspended-but-billed"]);

/** What do they hold, until when: each subscription with what it costs, what its renewal commits and how long it can be left. */
export function SubscriptionsPanel({ passport, canPropose }: Props) {
  const t = useT();
  const [isAll, setAll] = useState(false);
  const [opened, setOpened] = useState<string | undefined>();
  const all = [...passport.subscriptions].sort((a, b) => urgency(b) - urgency(a));
  const rows = isAll ? all : all.slice(0, SHOWN);
  return (
    <Panel
      id="subscriptions"
      title={t("customers.section.subscriptions")}
      question={t("customers.subscriptions.q")}
      aside={
        all.length > SHOWN && (
          <button type="button" className="linkish" onClick={() => setAll((was) => !was)}>
            {isAll ? t("customers.subscriptions.fewer") : t("customers.subscriptions.all", { n: all.length })}
          </button>
        )
      }
    >
      {all.length === 0 ? (
        <NoSubscriptions passport={passport} />
      ) : (
        <table className="t cards" aria-label={t("customers.section.subscriptions")}>
          <thead>
            <tr>
              <th scope="col">{t("customers.sub")}</th>
              <th scope="col" className="right">
                {t("customers.sub.seats")}
              </th>
              <th scope="col" className="right">
                {t("customers.sub.month")}
              </th>
              <th scope="col">{t("customers.sub.renews")}</th>
              <th scope="col">{t("customers.sub.window")}</th>
              <th scope="col">{t("customers.sub.auto")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row
                key={row.id}
                row={row}
                passport={passport}
                canPropose={canPropose}
                onOpen={() => setOpened(row.id)}
              />
            ))}
          </tbody>
        </table>
      )}
      {opened !== undefined && (
        <SubscriptionDrawer
          customerId={passport.identity.id}
          subscriptionId={opened}
          onClose={() => setOpened(undefined)}
        />
      )}
    </Panel>
  );
}

const urgency = (row: SubscriptionRow): number =>
  (row.goneAt !== null ? -10 : 0) +
  (row.warnings.some((one) => AMBER.has(one)) ? 4 : 0) +
  (row.warnings.length > 0 ? 1 : 0) +
  (row.status === "active" ? 1 : 0);

function NoSubscriptions({ passport }: { readonly passport: PassportWire }) {
  const t = useT();
  const f = useFormat();
  const feed = passport.feeds?.find((one) => one.feed === "subscriptions");
  const isRead = feed?.finishedAt !== null && feed?.finishedAt !== undefined;
  return isRead ? (
    <EmptyState
      level="none"
      title={t("customers.subscriptions.none")}
      text={t("customers.asOf", { moment: f.moment(feed.finishedAt ?? "") })}
    />
  ) : (
    <EmptyState
      level="unknown"
      title={t("customers.subscriptions.unread")}
      text={t("customers.subscriptions.unread.text")}
    />
  );
}

type RowProps = {
  readonly row: SubscriptionRow;
  readonly passport: PassportWire;
  readonly canPropose: boolean;
  readonly onOpen: () => void;
};

function Row({ row, passport, canPropose, onOpen }: RowProps) {
  const t = useT();
  const f = useFormat();
  const isAmber = row.warnings.some((one) => AMBER.has(one));
  const isAzure = row.family === "azure-plan" || row.family === "azure-legacy";
  const used =
    passport.spend?.subscriptions.find((one) => one.id === row.id)?.cost ?? (isAzure ? soleUse(passport) : null);
  return (
    <>
      <tr className={row.goneAt !== null ? "faded" : ""}>
        <td className="card-title">
          <span className="row" style={{ gap: 6 }}>
            {isAmber ? (
              <Glyph level="warn" size={13} label={t("kit.level.warn")} />
            ) : (
              <span style={{ width: 13, flex: "none" }} />
            )}
            <span className="col">
              <button type="button" className="linkish lnk" onClick={onOpen}>
                {row.name}
              </button>
              <SubState row={row} />
            </span>
          </span>
        </td>
        <td className="right num card-aside">{isAzure ? "–" : f.count(row.quantity)}</td>
        <td className="right card-more">{isAzure ? <Money value={used} /> : <Monthly row={row} />}</td>
        <td className="num card-detail">
          {isAzure ? <span className="ink3">{t("customers.sub.usage")}</span> : <Renews row={row} />}
        </td>
        <td className="small ink2 card-off">
          <Window row={row} />
        </td>
        <td className="small card-off">
          <Auto row={row} isAzure={isAzure} customerId={passport.identity.id} canPropose={canPropose} />
        </td>
      </tr>
      {row.entitlements.map((one) => (
        <tr key={one.id} className="sub-row">
          <td className="card-title">
            <span className="row small" style={{ gap: 6, paddingLeft: 20 }}>
              <Glyph level={one.status === "active" ? "none" : "info"} size={12} />
              <span className="cut">{one.name}</span>
            </span>
          </td>
          <td className="small ink3 card-detail" colSpan={3}>
            {t("customers.sub.azure")}
          </td>
          <td className="small ink2 card-off">
            {t(one.status === "active" ? "customers.window.any-time" : "customers.sub.inactive")}
          </td>
          <td className="small card-more">
            {canPropose && one.status === "active" && (
              <Go className="more" to={proposal(passport.identity.id, "cancel-entitlement", one.id)}>
                {t("customers.propose.cancel")}…
              </Go>
            )}
          </td>
        </tr>
      ))}
    </>
  );
}

/** Where a change is proposed; nothing happens before somebody else approved it. */
const proposal = (customerId: string, kind: string, target: string): string =>
  `/customers/${customerId}?kind=${kind}&show=${encodeURIComponent(target)}`;

/** With one Azure plan and no figures of its own, the customer's month is the plan's. */
const soleUse = ({ spend, subscriptions }: PassportWire) =>
  subscriptions.filter((one) => one.family === "azure-plan" && one.goneAt === null).length === 1
    ? (spend?.used ?? null)
    : null;

function SubState({ row }: { readonly row: SubscriptionRow }) {
  const t = useT();
  const word = useWord();
  const f = useFormat();
  if (row.goneAt !== null)
    return <span className="tiny ink3">{t("customers.sub.gone", { day: f.day(row.goneAt) })}</span>;
  const said = [
    ...(row.status === "active" ? [] : [word(`customers.status.${row.status}`, {}, row.status)]),
    ...(row.isTrial ? [t("customers.sub.trial")] : []),
    ...(row.warnings.includes("suspended-but-billed") ? [t("customers.warn.suspended-but-billed")] : []),
    ...(row.hasScheduledChange ? [t("customers.sub.scheduled")] : []),
  ];
  const term = [
    word(`customers.term.${row.term ?? "none"}`, {}, ""),
    word(`customers.cycle.${row.billingCycle ?? "none"}`, {}, ""),
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <span className="tiny ink3">
      {said.length > 0 && <span className={row.status === "active" ? "" : "warn"}>{said.join(" · ")} </span>}
      {term}
    </span>
  );
}

function Monthly({ row }: { readonly row: SubscriptionRow }) {
  const t = useT();
  const f = useFormat();
  if (row.monthly === null || row.unitPrice === null) return <span className="ink3">{t("customers.sub.noPrice")}</span>;
  const figure: Figure = {
    title: t("customers.sub.month.fig", { name: row.name }),
    parts: [
      { label: t("customers.sub.price"), value: `${row.unitPrice.amount} ${row.unitPrice.currency}` },
      { label: t("customers.sub.seats"), value: f.count(row.quantity) },
    ],
    sum: { label: t("customers.sub.month"), value: <Money value={row.monthly} digits="minor" /> },
    formula: t("customers.sub.month.how"),
    asOf: row.readAt,
    source: t("customers.sub.price.source", { day: f.day(row.unitPrice.since) }),
  };
  return <Money value={row.monthly} opens={figure} label={t("customers.sub.month")} />;
}

function Renews({ row }: { readonly row: SubscriptionRow }) {
  const t = useT();
  const f = useFormat();
  const ends = row.committed.kind === "committed" ? row.committed.endsOn : null;
  const day = row.renewsOn ?? ends;
  if (day === null) return <span className="ink3">–</span>;
  const left = Math.ceil(minutesFrom(f.nowIso, `${day}T00:00:00Z`) / 1_440);
  return (
    <>
      {row.renewsOn === null && `${t("customers.sub.ends")} `}
      {f.day(day)} <span className="ink3 small">{left >= 0 ? t("customers.inDays", { n: left }) : ""}</span>
    </>
  );
}

function Window({ row: { cancelWindow } }: { readonly row: SubscriptionRow }) {
  const t = useT();
  const f = useFormat();
  if (cancelWindow.kind === "open" && cancelWindow.until !== null)
    return <span className="b">{t("customers.window.open", { moment: f.moment(cancelWindow.until) })}</span>;
  if (cancelWindow.kind === "unknown") return <span className="ink3">{t("kit.unknown")}</span>;
  return t(cancelWindow.kind === "any-time" ? "customers.window.any-time" : "customers.window.closed");
}

type AutoProps = {
  readonly row: SubscriptionRow;
  readonly isAzure: boolean;
  readonly customerId: string;
  readonly canPropose: boolean;
};

function Auto({ row, isAzure, customerId, canPropose }: AutoProps) {
  const t = useT();
  const f = useFormat();
  if (isAzure || row.goneAt !== null) return <span className="ink3">–</span>;
  const isRisky = row.warnings.includes("renews-overdue");
  return (
    <span className="col" style={{ gap: 2 }}>
      <span className={isRisky ? "warn b" : "ink2"}>
        {!row.autoRenew
          ? t("customers.auto.off")
          : row.renewalCommits !== null && (isRisky || row.warnings.includes("renews-soon"))
            ? t("customers.auto.commits", { amount: f.money(row.renewalCommits) })
            : t("customers.auto.on")}
      </span>
      {canPropose && row.autoRenew && row.status === "active" && (isRisky || row.warnings.includes("renews-soon")) && (
        <Go className="more" to={proposal(customerId, "auto-renew-off", row.id)}>
          {t("customers.propose.autoOff")}…
        </Go>
      )}
    </span>
  );
}
