import { Problem } from "../api.ts";

type Upload = {
  readonly path: string;
  readonly file: File;
  readonly idempotencyKey: string;
  /** 0 to 1 of the bytes that have left. */
  readonly onProgress: (share: number) => void;
};

/** Sends a file as the whole body and tells how far it is, which `fetch` cannot. A refusal comes back as `Problem`. */
export function uploadFile<R>({ path, file, idempotencyKey, onProgress }: Upload): Promise<R> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("idempotency-key", idempotencyKey);
    request.upload.addEventListener(
      "progress",
      (event) => event.lengthComputable && onProgress(event.loaded / event.total),
    );
    request.addEventListener("error", () =>
      failed(new Problem({ status: 0, code: "desk-unreachable", detail: "The desk could not be reached." })),
    );
    request.addEventListener("load", () => {
      const body = (request.response ?? {}) as Record<string, unknown>;
      if (request.status >= 200 && request.status < 300) return done(body as R);
      const text = (value: unknown, otherwise: string) =>
        typeof value === "string" && value !== "" ? value : otherwise;
      return failed(
        new Problem({
          status: request.status,
          code: text(body["code"], `http-${request.status}`),
          detail: text(body["detail"], `The desk answered ${request.status}.`),
          facts: (body["facts"] ?? {}) as Record<string, string | number>,
        }),
      );
    });
    request.send(file);
  });
}
