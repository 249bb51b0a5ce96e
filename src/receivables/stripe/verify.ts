import { Stripe } from "stripe";
import { STRIPE_TOLERANCE_SECONDS } from "../contract-stripe.ts";

/** Endpoint secrets as they are kept: one, or several while they are changed, separated by blanks or lines. */
export const secretsIn = (kept: string | undefined): readonly string[] =>
  (kept ?? "").split(/[\s,;]+/).filter((one) => one !== "");

export type Verified =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly why: "no-secret" | "not-signed" };

/** Whether Stripe signed these very bytes under one of the secrets, not longer ago than the tolerance. `receivedAt` is the real time. */
export function verifyStripe(ask: {
  readonly rawBody: Uint8Array;
  readonly signature: string | undefined;
  readonly secrets: readonly string[];
  readonly receivedAt: Temporal.Instant;
}): Verified {
  if (ask.secrets.length === 0) return { ok: false, why: "no-secret" };
  if (ask.signature === undefined) return { ok: false, why: "not-signed" };
  const payload = Buffer.from(ask.rawBody);
  for (const secret of ask.secrets) {
    try {
      const at = ask.receivedAt.epochMilliseconds;
      return {
        ok: true,
        body: Stripe.webhooks.constructEvent(payload, ask.signature, secret, STRIPE_TOLERANCE_SECONDS, undefined, at),
      };
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError || error instanceof SyntaxError))
        throw error;
    }
  }
  return { ok: false, why: "not-signed" };
}
