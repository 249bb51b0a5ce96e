import { Button } from "@mantine/core";
import type { CaseJson } from "../../src/cases/contract.ts";
import { useT } from "../i18n/t.ts";
import { useGo } from "../kit/Go.tsx";
import { useMay } from "../shell/desk.ts";
import { NOTE_FIELD } from "./Activity.tsx";
import type { Dialog } from "./dialog.ts";
import { useAssign } from "./HandDialogs.tsx";

type Next = { readonly label: string; readonly act: () => void };

/** On a phone the next step stays under the thumb: one thing to do, and a note. */
export function NextBar({ of, onOpen }: { readonly of: CaseJson; readonly onOpen: (dialog: Dialog) => void }) {
  const t = useT();
  const can = useMay();
  const assign = useAssign(of.id);
  const next = useNext(of, { onOpen, take: () => assign.mutate({ takeOver: false }) });
  if (of.state === "closed" || !can("cases.work")) return null;
  return (
    <div className="phonebar only-sm">
      <Button size="md" variant="default" onClick={() => document.getElementById(NOTE_FIELD)?.focus()}>
        {t("cases.next.note")}
      </Button>
      <Button size="md" onClick={next.act} loading={assign.isPending}>
        {next.label}
      </Button>
    </div>
  );
}

/** Take it, decide on what waits for me, stop the loss, answer Microsoft, close: the first of these that is still to do. */
function useNext(of: CaseJson, does: { readonly onOpen: (dialog: Dialog) => void; readonly take: () => void }): Next {
  const t = useT();
  const go = useGo();
  const waiting = of.proposals.find((proposal) => proposal.waitingForMe);
  const notice = of.notices.find((one) => one.state === "open" && !one.isTest);
  const isStopping = of.proposals.some(
    (proposal) =>
      proposal.kind === "cancel-entitlement" &&
      !["withdrawn", "rejected", "expired", "failed"].includes(proposal.state),
  );
  const isRunning = of.running.known && BigInt(of.running.perHour.minor) > 0n;
  if (of.assignee === null) return { label: t("cases.take"), act: does.take };
  if (waiting)
    return {
      label: t("cases.next.review", { number: String(waiting.number).padStart(4, "0") }),
      act: () => go(`/decisions/${waiting.id}`),
    };
  if (of.family === "misuse" && isRunning && !isStopping)
    return {
      label: t("cases.next.stop"),
      act: () => document.getElementById("proposals")?.scrollIntoView({ block: "start" }),
    };
  if (notice) return { label: t("cases.next.answer"), act: () => go(`/notices/${notice.id}`) };
  return { label: t("cases.close"), act: () => does.onOpen("close") };
}
