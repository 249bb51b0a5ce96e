import { Agent, request } from "node:http";

export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};
export type Ask = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const TIMEOUT_MS = 30_000;
/** Connections stay open, as a browser keeps them. */
export const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** One request; the time runs from sending to the last byte. Rejects when nobody listens. */
export function ask(url: string, { method = "GET", headers = {}, body }: Ask = {}): Promise<Answer> {
  return new Promise((done, fail) => {
    const began = performance.now();
    const sent = request(url, { method, headers, agent, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () =>
        done({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
          ms: performance.now() - began,
          headers: response.headers,
        }),
      );
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer from ${url} in ${TIMEOUT_MS} ms`)));
    sent.on("error", fail);
    sent.end(body);
  });
}

/** The answer's JSON; throws with what came instead. */
export function json<T>({ status, body }: Answer): T {
  if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 400)}`);
  return JSON.parse(body) as T;
}
