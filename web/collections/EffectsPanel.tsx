import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { EffectWire } from "../../src/collections/contract-work.ts";
import { OWN_EFFECTS } from "../../src/collections/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Approvals } from "../kit/Bits.tsx";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { type Level, Tag } from "../kit/Risk.tsx";
import { useWrite } from "../query.ts";
import { useStepName } from "./steps.ts";

const LEVEL: Record<EffectWire["state"], Level> = {
  asked: "warn",
  done: "crit",
  refused: "none",
  lifting: "info",
  lifted: "ok",
  dropped: "none",
};

/** What the policy asks for or did: approved in Decisions where Microsoft is involved, here where it is our own books. */
export function EffectsPanel({ effects }: { readonly effects: readonly EffectWire[] }) {
  const t = useT();
  if (effects.length === 0) return null;
  return (
    <Panel title={t("collections.effects")} question={t("collections.effects.q")}>
      <ul className="rows">
        {effects.map((effect) => (
          <EffectLine key={effect.id} effect={effect} />
        ))}
      </ul>
    </Panel>
  );
}

function EffectLine({ effect }: { readonly effect: EffectWire }) {
  const t = useT();
  const f = useFormat();
  const name = useStepName();
  const [dialog, setDialog] = useState<"approve" | "reject" | undefined>();
  const isOurs = OWN_EFFECTS.includes(effect.kind);
  return (
    <li className="sec small col">
      <span className="row wrap">
        <Tag level={LEVEL[effect.state]}>{t(`collections.effect.state.${effect.state}`)}</Tag>
        <span className="b">{t(`collections.effect.${effect.kind}`)}</span>
        <span className="ink3">
          {name(effect.stepName)} · {f.day(effect.doneOn ?? effect.wantedOn)}
        </span>
        {effect.state === "asked" && effect.need > 0 && (
          <span className="push">
            <Approvals have={effect.have} need={effect.need} />
          </span>
        )}
      </span>
      <details>
        <summary>{t("collections.effect.reason")}</summary>
        {/* As it stands in the proposal and the log: one language for all who read them. */}
        <p lang="en" className="effect-reason ink2">
          {effect.reason}
        </p>
      </details>
      {effect.proposals.map((one) => (
        <Go key={one.id} className="lnk effect-link" to={`/decisions/${one.id}`}>
          {`P-${String(one.number).padStart(4, "0")} ${one.name}`}
        </Go>
      ))}
      {effect.left.map((one) => (
        <span key={one.name} className="warn">
          {t("collections.effect.left", { name: one.name })}
        </span>
      ))}
      {isOurs && effect.state === "asked" && effect.mayApprove && (
        <span className="row" style={{ justifyContent: "flex-end" }}>
          <Button size="compact-xs" mih={24} variant="default" onClick={() => setDialog("reject")}>
            {t("collections.effect.reject")}…
          </Button>
          <Button size="compact-xs" mih={24} onClick={() => setDialog("approve")}>
            {t("collections.effect.approve")}…
          </Button>
        </span>
      )}
      {dialog && <DecideDialog effect={effect} move={dialog} onClose={() => setDialog(undefined)} />}
    </li>
  );
}

type DecideProps = {
  readonly effect: EffectWire;
  readonly move: "approve" | "reject";
  readonly onClose: () => void;
};

function DecideDialog({ effect, move, onClose }: DecideProps) {
  const t = useT();
  const [note, setNote] = useState("");
  const write = useWrite<object, EffectWire>(
    (body, o) => api.post(`/api/collections/effects/${effect.id}/${move}`, body, o),
    { topics: ["collections", "receivables"], onDone: onClose },
  );
  const text = note.trim();
  const isNeeded = move === "reject";
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(`collections.effect.${move}.title`, { effect: t(`collections.effect.${effect.kind}`) })}
      action={t(`collections.effect.${move}`)}
      effects={[{ text: effect.reason, isReversible: effect.kind === "write-off" }]}
      isBusy={write.isPending}
      error={write.error}
      whyNot={isNeeded && text.length < 3 ? t("customers.reason.needed") : undefined}
      onConfirm={() => write.mutate(isNeeded ? { reason: text } : text === "" ? {} : { note: text })}
    >
      <Textarea
        label={t("customers.reason")}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
      />
    </ConfirmDialog>
  );
}
