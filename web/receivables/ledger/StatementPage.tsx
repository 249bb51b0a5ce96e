import { Button } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { MovementWire, StatementWire } from "../../../src/receivables/contract-statement.ts";
import { query } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { DayField } from "../../kit/DayField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { AgeingBar } from "../../kit/AgeingBar.tsx";
import { ChangesPanel } from "./ChangesPanel.tsx";
import { MergePanel } from "./MergePanel.tsx";
import { MoveDialog } from "./MoveDialog.tsx";
import { PayerPanel } from "./PayerPanel.tsx";
import { WriteOffDialog } from "./WriteOffDialog.tsx";
import "../../customers/customers.css";
import "./ledger.css";

const ROWS = 50;
const ROWS_MAX = 200;
/** Allocations shown under a movement before the rest is only counted. */
const LINES_SHOWN = 4;

/** A customer's ledger: every movement with the balance after it, as of any day. */
export function StatementPage() {
  const t = useT();
  const { customerId } = useParams({ from: "/desk/receivables/$customerId" });
  const search = useSearch({ from: "/desk/receivables/$customerId" });
  const navigate = useNavigate();
  const [rows, setRows] = useState(ROWS);
  const asOf = search.to;
  const statement = useRead<StatementWire>(
    ["receivables", "statement", customerId, asOf, rows],
    `/api/customers/${customerId}/statement${query({ asOf, limit: rows })}`,
  );
  const name = statement.data?.name ?? "…";
  return (
    <Page
      title={t("ledger.statement", { name })}
      beside={t("ledger.statement.q")}
      crumbs={[{ label: t("nav.receivables"), to: "/receivables" }]}
      actions={
        statement.data?.isLedgerOnly === false && (
          <Go className="more" to={`/customers/${customerId}`}>
            {t("ledger.open.customer")}
          </Go>
        )
      }
    >
      <div className="stk">
        <div className="row ledger-when">
          <DayField
            size="xs"
            label={t("ledger.asOf")}
            value={asOf ?? ""}
            onChange={(day) =>
              void navigate({
                to: "/receivables/$customerId",
                params: { customerId },
                search: day === "" ? {} : { to: day },
                replace: true,
              })
            }
          />
        </div>
        <Loaded query={statement}>
          {(data) => (
            <>
              <Balances statement={data} />
              <Movements
                statement={data}
                isPast={asOf !== undefined}
                onMore={rows < ROWS_MAX ? () => setRows(ROWS_MAX) : undefined}
              />
              <ChangesPanel changes={data.changes} />
              <PayerPanel statement={data} />
              <MergePanel statement={data} />
            </>
          )}
        </Loaded>
      </div>
    </Page>
  );
}

function Balances({ statement }: { readonly statement: StatementWire }) {
  const t = useT();
  return (
    <>
      {statement.currencies.map((row) => {
        const { notDue, d1to30, d31to60, d61to90, d91to120, over120 } = row.buckets;
        return (
          <Panel
            key={row.currency}
            title={t("ledger.ageing", { currency: row.currency })}
            question={t("ledger.ageing.q")}
          >
            <div className="sec">
              <div className="row small ink2 ledger-sums">
                <span>
                  {t("ledger.balance")} <Money value={row.balance} className="b" digits="minor" />
                </span>
                <span>
                  {t("ledger.outstanding")} <Money value={row.outstanding} className="b" />
                </span>
                <span>
                  {t("ledger.overdue")}{" "}
                  <Money value={row.overdue} className={row.overdue.minor === "0" ? "b" : "b warn"} />
                </span>
                <span>
                  {t("ledger.unapplied")} <Money value={row.unapplied} />
                </span>
                {row.deposits.minor !== "0" && (
                  <span>
                    {t("ledger.deposits")} <Money value={row.deposits} />
                  </span>
                )}
              </div>
              <AgeingBar buckets={[notDue, d1to30, d31to60, d61to90, d91to120, over120]} />
            </div>
          </Panel>
        );
      })}
    </>
  );
}

