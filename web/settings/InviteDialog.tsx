import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { type LinkWire, type Role, ROLES } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { useWrite } from "../query.ts";

type InviteDialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onMade: (link: LinkWire) => void;
};

export function InviteDialog({ isOpen, onClose, onMade }: InviteDialogProps) {
  const t = useT();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("admin-agent");
  const invite = useWrite(
    (body: { readonly email: string; readonly name?: string; readonly role: Role }, options) =>
      api.post<LinkWire>("/api/people/invitations", body, options),
    {
      topics: ["access"],
      onDone: (link) => {
        setEmail("");
        setName("");
        onMade(link);
      },
    },
  );
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t("settings.invite.title")}
      action={t("settings.invite.do")}
      effects={[]}
      isBusy={invite.isPending}
      error={invite.error}
      onConfirm={() => invite.mutate({ email: email.trim(), role, ...(name.trim() !== "" && { name: name.trim() }) })}
    >
      <TextInput
        type="email"
        required
        label={t("settings.col.email")}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t("settings.invite.name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleSelect role={role} onChange={setRole} />
      <span className="small ink2">{t("settings.invite.text")}</span>
    </ConfirmDialog>
  );
}

/** A role and, under it, what it may do. */
export function RoleSelect({ role, onChange }: { readonly role: Role; readonly onChange: (role: Role) => void }) {
  const t = useT();
  return (
    <Select
      label={t("settings.col.role")}
      description={t(`settings.role.${role}`)}
      data={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
      value={role}
      allowDeselect={false}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}
