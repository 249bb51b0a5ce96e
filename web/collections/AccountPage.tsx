import { Button } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { AccountRowWire, AccountWire } from "../../src/collections/contract-wire.ts";
import type { CallWire } from "../../src/collections/contract-work.ts";
import { type Key, useFormat, useT } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { useGo } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Tag } from "../kit/Risk.tsx";
import { EmptyState, Loaded, RowsSkeleton } from "../kit/States.tsx";
import { useList, useRead } from "../query.ts";
import { useMay } from "../shell/desk.ts";
import { Page } from "../shell/Page.tsx";
import { CallsPanel, HoldsPanel, PromisesPanel, ToldPanel } from "./AccountWork.tsx";
import { EffectsPanel } from "./EffectsPanel.tsx";
import { ChancesPanel } from "./prediction/ChancesPanel.tsx";
import { CallDialog, HoldDialog, PromiseDialog } from "./dialogs.tsx";
import { ForecastPanel, ItemsPanel, StepsPanel } from "./AccountState.tsx";
import { ContactsPanel } from "./letters/ContactsPanel.tsx";
import { useStepName } from "./steps.ts";
import "./collections.css";

type Dialog = "hold" | "promise" | "call";

/** One account: where it stands on the ladder and why, what it was told, what rests it, what comes next. */
export function AccountPage() {
  const { accountId } = useParams({ from: "/desk/collections/accounts/$accountId" });
  const t = useT();
  const account = useRead<AccountWire>(
    ["collections", "account", accountId],
    `/api/collections/accounts/${accountId}`,
    {
      topics: ["receivables", "response", "customers", "cases"],
    },
  );
  const crumbs = [{ label: t("nav.collections"), to: "/collections" }];
  if (account.data === undefined)
    return (
      <Page title={t("collections.account")} crumbs={crumbs}>
        <Loaded query={account} title={t("collections.account.failed")} skeleton={<RowsSkeleton rows={8} />}>
          {() => null}
        </Loaded>
      </Page>
    );
  return <Account key={accountId} account={account.data} crumbs={crumbs} />;
}

type AccountProps = { readonly account: AccountWire; readonly crumbs: readonly { label: string; to: string }[] };

function Account({ account, crumbs }: AccountProps) {
  const t = useT();
  const can = useMay();
  const [dialog, setDialog] = useState<Dialog | undefined>();
  const [call, setCall] = useState<CallWire | undefined>();
  const next = useNextAccount(account.row.accountId);
  const mayWork = can("collections.work");
  const callDue = account.calls.find((one) => one.state === "due");
  const openCall = (of: CallWire | undefined) => {
    setCall(of);
    setDialog("call");
  };
  const keys = [
    ...(mayWork
      ? [
          { keys: "T", label: t("collections.call.log"), act: () => openCall(callDue) },
          { keys: "P", label: t("collections.promise.new"), act: () => setDialog("promise") },
          { keys: "H", label: t("collections.hold.new"), act: () => setDialog("hold") },
        ]
      : []),
    ...(next ? [{ keys: "N", label: t("collections.nextAccount"), act: next.go }] : []),
  ];
  return (
    <Page
      title={account.row.name}
      crumbs={crumbs}
      keys={keys}
      beside={<Standing row={account.row} />}
      actions={<Actions next={next} {...(mayWork ? { onCall: () => openCall(callDue), onOpen: setDialog } : {})} />}
    >
      <div className="acct">
        <div className="stk">
          <Resting account={account} />
          <EffectsPanel effects={account.effects} />
          {account.state === null ? <NoPolicy /> : <StepsPanel state={account.state} />}
          {account.state !== null && <ItemsPanel account={account} />}
          <ChancesPanel accountId={account.row.accountId} />
          <ToldPanel account={account} />
        </div>
        <div className="stk">
          <ForecastPanel forecast={account.forecast} hasPolicy={account.state !== null} />
          <CallsPanel account={account} {...(mayWork ? { onDone: openCall } : {})} />
          <PromisesPanel account={account} mayWork={mayWork} />
          <HoldsPanel account={account} mayWork={mayWork} />
          <ContactsPanel accountId={account.row.accountId} />
        </div>
      </div>
      {dialog === "hold" && <HoldDialog account={account} onClose={() => setDialog(undefined)} />}
      {dialog === "promise" && <PromiseDialog account={account} onClose={() => setDialog(undefined)} />}
      {dialog === "call" && <CallDialog account={account} call={call} onClose={() => setDialog(undefined)} />}
    </Page>
  );
}

