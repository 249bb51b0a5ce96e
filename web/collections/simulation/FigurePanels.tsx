import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import type {
  SimulationList,
  SimulationResultWire,
  SimulationWire,
} from "../../../src/collections/simulation/contract-simulation.ts";
import { Go } from "../../kit/Go.tsx";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { nameOf } from "./SimulationsPage.tsx";

type Props = { readonly data: SimulationWire; readonly result: SimulationResultWire };
type Pair = { readonly base: number | null; readonly draft: number };

type HappenedRow = {
  readonly list: SimulationList;
  readonly pair: Pair;
  readonly label: string;
  readonly note?: string;
  readonly isGoodWhenLess?: boolean;
};
function rowsOf({ data, result }: Props, t: T, f: Format): readonly HappenedRow[] {
  const { customers } = result;
  const text = (n: number | null) => (n === null ? t("kit.unknown") : f.count(n));
  return [
    {
      list: "told",
      pair: customers.told,
      label: t("simulation.told"),
      note: t("simulation.told.note", {
        base: text(result.letters.base),
        draft: text(result.letters.draft),
        callsBase: text(result.calls.base),
        callsDraft: text(result.calls.draft),
      }),
    },
    {
      list: "frozen",
      pair: customers.frozen,
      label: t("simulation.frozen"),
      note: t("simulation.frozen.note", {
        base: text(result.frozenDaysMedian.base),
        draft: text(result.frozenDaysMedian.draft),
      }),
    },
    { list: "renewal", pair: customers.renewal, label: t("simulation.renewal") },
    {
      list: "suspended",
      pair: customers.suspended,
      label: t("simulation.suspended"),
      note: t("simulation.suspended.note"),
      isGoodWhenLess: true,
    },
    { list: "handed", pair: customers.handed, label: t("simulation.handed"), isGoodWhenLess: true },
    {
      list: "wrong",
      pair: customers.wrong,
      label: t("simulation.wrong"),
      note: t("simulation.wrong.note", {
        days: data.model["wrongDays"] ?? 0,
        paid: result.wrongs.paidSoon.draft,
        disputed: result.wrongs.disputed.draft,
        hacked: result.wrongs.hacked.draft,
      }),
      isGoodWhenLess: true,
    },
  ];
}

