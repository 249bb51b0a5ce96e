import { Button, Checkbox, Radio } from "@mantine/core";
import { useState } from "react";
import { type BankCommit, type BankFileWire, ENTRY_STATES } from "../../../src/receivables/bank/contract-bank.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { useProblemText, Why } from "../../kit/States.tsx";
import { useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { STATE_LEVEL } from "./levels.ts";

/** Whose money it is by which reason, with sums; and the yes that makes it so. */
export function EffectPanel({ one }: { readonly one: BankFileWire }) {
  const t = useT();
  const isOpen = one.state === "draft";
  const sums = [...one.sums].sort((a, b) => ENTRY_STATES.indexOf(a.state) - ENTRY_STATES.indexOf(b.state));
  return (
    <Panel
      title={t(isOpen ? "receivables.bank.effect" : "receivables.bank.effect.done")}
      question={t("receivables.bank.effect.q")}
    >
      <ul className="bank-sums small">
        {sums.map((sum) => (
          <li key={`${sum.state} ${sum.by} ${sum.amount.currency}`}>
            <Glyph level={STATE_LEVEL[sum.state]} size={14} />
            <span>
              <span className="b">
                {sum.state === "recorded"
                  ? t(isOpen ? "receivables.bank.does.recorded" : "receivables.bank.is.recorded")
                  : t(`receivables.bank.entry.${sum.state}`)}
              </span>{" "}
              <span className="ink2">{sum.by !== null && t(`receivables.bank.by.${sum.by}`)}</span>
            </span>
            <span className="ink3 num nowrap push">{t("receivables.bank.entries", { n: sum.entries })}</span>
            <Money digits="minor" value={sum.amount} className="bank-sum-amount" />
          </li>
        ))}
      </ul>
      {(isOpen || one.state === "partly") && <Take one={one} />}
    </Panel>
  );
}

function Take({ one }: { readonly one: BankFileWire }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const problemText = useProblemText();
  const [differing, setDiffering] = useState<BankCommit["differing"]>(one.state === "partly" ? "take" : undefined);
  const [withNames, setWithNames] = useState(true);
  const take = useWrite(
    (body: BankCommit, options) => api.post<BankFileWire>(`/api/bank-files/${one.id}/commit`, body, options),
    { topics: ["receivables", "exposure", "customers", "collections"] },
  );
  const off = one.statements.filter(({ tie, taken }) => tie === "differs" && !taken);
  const names = one.sums.some(({ state, by }) => state === "recorded" && by === "name");
  const payments = one.sums
    .filter(({ state, by }) => state === "recorded" && (withNames || by !== "name"))
    .reduce((sum, { entries }) => sum + entries, 0);
  const why = !can("receivables.import")
    ? t("receivables.drop.readonly")
    : off.length > 0 && differing === undefined
      ? t("receivables.bank.take.differing.needed")
      : undefined;
  return (
    <div className="sec col" style={{ gap: 12, alignItems: "flex-start" }}>
      {off.length > 0 && (
        <Radio.Group
          label={t("receivables.bank.take.differing")}
          value={differing ?? ""}
          onChange={(chosen) => setDiffering(chosen as "take" | "leave")}
        >
          <div className="row wrap" style={{ gap: 16, marginTop: 6 }}>
            <Radio value="leave" label={t("receivables.bank.take.differing.leave")} />
            <Radio value="take" label={t("receivables.bank.take.differing.take")} />
          </div>
        </Radio.Group>
      )}
      {names && (
        <Checkbox
          label={t("receivables.bank.take.names")}
          checked={withNames}
          onChange={(event) => setWithNames(event.currentTarget.checked)}
        />
      )}
      <Button
        disabled={why !== undefined}
        loading={take.isPending}
        onClick={() =>
          take.mutate({ byName: withNames ? "take" : "wait", ...(differing === undefined ? {} : { differing }) })
        }
      >
        {one.state === "partly"
          ? t("receivables.bank.take")
          : payments > 0
            ? t("receivables.bank.take.n", { n: f.count(payments) })
            : t("receivables.bank.take.none")}
      </Button>
      {why !== undefined && <Why>{why}</Why>}
      {take.error && (
        <span className="row small crit" role="alert" style={{ gap: 6 }}>
          <Glyph level="error" size={13} />
          {problemText(take.error)}
        </span>
      )}
    </div>
  );
}
