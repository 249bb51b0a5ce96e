import { Button } from "@mantine/core";
import type { BankFaultWire, BankFileWire, LedgerCheckWire } from "../../../src/receivables/bank/contract-bank.ts";
import { api } from "../../api.ts";
import { useFormat, useT, useWord } from "../../i18n/t.ts";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph, Tag } from "../../kit/Risk.tsx";
import { useProblemText } from "../../kit/States.tsx";
import { useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { BankEntries } from "./BankEntries.tsx";
import { EffectPanel } from "./EffectPanel.tsx";
import { StatementsPanel } from "./StatementsPanel.tsx";

type FileProps = { readonly one: BankFileWire; readonly onLeave: () => void };

/** One bank file: what it is, whether it adds up, what becomes of it, line by line. */
export function BankFilePanels({ one, onLeave }: FileProps) {
  return (
    <>
      <Head one={one} onLeave={onLeave} />
      {one.ledgerCheck !== null && <CheckPanel check={one.ledgerCheck} />}
      {one.statements.length > 0 && <StatementsPanel statements={one.statements} state={one.state} />}
      {one.statements.length > 0 && <EffectPanel key={one.state} one={one} />}
      {one.statements.length > 0 && <BankEntries id={one.id} state={one.state} />}
    </>
  );
}

const HASH_SHOWN = 16;

function Head({ one, onLeave }: FileProps) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const problemText = useProblemText();
  const discard = useWrite((_: string, options) => api.delete<BankFileWire>(`/api/bank-files/${one.id}`, options), {
    topics: ["receivables"],
    onDone: onLeave,
  });
  const facts = [
    [t("receivables.bank.format"), [one.format, one.version].filter(Boolean).join(" ") || "–"],
    [t("receivables.file.encoding"), one.encoding ?? "–"],
    [t("receivables.bank.received"), f.moment(one.createdAt)],
    [t("receivables.file.hash"), `${one.sha256.slice(0, HASH_SHOWN)}…`],
  ] as const;
  return (
    <Panel
      title={one.fileName}
      question={t("receivables.bank.file.q")}
      aside={
        <span className="row">
          {one.state === "draft" && can("receivables.import") && (
            <Button size="xs" variant="default" loading={discard.isPending} onClick={() => discard.mutate(one.id)}>
              {t("receivables.bank.discard")}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={onLeave}>
            {t("receivables.bank.other")}
          </Button>
        </span>
      }
    >
      <div className="sec bank-facts small">
        <Tag level={one.state === "refused" ? "crit" : one.state === "committed" ? "ok" : "info"}>
          {t(`receivables.bank.state.${one.state}`)}
        </Tag>
        <dl className="import-file">
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt className="tiny ink3">{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      {discard.error && (
        <p className="sec small crit" role="alert">
          {problemText(discard.error)}
        </p>
      )}
      {one.state === "refused" && <Faults faults={one.faults} />}
    </Panel>
  );
}

/** Why the file is refused: where, what stands there, what to do. */
function Faults({ faults }: { readonly faults: readonly BankFaultWire[] }) {
  const t = useT();
  const word = useWord();
  return (
    <div className="sec" role="status">
      <p className="row b" style={{ gap: 7 }}>
        <Glyph level="crit" size={15} />
        {t("receivables.bank.refused")}
      </p>
      <ul className="bank-faults small">
        {faults.map((fault, index) => (
          <li key={index}>
            <span className="b nowrap">
              {fault.line === null
                ? t("receivables.bank.fault.file")
                : t("receivables.bank.fault.where", { line: fault.line })}
              {fault.column !== null && `, ${t("receivables.bank.fault.column", { column: fault.column })}`}
            </span>
            <span>
              {word(`receivables.bank.fault.${fault.code}`, {}, `${fault.message}. ${fault.fix}`)}{" "}
              {fault.read !== "" && (
                <span className="ink2">{t("receivables.bank.fault.read", { read: fault.read })}</span>
              )}
              <span className="tiny ink3 bank-fault-detail">
                {fault.message}
                {fault.path !== null && ` · ${fault.path}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function CheckPanel({ check }: { readonly check: LedgerCheckWire }) {
  const t = useT();
  const f = useFormat();
  const day = f.day(check.asOf);
  const agrees = check.difference?.minor === "0";
  return (
    <Panel title={t("receivables.bank.check")} question={t("receivables.bank.check.q")}>
      <dl className="sec bank-check small">
        <dt>{t("receivables.bank.check.moved", { n: check.vouchers })}</dt>
        <dd>
          <Money digits="minor" value={check.moved} />
        </dd>
        {check.closing !== null && (
          <>
            <dt>{t("receivables.bank.check.books", { account: check.account, company: check.company, day })}</dt>
            <dd>
              <Money digits="minor" value={check.closing} />
            </dd>
            <dt>{t("receivables.bank.check.ledger", { day })}</dt>
            <dd>
              <Money digits="minor" value={check.ledger} />
            </dd>
            <dt className="b">{t("receivables.bank.check.difference")}</dt>
            <dd className={agrees ? "b" : "b warn"}>
              <Money digits="minor" value={check.difference} />
            </dd>
          </>
        )}
      </dl>
      <div className="sec small ink2 col" style={{ gap: 4 }}>
        <span>
          {check.closing === null
            ? t("receivables.bank.check.noBalance")
            : agrees
              ? t("receivables.bank.check.agree")
              : null}{" "}
          {t("receivables.bank.check.text")}
        </span>
        {check.unbalanced.map((one) => (
          <span key={one.line} className="warn">
            {t("receivables.bank.check.unbalanced", {
              line: one.line,
              amount: f.money(one.difference, { digits: "minor" }),
            })}
          </span>
        ))}
      </div>
    </Panel>
  );
}
