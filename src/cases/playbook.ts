import type { CaseFamily, StepJson } from "./contract.ts";

/** One thing to do, with where it is done when the desk can do it. Pages word it by `id`. */
type Step = { readonly id: string; readonly does?: "cancel" | "answer" | "refund" };
type Stage = { readonly id: string; readonly aimMinutes?: number; readonly steps: readonly Step[] };
export type Playbook = { readonly id: string; readonly version: number; readonly stages: readonly Stage[] };

/**
 * What to do when a tenant is compromised. Microsoft's four words Confirm, Contain, Secure, Improve, with Report between them.
 * Source: GUIDANCE 6 (Microsoft's "essential steps", the alert page, a distributor's guide); aims: 30 minutes (third party), 1 hour (Microsoft).
 */
const COMPROMISE: Playbook = {
  id: "compromise",
  version: 1,
  stages: [
    {
      id: "confirm",
      aimMinutes: 30,
      steps: [
        { id: "confirm.spend" },
        { id: "confirm.activity-log" },
        { id: "confirm.sign-ins" },
        { id: "confirm.ask-customer" },
      ],
    },
    {
      id: "contain",
      aimMinutes: 60,
      steps: [
        { id: "contain.cancel", does: "cancel" },
        { id: "contain.deallocate" },
        { id: "contain.remove-owners" },
        { id: "contain.sessions" },
      ],
    },
    {
      id: "report",
      steps: [
        { id: "report.answer", does: "answer" },
        { id: "report.support-case" },
        { id: "report.refund", does: "refund" },
        { id: "report.tell" },
      ],
    },
    {
      id: "secure",
      steps: [
        { id: "secure.mfa" },
        { id: "secure.recovery-data" },
        { id: "secure.apps" },
        { id: "secure.gdap" },
        { id: "secure.leftovers" },
      ],
    },
    {
      id: "improve",
      steps: [{ id: "improve.cause" }, { id: "improve.quota" }, { id: "improve.budget" }, { id: "improve.terms" }],
    },
  ],
};

const OF_FAMILY: Readonly<Partial<Record<CaseFamily, Playbook>>> = { misuse: COMPROMISE };

/** The playbook of a family; undefined where none is written yet. */
export const playbookOf = (family: CaseFamily): Playbook | undefined => OF_FAMILY[family];

export const hasStep = (playbook: Playbook, stepId: string): boolean =>
  playbook.stages.some((stage) => stage.steps.some((step) => step.id === stepId));

/** A missed foothold is a second compromise: a case closed as fraud has every step of this stage done or left out with a reason. */
export const STAGE_BEFORE_FRAUD = "secure";

export type Ticked = Pick<StepJson, "state" | "note" | "by" | "at">;
