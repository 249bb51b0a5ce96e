import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ProposalJson, ProposalMove } from "../../src/response/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Approvals, K } from "../kit/Bits.tsx";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { useGo } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { UndoNote, useShownEffects } from "./parts.tsx";
import { Preflight } from "./Preflight.tsx";
import { useActionName, useRoleNames, useWhyText } from "./texts.ts";

export type Asking = Exclude<ProposalMove, "dry-run"> | undefined;
type Props = { readonly of: ProposalJson; readonly asking: Asking; readonly onAsk: (asking: Asking) => void };

/** Who said yes, what stands in the way, and the buttons; every closed one says why. */
export function DecidePanel({ of, asking, onAsk }: Props) {
  const t = useT();
  const { have, need } = of.approvals;
  return (
    <Panel
      className="r-decide"
      title={t("response.decide")}
      question={t("response.decide.q")}
      aside={
        need > 0 && (
          <span className="row num ink2" style={{ gap: 6 }}>
            <span aria-hidden="true">
              <Approvals have={have} need={need} />
            </span>
            {t("kit.of", { have, need })}
          </span>
        )
      }
    >
      {(of.state === "proposed" || of.state === "failed" || of.state === "unverified") && (
        <Preflight items={of.preflight} />
      )}
      <div className="sec line col" style={{ gap: 10 }}>
        <Said of={of} />
        <Buttons of={of} onAsk={onAsk} />
      </div>
      {asking !== undefined && <MoveDialog key={asking} of={of} move={asking} onClose={() => onAsk(undefined)} />}
    </Panel>
  );
}

/** What people said so far, and how it ended when nobody wanted it. */
function Said({ of }: { readonly of: ProposalJson }) {
  const t = useT();
  const f = useFormat();
  return (
    <div className="col small" style={{ gap: 3 }}>
      <span className="ink2">{t("response.madeBy", { name: of.madeBy.name, time: f.moment(of.madeAt) })}</span>
      {of.approvedBy.map((one) => (
        <span key={one.id}>
          {t("response.approvedBy", { name: one.name, time: f.moment(one.at) })}
          {one.note && <span className="ink2"> “{one.note}”</span>}
        </span>
      ))}
      {(of.state === "rejected" || of.state === "withdrawn") && (
        <span>{t(`response.closed.${of.state}`, { name: of.stateBy?.name ?? "", reason: of.stateReason ?? "" })}</span>
      )}
      {of.state === "expired" && (
        <span>
          {t(
            of.stateReason === "facts-changed"
              ? "response.closed.expired.facts-changed"
              : "response.closed.expired.time",
          )}
        </span>
      )}
    </div>
  );
}

/** The moves that this state knows; others would only be noise. */
const MOVES: Readonly<Record<ProposalJson["state"], readonly Exclude<Asking, undefined>[]>> = {
  proposed: ["approve", "reject", "withdraw"],
  approved: [],
  running: [],
  sent: [],
  verified: ["undo"],
  failed: ["run-again", "undo"],
  unverified: ["run-again", "undo"],
  withdrawn: [],
  rejected: [],
  expired: [],
};
const LABEL = {
  approve: "response.approve",
  reject: "response.reject",
  withdraw: "response.withdraw",
  "run-again": "response.runAgain",
  undo: "response.undo.button",
} as const;

function Buttons({ of, onAsk }: Pick<Props, "of" | "onAsk">) {
  const t = useT();
  const why = useWhyText();
  const name = useActionName();
  const moves = MOVES[of.state];
  // The proposer is offered to withdraw, everybody else to approve or reject.
  const isMine = of.moves.withdraw === null && of.moves.reject !== null;
  const shown = moves.filter((move) =>
    move === "withdraw" ? isMine : move === "reject" ? of.moves.reject === null : true,
  );
  const main = shown[0];
  const closed = main === undefined ? null : (of.moves[main] ?? null);
  if (main === undefined) return null;
  return (
    <>
      <div className="row wrap response-buttons">
        {shown.map((move) => (
          <Button
            key={move}
            size="sm"
            variant={
              move === main && move !== "undo" ? "filled" : move === "reject" || move === "undo" ? "default" : "subtle"
            }
            disabled={(of.moves[move] ?? null) !== null}
            {...(move === main && closed ? { "aria-describedby": "why-not" } : {})}
            onClick={() => onAsk(move)}
          >
            {move === "approve" ? name(of) : t(LABEL[move])}
            {move === "approve" && of.moves.approve === null && (
              <>
                {" "}
                <K>A</K>
              </>
            )}
          </Button>
        ))}
      </div>
      {closed && <Why id="why-not">{why(closed)}</Why>}
      <Consequence of={of} />
    </>
  );
}

/** What the next yes leads to. */
function Consequence({ of }: Pick<Props, "of">) {
  const t = useT();
  const f = useFormat();
  const names = useRoleNames();
  if (of.state !== "proposed") return null;
  const left = of.approvals.need - of.approvals.have - 1;
  return (
    <span className="tiny ink3">
      {of.moves.approve === null
        ? left > 0
          ? t("response.approve.more", { n: left })
          : t("response.approve.starts")
        : t("response.propose.approvals", { n: left + 1, roles: names(of.approvals.roles) })}{" "}
      {t("response.expiresAt", { time: f.moment(of.expiresAt) })}.
    </span>
  );
}

type MoveDialogProps = {
  readonly of: ProposalJson;
  readonly move: Exclude<Asking, undefined>;
  readonly onClose: () => void;
};

/** Asks before each move, with its effects; a rejection and an undo need a reason. */
function MoveDialog({ of, move, onClose }: MoveDialogProps) {
  const t = useT();
  const go = useGo();
  const name = useActionName();
  const effects = useShownEffects();
  const [text, setText] = useState("");
  const needsReason = move === "reject" || move === "undo";
  const write = useWrite(
    (said: string, o) =>
      api.post<ProposalJson>(
        `/api/proposals/${of.id}/${move}`,
        needsReason ? { reason: said } : { ...(said !== "" && { note: said }) },
        o,
      ),
    {
      topics: ["response", "cases", "notices", "customers"],
      onDone: (next) => (next.id === of.id ? onClose() : go(`/decisions/${next.id}`)),
    },
  );
  const action = name(of);
  const titles = {
    approve: t("response.approve.dialog", { action }),
    reject: t("response.reject.action"),
    withdraw: t("response.withdraw.action"),
    "run-again": t("response.runAgain"),
    undo: t("response.undo.action"),
  } as const;
  const isShort = needsReason && text.trim().length < 3;
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={titles[move]}
      action={move === "approve" ? action : titles[move]}
      effects={move === "approve" || move === "run-again" ? effects(of.effects) : []}
      onConfirm={() => write.mutate(text.trim())}
      isBusy={write.isPending}
      error={write.error}
      whyNot={isShort ? t("response.reason.hint") : undefined}
    >
      {move === "undo" && <UndoNote undo={of.undo} />}
      {move === "undo" && <span className="small">{t("response.undo.text")}</span>}
      {move === "run-again" && <span className="small">{t("response.runAgain.text")}</span>}
      <Textarea
        label={t(needsReason ? "response.reason" : "response.note")}
        description={needsReason ? undefined : t("response.note.hint")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2_000}
        data-autofocus
      />
    </ConfirmDialog>
  );
}
