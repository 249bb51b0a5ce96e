import { Textarea } from "@mantine/core";
import { useState } from "react";
import { api } from "../../api.ts";
import { useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { useWrite } from "../../query.ts";

const WHY_MIN = 3;
type Props = { readonly path: string; readonly effect: string; readonly onClose: () => void };

/** Ends a suppression or a filter before its time, with the reason that the log keeps. */
export function LiftDialog({ path, effect, onClose }: Props) {
  const t = useT();
  const [why, setWhy] = useState("");
  const write = useWrite((body: unknown, options) => api.post(path, body, options), {
    topics: ["activity"],
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("suppress.lift.title")}
      action={t("suppress.lift.action")}
      effects={[{ text: effect, isReversible: true, how: t("suppress.lift.how") }]}
      onConfirm={() => write.mutate({ why: why.trim() })}
      isBusy={write.isPending}
      error={write.error}
      whyNot={why.trim().length < WHY_MIN ? t("suppress.lift.why") : undefined}
    >
      <Textarea
        label={t("suppress.lift.why")}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={1_000}
        data-autofocus
      />
    </ConfirmDialog>
  );
}
