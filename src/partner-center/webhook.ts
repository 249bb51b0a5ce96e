import { type KeyObject, verify, type X509Certificate } from "node:crypto";
import { ok, refuse, type Result } from "../core/result.ts";
import type { WebhookEvent } from "./contract.ts";
import { parseWebhookEvent } from "./parse-webhooks.ts";
import type { Cloud, Outside } from "./settings.ts";
import { parseExactJson, UnreadableAnswer } from "./tolerant.ts";
import { createCertificates, type FetchRefusal } from "./webhook-certificates.ts";
import { type ChainFault, faultOf, microsoftRoots } from "./webhook-chain.ts";

/** Decides whether a posted body was signed by Microsoft, and what it says. Source: CONTRACT 11.2 and 11.4. */

/** Events are a few hundred bytes; anything near this size is not one. */
export const WEBHOOK_BYTES_MAX = 64 * 1024;

export type WebhookRefusal = {
  readonly code:
    | "headers-missing"
    | "body-too-large"
    | "algorithm-refused"
    | "signature-wrong"
    | "body-unreadable"
    | "resource-host-refused"
    | FetchRefusal
    | ChainFault;
  /** What the sender is told: 4xx = do not come again with this, 503 = come again later. */
  readonly httpStatus: 400 | 401 | 413 | 503;
};
export type WebhookDelivery = {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes exactly as they came: the signature is over them, not over what they parse to. */
  readonly rawBody: Uint8Array;
  readonly now: Temporal.Instant;
};
export type ReceiveWebhook = (delivery: WebhookDelivery) => Promise<Result<WebhookEvent, WebhookRefusal>>;

export type WebhookOptions = {
  readonly cloud: Cloud;
  readonly outside: Pick<Outside, "fetch" | "monotonicMs">;
  /** Roots besides those of Microsoft that Node.js ships: the simulator's, or one the operator adds. */
  readonly extraRoots: readonly X509Certificate[];
};

const HASHES: Readonly<Record<string, string>> = { sha256: "sha256", sha384: "sha384", sha512: "sha512" };

export function createWebhookReceiver({ cloud, outside, extraRoots }: WebhookOptions): ReceiveWebhook {
  const certificates = createCertificates(cloud, outside);
  const roots = [...extraRoots, ...microsoftRoots()];

  return async ({ headers, rawBody, now }) => {
    if (rawBody.byteLength > WEBHOOK_BYTES_MAX) return no("body-too-large", 413);
    const signed = signatureIn(headers);
    if (signed === undefined) return no("headers-missing", 401);
    const hash = hashOf(signed.algorithm);
    if (hash === undefined) return no("algorithm-refused", 401);
    const fetched = await certificates.get(signed.certificateUrl, now);
    if (!fetched.ok) return no(fetched.error, fetched.error === "certificate-unavailable" ? 503 : 401);
    const fault = faultOf({ ...fetched.value, roots }, now);
    if (fault !== undefined) return no(fault, 401);
    if (!isSignedBy(fetched.value.leaf.publicKey, { hash, rawBody, signature: signed.signature }))
      return no("signature-wrong", 401);
    return eventIn(rawBody, cloud);
  };
}

const no = (code: WebhookRefusal["code"], httpStatus: WebhookRefusal["httpStatus"]): Result<never, WebhookRefusal> =>
  refuse({ code, httpStatus });

type Signed = { readonly signature: Buffer; readonly certificateUrl: string; readonly algorithm: string };

/** The three headers; the signature is in `Authorization`, or in `x-ms-signature` when so registered. */
function signatureIn(headers: WebhookDelivery["headers"]): Signed | undefined {
  const single = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === "string" ? value.trim() : undefined;
  };
  const carried = [single("x-ms-signature"), single("authorization")].find((value) => /^signature /i.test(value ?? ""));
  const base64 = /^signature\s+([A-Za-z0-9+/=]{1,4096})$/i.exec(carried ?? "")?.[1];
  const certificateUrl = single("x-ms-certificate-url");
  const algorithm = single("x-ms-signature-algorithm");
  if (base64 === undefined || certificateUrl === undefined || algorithm === undefined) return undefined;
  return { signature: Buffer.from(base64, "base64"), certificateUrl, algorithm };
}

/** `rsa-sha256` and better. Microsoft's sample takes any hash that is named; SHA-1 can be forged. */
function hashOf(algorithm: string): string | undefined {
  const [family, hash, ...rest] = algorithm.toLowerCase().split("-");
  return family === "rsa" && rest.length === 0 ? HASHES[hash ?? ""] : undefined;
}

function isSignedBy(
  key: KeyObject,
  { hash, rawBody, signature }: { hash: string; rawBody: Uint8Array; signature: Buffer },
): boolean {
  return verify(hash, rawBody, key, signature);
}

function eventIn(rawBody: Uint8Array, cloud: Cloud): Result<WebhookEvent, WebhookRefusal> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(rawBody);
    const event = parseWebhookEvent(parseExactJson(text));
    const foreign = [event.resourceUri, event.auditUri].some((uri) => uri !== undefined && !isOurHost(uri, cloud));
    return foreign ? no("resource-host-refused", 400) : ok(event);
  } catch (error) {
    if (error instanceof UnreadableAnswer || error instanceof SyntaxError || error instanceof TypeError)
      return no("body-unreadable", 400);
    throw error;
  }
}

/** Following an address from a payload with our token would hand the token over: only Microsoft's own hosts will do. */
function isOurHost(uri: string, cloud: Cloud): boolean {
  if (/^\/(?!\/)/.test(uri)) return true;
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  return (
    (url.protocol === "https:" || url.protocol === "http:") &&
    cloud.resourceHosts.includes(url.host) &&
    url.username === ""
  );
}
