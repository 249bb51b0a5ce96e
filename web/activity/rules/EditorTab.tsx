import { Button } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import type { FieldsWire, RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import { useT } from "../../i18n/t.ts";
import { useGo } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { RowsSkeleton, Why } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { type Mark, marksOf } from "./marks.ts";
import { SaveDialog } from "./SaveDialog.tsx";
import { TryPanel } from "./TryPanel.tsx";
import { type TryOn, useTry } from "./use-try.ts";

const YamlEditor = lazy(() => import("../../kit/YamlEditor.tsx").then((module) => ({ default: module.YamlEditor })));
const MODIFIERS = [
  "contains",
  "startswith",
  "endswith",
  "all",
  "re",
  "cidr",
  "exists",
  "gt",
  "gte",
  "lt",
  "lte",
  "fieldref",
  "cased",
  "neq",
];
const KEYS = [
  "selection",
  "condition",
  "logsource",
  "detection",
  "correlation",
  "group-by",
  "timespan",
  "event_count",
  "value_count",
  "temporal",
  "temporal_ordered",
  "falsepositives",
  "surety",
  "titleSv",
  "abuse",
  "runbook",
  "examples",
];

type Props = {
  /** undefined = a new one. */
  readonly rule: RuleWire | undefined;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onSaved?: (() => void) | undefined;
};

/** The text, what is wrong with it, and what it hits as it stands. */
export function EditorTab({ rule, text, onChange, onSaved }: Props) {
  const t = useT();
  const go = useGo();
  const can = useMay();
  const mayEdit = can("activity.rules");
  const [on, setOn] = useState<TryOn>({ kind: "stored", hours: 24 });
  const [goTo, setGoTo] = useState<{ from: number; nth: number } | undefined>();
  const [isSaving, setSaving] = useState(false);
  const tried = useTry(text, on);
  const marks = useMemo(
    () => (tried.data === undefined ? [] : marksOf(tried.text, tried.data.faults, tried.data.lint)),
    [tried.data, tried.text],
  );
  const options = useOptions();
  const isFaulty = (tried.data?.faults.length ?? 0) > 0;
  const isSame = rule !== undefined && text === rule.text;
  const whyNot = isFaulty ? "lab.faulty" : isSame ? "lab.same" : undefined;
  return (
    <div className="rule-work">
      <Panel
        title={t("lab.text")}
        question={t("lab.text.q")}
        aside={
          mayEdit && (
            <Button size="compact-sm" disabled={whyNot !== undefined} onClick={() => setSaving(true)}>
              {t("lab.save")}
            </Button>
          )
        }
      >
        <Suspense fallback={<RowsSkeleton rows={12} />}>
          <YamlEditor
            text={text}
            onChange={mayEdit ? onChange : undefined}
            marks={marks}
            label={t("lab.editor")}
            goTo={goTo}
            options={options}
          />
        </Suspense>
        <div className="sec">{mayEdit ? whyNot && <Why>{t(whyNot)}</Why> : <Why>{t("lab.readOnly")}</Why>}</div>
      </Panel>
      <div className="stk">
        <FindingsPanel marks={marks} onGo={({ from }) => setGoTo({ from, nth: (goTo?.nth ?? 0) + 1 })} />
        <TryPanel rule={rule} tried={tried} on={on} onChange={setOn} />
      </div>
      {isSaving && (
        <SaveDialog
          rule={rule}
          text={text}
          onClose={() => setSaving(false)}
          onSaved={({ ruleId }) => {
            setSaving(false);
            onSaved?.();
            if (rule === undefined) go(`/activity/rules/${ruleId}`);
          }}
        />
      )}
    </div>
  );
}

/** Names of fields with what they mean, and the words of the language. */
function useOptions() {
  const fields = useRead<FieldsWire>(["activity", "fields"], "/api/activity/fields", { refetchInterval: false }).data
    ?.fields;
  return useMemo(
    () => [
      ...(fields ?? []).map(({ name, about }) => ({ label: name, type: "property", info: about })),
      ...KEYS.map((label) => ({ label, type: "keyword" })),
      ...MODIFIERS.map((label) => ({ label, type: "function" })),
    ],
    [fields],
  );
}

function FindingsPanel({ marks, onGo }: { readonly marks: readonly Mark[]; readonly onGo: (mark: Mark) => void }) {
  const t = useT();
  return (
    <Panel title={t("lab.findings")} question={t("lab.findings.q")}>
      {marks.length === 0 ? (
        <div className="sec row" role="status">
          <Glyph level="ok" /> {t("lab.findings.none")}
        </div>
      ) : (
        <ul className="rule-finds">
          {marks.map((mark) => (
            <li key={`${mark.from} ${mark.text}`}>
              <button type="button" onClick={() => onGo(mark)}>
                <Glyph level={mark.severity === "error" ? "crit" : "warn"} />
                <span>
                  {mark.text}
                  {mark.fix !== undefined && <span className="small ink2 rules-line">{mark.fix}</span>}
                  <span className="small ink3 rules-line">
                    {t("lab.findings.place", { line: mark.line, column: mark.column })} ·{" "}
                    <span className="mono">{mark.code}</span>
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
