import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { isLedgerOnly } from "../../../src/receivables/contract.ts";
import type { MergeWire, StatementWire } from "../../../src/receivables/contract-statement.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { ConfirmDialog } from "../../kit/ConfirmDialog.tsx";
import { CustomerField } from "../../kit/CustomerField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";

const REASON_MIN = 3;
const TOPICS = ["receivables", "customers", "exposure", "collections"] as const;

/** Which tenant a customer is that only the ledger knew; what went over, and back. */
export function MergePanel({ statement }: { readonly statement: StatementWire }) {
  const t = useT();
  const canAct = useMay()("receivables.allocate");
  const [dialog, setDialog] = useState<"merge" | MergeWire | undefined>();
  const canMerge = statement.seen !== null;
  if (!canMerge && statement.merges.length === 0) return null;
  return (
    <Panel
      title={t("ledger.merge")}
      question={t("ledger.merge.q")}
      aside={
        canAct &&
        canMerge && (
          <Button size="compact-xs" mih={24} variant="default" onClick={() => setDialog("merge")}>
            {t("ledger.merge.set")}…
          </Button>
        )
      }
    >
      <ul className="sec ledger-lines small">
        {canMerge && <li className="ink2">{t("ledger.merge.own")}</li>}
        {statement.merges.map((merge) => (
          <Merge key={merge.id} merge={merge} onUndo={canAct ? () => setDialog(merge) : undefined} />
        ))}
      </ul>
      {dialog === "merge" && <MergeDialog statement={statement} onClose={() => setDialog(undefined)} />}
      {dialog !== undefined && dialog !== "merge" && <UndoDialog merge={dialog} onClose={() => setDialog(undefined)} />}
    </Panel>
  );
}

function Merge({ merge, onUndo }: { readonly merge: MergeWire; readonly onUndo: (() => void) | undefined }) {
  const t = useT();
  const f = useFormat();
  return (
    <li className="row ledger-sums">
      <Go className="lnk" to={`/receivables/${merge.intoId}`}>
        {t("ledger.merge.is", { from: merge.fromName, into: merge.intoName })}
      </Go>
      <span className="num ink2">{f.moment(merge.at)}</span>
      <span className="ink3">{t("ledger.change.by", { name: merge.by, reason: merge.reason })}</span>
      {merge.undoneBy !== null && (
        <span className="ink3">
          {t("ledger.state.undone", { name: merge.undoneBy, reason: merge.undoReason ?? "" })}
        </span>
      )}
      {merge.undoneBy === null && onUndo && (
        <Button className="push" size="compact-xs" mih={24} variant="default" onClick={onUndo}>
          {t("ledger.undo")}…
        </Button>
      )}
    </li>
  );
}

function MergeDialog({ statement, onClose }: { readonly statement: StatementWire; readonly onClose: () => void }) {
  const t = useT();
  const [into, setInto] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const merge = useWrite<object, unknown>(
    (body, o) => api.post(`/api/customers/${statement.customerId}/merge`, body, o),
    { topics: TOPICS, onDone: onClose },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("ledger.merge.title", { name: statement.name })}
      action={t("ledger.merge.do")}
      effects={[{ text: t("ledger.merge.effect"), isReversible: true, how: t("ledger.merge.undo") }]}
      isBusy={merge.isPending}
      error={merge.error}
      whyNot={
        into === null
          ? t("ledger.merge.choose")
          : reason.trim().length < REASON_MIN
            ? t("ledger.reason.needed")
            : undefined
      }
      onConfirm={() => merge.mutate({ into, seen: statement.seen, reason: reason.trim() })}
    >
      <CustomerField
        label={t("ledger.merge.into")}
        placeholder={t("ledger.customer.search")}
        nothingFound={t("ledger.customer.none")}
        value={into}
        onChange={setInto}
        isOffered={(id) => !isLedgerOnly(id)}
      />
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}

function UndoDialog({ merge, onClose }: { readonly merge: MergeWire; readonly onClose: () => void }) {
  const t = useT();
  const [reason, setReason] = useState("");
  const undo = useWrite<object, unknown>((body, o) => api.post(`/api/customer-merges/${merge.id}/undo`, body, o), {
    topics: TOPICS,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("ledger.merge.undo.title", { from: merge.fromName, into: merge.intoName })}
      action={t("ledger.merge.undo.do")}
      effects={[{ text: t("ledger.merge.undo.effect"), isReversible: true, how: t("ledger.merge.undo.undo") }]}
      isBusy={undo.isPending}
      error={undo.error}
      whyNot={reason.trim().length < REASON_MIN ? t("ledger.reason.needed") : undefined}
      onConfirm={() => undo.mutate({ reason: reason.trim() })}
    >
      <Reason value={reason} onChange={setReason} />
    </ConfirmDialog>
  );
}

function Reason({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const t = useT();
  return (
    <Textarea
      label={t("ledger.reason")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autosize
      minRows={2}
      maxLength={500}
    />
  );
}
