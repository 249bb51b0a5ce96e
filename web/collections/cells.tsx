import type { AccountRowWire } from "../../src/collections/contract-wire.ts";
import type { Reading } from "../../src/collections/contract.ts";
import { type Key, useFormat, useT } from "../i18n/t.ts";
import { Money } from "../kit/Money.tsx";
import { type Level, Tag } from "../kit/Risk.tsx";
import { ChanceCell } from "./prediction/ChanceCell.tsx";
import { useShortReasons } from "./prediction/Reasons.tsx";
import { useStepName } from "./steps.ts";

type RowProps = { readonly row: AccountRowWire };

export function NameCell({ row }: RowProps) {
  const t = useT();
  return (
    <span className="col">
      <span className="cut">{row.name}</span>
      {row.paysFor > 0 && <span className="tiny ink3">{t("collections.paysFor", { n: row.paysFor })}</span>}
    </span>
  );
}

/** Overdue after credits in the reporting currency; each currency by itself when it opens. */
export function OverdueCell({ row }: RowProps) {
  const t = useT();
  if (row.overdue.length === 0) return <span className="ink3">0</span>;
  const figure = {
    title: t("collections.overdue"),
    parts: row.overdue.map((one) => ({ label: one.currency, value: <Money value={one} /> })),
    ...(row.overdueInReporting === null ? {} : { sum: { value: <Money value={row.overdueInReporting} /> } }),
    formula: t("collections.overdue.formula"),
    asOf: row.evaluatedAt,
    source: t("collections.source.ledger"),
    open: { label: t("collections.open.account"), to: `/collections/accounts/${row.accountId}` },
  };
  // Without a rate there is no sum: each currency is shown for itself.
  if (row.overdueInReporting === null)
    return (
      <span className="col" style={{ alignItems: "flex-end" }}>
        {row.overdue.map((one) => (
          <Money key={one.currency} value={one} opens={figure} label={t("collections.overdue")} />
        ))}
      </span>
    );
  return <Money value={row.overdueInReporting} code={false} opens={figure} label={t("collections.overdue")} />;
}

export function DaysCell({ row }: RowProps) {
  const f = useFormat();
  if (row.daysPastDue === null || row.daysPastDue <= 0) return <span className="ink3">–</span>;
  return <span className={`num ${row.daysPastDue > 60 ? "warn" : ""}`}>{f.count(row.daysPastDue)}</span>;
}

/** What comes next and when; what rests or asks comes before it. */
export function NextCell({ row }: RowProps) {
  const t = useT();
  const f = useFormat();
  const name = useStepName();
  const resting = row.resting.find((one) => one.wholeAccount && one.why !== "day-off");
  const asking = row.asks[0];
  const two = (first: React.ReactNode, second: React.ReactNode) => (
    <span className="col">
      <span>{first}</span>
      {second !== null && <span className="tiny ink3">{second}</span>}
    </span>
  );
  if (resting !== undefined && resting.why !== "promise")
    return two(
      t("collections.held", { why: t(`collections.resting.${resting.why}` as Key) }),
      resting.until === null ? t("collections.until.lifted") : t("collections.until", { day: f.day(resting.until) }),
    );
  if (row.promise !== null)
    return two(t("collections.promise.due", { day: f.day(row.promise.dueOn) }), f.money(row.promise.amount));
  if (asking !== undefined)
    return two(
      t(`collections.effect.${asking.kind}`),
      t("collections.asks.have", { have: asking.have, need: asking.need }),
    );
  if (row.callDueOn !== null) return two(t("collections.call.due"), f.day(row.callDueOn));
  if (row.next === null)
    return (
      <span className="ink3">{t(row.judged === "policy" ? "collections.next.none" : "collections.noPolicy")}</span>
    );
  return two(name(row.next.stepName), t(`collections.next.${row.next.what}`, { day: f.day(row.next.day) }));
}

/** Chance that the overdue amount is paid within 30 days if nobody calls; opens to its reasons. */
export function PaidChanceCell({ row: { score, evaluatedAt } }: RowProps) {
  const t = useT();
  return (
    <ChanceCell
      chanceBps={score.chanceBps}
      reasons={score.reasons}
      label={t("collections.chance")}
      asOf={evaluatedAt}
      isInColumn
    />
  );
}

/** Why the account stands where it does in the list: what makes it rest, else the heaviest reasons of its chance. */
export function WhyCell({ row }: RowProps) {
  const t = useT();
  const short = useShortReasons();
  const rests = row.resting.filter(({ why }) => why !== "day-off");
  const said = [
    ...(row.customerClass === "public" ? [t("collections.why.public")] : []),
    ...(rests.some(({ wholeAccount }) => wholeAccount)
      ? [t("collections.why.rests")]
      : rests.some(({ why }) => why === "dispute")
        ? [t("collections.why.partDisputed")]
        : []),
    short(row.score.reasons),
  ].filter((part) => part !== "");
  if (said.length > 0) return <span className="small ink2">{said.join(". ")}</span>;
  return <span className="small ink3">{t("collections.why.nothing")}</span>;
}

/** Overdue × (chance if called − chance if not). */
export function ValueCell({ row: { score, evaluatedAt, overdueInReporting } }: RowProps) {
  const t = useT();
  const f = useFormat();
  if (score.value === null) return <span className="ink3">{t("kit.unknown")}</span>;
  const isWorth = BigInt(score.value.minor) > 0n;
  const points = (bps: number | null) => (bps === null ? t("kit.unknown") : f.percent(bps / 10_000));
  const figure = {
    title: t("collections.value"),
    parts: [
      { label: t("collections.overdue"), value: <Money value={overdueInReporting} /> },
      { label: t("collections.chance.called"), value: points(score.chanceIfContactedBps) },
      { label: t("collections.chance.not"), value: points(score.chanceBps) },
    ],
    sum: { value: <Money value={score.value} /> },
    formula: t("collections.value.formula"),
    asOf: evaluatedAt,
    source: t("collections.source.model"),
  };
  return (
    <Money
      value={score.value}
      code={false}
      signed={isWorth}
      className={isWorth ? "b" : "ink3"}
      opens={figure}
      label={t("collections.value")}
    />
  );
}

const READING_LEVEL: Record<Reading, Level> = {
  "cannot-pay": "warn",
  "will-not-pay": "crit",
  slow: "warn",
  new: "none",
  "wrong-address": "warn",
  held: "info",
  exempt: "none",
  unclear: "none",
};

/** How the account is read; with a question mark until a person says so. */
export function ReadingCell({ row: { reading } }: RowProps) {
  const t = useT();
  const text = t(`collections.reading.${reading.is}`);
  const isSure = !reading.suggested || reading.is === "held" || reading.is === "exempt" || reading.is === "new";
  if (reading.is === "unclear") return <span className="ink3">–</span>;
  return <Tag level={READING_LEVEL[reading.is]}>{isSure ? text : `${text}?`}</Tag>;
}