/** Customers by what happened to them; every number opens its list. */
export function HappenedPanel({ data, result }: Props) {
  const t = useT();
  const f = useFormat();
  const rows = rowsOf({ data, result }, t, f);
  const id = data.row.simulationId;
  return (
    <Panel title={t("simulation.happened")} question={t("simulation.happened.q")}>
      <table className="t">
        <Head data={data} />
        <tbody>
          {rows.map(({ list, pair, label, note, isGoodWhenLess }) => (
            <tr key={list}>
              <th scope="row">
                <span className="b">{label}</span>
                {note && <div className="tiny ink3">{note}</div>}
              </th>
              <td className="right num">
                {pair.base === null ? (
                  <span className="ink3">{t("kit.unknown")}</span>
                ) : (
                  <ListLink list={list} id={id}>
                    {f.count(pair.base)}
                  </ListLink>
                )}
              </td>
              <td className="right num">
                <ListLink list={list} id={id}>
                  {f.count(pair.draft)}
                </ListLink>
              </td>
              <td className="right num">
                <Change pair={pair} isGoodWhenLess={isGoodWhenLess === true} />
              </td>
              <td aria-hidden="true">
                <Bars pair={pair} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Head({ data: { row }, hasBars = true }: { readonly data: SimulationWire; readonly hasBars?: boolean }) {
  const t = useT();
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="sr">{t("simulation.happened")}</span>
        </th>
        <th scope="col" className="right">
          {row.against === null ? t("simulation.before") : nameOf(row.against, t)}
        </th>
        <th scope="col" className="right">
          {nameOf(row.policy, t)}
        </th>
        <th scope="col" className="right">
          {t("simulation.change")}
        </th>
        {hasBars && <td aria-hidden="true">&nbsp;</td>}
      </tr>
    </thead>
  );
}
type ListLinkProps = { readonly list: SimulationList; readonly id: string; readonly children: React.ReactNode };
function ListLink({ list, id, children }: ListLinkProps) {
  return (
    <Go className="fig" to={`/collections/simulations/${id}?show=${list}`}>
      {children}
    </Go>
  );
}
function Change({ pair: { base, draft }, isGoodWhenLess }: { readonly pair: Pair; readonly isGoodWhenLess: boolean }) {
  const f = useFormat();
  if (base === null) return <span className="ink3">–</span>;
  const change = draft - base;
  const text = change > 0 ? `+${f.count(change)}` : change < 0 ? `−${f.count(-change)}` : "0";
  return <span className={isGoodWhenLess && change < 0 ? "sim-good" : "ink2"}>{text}</span>;
}
function Bars({ pair: { base, draft } }: { readonly pair: Pair }) {
  const most = Math.max(1, base ?? 0, draft);
  return (
    <div className="sim-bars">
      <span style={{ width: `${((base ?? 0) / most) * 100}%` }} />
      <span style={{ width: `${(draft / most) * 100}%` }} />
    </div>
  );
}

/** The largest currency in money, and staff time. Others stand below it. */
export function MoneyPanel({ data, result }: Props) {
  const t = useT();
  const f = useFormat();
  const hours = (minutes: number | null) => (minutes === null ? t("kit.unknown") : f.count(Math.round(minutes / 60)));
  return (
    <Panel title={t("simulation.money")}>
      <table className="t">
        <Head data={data} hasBars={false} />
        <tbody>
          {result.currencies.flatMap((one) =>
            (
              [
                [t("simulation.money.overdue", { day: f.day(data.row.to) }), one.overdueEnd],
                [t("simulation.money.writtenOff"), one.writtenOff],
                [t("simulation.money.frozen"), one.frozenIssued],
                [t("simulation.money.avoided"), one.exposureAvoided],
              ] as const
            ).map(([label, pair]) => (
              <tr key={`${one.currency} ${label}`}>
                <th scope="row">{label}</th>
                <td className="right">
                  <Money value={pair.base} />
                </td>
                <td className="right">
                  <Money value={pair.draft} />
                </td>
                <td className="right">
                  {pair.base === null || pair.draft === null ? (
                    <span className="ink3">–</span>
                  ) : (
                    <Money
                      value={{
                        minor: (BigInt(pair.draft.minor) - BigInt(pair.base.minor)).toString(),
                        currency: one.currency,
                      }}
                      code={false}
                    />
                  )}
                </td>
              </tr>
            )),
          )}
          <tr>
            <th scope="row">{t("simulation.money.renewals")}</th>
            <td className="right ink3">{t("kit.unknown")}</td>
            <td className="right ink3">{t("kit.unknown")}</td>
            <td className="right ink3">–</td>
          </tr>
          <tr>
            <th scope="row">{t("simulation.money.hours")}</th>
            <td className="right num">{hours(result.staffMinutes.base)}</td>
            <td className="right num">{hours(result.staffMinutes.draft)}</td>
            <td className="right num">
              <Change
                pair={{
                  base: result.staffMinutes.base === null ? null : Math.round(result.staffMinutes.base / 60),
                  draft: Math.round(result.staffMinutes.draft / 60),
                }}
                isGoodWhenLess
              />
            </td>
          </tr>
        </tbody>
      </table>
    </Panel>
  );
}

const GLYPH = { known: "ok", assumed: "unknown", weak: "warn" } as const;
export function TrustPanel({ result }: Pick<Props, "result">) {
  const t = useT();
  const f = useFormat();
  return (
    <Panel title={t("simulation.trust")}>
      <ul className="sim-trust small">
        {result.trust.map(({ level, kind, facts }) => {
          const percent = (name: string) => f.percent(Number(facts[name] ?? 0) / 10_000, 1);
          const params =
            kind === "effect-range" ? { ...facts, lowText: percent("low"), highText: percent("high") } : facts;
          return (
            <li key={kind}>
              <Glyph level={GLYPH[level]} size={14} />
              <span>
                <b>{t(`simulation.trust.${level}`)}:</b> {t(`simulation.trust.${kind}`, params)}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
