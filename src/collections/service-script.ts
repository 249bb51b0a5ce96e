import type { CustomerId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import type { Tx } from "../store/contract.ts";
import type { AccountHistory } from "./contract-history.ts";
import type { LadderState } from "./contract-ladder.ts";
import type { CollectionsDeps } from "./deps.ts";
import type { LetterWhy, StillWanted } from "./letters/contract.ts";
import { standingOf } from "./service-evaluate.ts";
import { historyOf } from "./service-history.ts";
import { groundOf } from "./service-run.ts";
import { findTask } from "./store-tasks.ts";
import type { PolicyVersion } from "./contract-policy.ts";

/** What letters and calls ask about an account right before somebody is told. */

type Today = {
  readonly account: AccountHistory;
  readonly state: LadderState;
  readonly policy: PolicyVersion;
  readonly day: Temporal.PlainDate;
};
/** The facts of an account today; undefined = no policy applies to it. */
export async function accountToday(
  tx: Tx,
  deps: CollectionsDeps,
  { accountId, now }: { readonly accountId: CustomerId; readonly now: Temporal.Instant },
): Promise<Today | undefined> {
  const { history } = await historyOf(tx, deps, { accountId, day: dayOf(now, deps.zone) });
  const { prepared, state, day } = standingOf(history, await groundOf(tx, deps, now), deps.zone);
  return prepared === undefined || state === undefined
    ? undefined
    : { account: history, state, policy: prepared.version, day };
}

/** What to say on the telephone; null where no policy applies. */
export async function callScriptOf(
  tx: Tx,
  deps: CollectionsDeps,
  { taskId, now }: { readonly taskId: string; readonly now: Temporal.Instant },
): Promise<Result<{ readonly language: "en" | "sv"; readonly text: string | null }, Refusal>> {
  const task = await findTask(tx, taskId, "read");
  if (task === undefined) return no("not-found", "call-unknown", `There is no call ${taskId}.`);
  const today = await accountToday(tx, deps, { accountId: task.account_id, now });
  if (today === undefined) return ok({ language: "en", text: null });
  const items = today.state.currencies.flatMap((one) => one.items);
  const due = items.filter((item) => item.leftOut === undefined && item.daysPastDue > 0);
  const notice = {
    stepId: task.step_id ?? today.state.step ?? "",
    channels: [{ channel: "call", letter: "call-script" }],
    invoiceIds: due.map((item) => item.invoiceId),
    listedIds: [],
    charges: [],
  } as const;
  return ok(await deps.callScript(tx, { ...today, notice, now }));
}

/** See `StillWanted`: asked right before a letter leaves, by the facts of that moment. */
export const stillWanted =
  (deps: CollectionsDeps): StillWanted =>
  async (tx, ask) => {
    const today = await accountToday(tx, deps, { accountId: ask.accountId, now: ask.now });
    if (today === undefined) return { kind: "cancel", why: "policy" };
    const why = whyNotSend(today.state, ask);
    return why === undefined ? { kind: "send" } : { kind: "cancel", why };
  };

/** Why a letter that was decided is not sent any more; undefined = it is. */
export function whyNotSend(
  state: LadderState,
  { stepId, invoiceIds }: { readonly stepId: string; readonly invoiceIds: readonly string[] },
): LetterWhy | undefined {
  const hold = state.resting.find((one) => one.invoiceIds.length === 0 && one.why !== "day-off" && one.why !== "grace");
  if (hold !== undefined) return WHY[hold.why] ?? "held";
  const items = state.currencies.flatMap((one) => one.items).filter((item) => invoiceIds.includes(item.invoiceId));
  if (!items.some((item) => item.leftOut === undefined)) {
    const left = items.map((item) => item.leftOut);
    if (left.includes("disputed")) return "disputed";
    return left.includes("promised") ? "promised" : left.includes("sold") ? "policy" : "paid";
  }
  const step = state.steps.find((one) => one.stepId === stepId);
  // What a person asked for outside the steps is sent while anything of it is open.
  return step === undefined || step.matches ? undefined : "below";
}
const WHY: Readonly<Record<string, LetterWhy>> = {
  hacked: "hacked",
  "fraud-case": "fraud-case",
  promise: "promised",
  exempt: "policy",
};
