import { Checkbox, Textarea } from "@mantine/core";
import { useState } from "react";
import type { RuleWire, SavedWire } from "../../../src/activity/lab/contract-wire.ts";
import { api } from "../../api.ts";
import { useT } from "../../i18n/t.ts";
import { ConfirmDialog, type Effect } from "../../kit/ConfirmDialog.tsx";
import { useWrite } from "../../query.ts";
import { type RuleState, useRuleTitle } from "./parts.tsx";

const WHY_MIN = 3;
type Props = {
  readonly rule: RuleWire;
  readonly state: RuleState;
  /** Another version that is put in use with it. */
  readonly version?: number | undefined;
  readonly onClose: () => void;
};

/** Switches a rule, with the reason that the log keeps. Switching on what nobody tried is asked twice. */
export function SwitchDialog({ rule, state, version = rule.version, onClose }: Props) {
  const t = useT();
  const titleOf = useRuleTitle();
  const [why, setWhy] = useState("");
  const [isSure, setSure] = useState(false);
  const write = useWrite(
    (body: unknown, options) => api.post<SavedWire>(`/api/activity/rules/${rule.ruleId}/switch`, body, options),
    { topics: ["activity"], onDone: onClose },
  );
  const isOther = version !== rule.version;
  const wasSeen = rule.state === "shadow" && !isOther && rule.hits.shadow + rule.hits.month > 0;
  const isTried = rule.versions.some((one) => one.version === version && one.isTried) || wasSeen;
  const asksTwice = state === "on" && (rule.state !== "on" || isOther) && !isTried;
  const effects: Effect[] = [
    ...(isOther
      ? [
          {
            text: t("rule.switch.effect.version", { n: version, was: rule.version }),
            isReversible: true,
            how: t("lab.save.undo"),
          },
        ]
      : []),
    ...(state === rule.state
      ? []
      : [{ text: t(`rule.switch.effect.${state}`), isReversible: true, how: t("rule.switch.undo") }]),
  ];
  const isShort = why.trim().length < WHY_MIN;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={
        isOther
          ? t("rule.versions.use", { n: version })
          : t(`rule.switch.title.${state}`, { title: titleOf(rule.card) })
      }
      action={isOther ? t("rule.versions.use", { n: version }) : t(`rule.switch.${state}`)}
      effects={effects}
      onConfirm={() => write.mutate({ state, why: why.trim(), ...(isOther ? { version } : {}) })}
      isBusy={write.isPending}
      error={write.error}
      whyNot={isShort || (asksTwice && !isSure) ? t(isShort ? "rule.why.hint" : "rule.switch.sure") : undefined}
    >
      {asksTwice && (
        <Checkbox
          label={t("rule.switch.sure")}
          description={t("rule.switch.untried")}
          checked={isSure}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />
      )}
      <Textarea
        label={t("rule.why.reason")}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
        data-autofocus
      />
    </ConfirmDialog>
  );
}