type ActionsProps = {
  readonly next: { readonly go: () => void } | undefined;
  readonly onCall?: () => void;
  readonly onOpen?: (dialog: Dialog) => void;
};

function Actions({ next, onCall, onOpen }: ActionsProps) {
  const t = useT();
  return (
    <>
      {onCall && (
        <Button variant="default" onClick={onCall}>
          {t("collections.call.log")} <K>T</K>
        </Button>
      )}
      {onOpen && (
        <>
          <Button variant="default" onClick={() => onOpen("promise")}>
            {t("collections.promise.new")} <K>P</K>
          </Button>
          <Button variant="default" onClick={() => onOpen("hold")}>
            {t("collections.hold.new")} <K>H</K>
          </Button>
        </>
      )}
      {next && (
        <Button onClick={next.go}>
          {t("collections.nextAccount")} <K>N</K>
        </Button>
      )}
    </>
  );
}

/** While the list is worked one by one: the account after this one, in the order of the work list. */
function useNextAccount(accountId: string): { readonly go: () => void } | undefined {
  const go = useGo();
  const { from } = useSearch({ from: "/desk/collections/accounts/$accountId" });
  const list = useList<AccountRowWire>("collections", "/api/collections/accounts", {
    filter: "overdue",
    sort: "value",
    direction: "desc",
  });
  if (from !== "list") return undefined;
  const at = list.rows.findIndex((row) => row.accountId === accountId);
  const next = list.rows[at + 1];
  return next && { go: () => go(`/collections/accounts/${next.accountId}?from=list`) };
}

function Standing({ row }: { readonly row: AccountRowWire }) {
  const t = useT();
  const f = useFormat();
  const name = useStepName();
  return (
    <span className="row wrap">
      {row.overdue.map((one) => (
        <Money key={one.currency} value={one} className="b" />
      ))}
      <span>
        {row.daysPastDue === null || row.daysPastDue <= 0
          ? t("collections.notOverdue")
          : t("customers.daysLate", { n: row.daysPastDue })}
      </span>
      {row.step && <Tag level={row.frozenSince === null ? "none" : "warn"}>{name(row.step.name)}</Tag>}
      {row.frozenSince !== null && <Tag level="warn">{t("collections.frozen", { day: f.day(row.frozenSince) })}</Tag>}
    </span>
  );
}

/** What stands still, before anything else: nobody should wonder why nothing is sent. */
function Resting({ account }: { readonly account: AccountWire }) {
  const t = useT();
  const f = useFormat();
  const resting = account.row.resting.filter((one) => one.why !== "grace");
  if (resting.length === 0) return null;
  return (
    <div className="panel">
      {resting.map((one, at) => (
        <div key={at} className="sec row wrap small">
          <Tag level="info">{t(`collections.resting.${one.why}` as Key)}</Tag>
          <span>{t(one.wholeAccount ? "collections.rests.account" : "collections.rests.part")}</span>
          <span className="ink3">
            {one.until === null ? t("collections.until.lifted") : t("collections.until", { day: f.day(one.until) })}
          </span>
        </div>
      ))}
    </div>
  );
}

function NoPolicy() {
  const t = useT();
  return (
    <div className="panel">
      <EmptyState level="unknown" title={t("collections.noPolicy")} text={t("collections.noPolicy.text")} />
    </div>
  );
}
