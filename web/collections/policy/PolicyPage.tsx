import { Button, SegmentedControl } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { PoliciesWire, VersionWire } from "../../../src/collections/policy/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { useGo } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Why, EmptyState, Loaded, RowsSkeleton, useProblemText } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { Ladder } from "../ladder/Ladder.tsx";
import { AcceptancePanel } from "./AcceptancePanel.tsx";
import { type Mark, marksOf, useChecked } from "./check.ts";
import { type Act, ActDialog } from "./Dialogs.tsx";
import { DiffView } from "./DiffView.tsx";
import { Findings } from "./Findings.tsx";
import { StepForm } from "./StepForm.tsx";
import { StateTag } from "./parts.tsx";
import "./policy.css";

const Editor = lazy(() => import("./Editor.tsx").then((module) => ({ default: module.Editor })));

/** One policy: a version of it in text, form, ladder and changes. Without a version named, the one in force or the newest. */
export function PolicyPage() {
  const t = useT();
  const { policyId } = useParams({ from: "/desk/collections/policies/$policyId" });
  const { show } = useSearch({ from: "/desk/collections/policies/$policyId" });
  const list = useRead<PoliciesWire>(["collections", "policies"], "/api/collections/policies", {
    enabled: show === undefined,
  });
  const own = list.data?.versions.filter((one) => one.policyId === policyId) ?? [];
  const version =
    show === undefined ? (own.find(({ state }) => state === "in-force") ?? own[0])?.version : Number(show);
  const crumbs = [
    { label: t("nav.collections"), to: "/collections" },
    { label: t("policy.title"), to: "/collections/policies" },
  ];
  if (version !== undefined)
    return <Versioned key={`${policyId}:${version}`} policyId={policyId} version={version} crumbs={crumbs} />;
  return (
    <Page title={policyId} crumbs={crumbs}>
      <Loaded query={list} title={t("policy.list.failed")} skeleton={<RowsSkeleton rows={8} />}>
        {() => <EmptyState level="unknown" title={t("problem.policy-unknown")} text="" />}
      </Loaded>
    </Page>
  );
}

type VersionedProps = {
  readonly policyId: string;
  readonly version: number;
  readonly crumbs: readonly { label: string; to: string }[];
};

function Versioned({ policyId, version, crumbs }: VersionedProps) {
  const t = useT();
  const read = useRead<VersionWire>(
    ["collections", "policy", policyId, version],
    `/api/collections/policies/${policyId}/versions/${version}`,
    { refetchInterval: false },
  );
  if (read.data === undefined)
    return (
      <Page title={policyId} crumbs={crumbs}>
        <Loaded query={read} title={t("policy.list.failed")} skeleton={<RowsSkeleton rows={8} />}>
          {() => null}
        </Loaded>
      </Page>
    );
  return <Version key={read.data.row.sha256 + read.data.row.state} wire={read.data} crumbs={crumbs} />;
}

type VersionProps = { readonly wire: VersionWire; readonly crumbs: VersionedProps["crumbs"] };
const VIEWS = ["text", "form", "diff"] as const;

function Version({ wire, crumbs }: VersionProps) {
  const t = useT();
  const { language } = useFormat();
  const can = useMay();
  const { row } = wire;
  const [text, setText] = useState(wire.text);
  const [view, setView] = useState<(typeof VIEWS)[number]>("text");
  const [goTo, setGoTo] = useState<{ from: number; nth: number } | undefined>();
  const checked = useChecked(text);
  const marks = marksOf(checked, language);
  const write = row.state === "draft" && can("collections.policy") ? setText : undefined;
  const go = ({ from }: Mark) => {
    setView("text");
    setGoTo({ from, nth: (goTo?.nth ?? 0) + 1 });
  };
  const broken = <div className="sec ink3">{t("policy.form.broken")}</div>;
  return (
    <Page
      title={`${checked.policy?.name[language] ?? row.name} · ${row.version}`}
      crumbs={crumbs}
      beside={<StateTag row={row} />}
      actions={<Actions wire={wire} text={text} hasErrors={marks.some(({ severity }) => severity === "error")} />}
    >
      <div className="pol-grid">
        <Panel
          title={t("policy.text")}
          question={t("policy.text.q")}
          aside={
            <SegmentedControl
              size="xs"
              aria-label={t("policy.view")}
              value={view}
              onChange={(value) => setView(VIEWS.find((one) => one === value) ?? "text")}
              data={VIEWS.map((value) => ({ value, label: t(`policy.view.${value}`) }))}
            />
          }
        >
          {view === "text" && (
            <Suspense fallback={<RowsSkeleton rows={12} />}>
              <Editor text={text} onChange={write} marks={marks} label={t("policy.editor")} goTo={goTo} />
            </Suspense>
          )}
          {view === "form" &&
            (checked.policy === undefined ? broken : <StepForm policy={checked.policy} text={text} onChange={write} />)}
          {view === "diff" && <DiffView before={wire.before} text={text} />}
        </Panel>
        <div className="stk">
          <Panel title={t("policy.ladder")} question={t("policy.ladder.q")}>
            {checked.policy === undefined ? (
              <div className="sec ink3">{t("policy.ladder.broken")}</div>
            ) : (
              <div className="sec">
                <Ladder steps={checked.policy.steps} />
              </div>
            )}
          </Panel>
          <Findings marks={marks} onGo={go} />
          <AcceptancePanel row={row} />
        </div>
      </div>
    </Page>
  );
}

