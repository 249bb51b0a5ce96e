import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ChangeWire } from "../../../src/receivables/contract-statement.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { useProblemText } from "../../kit/States.tsx";
import { useWrite } from "../../query.ts";
import { useMay, useMe } from "../../shell/desk.ts";

const TOPICS = ["receivables", "customers", "exposure", "collections"] as const;
const REASON_MIN = 3;

/** What people changed by hand, each with its reason; the second person agrees here, and anything is undone here. */
export function ChangesPanel({ changes }: { readonly changes: readonly ChangeWire[] }) {
  const t = useT();
  const [undoing, setUndoing] = useState<ChangeWire | undefined>();
  if (changes.length === 0) return null;
  return (
    <Panel title={t("ledger.changes")} question={t("ledger.changes.q")}>
      <ul className="sec ledger-lines">
        {changes.map((change) => (
          <Change key={change.id} change={change} onUndo={() => setUndoing(change)} />
        ))}
      </ul>
      {undoing && <UndoDialog change={undoing} onClose={() => setUndoing(undefined)} />}
    </Panel>
  );
}

function Change({ change, onUndo }: { readonly change: ChangeWire; readonly onUndo: () => void }) {
  const t = useT();
  const f = useFormat();
  const me = useMe();
  const canAct = useMay()("receivables.allocate");
  const problemText = useProblemText();
  const decide = useWrite<{ approve: boolean }, unknown>(
    (body, o) => api.post(`/api/ledger-changes/${change.id}/decision`, body, o),
    { topics: TOPICS },
  );
  const isOwn = me.id === change.askedById;
  return (
    <li className="row small ledger-sums">
      <span className="num ink3">{f.moment(change.askedAt)}</span>
      <span>
        <span className="b">{t(`ledger.change.${change.kind}`)}</span> {change.number} <Money value={change.amount} />
      </span>
      <span className="ink2">{t("ledger.change.by", { name: change.askedBy, reason: change.reason })}</span>
      <span className={change.state === "waiting" ? "warn" : "ink3"}>
        {change.state === "undone"
          ? t("ledger.state.undone", { name: change.undoneBy ?? "", reason: change.undoReason ?? "" })
          : t(`ledger.state.${change.state}`)}
      </span>
      {canAct && (
        <span className="row push ledger-acts">
          {change.state === "waiting" && isOwn && (
            <span className="tiny ink3">{t("ledger.second", { name: change.askedBy })}</span>
          )}
          {change.state === "waiting" && !isOwn && (
            <>
              <Button
                size="compact-xs"
                mih={24}
                loading={decide.isPending}
                onClick={() => decide.mutate({ approve: true })}
              >
                {t("ledger.approve")}
              </Button>
              <Button size="compact-xs" mih={24} variant="default" onClick={() => decide.mutate({ approve: false })}>
                {t("ledger.refuse")}
              </Button>
            </>
          )}
          {change.state === "done" && (
            <Button size="compact-xs" mih={24} variant="default" onClick={onUndo}>
              {t("ledger.undo")}…
            </Button>
          )}
        </span>
      )}
      {decide.error && (
        <span role="alert" className="crit">
          {problemText(decide.error)}
        </span>
      )}
    </li>
  );
}

function UndoDialog({ change, onClose }: { readonly change: ChangeWire; readonly onClose: () => void }) {
  const t = useT();
  const [reason, setReason] = useState("");
  const write = useWrite<object, unknown>((body, o) => api.post(`/api/ledger-changes/${change.id}/undo`, body, o), {
    topics: TOPICS,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("ledger.undo.title", { what: t(`ledger.change.${change.kind}`), number: change.number })}
      action={t("ledger.undo.do")}
      effects={[{ text: t("ledger.undo.effect"), isReversible: true }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={reason.trim().length < REASON_MIN ? t("ledger.reason.needed") : undefined}
      onConfirm={() => write.mutate({ reason: reason.trim() })}
    >
      <Textarea
        label={t("ledger.reason")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={500}
        data-autofocus
      />
    </ConfirmDialog>
  );
}
