import { Button } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ContactsPanel } from "../collections/letters/ContactsPanel.tsx";
import { IncomingPanel } from "../collections/letters/IncomingPanel.tsx";
import { useFormat, useT } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { PAGE_DEPTH, useKeys } from "../kit/keys.ts";
import { StandingStrip } from "../kit/Risk.tsx";
import { Loaded, PartlyFailed, RowsSkeleton, Why } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { WaysPanel } from "../response/CaseProposals.tsx";
import { useMay } from "../shell/desk.ts";
import { ExposureTrend } from "../exposure/ExposureTrend.tsx";
import { Page } from "../shell/Page.tsx";
import { BudgetDialog } from "../spending/BudgetDialog.tsx";
import { SpendPanel } from "../spending/SpendPanel.tsx";
import { LimitDialog, NoteDialog, StandingDialog } from "./dialogs.tsx";
import { ExposurePanel } from "./ExposurePanel.tsx";
import { CasesPanel, IdentityPanel } from "./IdentityPanel.tsx";
import { InvoicesPanel } from "./InvoicesPanel.tsx";
import { SubscriptionsPanel } from "./SubscriptionsPanel.tsx";
import { NotesPanel, TimelinePanel } from "./TimelinePanel.tsx";
import { WhyLine } from "./WhyLine.tsx";
import type { PassportWire } from "./wires.ts";
import "./customers.css";

type Dialog = "standing" | "limit" | "note" | "budget";
const jump = (section: string) => document.getElementById(section)?.scrollIntoView({ block: "start" });
const SECTIONS = ["exposure", "spend", "invoices", "subscriptions", "identity", "timeline"] as const;

export function PassportPage() {
  const { customerId } = useParams({ from: "/desk/customers/$customerId" });
  const t = useT();
  const passport = useRead<PassportWire>(["customers", customerId], `/api/customers/${customerId}/passport`, {
    topics: ["exposure", "receivables", "spending", "notices", "cases", "response", "sync"],
  });
  const crumbs = [{ label: t("nav.customers"), to: "/customers" }];
  if (passport.data === undefined)
    return (
      <Page title={t("customers.one")} crumbs={crumbs}>
        <Loaded query={passport} title={t("customers.one.failed")} skeleton={<RowsSkeleton rows={8} />}>
          {() => null}
        </Loaded>
      </Page>
    );
  return <Passport key={customerId} passport={passport.data} crumbs={crumbs} />;
}

type PassportProps = { readonly passport: PassportWire; readonly crumbs: readonly { label: string; to: string }[] };

function Passport({ passport, crumbs }: PassportProps) {
  const t = useT();
  const can = useMay();
  const [dialog, setDialog] = useState<Dialog | undefined>();
  const close = () => setDialog(undefined);
  const canEdit = can("customers.edit");
  const keys = [
    { keys: "1–6", label: t("customers.key.sections") },
    ...(can("cases.work") ? [{ keys: "N", label: t("customers.note"), act: () => setDialog("note") }] : []),
    ...(canEdit ? [{ keys: "S", label: t("customers.standing.change"), act: () => setDialog("standing") }] : []),
    ...(canEdit ? [{ keys: "L", label: t("customers.limit.set"), act: () => setDialog("limit") }] : []),
  ];
  useKeys(Object.fromEntries(SECTIONS.map((section, at) => [String(at + 1), () => jump(section)])), PAGE_DEPTH);
  const { identity, standing, spend } = passport;
  return (
    <Page
      title={identity.name}
      crumbs={crumbs}
      keys={keys}
      beside={
        <span className="row wrap">
          <StandingStrip standing={standing.standing} />
          <Since passport={passport} />
        </span>
      }
      actions={<Actions onOpen={setDialog} canEdit={canEdit} canNote={can("cases.work")} />}
    >
      <WhyLine passport={passport} />
      {passport.unavailable.length > 0 && <Missing parts={passport.unavailable} />}
      <div className="pass">
        <div className="stk">
          <ExposurePanel passport={passport} onSetLimit={canEdit ? () => setDialog("limit") : undefined} />
          <ExposureTrend customerId={passport.identity.id} limit={passport.exposure?.limit?.reporting} />
          <SpendPanel
            spend={spend}
            failed={passport.unavailable.includes("spend")}
            onBudget={can("spending.set-budget") ? () => setDialog("budget") : undefined}
          />
          <InvoicesPanel receivables={passport.receivables} customerId={identity.id} />
          <SubscriptionsPanel passport={passport} canPropose={can("proposals.create")} />
        </div>
        <div className="stk">
          <IdentityPanel passport={passport} />
          <CasesPanel passport={passport} />
          <Ways customerId={identity.id} />
          <ContactsPanel accountId={identity.id} />
          <IncomingPanel accountId={identity.id} />
          <NotesPanel notes={passport.notes} onAdd={can("cases.work") ? () => setDialog("note") : undefined} />
          <TimelinePanel passport={passport} />
        </div>
      </div>
      {dialog === "standing" && <StandingDialog passport={passport} onClose={close} />}
      {dialog === "limit" && <LimitDialog passport={passport} onClose={close} />}
      {dialog === "note" && <NoteDialog customerId={identity.id} onClose={close} />}
      {dialog === "budget" && (
        <BudgetDialog customerId={identity.id} name={identity.name} spend={spend} onClose={close} />
      )}
    </Page>
  );
}

