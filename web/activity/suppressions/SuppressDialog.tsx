import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import {
  SUPPRESS_FIELDS,
  SUPPRESS_MATCHES,
  type SuppressField,
  type SuppressMatch,
} from "../../../src/activity/watch/contract-suppress.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { useWrite } from "../../query.ts";
import { isShort, NOTHING_WRITTEN, writtenBody, WrittenFields } from "./WrittenFields.tsx";
import "./suppressions.css";

export type SuppressValue = { readonly field: SuppressField; readonly match?: SuppressMatch; readonly value: string };
type Props = {
  /** The rule whose hits are meant; without one only "any rule". */
  readonly rule?: { readonly id: string; readonly title: string } | undefined;
  /** Values of the hit or event at hand, offered to begin with. */
  readonly values: readonly SuppressValue[];
  readonly onClose: () => void;
};

type Line = {
  readonly key: number;
  readonly field: SuppressField;
  readonly match: SuppressMatch;
  readonly value: string;
};
const lineOf = (one: SuppressValue, key: number): Line => ({ key, match: "is", ...one });

/** Keeps hits quiet by value, with a reason and an end. For the evidence of a case, the drawer of an event, and the page itself. */
export function SuppressDialog({ rule, values, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const [lines, setLines] = useState<readonly Line[]>(() =>
    (values.length === 0 ? [{ field: "actor.id" as const, value: "" }] : values).map(lineOf),
  );
  const [isThisRule, setThisRule] = useState(rule !== undefined);
  const [written, setWritten] = useState(NOTHING_WRITTEN);
  const write = useWrite((body: unknown, options) => api.post("/api/activity/suppressions", body, options), {
    topics: ["activity", "cases"],
    onDone: onClose,
  });
  const named = lines.filter(({ value }) => value.trim() !== "");
  const confirm = () =>
    write.mutate({
      ...(isThisRule && rule !== undefined ? { ruleId: rule.id } : {}),
      conditions: named.map(({ field, match, value }) => ({ field, match, value: value.trim() })),
      ...writtenBody(written, f.nowIso),
    });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("suppress.dialog.title")}
      action={t("suppress.dialog.action")}
      effects={[{ text: t("suppress.dialog.effect"), isReversible: true, how: t("suppress.dialog.how") }]}
      onConfirm={confirm}
      isBusy={write.isPending}
      error={write.error}
      whyNot={
        named.length === 0
          ? t("suppress.dialog.whyNot.values")
          : isShort(written)
            ? t("suppress.dialog.whyNot.reason")
            : undefined
      }
    >
      {rule !== undefined && (
        <Select
          label={t("suppress.dialog.rule")}
          allowDeselect={false}
          value={isThisRule ? "this" : "any"}
          onChange={(next) => setThisRule(next === "this")}
          data={[
            { value: "this", label: t("suppress.dialog.rule.this", { title: rule.title }) },
            { value: "any", label: t("suppress.dialog.rule.any") },
          ]}
        />
      )}
      <Values lines={lines} onChange={setLines} />
      <WrittenFields value={written} onChange={setWritten} />
    </ConfirmDialog>
  );
}

type ValuesProps = { readonly lines: readonly Line[]; readonly onChange: (lines: readonly Line[]) => void };

function Values({ lines, onChange }: ValuesProps) {
  const t = useT();
  const set = (key: number, change: Partial<Line>) =>
    onChange(lines.map((line) => (line.key === key ? { ...line, ...change } : line)));
  const add = () => {
    const key = Math.max(0, ...lines.map((line) => line.key)) + 1;
    onChange([...lines, { key, field: "ip", match: "is", value: "" }]);
  };
  return (
    <fieldset className="suppress-values">
      <legend className="small">{t("suppress.dialog.values")}</legend>
      {lines.map((line) => (
        <div key={line.key} className="suppress-line">
          <Select
            size="xs"
            aria-label={t("suppress.dialog.field")}
            allowDeselect={false}
            value={line.field}
            onChange={(next) => {
              const field = SUPPRESS_FIELDS.find((one) => one === next) ?? line.field;
              set(line.key, { field, match: field === "ip" || line.match !== "in-network" ? line.match : "is" });
            }}
            data={SUPPRESS_FIELDS.map((one) => ({ value: one, label: t(`suppress.field.${one}`) }))}
          />
          <Select
            size="xs"
            aria-label={t("suppress.dialog.match")}
            allowDeselect={false}
            value={line.match}
            onChange={(next) => set(line.key, { match: SUPPRESS_MATCHES.find((one) => one === next) ?? "is" })}
            data={SUPPRESS_MATCHES.filter((one) => one !== "in-network" || line.field === "ip").map((one) => ({
              value: one,
              label: t(`suppress.match.${one}`),
            }))}
          />
          <TextInput
            size="xs"
            aria-label={t("suppress.dialog.value")}
            value={line.value}
            onChange={(event) => set(line.key, { value: event.currentTarget.value })}
            maxLength={500}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t("suppress.dialog.remove")}
            disabled={lines.length === 1}
            onClick={() => onChange(lines.filter(({ key }) => key !== line.key))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <Button size="compact-xs" variant="default" onClick={add}>
        {t("suppress.dialog.add")}
      </Button>
    </fieldset>
  );
}
