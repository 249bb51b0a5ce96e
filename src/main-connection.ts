import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { z } from "zod";
import type { AccessOptions } from "./access/access.ts";
import type { Clock } from "./core/time.ts";
import { no } from "./core/refusal.ts";
import { ok } from "./core/result.ts";
import { type Route, uploadRoute } from "./http/contract.ts";
import { cloudNamed, type ConnectionFacts, type Microsoft } from "./main-microsoft.ts";
import { PartnerCenterError, type PartnerCenterProblem } from "./partner-center/contract.ts";
import { WEBHOOK_BYTES_MAX } from "./partner-center/webhook.ts";
import type { Store } from "./store/contract.ts";
import { receiveDelivery } from "./sync/inbox.ts";
import type { Enqueue } from "./worker/contract.ts";

const ids = () => ({ correlationId: randomUUID(), onUnreadable: () => {} });

const told = (problem: PartnerCenterProblem) => ({
  kind: problem.kind,
  advice: problem.advice,
  detail: problem.detail,
  correlationId: problem.correlationId,
});

/** The "test connection" button: reads the first customers and asks about multi-factor sign-in. In the demo it asks the simulator. */
export function testConnection(
  microsoft: Microsoft,
  facts: () => Promise<ConnectionFacts>,
  isDemo: boolean,
): NonNullable<AccessOptions["testConnection"]> {
  return async ({ cloud, ...settings }) => {
    const began = performance.now();
    const answer = { customersSeen: null, mfaCompliant: null, problem: null };
    const tookMs = () => Math.round(performance.now() - began);
    try {
      const reader = await microsoft.trial(
        isDemo ? await facts() : { cloud: cloudNamed(cloud), roots: [], ...settings },
        ids(),
      );
      const first = await reader.customers()[Symbol.asyncIterator]().next();
      const customersSeen = first.done === true ? 0 : first.value.length;
      const mfaCompliant = (await reader.mfaCompliant().catch(() => undefined)) ?? null;
      return { ...answer, ok: true, customersSeen, mfaCompliant, tookMs: tookMs() };
    } catch (error) {
      if (!(error instanceof PartnerCenterError)) throw error;
      return { ...answer, ok: false, tookMs: tookMs(), problem: told(error.problem) };
    }
  };
}

/** Registers our address for all events that Microsoft offers. */
export function registerWebhookWith(
  microsoft: Microsoft,
  url: string | undefined,
): NonNullable<AccessOptions["registerWebhook"]> {
  return async ({ replaceForeign }) => {
    if (url === undefined) return { ok: false, url: null, problem: null };
    try {
      const events = await microsoft.reader(ids()).webhookEventNames();
      const call = { requestId: randomUUID(), correlationId: randomUUID() };
      const answer = await microsoft.actions.registerWebhook({ url, events, replaceForeign }, call);
      return answer.ok ? { ok: true, url, problem: null } : { ok: false, url, problem: told(answer.error) };
    } catch (error) {
      if (!(error instanceof PartnerCenterError)) throw error;
      return { ok: false, url, problem: told(error.problem) };
    }
  };
}

type WebhookParts = {
  readonly path: `/api/${string}`;
  readonly store: Store;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly microsoft: Microsoft;
  readonly log: Logger;
};

/** Where Microsoft's events arrive: verified over the raw bytes, kept, answered at once; the work is done from the queue. */
export const webhookRoute = ({ path, store, clock, enqueue, microsoft, log }: WebhookParts): Route =>
  uploadRoute({
    method: "POST",
    path,
    permission: "public",
    summary: "Microsoft's webhook events, signed",
    bodyBytesMax: WEBHOOK_BYTES_MAX,
    response: z.object({ received: z.boolean() }),
    handle: async ({ headers, body }) => {
      const deps = {
        store,
        clock,
        enqueue,
        verify: microsoft.receiveWebhook,
        log: (level: "info" | "warn" | "error", what: string, facts: object) => log[level](facts, what),
      };
      const { status } = await receiveDelivery(deps, { headers, rawBody: body });
      if (status === 200) return ok({ received: true });
      if (status === 413) return no("too-large", "webhook-too-large", "the body is larger than any event");
      if (status === 503)
        return no("unavailable", "webhook-not-checked", "the signature could not be checked now: send it again");
      return no(
        status === 400 ? "invalid" : "forbidden",
        "webhook-refused",
        "this is not an event signed by Microsoft",
      );
    },
  });