type MovementsProps = {
  readonly statement: StatementWire;
  readonly isPast: boolean;
  readonly onMore: (() => void) | undefined;
};
function Movements({ statement, isPast, onMore }: MovementsProps) {
  const t = useT();
  const f = useFormat();
  const canAct = useMay()("receivables.allocate") && !isPast;
  const [moving, setMoving] = useState<MovementWire | undefined>();
  const [writing, setWriting] = useState<{ readonly item: MovementWire; readonly isDraw: boolean } | undefined>();
  const inDeposit = statement.currencies.filter((row) => !/^(0|-)/.test(row.deposits.minor)).map((row) => row.currency);
  if (statement.movements.length === 0)
    return (
      <Panel title={t("ledger.movements")}>
        <EmptyState level="unknown" title={t("ledger.statement.none")} text={t("ledger.statement.none.text")} />
      </Panel>
    );
  return (
    <Panel
      title={t("ledger.movements")}
      question={t("ledger.movements.q")}
      aside={<span className="ink3">{f.count(statement.total)}</span>}
    >
      <div className="rows">
        <table className="t cards">
          <caption className="sr">{t("ledger.movements")}</caption>
          <Head />
          <tbody>
            {statement.movements.map((row) => (
              <tr key={`${row.what} ${row.id} ${row.change.minor}`}>
                <td className="num card-detail">{f.day(row.day)}</td>
                <td className="card-title">
                  <What row={row} />
                </td>
                <td className="num right card-aside">
                  <Money value={row.change} signed digits="minor" />
                </td>
                <td className="num right">
                  {row.left === null || row.left.minor === "0" ? (
                    <span className="ink3">–</span>
                  ) : (
                    <Money value={row.left} code={false} digits="minor" />
                  )}
                </td>
                <td className="num right card-more">
                  <Money value={row.balance} code={false} digits="minor" />
                </td>
                <td className="right">
                  {canAct && (
                    <Act
                      row={row}
                      hasDeposit={inDeposit.includes(row.change.currency)}
                      onMove={setMoving}
                      onReduce={(item, isDraw) => setWriting({ item, isDraw })}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {statement.nextCursor !== null && onMore && (
        <div className="sec">
          <Button size="xs" variant="default" onClick={onMore}>
            {t("ledger.more")}
          </Button>
        </div>
      )}
      {moving && <MoveDialog paymentId={moving.id} onClose={() => setMoving(undefined)} />}
      {writing && <Reduce {...writing} statement={statement} onClose={() => setWriting(undefined)} />}
    </Panel>
  );
}

type ReduceProps = {
  readonly item: MovementWire;
  readonly isDraw: boolean;
  readonly statement: StatementWire;
  readonly onClose: () => void;
};
function Reduce({ statement, ...rest }: ReduceProps) {
  const held = statement.currencies.find((row) => row.currency === rest.item.change.currency)?.deposits.minor;
  return <WriteOffDialog {...rest} heldMinor={held ?? "0"} />;
}

function Head() {
  const t = useT();
  return (
    <thead>
      <tr>
        <th scope="col">{t("ledger.col.day")}</th>
        <th scope="col">{t("ledger.col.what")}</th>
        <th scope="col" className="right">
          {t("ledger.col.change")}
        </th>
        <th scope="col" className="right">
          {t("ledger.col.left")}
        </th>
        <th scope="col" className="right">
          {t("ledger.balance")}
        </th>
        <th scope="col">
          <span className="sr">{t("ledger.move")}</span>
        </th>
      </tr>
    </thead>
  );
}

/** Kinds that a person may move: money in that takes nothing back. */
const MOVABLE: readonly MovementWire["kind"][] = ["payment", "credit-note", "balance"];
type ActProps = {
  readonly row: MovementWire;
  readonly onMove: (row: MovementWire) => void;
  readonly hasDeposit: boolean;
  readonly onReduce: (row: MovementWire, isDraw: boolean) => void;
};
function Act({ row, hasDeposit, onMove, onReduce }: ActProps) {
  const t = useT();
  if (row.what === "money" && MOVABLE.includes(row.kind) && row.change.minor.startsWith("-"))
    return (
      <Button
        size="compact-xs"
        mih={24}
        variant="default"
        onClick={() => onMove(row)}
        aria-label={`${t("ledger.move")} ${row.number}`}
      >
        {t("ledger.move")}…
      </Button>
    );
  if (row.what === "item" && row.left !== null && row.left.minor !== "0")
    return (
      <span className="row ledger-acts">
        {hasDeposit && (
          <Button
            size="compact-xs"
            mih={24}
            variant="default"
            onClick={() => onReduce(row, true)}
            aria-label={`${t("ledger.draw")} ${row.number}`}
          >
            {t("ledger.draw")}…
          </Button>
        )}
        <Button
          size="compact-xs"
          mih={24}
          variant="default"
          onClick={() => onReduce(row, false)}
          aria-label={`${t("ledger.writeOff")} ${row.number}`}
        >
          {t("ledger.writeOff")}…
        </Button>
      </span>
    );
  return null;
}

/** What it was, and where it went or what paid it, each with its reason. */
function What({ row }: { readonly row: MovementWire }) {
  const t = useT();
  const f = useFormat();
  return (
    <span className="col">
      <span>
        <span className="b">
          {row.what === "paid-for" || row.what === "correction"
            ? t(`ledger.${row.what}`)
            : t(`ledger.kind.${row.kind}`)}
        </span>{" "}
        {row.number}
        {row.what === "paid-for" && row.reference && <span className="ink2"> → {row.reference}</span>}
        {row.dueDate && <span className="tiny ink3"> {t("ledger.due", { day: f.day(row.dueDate) })}</span>}
      </span>
      {row.basis && <span className="tiny ink3">{row.basis}</span>}
      {row.allocations.length > 0 && (
        <ul className="ledger-lines tiny ink3">
          {row.allocations.slice(0, LINES_SHOWN).map((line, place) => (
            <li key={`${place} ${line.number}`}>
              {t("ledger.line", {
                number: line.number,
                amount: f.money(line.amount, { digits: "minor" }),
                day: f.day(line.day),
                reason: t(`ledger.reason.${line.reason ?? "stated"}`),
              })}
            </li>
          ))}
          {row.allocations.length > LINES_SHOWN && (
            <li>{t("ledger.lines.more", { n: row.allocations.length - LINES_SHOWN })}</li>
          )}
        </ul>
      )}
    </span>
  );
}
