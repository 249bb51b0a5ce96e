import { Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import type { LinkWire, PersonRowWire, Role } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { ConfirmDialog, type Effect } from "../kit/ConfirmDialog.tsx";
import { useWrite } from "../query.ts";
import { RoleSelect } from "./InviteDialog.tsx";

export type PersonStep = "role" | "reset" | "end-sessions" | "deactivate" | "reactivate";

type PersonDialogProps = {
  readonly person: PersonRowWire;
  readonly step: PersonStep;
  readonly onClose: () => void;
  readonly onLink: (link: LinkWire) => void;
};

/** One step about a person: what it does, why, and the button that names it. */
export function PersonDialog({ person, step, onClose, onLink }: PersonDialogProps) {
  const t = useT();
  const [role, setRole] = useState<Role>(person.role);
  const [why, setWhy] = useState("");
  const [removesTwoFactor, setRemoves] = useState(false);
  const reason = why.trim() === "" ? {} : { why: why.trim() };
  const send = useWrite(
    (body: object, options) =>
      step === "role"
        ? api.put<unknown>(`/api/people/${person.id}/role`, body, options)
        : api.post<unknown>(`/api/people/${person.id}/${step === "reset" ? "reset-link" : step}`, body, options),
    { topics: ["access"], onDone: (answer) => (step === "reset" ? onLink(answer as LinkWire) : onClose()) },
  );
  const body = { ...reason, ...(step === "role" && { role }), ...(step === "reset" && { removesTwoFactor }) };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`settings.step.${step}.title`, { name: person.name })}
      action={t(`settings.step.${step}.do`)}
      effects={useEffects(step)}
      whyNot={whyNot(step, person, role) && t(whyNot(step, person, role) ?? "settings.same")}
      isBusy={send.isPending}
      error={send.error}
      onConfirm={() => send.mutate(body)}
    >
      {step === "role" && <RoleSelect role={role} onChange={setRole} />}
      {step === "reset" && person.twoFactor && (
        <Checkbox
          label={t("settings.reset.factor")}
          description={t("settings.reset.factor.text")}
          checked={removesTwoFactor}
          onChange={(event) => setRemoves(event.currentTarget.checked)}
        />
      )}
      {step === "deactivate" && <span className="small ink2">{t("settings.effect.log")}</span>}
      <TextInput
        label={t("settings.why")}
        description={t("settings.why.text")}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

/** The same rules as the server's, said before the button is pressed. */
function whyNot(
  step: PersonStep,
  person: PersonRowWire,
  role: Role,
): "settings.lastAdmin.text" | "settings.same" | undefined {
  if (step === "role" && role === person.role) return "settings.same";
  return person.isLastAdmin && (step === "deactivate" || step === "role") ? "settings.lastAdmin.text" : undefined;
}

function useEffects(step: PersonStep): readonly Effect[] {
  const t = useT();
  const sessions: Effect = { text: t("settings.effect.sessions"), isReversible: false };
  if (step === "deactivate")
    return [sessions, { text: t("settings.effect.keys"), isReversible: true, how: t("settings.effect.keys.back") }];
  if (step === "reset") return [{ text: t("settings.effect.reset"), isReversible: true }];
  return step === "end-sessions" ? [sessions] : [];
}
