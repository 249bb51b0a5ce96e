import { Button } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { CaseJson } from "../../src/cases/contract.ts";
import { mayNow } from "../../src/cases/contract-states.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { Go, useGo } from "../kit/Go.tsx";
import { Tag } from "../kit/Risk.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { CaseProposals } from "../response/CaseProposals.tsx";
import { useMay, useMe } from "../shell/desk.ts";
import { Page } from "../shell/Page.tsx";
import type { PageKey } from "../shell/page.ts";
import { Activity, NOTE_FIELD } from "./Activity.tsx";
import { useBack } from "./back.ts";
import { CloseDialog } from "./CloseDialog.tsx";
import { CustomerCard } from "./CustomerCard.tsx";
import type { Dialog } from "./dialog.ts";
import { EvidencePanel, FindingsPanel, levelOfSeverity } from "./EvidencePanel.tsx";
import { useSentence } from "./eventWords.tsx";
import { FilesPanel } from "./FilesPanel.tsx";
import { HandOverDialog, ReopenDialog, TakeOverDialog, useAssign } from "./HandDialogs.tsx";
import { Meter } from "./Meter.tsx";
import { NextBar } from "./NextBar.tsx";
import { Playbook } from "./Playbook.tsx";
import { RefundPanel } from "./RefundPanel.tsx";
import "../notices/notices.css";
import "./cases.css";

export function CasePage() {
  const { caseId } = useParams({ from: "/desk/cases/$caseId" });
  const t = useT();
  const sentence = useSentence();
  const [dialog, open] = useState<Dialog>();
  const found = useRead<CaseJson>(["cases", caseId], `/api/cases/${caseId}`, {
    topics: ["notices", "response", "spending"],
  });
  const data = found.data;
  const keys = useCaseKeys(data, open);
  return (
    <Page
      title={data ? sentence("finding", data.title) : t("nav.cases")}
      beside={data && <Beside of={data} />}
      actions={data && <Actions of={data} onOpen={open} />}
      crumbs={[{ label: t("nav.cases"), to: "/cases" }]}
      keys={keys}
    >
      <Loaded query={found} title={t("cases.failed")} text={t("cases.failed.text")}>
        {(of) => (
          <div key={of.id} className="stk case-page">
            <Meter of={of} />
            <div className="g2 case-grid">
              <div className="stk">
                <EvidencePanel of={of} />
                <FindingsPanel of={of} />
                <CustomerCard of={of} />
                <FilesPanel of={of} />
                <Activity of={of} />
              </div>
              <div className="stk">
                <div id="proposals">
                  <CaseProposals caseId={of.id} customerId={of.customerId} />
                </div>
                {of.playbook && <Playbook of={of} playbook={of.playbook} />}
                {of.refund && <RefundPanel of={of} refund={of.refund} />}
              </div>
            </div>
            <NextBar of={of} onOpen={open} />
            <Dialogs of={of} dialog={dialog} onClose={() => open(undefined)} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function Dialogs({
  of,
  dialog,
  onClose,
}: {
  readonly of: CaseJson;
  readonly dialog: Dialog;
  readonly onClose: () => void;
}) {
  switch (dialog) {
    case "close":
      return <CloseDialog of={of} onClose={onClose} />;
    case "hand-over":
      return <HandOverDialog of={of} onClose={onClose} />;
    case "take-over":
      return <TakeOverDialog of={of} onClose={onClose} />;
    case "reopen":
      return <ReopenDialog of={of} onClose={onClose} />;
    case undefined:
      return null;
  }
}

/** `A` opens the first proposal that waits for me, never approves; `N` note, `X` close, `J` `K` through the queue. */
function useCaseKeys(of: CaseJson | undefined, open: (dialog: Dialog) => void): readonly PageKey[] {
  const t = useT();
  const go = useGo();
  const back = useBack("/cases");
  const can = useMay();
  if (of === undefined) return [];
  const waiting = of.proposals.find((proposal) => proposal.waitingForMe);
  const { before, after } = of.neighbours;
  const note = () => document.getElementById(NOTE_FIELD)?.focus();
  return [
    ...(after ? [{ keys: "J", label: t("cases.key.nextCase"), act: () => go(`/cases/${after}`) }] : []),
    ...(before ? [{ keys: "K", label: t("cases.key.beforeCase"), act: () => go(`/cases/${before}`) }] : []),
    ...(waiting ? [{ keys: "A", label: t("cases.key.approve"), act: () => go(`/decisions/${waiting.id}`) }] : []),
    ...(can("cases.work") ? [{ keys: "N", label: t("cases.key.note"), act: note }] : []),
    ...(mayNow("close", of.state) ? [{ keys: "X", label: t("cases.key.close"), act: () => open("close") }] : []),
    { keys: "Escape", label: t("cases.key.back"), act: back },
  ];
}

function Beside({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const f = useFormat();
  return (
    <span className="row wrap" style={{ gap: "4px 10px" }}>
      <span className="num small">{of.number}</span>
      <Tag level={levelOfSeverity(of.severity)}>{t(`cases.severity.${of.severity}`)}</Tag>
      <Tag line>{t(`cases.state.${of.state}`)}</Tag>
      <Go className="lnk" to={`/customers/${of.customerId}`}>
        {of.customerName ?? of.customerId}
      </Go>
      {of.resellerName && <span className="ink3 small">{t("notices.via", { name: of.resellerName })}</span>}
      {of.previous && (
        <Go className="more" to={`/cases/${of.previous.id}`}>
          {t("cases.previous", { number: of.previous.number })}
        </Go>
      )}
      {of.followedBy && (
        <Go className="more" to={`/cases/${of.followedBy.id}`}>
          {t("cases.followed", { number: of.followedBy.number })}
        </Go>
      )}
      {of.closedAt && of.outcome && (
        <span className="small ink2">
          {t("cases.closed.as", {
            outcome: t(`cases.outcome.${of.outcome}`),
            name: of.closedBy ?? "",
            when: f.moment(of.closedAt),
          })}
          : {of.closeNote}
        </span>
      )}
    </span>
  );
}

function Actions({ of, onOpen }: { readonly of: CaseJson; readonly onOpen: (dialog: Dialog) => void }) {
  const t = useT();
  const f = useFormat();
  const me = useMe();
  const can = useMay();
  const assign = useAssign(of.id);
  const holder = of.assignee;
  const isMine = holder?.id === me.id;
  const has =
    holder === null
      ? t("cases.has.nobody")
      : t(isMine ? "cases.has.you" : "cases.has", { name: holder.name, since: f.moment(holder.since) });
  if (of.state === "closed")
    return (
      can("cases.close") &&
      of.followedBy === null && (
        <Button variant="default" onClick={() => onOpen("reopen")}>
          {t("cases.reopen")}
        </Button>
      )
    );
  return (
    <span className="row wrap case-actions">
      <span className="small ink2">{has}</span>
      {can("cases.work") && holder === null && (
        <Button loading={assign.isPending} onClick={() => assign.mutate({ takeOver: false })}>
          {t("cases.take")}
        </Button>
      )}
      {can("cases.work") && holder !== null && !isMine && (
        <Button variant="default" onClick={() => onOpen("take-over")}>
          {t("cases.takeOver")}…
        </Button>
      )}
      {can("cases.work") && (
        <Button variant="default" className="hide-sm" onClick={() => onOpen("hand-over")}>
          {t("cases.handOver")}
        </Button>
      )}
      <Button variant="default" onClick={() => onOpen("close")}>
        {t("cases.close")} <K>X</K>
      </Button>
    </span>
  );
}