type ActionsProps = { readonly wire: VersionWire; readonly text: string; readonly hasErrors: boolean };

/** What may be done with a version, and why not. */
function Actions({ wire, text, hasErrors }: ActionsProps) {
  const t = useT();
  const can = useMay();
  const { row, may } = wire;
  const [act, setAct] = useState<Act | undefined>();
  const mayEdit = can("collections.policy");
  const mayPublish = can("collections.publish");
  return (
    <span className="row wrap pol-acts">
      {row.state === "draft" && (
        <DraftActions wire={wire} text={text} hasErrors={hasErrors} onAsk={() => setAct("ask")} />
      )}
      {row.state === "asked" && mayPublish && <Decide whyNot={may.approve.why} onAct={setAct} />}
      {["draft", "asked", "scheduled"].includes(row.state) && mayEdit && (
        <Button variant="default" onClick={() => setAct("withdraw")}>
          {t("policy.withdraw")}
        </Button>
      )}
      {row.state === "in-force" && mayPublish && (
        <Button variant="default" onClick={() => setAct("end")}>
          {t("policy.end")}
        </Button>
      )}
      {!["draft", "asked"].includes(row.state) && mayEdit && <CopyButton row={row} />}
      {act && <ActDialog act={act} row={row} onClose={() => setAct(undefined)} />}
    </span>
  );
}

function DraftActions({ wire, text, hasErrors, onAsk }: ActionsProps & { readonly onAsk: () => void }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const go = useGo();
  const problem = useProblemText();
  const { row, may } = wire;
  const path = `/api/collections/policies/${row.policyId}/versions/${row.version}`;
  const save = useWrite((body: unknown, options) => api.put<VersionWire>(path, body, options), {
    topics: ["collections"],
  });
  const isDirty = text !== wire.text;
  const whyNot = isDirty ? "unsaved" : hasErrors ? "not-publishable" : may.ask.why;
  const seen = row.seen.at(-1);
  const standing = isDirty
    ? t("policy.unsaved")
    : seen
      ? t("policy.seen", { name: seen.name, at: f.moment(seen.at) })
      : t("policy.unseen");
  return (
    <>
      <span className="small ink3 hide-sm" role="status">
        {save.error ? problem(save.error) : standing}
      </span>
      {can("collections.policy") && (
        <Button
          variant="default"
          disabled={!isDirty || save.isPending}
          onClick={() => save.mutate({ text, sha256: row.sha256 })}
        >
          {isDirty ? t("policy.save") : t("policy.saved")}
        </Button>
      )}
      <Button variant="default" onClick={() => go(`/collections/simulations?q=${row.policyId}:${row.version}`)}>
        {t("policy.simulate")}
      </Button>
      {can("collections.policy") && (
        <>
          <Button disabled={whyNot !== null} aria-describedby="policy-why" onClick={onAsk}>
            {t("policy.ask")}
          </Button>
          {whyNot !== null && <Why id="policy-why">{t(`policy.whynot.${whyNot}`)}</Why>}
        </>
      )}
    </>
  );
}

type DecideProps = { readonly whyNot: VersionWire["may"]["approve"]["why"]; readonly onAct: (act: Act) => void };

function Decide({ whyNot, onAct }: DecideProps) {
  const t = useT();
  return (
    <>
      <Button variant="default" onClick={() => onAct("reject")}>
        {t("policy.reject")}
      </Button>
      <Button disabled={whyNot !== null} aria-describedby="policy-why" onClick={() => onAct("approve")}>
        {t("policy.approve")}
      </Button>
      {whyNot !== null && <Why id="policy-why">{t(`policy.whynot.${whyNot}`)}</Why>}
    </>
  );
}

function CopyButton({ row }: Pick<VersionWire, "row">) {
  const t = useT();
  const go = useGo();
  const problem = useProblemText();
  const copy = useWrite((body: unknown, options) => api.post<VersionWire>("/api/collections/policies", body, options), {
    topics: ["collections"],
    onDone: (made) => go(`/collections/policies/${made.row.policyId}?show=${made.row.version}`),
  });
  return (
    <>
      <Button
        onClick={() => copy.mutate({ copyOf: { policyId: row.policyId, version: row.version } })}
        disabled={copy.isPending}
      >
        {t("policy.start.copy")}
      </Button>
      {copy.error && <Why>{problem(copy.error)}</Why>}
    </>
  );
}
