import { Problem, type RequestOptions } from "../api.ts";

/** Sends a file as the whole body. A refusal comes back as `Problem`, like everywhere. */
export async function sendFile<R>(path: string, file: File, options: RequestOptions): Promise<R> {
  const response = await fetch(path, {
    method: "POST",
    body: file,
    headers: {
      "content-type": "application/octet-stream",
      "idempotency-key": options.idempotencyKey ?? crypto.randomUUID(),
    },
  }).catch((cause: unknown) => {
    throw new Problem({
      status: 0,
      code: "desk-unreachable",
      detail: cause instanceof Error ? cause.message : "no answer",
    });
  });
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return body as R;
  throw new Problem({
    status: response.status,
    code: typeof body["code"] === "string" ? body["code"] : `http-${response.status}`,
    detail: typeof body["detail"] === "string" ? body["detail"] : `The desk answered ${response.status}.`,
    facts: (body["facts"] ?? {}) as Record<string, string | number>,
  });
}
