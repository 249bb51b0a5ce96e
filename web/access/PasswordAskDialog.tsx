import { Modal, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { invalidateTopics } from "../query.ts";
import { removeFactor, renewBackupCodes } from "./auth.ts";
import { BackupCodes } from "./BackupCodes.tsx";

type PasswordAskDialogProps = { readonly kind: "remove" | "renew"; readonly onClose: () => void };

/** Turning the second factor off, or new backup codes: the effect first, then the password. */
export function PasswordAskDialog({ kind, onClose }: PasswordAskDialogProps) {
  const t = useT();
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const done = () => {
    void invalidateTopics(client, ["access", "desk"]);
    onClose();
  };
  const send = useMutation({
    mutationFn: async () => {
      if (kind === "remove") await removeFactor(password);
      return kind === "renew" ? (await renewBackupCodes(password)).backupCodes : undefined;
    },
    onSuccess: (made) => (made === undefined ? done() : setCodes(made)),
  });
  if (codes !== undefined)
    return (
      <Modal opened onClose={done} title={t("account.factor.keep")} size={440} centered closeOnClickOutside={false}>
        <BackupCodes codes={codes} onDone={done} />
      </Modal>
    );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`account.factor.${kind}.title`)}
      action={t(`account.factor.${kind}.title`)}
      effects={[
        {
          text: t(`account.factor.${kind}.effect`),
          isReversible: kind === "remove",
          how: kind === "remove" ? t("account.factor.remove.how") : undefined,
        },
      ]}
      onConfirm={() => send.mutate()}
      isBusy={send.isPending}
      error={send.error}
    >
      <PasswordInput
        label={t("signin.password")}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
        withAsterisk={false}
        data-autofocus
        visibilityToggleButtonProps={{ "aria-label": t("password.show") }}
      />
    </ConfirmDialog>
  );
}
