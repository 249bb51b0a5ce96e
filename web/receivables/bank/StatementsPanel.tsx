import type { BankFileWire, BankStatementWire } from "../../../src/receivables/bank/contract-bank.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph, type Level } from "../../kit/Risk.tsx";

const TIE_LEVEL: Readonly<Record<BankStatementWire["tie"], Level>> = {
  ties: "ok",
  differs: "crit",
  unknown: "unknown",
  shown: "none",
};

type StatementsProps = Pick<BankFileWire, "statements" | "state">;
/** Control totals: each statement with its balances, and whether they add up to the last öre. */
export function StatementsPanel({ statements, state }: StatementsProps) {
  const t = useT();
  return (
    <Panel title={t("receivables.bank.statements")} question={t("receivables.bank.statements.q")}>
      <div className="bank-scroll">
        <table className="t bank-statements" aria-label={t("receivables.bank.statements")}>
          <thead>
            <tr>
              <th scope="col">{t("receivables.bank.col.account")}</th>
              <th scope="col">{t("receivables.bank.col.days")}</th>
              <th scope="col" className="right">
                {t("receivables.bank.col.opening")}
              </th>
              <th scope="col" className="right">
                {t("receivables.bank.col.in")}
              </th>
              <th scope="col" className="right">
                {t("receivables.bank.col.out")}
              </th>
              <th scope="col" className="right">
                {t("receivables.bank.col.closing")}
              </th>
              <th scope="col">{t("receivables.bank.col.tie")}</th>
            </tr>
          </thead>
          <tbody>
            {statements.map((one) => (
              <StatementRow key={one.place} one={one} isLeft={state === "partly" && !one.taken} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function StatementRow({ one, isLeft }: { readonly one: BankStatementWire; readonly isLeft: boolean }) {
  const t = useT();
  const f = useFormat();
  const days = [...new Set([one.from, one.to].filter((day) => day !== null))].map((day) => f.day(day)).join(" – ");
  const tie =
    one.difference === null
      ? t(one.tie === "differs" ? "receivables.bank.tie.unknown" : `receivables.bank.tie.${one.tie}`)
      : t("receivables.bank.tie.differs", { amount: f.money(one.difference, { digits: "minor" }) });
  const notes = one.notes.filter(({ code }) => code !== "balance-differs" && code !== "balance-missing");
  const balance = (value: BankStatementWire["opening"]) =>
    value === null ? (
      <span className="ink3">{t("receivables.bank.notTold")}</span>
    ) : (
      <Money digits="minor" value={value} code={false} />
    );
  return (
    <tr>
      <td>
        <AccountCell one={one} />
      </td>
      <td className="nowrap small">{days}</td>
      <td className="right" data-label={t("receivables.bank.col.opening")}>
        {balance(one.opening)}
      </td>
      <td className="right" data-label={t("receivables.bank.col.in")}>
        <Money digits="minor" value={one.in} code={false} />
      </td>
      <td className="right" data-label={t("receivables.bank.col.out")}>
        <Money digits="minor" value={one.out} code={false} />
      </td>
      <td className="right" data-label={t("receivables.bank.col.closing")}>
        {balance(one.closing)}
      </td>
      <td>
        <span className="row top small" style={{ gap: 6 }}>
          <Glyph level={TIE_LEVEL[one.tie]} size={13} />
          <span className="col">
            <span className={one.tie === "differs" ? "crit b" : ""}>
              {tie}
              {isLeft && ` · ${t("receivables.bank.left")}`}
            </span>
            {notes.map((note, index) => (
              <span key={index} className="tiny ink3">
                {t(`receivables.bank.note.${note.code}`, { read: note.read, line: note.line ?? 0 })}
                {note.difference !== null && ` (${f.money(note.difference, { digits: "minor" })})`}
              </span>
            ))}
          </span>
        </span>
      </td>
    </tr>
  );
}

function AccountCell({ one }: { readonly one: BankStatementWire }) {
  const t = useT();
  return (
    <span className="col">
      <span className="mono small">{one.account}</span>
      <span className="tiny ink3">
        {[one.currency, t("receivables.bank.entries", { n: one.entries }), one.accountName, one.statementId]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </span>
  );
}
