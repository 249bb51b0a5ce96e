import type { Json } from "../core/canonical.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { type Actor, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { readSetting, writeSetting } from "../store/settings.ts";
import type { Enqueue, Job } from "../worker/contract.ts";
import { ACCESS_EVENTS } from "./contract.ts";
import { WEBHOOK_RESULT, type WebhookResult, webhookResultJson, type WebhookWire } from "./contract-settings.ts";
import type { Desk } from "./desk.ts";

/** Tells Microsoft where to send its events; main.ts hands it in. Safe to repeat. */
export type RegisterWebhook = (ask: {
  readonly replaceForeign: boolean;
}) => Promise<Pick<WebhookResult, "ok" | "url" | "problem">>;

export type WebhookDeps = {
  /** The https address of this desk for Microsoft's events; undefined while it has none. */
  readonly webhookUrl?: string | undefined;
  readonly registerWebhook?: RegisterWebhook | undefined;
  readonly enqueue?: Enqueue | undefined;
};

const JOB = "access.register-webhook";
const ASKED = "access.webhook-asked";

export async function webhookState(tx: Tx, { webhookUrl }: WebhookDeps): Promise<WebhookWire> {
  const [last, asked] = await Promise.all([readSetting(tx, WEBHOOK_RESULT), readSetting(tx, ASKED)]);
  const parsed = webhookResultJson.safeParse(last);
  return { ourUrl: webhookUrl ?? null, isAsked: asked === true, last: parsed.success ? parsed.data : null };
}

/** Asks for the registration: it is done by a job, because nothing is sent to Microsoft inside a request's transaction. */
export async function askWebhook(
  tx: Tx,
  deps: WebhookDeps,
  ask: { readonly actor: Actor; readonly replaceForeign: boolean },
): Promise<Result<WebhookWire, Refusal>> {
  if (deps.registerWebhook === undefined || deps.enqueue === undefined)
    return no("unavailable", "connection-not-built", "this desk runs without a connection to Microsoft");
  if (deps.webhookUrl === undefined)
    return no(
      "conflict",
      "no-public-address",
      "Microsoft must reach this desk by https: set SURETY_BASE_URL to its public address first",
    );
  await writeSetting(tx, ASKED, true);
  await deps.enqueue(tx, JOB, { actor: { ...ask.actor }, replaceForeign: ask.replaceForeign }, { singletonKey: JOB });
  return ok(await webhookState(tx, deps));
}

export const webhookJob = (desk: Desk, { registerWebhook }: WebhookDeps): Job => ({
  name: JOB,
  handle: async (data: Json) => {
    if (registerWebhook === undefined) return;
    const { actor = SURETY, replaceForeign } = data as { actor?: Actor; replaceForeign?: boolean };
    const answer = await registerWebhook({ replaceForeign: replaceForeign === true });
    const result: WebhookResult = { at: desk.clock.now().toString(), ...answer };
    await desk.store.inTransaction(async (tx) => {
      await writeSetting(tx, ASKED, undefined);
      await writeSetting(tx, WEBHOOK_RESULT, result);
      if (!result.ok) return;
      const event = {
        type: ACCESS_EVENTS.webhookRegistered,
        actor,
        at: desk.clock.now(),
        subject: { kind: "settings", id: "webhook" },
        data: { url: result.url },
      };
      await appendEvents(tx, [event]);
    });
  },
});
