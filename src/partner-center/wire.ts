import { PROBLEM_ADVICE, PartnerCenterError } from "./contract.ts";
import { type CallIds, silence } from "./decide-problem.ts";
import type { Outside } from "./settings.ts";

/** One exchange over the network: time limit, size limit, no redirects. Everything above it is policy. */

/** Longest a single try may take, answer included. */
export const TRY_SECONDS_MAX = 60;
/** Largest answer we read; a page of 2,000 invoice lines is about 5 MiB. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export type Sent = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
};
export type Heard = { readonly status: number; readonly headers: Headers; readonly text: string };

/** Sends and reads to the end. Throws `PartnerCenterError` (outage or unreadable answer) when that fails. */
export async function exchange(outside: Pick<Outside, "fetch">, sent: Sent, ids: CallIds): Promise<Heard> {
  const isWrite = sent.method !== "GET" && sent.method !== "HEAD";
  try {
    const response = await outside.fetch(sent.url, {
      method: sent.method,
      headers: sent.headers,
      ...(sent.body === undefined ? {} : { body: sent.body }),
      // A redirect would carry our token to a host we did not choose.
      redirect: "manual",
      signal: AbortSignal.timeout(TRY_SECONDS_MAX * 1_000),
    });
    return { status: response.status, headers: response.headers, text: await readText(response, ids) };
  } catch (error) {
    if (error instanceof PartnerCenterError) throw error;
    throw new PartnerCenterError(silence("outage", `no answer: ${reasonOf(error)}`, { ...ids, isWrite }));
  }
}

async function readText(response: Response, ids: CallIds): Promise<string> {
  if (response.body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    // The operator cannot mend this and repeating will not either, so it is not an outage.
    if (bytes > ANSWER_BYTES_MAX) throw tooLarge(response.status, ids);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const tooLarge = (httpStatus: number, ids: CallIds): PartnerCenterError =>
  new PartnerCenterError({
    kind: "bad-request",
    advice: PROBLEM_ADVICE["bad-request"],
    detail: `the answer is larger than ${ANSWER_BYTES_MAX} bytes`,
    httpStatus,
    ...ids,
    outcomeUnknown: false,
  });

/** Why the network failed, without the address (it may hold a signature). */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.name === "TimeoutError") return `no complete answer within ${TRY_SECONDS_MAX} seconds`;
  const cause = error.cause as { readonly code?: string; readonly message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
