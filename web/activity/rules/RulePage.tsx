import { Button } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import { type T, useT } from "../../i18n/t.ts";
import { Go, useGo } from "../../kit/Go.tsx";
import { Tag } from "../../kit/Risk.tsx";
import { Loaded, RowsSkeleton } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { AboutTab } from "./AboutTab.tsx";
import { BacktestTab } from "./BacktestTab.tsx";
import { EditorTab } from "./EditorTab.tsx";
import { ExplainTab } from "./ExplainTab.tsx";
import { LevelTag, type RuleState, StateTag, useRuleTitle } from "./parts.tsx";
import { SwitchDialog } from "./SwitchDialog.tsx";
import { templateOf } from "./template.ts";
import "../tabs.css";
import "./rules.css";

/** One rule or detector: what it is about, its text, what it would have hit, and why it fired on an event. `new` starts one. */
export function RulePage() {
  const { ruleId } = useParams({ from: "/desk/activity/rules/$ruleId" });
  return ruleId === "new" ? <NewRule /> : <OneRule key={ruleId} ruleId={ruleId} />;
}

const useCrumbs = () => {
  const t = useT();
  return [
    { label: t("nav.activity"), to: "/activity" },
    { label: t("rules.title"), to: "/activity/rules" },
  ];
};

function NewRule() {
  const t = useT();
  const crumbs = useCrumbs();
  const [text, setText] = useState(() => templateOf(crypto.randomUUID()));
  return (
    <Page title={t("rules.new")} crumbs={crumbs}>
      <EditorTab rule={undefined} text={text} onChange={setText} />
    </Page>
  );
}

function OneRule({ ruleId }: { readonly ruleId: string }) {
  const t = useT();
  const crumbs = useCrumbs();
  const go = useGo();
  const titleOf = useRuleTitle();
  const read = useRead<RuleWire>(["activity", "rule", ruleId], `/api/activity/rules/${encodeURIComponent(ruleId)}`);
  const rule = read.data;
  return (
    <Page
      title={rule === undefined ? t("rules.title") : titleOf(rule.card)}
      crumbs={crumbs}
      beside={rule && <Standing rule={rule} />}
      actions={rule && <Switches rule={rule} />}
      keys={rule === undefined ? [] : keysOf(rule, { t, go })}
    >
      <Loaded query={read} title={t("rule.failed")} skeleton={<RowsSkeleton rows={8} />}>
        {(one) => <Parts rule={one} />}
      </Loaded>
    </Page>
  );
}

/** `E` to the text, `B` to the backtest, `W` to the reasons on one event. */
const keysOf = (rule: RuleWire, { t, go }: { readonly t: T; readonly go: ReturnType<typeof useGo> }) =>
  [
    { keys: "E", tab: "text" as const },
    { keys: "B", tab: "backtest" as const },
    { keys: "W", tab: "explain" as const },
  ]
    .filter(({ tab }) => has(rule, tab))
    .map(({ keys, tab }) => ({
      keys,
      label: t(`rule.tab.${tab}`),
      act: () => go(`/activity/rules/${rule.ruleId}?tab=${tab}`),
    }));

function Standing({ rule }: { readonly rule: RuleWire }) {
  const t = useT();
  return (
    <span className="row wrap">
      <StateTag state={rule.state} />
      <LevelTag level={rule.card.level} />
      <span className="small ink2">
        {t(`rules.origin.${rule.origin}`)} · {t("rule.version", { n: rule.version })}
      </span>
      {rule.differs && (
        <Tag level="info" line>
          {t(rule.origin === "own" ? "rules.differs" : "rules.differs.imported")}
        </Tag>
      )}
      {rule.isWithdrawn && (
        <Tag level="warn" line>
          {t("rules.withdrawn")}
        </Tag>
      )}
    </span>
  );
}

const STATES: readonly RuleState[] = ["on", "shadow", "off"];
function Switches({ rule }: { readonly rule: RuleWire }) {
  const t = useT();
  const can = useMay();
  const [wanted, want] = useState<RuleState | undefined>();
  if (!can("activity.rules")) return null;
  return (
    <span className="row wrap rule-acts">
      {STATES.filter((state) => state !== rule.state).map((state) => (
        <Button key={state} variant={state === "on" ? "filled" : "default"} onClick={() => want(state)}>
          {t(`rule.switch.${state}`)}
        </Button>
      ))}
      {wanted && <SwitchDialog rule={rule} state={wanted} onClose={() => want(undefined)} />}
    </span>
  );
}

/** A detector has no text; what is judged without events has nothing to run over. */
const has = (rule: RuleWire, tab: (typeof TABS)[number]): boolean =>
  tab === "about" || (tab === "text" ? rule.text !== null : !rule.isSweep);
const TABS = ["about", "text", "backtest", "explain"] as const;

function Parts({ rule }: { readonly rule: RuleWire }) {
  const t = useT();
  const { tab } = useSearch({ from: "/desk/activity/rules/$ruleId" });
  const [draft, setDraft] = useState<string | undefined>();
  const tabs = TABS.filter((one) => has(rule, one));
  const active = tabs.find((one) => one === tab) ?? "about";
  const text = draft ?? rule.text ?? "";
  return (
    <div className="stk">
      <nav className="tabs" aria-label={t("rule.tabs")}>
        {tabs.map((one) => (
          <Go
            key={one}
            to={`/activity/rules/${rule.ruleId}?tab=${one}`}
            className="tab"
            {...(one === active ? { "aria-current": "page" as const } : {})}
          >
            {t(`rule.tab.${one}`)}
            {one === "text" && draft !== undefined && draft !== rule.text && (
              <span className="warn small"> · {t("lab.unsaved")}</span>
            )}
          </Go>
        ))}
      </nav>
      {active === "about" && <AboutTab rule={rule} />}
      {active === "text" && (
        <EditorTab rule={rule} text={text} onChange={setDraft} onSaved={() => setDraft(undefined)} />
      )}
      {active === "backtest" && <BacktestTab rule={rule} text={draft === rule.text ? undefined : draft} />}
      {active === "explain" && <ExplainTab rule={rule} text={draft === rule.text ? undefined : draft} />}
    </div>
  );
}
