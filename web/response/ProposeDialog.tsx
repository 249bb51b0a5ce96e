import { Checkbox, Textarea } from "@mantine/core";
import { useState } from "react";
import type { OptionJson, ProposalJson } from "../../src/response/contract.ts";
import { api } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { useGo } from "../kit/Go.tsx";
import { useWrite } from "../query.ts";
import { ApproversNote, Saving, UndoNote, useShownEffects } from "./parts.tsx";
import { answerOf, useActionName } from "./texts.ts";

type ProposeDialogProps = {
  readonly option: OptionJson;
  readonly customerId: string;
  readonly caseId?: string | undefined;
  /** Alerts an answer is for, when the option is one. */
  readonly noticeIds?: readonly string[] | undefined;
  readonly onClose: () => void;
};

/** Asks for a way to act: effects and saving first, then the reason that the next person reads. Usable from case and passport. */
export function ProposeDialog({ option, customerId, caseId, noticeIds, onClose }: ProposeDialogProps) {
  const t = useT();
  const go = useGo();
  const name = useActionName();
  const shown = useShownEffects();
  const [reason, setReason] = useState("");
  const [answersFraud, setAnswersFraud] = useState(option.openAlerts > 0);
  const write = useWrite((body: unknown, o) => api.post<ProposalJson>("/api/proposals", body, o), {
    topics: ["response", "cases", "customers"],
    onDone: (made) => go(`/decisions/${made.id}`),
  });
  const action = name({ ...option, answer: answerOf(option) });
  const dropped = option.kind === "cancel-entitlement" && !answersFraud ? ANSWER_EFFECTS : [];
  const effects = option.effects.filter((one) => !dropped.includes(one.kind));
  const isShort = reason.trim().length < 3;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("response.propose.title", { action })}
      action={t("response.propose.action", { action })}
      effects={shown(effects)}
      onConfirm={() =>
        write.mutate({
          customerId,
          ...(caseId !== undefined && { caseId }),
          wanted: wantedOf(option, { answersFraud, noticeIds }),
          reason: reason.trim(),
        })
      }
      isBusy={write.isPending}
      error={write.error}
      whyNot={isShort ? t("response.reason.hint") : undefined}
    >
      <Saving saving={option.saving} compact />
      <UndoNote undo={option.undo} />
      {option.kind === "cancel-entitlement" && option.openAlerts > 0 && (
        <Checkbox
          label={t("response.propose.answerFraud", { n: option.openAlerts })}
          description={t("response.propose.answerFraud.hint")}
          checked={answersFraud}
          onChange={(event) => setAnswersFraud(event.currentTarget.checked)}
        />
      )}
      <Textarea
        label={t("response.reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
        data-autofocus
      />
      <ApproversNote need={option.approvalsNeeded} roles={option.roles} />
    </ConfirmDialog>
  );
}

const ANSWER_EFFECTS: readonly string[] = ["clock-stops", "answer-is-final", "stops-nothing"];

/** The request body of an option, as the server's contract wants it. */
function wantedOf(
  { kind, targets, key }: OptionJson,
  { answersFraud, noticeIds }: { readonly answersFraud: boolean; readonly noticeIds: readonly string[] | undefined },
): unknown {
  const ids = targets.map((target) => target.id);
  switch (kind) {
    case "cancel-entitlement":
      return { kind, entitlementIds: ids, answerAlertsAsFraud: answersFraud };
    case "reactivate-entitlement":
      return { kind, entitlementIds: ids };
    case "answer-alert":
      return { kind, noticeIds: noticeIds ?? ids, answer: answerOf({ kind, key }) };
    default:
      return { kind, subscriptionId: ids[0] };
  }
}
