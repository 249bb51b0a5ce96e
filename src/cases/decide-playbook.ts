import type { PlaybookJson, StepJson } from "./contract.ts";
import { type Playbook, STAGE_BEFORE_FRAUD, type Ticked } from "./playbook.ts";

/** What the desk knows by itself, so that nobody has to tick it. */
export type PlaybookFacts = {
  readonly noticesOpen: number;
  readonly noticesAnswered: number;
  /** Proposals that cancel an Azure subscription: any on the way, any that took effect. */
  readonly cancelling: boolean;
  readonly cancelled: boolean;
  readonly refundFiled: boolean;
};

/** The playbook with who did what. A person's tick stands over what the desk sees by itself. */
export function decidePlaybook(
  playbook: Playbook,
  ticks: ReadonlyMap<string, Ticked>,
  facts: PlaybookFacts,
): PlaybookJson {
  return {
    id: playbook.id,
    version: playbook.version,
    stages: playbook.stages.map((stage) => ({
      id: stage.id,
      aimMinutes: stage.aimMinutes ?? null,
      steps: stage.steps.map((step): StepJson => {
        const tick = ticks.get(step.id) ?? { state: seen(step.does, facts), note: null, by: null, at: null };
        return { id: step.id, does: step.does ?? null, ...tick };
      }),
    })),
  };
}

function seen(does: "cancel" | "answer" | "refund" | undefined, facts: PlaybookFacts): StepJson["state"] {
  switch (does) {
    case "cancel":
      return facts.cancelled && !facts.cancelling ? "done" : facts.cancelling ? "doing" : "todo";
    case "answer":
      return facts.noticesOpen === 0 && facts.noticesAnswered > 0 ? "done" : "todo";
    case "refund":
      return facts.refundFiled ? "done" : "todo";
    case undefined:
      return "todo";
  }
}

/** Steps that must be done, or left out with a reason, before a case may close as fraud. */
export const openStepsForFraud = (playbook: PlaybookJson | null): readonly string[] =>
  (playbook?.stages ?? [])
    .filter((stage) => stage.id === STAGE_BEFORE_FRAUD)
    .flatMap((stage) => stage.steps)
    .filter((step) => step.state !== "done" && step.state !== "not-needed")
    .map((step) => step.id);
