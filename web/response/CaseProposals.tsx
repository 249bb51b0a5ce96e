import { Button } from "@mantine/core";
import { useState } from "react";
import type { OptionJson, OptionsJson, ProposalJson, ProposalRowJson } from "../../src/response/contract.ts";
import type { PageWire } from "../query.ts";
import { useRead } from "../query.ts";
import { useT } from "../i18n/t.ts";
import { Go, useGo } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Loaded, Why } from "../kit/States.tsx";
import { useMay } from "../shell/desk.ts";
import { OptionCards } from "./OptionCards.tsx";
import { ApprovalsCell, EffectList, Saving, StateTag } from "./parts.tsx";
import { ProposeDialog } from "./ProposeDialog.tsx";
import { StepList } from "./StepsPanel.tsx";
import { answerOf, numberOf, useActionName } from "./texts.ts";

type CaseProposalsProps = { readonly caseId: string; readonly customerId: string };

/** What is proposed to stop the loss, how far it is, and the other ways to act. */
export function CaseProposals({ caseId, customerId }: CaseProposalsProps) {
  const t = useT();
  const filter = `caseId=${encodeURIComponent(caseId)}`;
  const proposals = useRead<PageWire<ProposalRowJson>>(["response", "of", filter], `/api/proposals?${filter}`);
  return (
    <Loaded query={proposals} title={t("response.failed")}>
      {({ rows }) => {
        const open = rows.filter((row) => !ENDED.includes(row.state));
        const [first, ...more] = open.length > 0 ? open : rows.slice(0, 1);
        return (
          <div className="stk">
            {first && (
              <ProposalPanel
                row={first}
                more={[...more, ...rows.filter((row) => row !== first && !open.includes(row))]}
              />
            )}
            <WaysPanel customerId={customerId} caseId={caseId} isFirst={first === undefined} />
          </div>
        );
      }}
    </Loaded>
  );
}

const ENDED: readonly ProposalRowJson["state"][] = ["verified", "withdrawn", "rejected", "expired"];

/** The proposal that matters now: before the yes its effects, after it the steps as Microsoft shows them. */
function ProposalPanel({ row, more }: { readonly row: ProposalRowJson; readonly more: readonly ProposalRowJson[] }) {
  const t = useT();
  const go = useGo();
  const name = useActionName();
  return (
    <Panel title={numberOf(row.number)} question={t("response.case.q")} aside={<StateTag state={row.state} />}>
      <div className="sec row top wrap" style={{ gap: "6px 14px" }}>
        <span className="col" style={{ gap: 2, flex: 1 }}>
          <Go className="lnk" to={`/decisions/${row.id}`}>
            {name(row)}
          </Go>
          <span className="small ink2">“{row.reason}”</span>
          <span className="tiny ink3">{row.madeBy.name}</span>
        </span>
        <Saving saving={row.saving} />
      </div>
      {row.state === "proposed" ? (
        <div className="sec line">
          <EffectList effects={row.effects} />
        </div>
      ) : (
        <Steps id={row.id} />
      )}
      <div className="sec line row wrap response-buttons">
        <Button size="sm" variant={row.waitingForMe ? "filled" : "default"} onClick={() => go(`/decisions/${row.id}`)}>
          {t("response.review")}
        </Button>
        <ApprovalsCell row={row} />
      </div>
      {more.length > 0 && (
        <div className="sec line col small" style={{ gap: 4 }}>
          <span className="label">{t("response.case.more")}</span>
          {more.map((one) => (
            <span key={one.id} className="row" style={{ gap: 8 }}>
              <Go className="lnk cut" to={`/decisions/${one.id}`}>
                {numberOf(one.number)} {name(one)}
              </Go>
              <span className="push">
                <StateTag state={one.state} />
              </span>
            </span>
          ))}
        </div>
      )}
    </Panel>
  );
}

function Steps({ id }: { readonly id: string }) {
  const found = useRead<ProposalJson>(["response", id], `/api/proposals/${id}`, { refetchInterval: 15_000 });
  return <Loaded query={found}>{(of) => <StepList steps={of.steps} />}</Loaded>;
}

type WaysProps = {
  readonly customerId: string;
  readonly caseId?: string | undefined;
  /** Nothing is proposed yet: what Microsoft's alert names is chosen beforehand. */
  readonly isFirst: boolean;
  /** The way a link asked for: chosen, and its dialog open. Mount anew (`key`) for another one. */
  readonly asked?: { readonly key: string; readonly onLeave: () => void } | undefined;
};

/** Priced ways to act; choosing one opens the dialog that asks for the reason. On the case and on the passport. */
export function WaysPanel({ customerId, caseId, isFirst, asked }: WaysProps) {
  const t = useT();
  const can = useMay();
  const name = useActionName();
  const [picked, pick] = useState<OptionJson>();
  const [asking, ask] = useState(asked?.key);
  const query = caseId === undefined ? "" : `?caseId=${encodeURIComponent(caseId)}`;
  const options = useRead<OptionsJson>(
    ["response", "options", customerId, caseId ?? ""],
    `/api/customers/${customerId}/options${query}`,
    {
      topics: ["customers", "spending", "notices"],
    },
  );
  const open = options.data?.options.filter((one) => one.whyNot === null) ?? [];
  const wanted = options.data?.options.find((one) => one.key === asked?.key);
  const chosen = picked ?? wanted ?? (isFirst ? open.find((one) => one.recommended) : undefined);
  const inDialog = open.find((one) => one.key === asking);
  const leave = () => {
    ask(undefined);
    asked?.onLeave();
  };
  return (
    <Panel
      title={t(isFirst || caseId === undefined ? "response.options" : "response.case.other")}
      question={t("response.options.q")}
    >
      <Loaded query={options} title={t("response.failed")}>
        {(data) => (
          <>
            <OptionCards options={data} chosen={chosen} onChoose={pick} />
            {data.options.length > 0 && (
              <div className="sec line col response-buttons" style={{ gap: 8 }}>
                <span>
                  <Button
                    size="sm"
                    disabled={chosen === undefined || chosen.whyNot !== null || !can("proposals.create")}
                    onClick={() => ask(chosen?.key)}
                  >
                    {chosen === undefined
                      ? t("response.propose")
                      : t("response.propose.action", { action: name({ ...chosen, answer: answerOf(chosen) }) })}
                    …
                  </Button>
                </span>
                {chosen === undefined && <Why>{t("response.options.choose")}</Why>}
              </div>
            )}
          </>
        )}
      </Loaded>
      {inDialog && <ProposeDialog option={inDialog} customerId={customerId} caseId={caseId} onClose={leave} />}
    </Panel>
  );
}
