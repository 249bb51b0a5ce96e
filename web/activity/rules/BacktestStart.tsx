import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import type { RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import { api } from "../../api.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { DayField } from "../../kit/DayField.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { useProblemText, Why } from "../../kit/States.tsx";
import { useWrite } from "../../query.ts";
import { useSettings } from "./SettingsPanel.tsx";

const HISTORY_DAYS = 30;

type StartProps = {
  readonly rule: RuleWire;
  /** The text in the editor, when it differs from the one in use. */
  readonly text: string | undefined;
} & { readonly onStarted: (id: string) => void };
/** Asks what to run over which days. */
export function BacktestStart({ rule, text, onStarted }: StartProps) {
  const t = useT();
  const { nowIso } = useFormat();
  const problem = useProblemText();
  const today = Temporal.PlainDate.from(nowIso.slice(0, 10));
  const [from, setFrom] = useState(today.subtract({ days: HISTORY_DAYS }).toString());
  const [until, setUntil] = useState(today.toString());
  const [what, setWhat] = useState(text === undefined ? String(rule.version) : "text");
  const inUse = useSettings(rule.ruleId, rule.settings.length > 0);
  const [own, setOwn] = useState<Record<string, number>>({});
  const settings = Object.fromEntries(
    rule.settings.map(({ name, standard }) => [
      name,
      own[name] ?? inUse?.find((one) => one.name === name)?.value ?? standard,
    ]),
  );
  const start = useWrite(
    (body: unknown, options) => api.post<{ backtestId: string }>("/api/activity/backtests", body, options),
    {
      topics: ["activity"],
      onDone: ({ backtestId }) => onStarted(backtestId),
    },
  );
  const instant = (day: string, more: number) =>
    `${Temporal.PlainDate.from(day).add({ days: more }).toString()}T00:00:00Z`;
  const run = () =>
    start.mutate({
      ...(what === "text"
        ? { text }
        : what === "settings"
          ? { ruleId: rule.ruleId, settings }
          : { ruleId: rule.ruleId, version: Number(what) }),
      from: instant(from, 0),
      until: instant(until, 1),
    });
  return (
    <Panel title={t("lab.backtest")} question={t("lab.backtest.q")}>
      <form
        className="sec row wrap backtest-ask"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <NativeSelect
          label={t("lab.backtest.what")}
          value={what}
          onChange={(event) => setWhat(event.currentTarget.value)}
          data={[...subjects(rule, text, t)]}
        />
        <DayField label={t("lab.backtest.from")} value={from} onChange={setFrom} />
        <DayField label={t("lab.backtest.until")} value={until} onChange={setUntil} />
        {what === "settings" && <Numbers rule={rule} values={settings} onChange={setOwn} />}
        <Button type="submit" loading={start.isPending} disabled={from === "" || until === "" || from > until}>
          {t("lab.backtest.start")}
        </Button>
      </form>
      {start.error && (
        <div className="sec">
          <Why>{problem(start.error)}</Why>
        </div>
      )}
    </Panel>
  );
}

/** What can be run: the text in the editor, any version, or a detector's other numbers. */
const subjects = (rule: RuleWire, text: string | undefined, t: T) => [
  ...(text === undefined ? [] : [{ value: "text", label: t("lab.backtest.what.text") }]),
  ...(rule.text === null ? [] : rule.versions)
    .filter(({ version }) => version !== rule.version)
    .map(({ version }) => ({ value: String(version), label: t("lab.backtest.what.version", { n: version }) })),
  { value: String(rule.version), label: t("lab.backtest.what.current", { n: rule.version }) },
  ...(rule.settings.length === 0 ? [] : [{ value: "settings", label: t("lab.backtest.what.settings") }]),
];

type NumbersProps = {
  readonly rule: RuleWire;
  readonly values: Readonly<Record<string, number>>;
  readonly onChange: (values: Record<string, number>) => void;
};
function Numbers({ rule, values, onChange }: NumbersProps) {
  return rule.settings.map(({ name, about, min, max }) => (
    <NumberInput
      key={name}
      label={about}
      value={values[name] ?? ""}
      min={min}
      max={max}
      decimalScale={2}
      onChange={(value) => typeof value === "number" && onChange({ ...values, [name]: value })}
    />
  ));
}
