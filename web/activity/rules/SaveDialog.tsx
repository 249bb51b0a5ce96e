import { Radio, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import type { RuleWire, SavedWire } from "../../../src/activity/lab/contract-wire.ts";
import { api } from "../../api.ts";
import { useT } from "../../i18n/t.ts";
import { ConfirmDialog, type Effect } from "../../kit/ConfirmDialog.tsx";
import { useWrite } from "../../query.ts";

const WHY_MIN = 3;
const THEN = ["draft", "shadow", "on", "off"] as const;
type Then = (typeof THEN)[number];
type Props = {
  readonly rule: RuleWire | undefined;
  readonly text: string;
  readonly onClose: () => void;
  readonly onSaved: (saved: SavedWire) => void;
};

/** Keeps the text as a version, and says what becomes of it. */
export function SaveDialog({ rule, text, onClose, onSaved }: Props) {
  const t = useT();
  const [why, setWhy] = useState("");
  const [then, setThen] = useState<Then>("draft");
  const write = useWrite((body: unknown, options) => api.post<SavedWire>("/api/activity/rules", body, options), {
    topics: ["activity"],
    onDone: onSaved,
  });
  const isFork = rule?.origin === "own" && !rule.differs && then !== "draft";
  const effects: Effect[] = [
    {
      text: t(then === "draft" ? "lab.save.effect.draft" : `rule.switch.effect.${then}`),
      isReversible: true,
      how: t("lab.save.undo"),
    },
    ...(isFork ? [{ text: t("lab.save.effect.fork"), isReversible: true, how: t("lab.save.undo") }] : []),
  ];
  const basedOn = rule === undefined ? {} : { ruleId: rule.ruleId, basedOn: rule.newest };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("lab.save.title")}
      action={t(`lab.save.action.${then}`)}
      effects={effects}
      onConfirm={() => write.mutate({ text, why: why.trim(), state: then, ...basedOn })}
      isBusy={write.isPending}
      error={write.error}
      whyNot={why.trim().length < WHY_MIN ? t("rule.why.hint") : undefined}
    >
      <Radio.Group
        label={t("lab.save.as")}
        value={then}
        onChange={(value) => setThen(THEN.find((one) => one === value) ?? "draft")}
      >
        <Stack gap={6} mt={4}>
          {THEN.map((one) => (
            <Radio key={one} value={one} label={t(`lab.save.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
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