/** Ways to act; a link such as `?kind=auto-renew-off&show=…` asks for one of them. */
function Ways({ customerId }: { readonly customerId: string }) {
  const { kind, show } = useSearch({ from: "/desk/customers/$customerId" });
  const navigate = useNavigate();
  const key = kind !== undefined && show !== undefined ? `${kind}:${show}` : undefined;
  useEffect(() => {
    if (key !== undefined) jump("ways");
  }, [key]);
  const leave = () =>
    void navigate({ to: "/customers/$customerId", params: { customerId }, replace: true, resetScroll: false });
  return (
    <div id="ways">
      <WaysPanel
        key={key ?? ""}
        customerId={customerId}
        isFirst={false}
        asked={key === undefined ? undefined : { key, onLeave: leave }}
      />
    </div>
  );
}

function Since({ passport: { identity } }: { readonly passport: PassportWire }) {
  const t = useT();
  const f = useFormat();
  const place = [identity.city, identity.country].filter(Boolean).join(", ");
  const relation =
    identity.relationship === "ledger-only"
      ? t("customers.ledgerOnly")
      : identity.reseller === null
        ? t("customers.direct", { day: f.day(identity.firstSeenAt) })
        : t("customers.indirect", { name: identity.reseller.name, day: f.day(identity.firstSeenAt) });
  return (
    <span className="small hide-sm">
      {place && `${place} · `}
      <span className="ink3">{relation}</span>
      {identity.detachedAt !== null && (
        <span className="warn b"> · {t("customers.leftOn", { day: f.day(identity.detachedAt) })}</span>
      )}
    </span>
  );
}

type ActionsProps = { readonly onOpen: (dialog: Dialog) => void; readonly canEdit: boolean; readonly canNote: boolean };

function Actions({ onOpen, canEdit, canNote }: ActionsProps) {
  const t = useT();
  return (
    <span className="row wrap">
      {!canEdit && (
        <span className="hide-sm">
          <Why>{t("customers.edit.whyNot")}</Why>
        </span>
      )}
      {canNote && (
        <Button variant="default" onClick={() => onOpen("note")}>
          {t("customers.note")} <K>N</K>
        </Button>
      )}
      {canEdit && (
        <Button variant="default" onClick={() => onOpen("standing")}>
          {t("customers.standing.change")}… <K>S</K>
        </Button>
      )}
    </span>
  );
}

function Missing({ parts }: { readonly parts: readonly string[] }) {
  const t = useT();
  const names = {
    exposure: "customers.section.exposure",
    spend: "customers.section.spend",
    receivables: "customers.section.invoices",
    notices: "nav.notices",
    cases: "nav.cases",
    proposals: "nav.decisions",
    feeds: "customers.feeds",
  } as const;
  const worded = parts.map((part) => (part in names ? t(names[part as keyof typeof names]) : part)).join(", ");
  return (
    <div className="panel">
      <PartlyFailed title={t("customers.partly")}>{worded}</PartlyFailed>
    </div>
  );
}
