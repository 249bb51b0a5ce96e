import { Button } from "@mantine/core";
import { useState } from "react";
import type { AccountWire } from "../../src/collections/contract-wire.ts";
import type { CallWire, HoldWire, PromiseWire } from "../../src/collections/contract-work.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { type Level, Tag } from "../kit/Risk.tsx";
import { EmptyState, Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { ExtendDialog, LiftDialog, WithdrawDialog } from "./dialogs.tsx";
import { useStepName } from "./steps.ts";

type Of = { readonly account: AccountWire };
type WorkOf = Of & { readonly mayWork: boolean };

/** Every notice with its proof: decided, sent, come back. */
export function ToldPanel({ account }: Of) {
  const t = useT();
  const f = useFormat();
  const name = useStepName();
  const stepName = (id: string) => {
    const step = account.state?.steps.find((one) => one.id === id);
    return step === undefined ? id : name(step.name);
  };
  return (
    <Panel title={t("collections.told")} question={t("collections.told.q")}>
      {account.told.length === 0 ? (
        <EmptyState level="none" title={t("collections.told.none")} />
      ) : (
        <table className="t data-table" aria-label={t("collections.told")}>
          <thead>
            <tr>
              <th>{t("collections.told.step")}</th>
              <th>{t("collections.told.channel")}</th>
              <th className="right">{t("collections.told.decided")}</th>
              <th>{t("collections.told.state")}</th>
            </tr>
          </thead>
          <tbody>
            {account.told.map((one) => (
              <tr key={one.noticeId}>
                <td className="card-title">
                  <Go className="lnk" to={`/collections/letters/${one.noticeId}`}>
                    {stepName(one.stepId)}
                  </Go>
                </td>
                <td className="card-detail">{t(`collections.channel.${one.channel}`)}</td>
                <td className="right num card-aside">{f.day(one.decidedOn)}</td>
                <td className="card-more">
                  {one.failedOn !== null ? (
                    <Tag level="crit">{t("collections.told.failed", { day: f.day(one.failedOn) })}</Tag>
                  ) : one.sentOn === null ? (
                    <span className="ink3">{t("collections.told.waiting")}</span>
                  ) : (
                    t("collections.told.sent", { day: f.day(one.sentOn) })
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

type CallsProps = Of & { readonly onDone?: (call: CallWire) => void };

export function CallsPanel({ account, onDone }: CallsProps) {
  const t = useT();
  const f = useFormat();
  return (
    <Panel title={t("collections.calls")} question={t("collections.calls.q")}>
      {account.calls.length === 0 ? (
        <EmptyState level="none" title={t("collections.calls.none")} />
      ) : (
        <ul className="rows">
          {account.calls.map((call) => (
            <li key={call.id} className="sec small col">
              <span className="row wrap">
                {call.state === "due" ? (
                  <Tag level="warn">{t("collections.call.dueOn", { day: f.day(call.dueOn) })}</Tag>
                ) : (
                  <span className="b">
                    {call.outcome === null ? t("collections.call.dropped") : t(`collections.outcome.${call.outcome}`)}
                  </span>
                )}
                <span className="ink3">
                  {call.by?.name} {call.state !== "due" && f.moment(call.at)}
                </span>
                {call.state === "due" && onDone && (
                  <Button size="compact-xs" mih={24} variant="default" className="push" onClick={() => onDone(call)}>
                    {t("collections.call.log")}…
                  </Button>
                )}
              </span>
              {call.state === "due" && <Script call={call} />}
              {call.note && <span className="ink2">{call.note}</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What to say, in the customer's language; read when somebody opens it. */
function Script({ call }: { readonly call: CallWire }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("collections.call.script")}</summary>
      {isOpen && <ScriptText callId={call.id} />}
    </details>
  );
}

function ScriptText({ callId }: { readonly callId: string }) {
  const t = useT();
  const script = useRead<{ language: string; text: string | null }>(
    ["collections", "script", callId],
    `/api/collections/calls/${callId}/script`,
  );
  return (
    <Loaded query={script}>
      {({ text, language }) => (
        <p className="script" lang={language}>
          {text ?? t("collections.call.noScript")}
        </p>
      )}
    </Loaded>
  );
}

export const PROMISE_LEVEL: Record<PromiseWire["state"], Level> = {
  open: "info",
  kept: "ok",
  broken: "crit",
  withdrawn: "none",
};

export function PromisesPanel({ account, mayWork }: WorkOf) {
  const t = useT();
  const f = useFormat();
  const [withdrawn, setWithdrawn] = useState<PromiseWire | undefined>();
  return (
    <Panel title={t("collections.promises")} question={t("collections.promises.q")}>
      {account.promises.length === 0 ? (
        <EmptyState level="none" title={t("collections.promises.none")} />
      ) : (
        <ul className="rows">
          {account.promises.map((promise) => (
            <li key={promise.id} className="sec small row wrap">
              <Tag level={PROMISE_LEVEL[promise.state]}>{t(`collections.promise.${promise.state}`)}</Tag>
              <Money value={promise.amount} className="b" />
              <span>{t("collections.promise.by", { day: f.day(promise.dueOn) })}</span>
              <span className="ink3">{t("collections.promise.paid", { amount: f.money(promise.paid) })}</span>
              {mayWork && promise.state === "open" && (
                <Button
                  size="compact-xs"
                  mih={24}
                  variant="default"
                  className="push"
                  onClick={() => setWithdrawn(promise)}
                >
                  {t("collections.withdraw")}…
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {withdrawn && <WithdrawDialog promise={withdrawn} onClose={() => setWithdrawn(undefined)} />}
    </Panel>
  );
}

export function HoldsPanel({ account, mayWork }: WorkOf) {
  const t = useT();
  return (
    <Panel title={t("collections.holds")} question={t("collections.holds.q")}>
      {account.holds.length === 0 ? (
        <EmptyState level="none" title={t("collections.holds.none")} />
      ) : (
        <ul className="rows">
          {account.holds.map((hold) => (
            <HoldLine key={hold.id} hold={hold} mayWork={mayWork} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

type HoldLineProps = { readonly hold: HoldWire; readonly mayWork: boolean };

function HoldLine({ hold, mayWork }: HoldLineProps) {
  const t = useT();
  const f = useFormat();
  const [dialog, setDialog] = useState<"lift" | "extend" | undefined>();
  const close = () => setDialog(undefined);
  const isOpen = hold.state !== "ended";
  return (
    <li className="sec small col">
      <span className="row wrap">
        <Tag level={isOpen ? "info" : "none"}>{t(`collections.resting.${hold.kind}`)}</Tag>
        {hold.invoice && <span>{hold.invoice.number}</span>}
        {hold.reason && <span>{t(`collections.dispute.${hold.reason}`)}</span>}
        {hold.outcome && <span className="b">{t(`collections.dispute.outcome.${hold.outcome}`)}</span>}
        <span className="ink3">
          {hold.until === null
            ? t("collections.until.lifted")
            : t(isOpen ? "collections.until" : "collections.ended", { day: f.day(hold.until) })}
        </span>
      </span>
      <span className="ink2">{hold.note}</span>
      <span className="row wrap ink3">
        {hold.owner && t("collections.hold.owner", { name: hold.owner.name })}
        {hold.caseId && (
          <Go className="more" to={`/cases/${hold.caseId}`}>
            {t("collections.hold.case")}
          </Go>
        )}
        {mayWork && isOpen && hold.source === "person" && (
          <span className="push row">
            <Button size="compact-xs" mih={24} variant="default" onClick={() => setDialog("extend")}>
              {t("collections.extend")}…
            </Button>
            <Button size="compact-xs" mih={24} variant="default" onClick={() => setDialog("lift")}>
              {t("collections.lift")}…
            </Button>
          </span>
        )}
      </span>
      {dialog === "lift" && <LiftDialog hold={hold} onClose={close} />}
      {dialog === "extend" && <ExtendDialog hold={hold} onClose={close} />}
    </li>
  );
}
