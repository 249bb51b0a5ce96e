import { createHash } from "node:crypto";
import type { Tx } from "../store/contract.ts";
import { keepAnswer, reserveKey } from "../store/idempotency.ts";

export type Answer = { readonly status: number; readonly text: string };

/** What an idempotency key leads to: do it now, give the first answer again, or refuse. */
export type KeyOutcome =
  | { readonly kind: "fresh"; readonly keep: (answer: Answer) => Promise<void> }
  | { readonly kind: "again"; readonly answer: Answer }
  | { readonly kind: "other-input" };

export const KEY_FORM = /^[\x21-\x7e]{8,200}$/;

/**
 * Reserves a key in the write's own transaction. A second request with the key waits for the first to end:
 * if that one committed, it gets its answer; if that one was refused, it goes ahead.
 */
export async function withKey(tx: Tx, ask: { personId: string; key: string; input: string }): Promise<KeyOutcome> {
  const inputHash = createHash("sha256").update(ask.input).digest("hex");
  const found = await reserveKey(tx, { personId: ask.personId, key: ask.key, inputHash });
  if (found === undefined) return { kind: "fresh", keep: (answer) => keepAnswer(tx, { ...ask, ...answer }) };
  if (found.inputHash !== inputHash) return { kind: "other-input" };
  return { kind: "again", answer: { status: found.status, text: found.answer } };
}
