import { Button, Modal, Select, Textarea } from "@mantine/core";
import { useState } from "react";
import { may } from "../../src/access/contract.ts";
import type { Assignable, CaseJson, CaseRowJson } from "../../src/cases/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { useGo } from "../kit/Go.tsx";
import { useProblemText } from "../kit/States.tsx";
import { useRead, useWrite } from "../query.ts";
import { useMe } from "../shell/desk.ts";

type AssignInput = { readonly personId?: string; readonly takeOver: boolean; readonly why?: string };

/** Giving the case to somebody: to oneself or to another. */
export const useAssign = (caseId: string, onDone?: () => void) =>
  useWrite<AssignInput, CaseRowJson>((input, options) => api.post(`/api/cases/${caseId}/assign`, input, options), {
    topics: ["cases", "notices"],
    onDone: () => onDone?.(),
  });

type Props = { readonly of: CaseJson; readonly onClose: () => void };

/** Somebody else has it: asks before taking it from them. */
export function TakeOverDialog({ of, onClose }: Props) {
  const t = useT();
  const f = useFormat();
  const assign = useAssign(of.id, onClose);
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("cases.takeOver.title", { number: of.number })}
      action={t("cases.takeOver")}
      effects={[]}
      isBusy={assign.isPending}
      error={assign.error}
      onConfirm={() => assign.mutate({ takeOver: true })}
    >
      <p className="small" style={{ margin: 0 }}>
        {of.assignee && t("cases.takeOver.text", { name: of.assignee.name, since: f.moment(of.assignee.since) })}
      </p>
    </ConfirmDialog>
  );
}

export function HandOverDialog({ of, onClose }: Props) {
  const t = useT();
  const me = useMe();
  const problemText = useProblemText();
  const people = useRead<{ people: Assignable[] }>(["cases", "people"], "/api/cases/people");
  const [to, setTo] = useState<string | null>(null);
  const [why, setWhy] = useState("");
  const assign = useAssign(of.id, onClose);
  const choices = (people.data?.people ?? []).filter((one) => one.id !== me.id && may(one.role, "cases.work"));
  const name = choices.find((one) => one.id === to)?.name;
  return (
    <Modal opened onClose={onClose} title={t("cases.handOver.title", { number: of.number })} centered size={440}>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          const text = why.trim();
          if (to !== null && !assign.isPending)
            assign.mutate({ personId: to, takeOver: true, ...(text === "" ? {} : { why: text }) });
        }}
      >
        <Select
          label={t("cases.handOver.to")}
          data={choices.map((one) => ({ value: one.id, label: one.name }))}
          value={to}
          onChange={setTo}
          searchable
          comboboxProps={{ withinPortal: true }}
        />
        <Textarea
          label={t("cases.handOver.why")}
          autosize
          minRows={2}
          maxLength={4_000}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        {(assign.error ?? people.error) && (
          <span className="small crit" role="alert">
            {problemText(assign.error ?? people.error)}
          </span>
        )}
        <span className="row" style={{ justifyContent: "flex-end" }}>
          <Button variant="default" onClick={onClose}>
            {t("kit.cancel")}
          </Button>
          <Button type="submit" disabled={to === null} loading={assign.isPending}>
            {name ? t("cases.handOver.do.to", { name }) : t("cases.handOver.do")}
          </Button>
        </span>
      </form>
    </Modal>
  );
}

const WHY_MIN = 3;

/** A closed case stays closed: looking again opens a new one that links to it. */
export function ReopenDialog({ of, onClose }: Props) {
  const t = useT();
  const go = useGo();
  const [why, setWhy] = useState("");
  const write = useWrite<{ why: string }, CaseRowJson>(
    (input, options) => api.post(`/api/cases/${of.id}/reopen`, input, options),
    {
      topics: ["cases"],
      onDone: (row) => go(`/cases/${row.id}`),
    },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("cases.reopen.title", { number: of.number })}
      action={t("cases.reopen.do")}
      effects={[]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={why.trim().length < WHY_MIN ? t("cases.reopen.why") : undefined}
      onConfirm={() => write.mutate({ why: why.trim() })}
    >
      <p className="small" style={{ margin: 0 }}>
        {t("cases.reopen.text")}
      </p>
      <Textarea
        label={t("cases.reopen.why")}
        autosize
        minRows={2}
        maxLength={4_000}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}
