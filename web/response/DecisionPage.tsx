import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { ProposalJson } from "../../src/response/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Facts } from "../kit/Bits.tsx";
import { Go, useGo } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { Page } from "../shell/Page.tsx";
import type { PageKey } from "../shell/page.ts";
import { CallsPanel } from "./CallsPanel.tsx";
import { type Asking, DecidePanel } from "./DecidePanel.tsx";
import { EffectList, Saving, StateTag, UndoNote } from "./parts.tsx";
import { StepsPanel } from "./StepsPanel.tsx";
import { numberOf, useActionName, useTargetName } from "./texts.ts";
import { TimelinePanel } from "./TimelinePanel.tsx";

/** One decision: what it does before the button, what was sent and seen after it. */
export function DecisionPage() {
  const { proposalId } = useParams({ from: "/desk/decisions/$proposalId" });
  const t = useT();
  const name = useActionName();
  const [asking, ask] = useState<Asking>();
  const found = useRead<ProposalJson>(["response", proposalId], `/api/proposals/${proposalId}`, {
    refetchInterval: 15_000,
  });
  const data = found.data;
  return (
    <Page
      title={data ? name(data) : t("nav.decisions")}
      beside={data && <Beside of={data} />}
      crumbs={[{ label: t("nav.decisions"), to: "/decisions" }]}
      keys={useDecisionKeys(data, ask)}
    >
      <Loaded query={found} title={t("response.failed")}>
        {(of) => (
          <div className="response-grid" key={of.id}>
            <div className="stk">
              {STARTED.includes(of.state) && <StepsPanel steps={of.steps} />}
              <EffectsPanel of={of} />
              <CallsPanel of={of} />
            </div>
            <div className="stk">
              <DecidePanel of={of} asking={asking} onAsk={ask} />
              <TimelinePanel of={of} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

/** From here on what Microsoft shows matters more than what was expected. */
const STARTED: readonly ProposalJson["state"][] = ["approved", "running", "sent", "verified", "failed", "unverified"];

/** `A` opens the review dialog, it never approves by itself. */
function useDecisionKeys(of: ProposalJson | undefined, ask: (asking: Asking) => void): readonly PageKey[] {
  const t = useT();
  const go = useGo();
  const mayApprove = of !== undefined && of.moves.approve === null;
  return [
    ...(mayApprove ? [{ keys: "A", label: t("response.key.approve"), act: () => ask("approve") }] : []),
    { keys: "Escape", label: t("response.key.back"), act: () => go("/decisions") },
  ];
}

function Beside({ of }: { readonly of: ProposalJson }) {
  const t = useT();
  return (
    <span className="row wrap" style={{ gap: "4px 10px" }}>
      <span className="num small">{numberOf(of.number)}</span>
      <StateTag state={of.state} />
      <Go className="lnk" to={`/customers/${of.customerId}`}>
        {of.customerName}
      </Go>
      {of.caseId && (
        <Go className="more" to={`/cases/${of.caseId}`}>
          {t("response.case.open")}
        </Go>
      )}
      {of.undoOf && (
        <Go className="more" to={`/decisions/${of.undoOf}`}>
          {t("response.undo.of")}
        </Go>
      )}
      {of.undoneBy && (
        <Go className="more" to={`/decisions/${of.undoneBy}`}>
          {t("response.undone.by")}
        </Go>
      )}
    </span>
  );
}

function EffectsPanel({ of }: { readonly of: ProposalJson }) {
  const t = useT();
  const f = useFormat();
  const nameOf = useTargetName();
  const targets = of.targets.map((target) =>
    target.quantity !== null && target.quantity > 1 ? `${target.name} × ${target.quantity}` : nameOf(target),
  );
  return (
    <Panel
      className="r-effects"
      title={t("response.effects")}
      question={t("response.effects.q")}
      aside={<Saving saving={of.saving} compact />}
    >
      <div className="sec">
        <EffectList effects={of.effects} />
      </div>
      <div className="sec line col" style={{ gap: 8 }}>
        <span className="label">{t("response.undo")}</span>
        <UndoNote undo={of.undo} />
      </div>
      <div className="sec line">
        <Facts
          rows={[
            [t("response.why"), of.reason],
            [t("response.targets"), targets.join(", ")],
            [
              t("response.number.label"),
              `${numberOf(of.number)} · ${t("response.madeBy", { name: of.madeBy.name, time: f.moment(of.madeAt) })}`,
            ],
          ]}
        />
      </div>
    </Panel>
  );
}
