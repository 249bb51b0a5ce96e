import { NumberInput, Textarea } from "@mantine/core";
import { useState } from "react";
import type { VersionRowWire, VersionWire } from "../../../src/collections/policy/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog, type Effect } from "../../kit/ConfirmDialog.tsx";
import { DayField } from "../../kit/DayField.tsx";
import { useWrite } from "../../query.ts";

export const ACTS = ["ask", "approve", "reject", "withdraw", "end"] as const;
export type Act = (typeof ACTS)[number];
type DialogProps = { readonly act: Act; readonly row: VersionRowWire; readonly onClose: () => void };

/** Every move of a version: what it does and how it is taken back, with the reason that the log keeps. */
export function ActDialog({ act, row, onClose }: DialogProps) {
  const t = useT();
  const { nowIso } = useFormat();
  const [why, setWhy] = useState("");
  const [day, setDay] = useState(row.fromDay ?? nowIso.slice(0, 10));
  const [position, setPosition] = useState(1);
  const effects = useEffects(act, row);
  const write = useWrite(
    (body: unknown, options) =>
      api.post<VersionWire>(`/api/collections/policies/${row.policyId}/versions/${row.version}/${act}`, body, options),
    { topics: ["collections"], onDone: onClose },
  );
  const needsWhy = act !== "approve" && act !== "withdraw";
  const isShort = needsWhy && why.trim().length < 3;
  const reason = why.trim() === "" ? {} : { why: why.trim() };
  const body = act === "ask" ? { ...reason, fromDay: day, position } : act === "end" ? { ...reason, day } : reason;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={act === "ask" ? t("policy.ask.title") : t(`policy.${act}.title`, { version: row.version })}
      action={t(`policy.${act}`)}
      effects={effects}
      onConfirm={() => write.mutate(body)}
      isBusy={write.isPending}
      error={write.error}
      whyNot={isShort ? t("policy.why.hint") : undefined}
    >
      {act === "ask" && <DayField label={t("policy.ask.from")} value={day} onChange={setDay} />}
      {act === "end" && <DayField label={t("policy.end.day")} value={day} onChange={setDay} />}
      {act === "ask" && (
        <NumberInput
          label={t("policy.ask.position")}
          value={position}
          onChange={(value) => typeof value === "number" && setPosition(value)}
          min={1}
          max={50}
          allowDecimal={false}
        />
      )}
      <Textarea
        label={t("policy.why")}
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

function useEffects(act: Act, row: VersionRowWire): readonly Effect[] {
  const t = useT();
  const f = useFormat();
  const day = row.fromDay === null ? "" : f.day(row.fromDay);
  switch (act) {
    case "ask":
      return [{ text: t("policy.ask.effect"), isReversible: true, how: t("policy.undo.reject") }];
    case "approve":
      return [
        { text: t("policy.approve.effect", { day }), isReversible: true, how: t("policy.undo.end") },
        { text: t("policy.approve.effect.kept"), isReversible: false },
      ];
    case "reject":
      return [{ text: t("policy.reject.effect"), isReversible: true, how: t("policy.ask") }];
    case "withdraw":
      return [{ text: t("policy.withdraw.effect"), isReversible: true, how: t("policy.undo.again") }];
    default:
      return [{ text: t("policy.end.effect"), isReversible: true, how: t("policy.undo.again") }];
  }
}
