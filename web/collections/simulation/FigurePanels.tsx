import { NativeSelect } from "@mantine/core";
import { useState } from "react";
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
import { shortOf } from "./SimulationsPage.tsx";

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
          {row.against === null ? t("simulation.before") : shortOf(row.against)}
        </th>
        <th scope="col" className="right">
          {shortOf(row.policy)}
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

/** One currency in money, the largest first, and staff time. */
export function MoneyPanel({ data, result }: Props) {
  const t = useT();
  const f = useFormat();
  const [chosen, setChosen] = useState(result.currencies[0]?.currency ?? "");
  const one = result.currencies.find(({ currency }) => currency === chosen);
  const inHours = (minutes: number | null) => (minutes === null ? null : Math.round(minutes / 60));
  const hours = { base: inHours(result.staffMinutes.base), draft: Math.round(result.staffMinutes.draft / 60) };
  const choose = result.currencies.length > 1 && (
    <NativeSelect
      size="xs"
      aria-label={t("simulation.money.currency")}
      value={chosen}
      data={result.currencies.map(({ currency }) => currency)}
      onChange={(event) => setChosen(event.currentTarget.value)}
    />
  );
  return (
    <Panel title={t("simulation.money")} aside={choose}>
      <table className="t">
        <Head data={data} hasBars={false} />
        <tbody>
          {one && (
            <>
              <MoneyRow label={t("simulation.money.overdue", { day: f.day(data.row.to) })} pair={one.overdueEnd} />
              <MoneyRow label={t("simulation.money.writtenOff")} pair={one.writtenOff} />
              <MoneyRow label={t("simulation.money.frozen")} pair={one.frozenIssued} />
              <MoneyRow label={t("simulation.money.avoided")} pair={one.exposureAvoided} />
            </>
          )}
          <MoneyRow label={t("simulation.money.renewals")} pair={{ base: null, draft: null }} />
          <tr>
            <th scope="row">{t("simulation.money.hours")}</th>
            <td className="right num">{hours.base === null ? t("kit.unknown") : f.count(hours.base)}</td>
            <td className="right num">{f.count(hours.draft)}</td>
            <td className="right num">
              <Change pair={hours} isGoodWhenLess />
            </td>
          </tr>
        </tbody>
      </table>
    </Panel>
  );
}
type MoneyPair = SimulationResultWire["currencies"][number]["overdueEnd"];
function MoneyRow({ label, pair: { base, draft } }: { readonly label: string; readonly pair: MoneyPair }) {
  const change = base === null || draft === null ? undefined : BigInt(draft.minor) - BigInt(base.minor);
  return (
    <tr>
      <th scope="row">{label}</th>
      <td className="right">
        <Money value={base} code={false} />
      </td>
      <td className="right">
        <Money value={draft} code={false} />
      </td>
      <td className="right">
        {change === undefined || draft === null ? (
          <span className="ink3">–</span>
        ) : (
          <Money value={{ minor: change.toString(), currency: draft.currency }} code={false} />
        )}
      </td>
    </tr>
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
