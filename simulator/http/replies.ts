import { iso } from "../kernel/clock.ts";
import type { Sim } from "../kernel/sim.ts";
import type { Reply } from "./route.ts";

export const okJson = (body: unknown, headers: Record<string, string> = {}): Reply => ({ status: 200, headers, body });
export const nothing = (status = 204): Reply => ({ status });

/** Shape 1 of CONTRACT 2.3: what most of Partner Center answers. */
export const refused = (status: number, code: string, description: string): Reply => ({
  status,
  body: { code, description, data: [], source: "PartnerFD" },
});

/** Shape 2: newer services. */
export const refusedByService = (
  status: number,
  code: number,
  { name, text }: { name: string; text: string },
): Reply => ({
  status,
  body: {
    code,
    message: text,
    description: text,
    errorName: name,
    isRetryable: false,
    errorMessageExtended: `InternalErrorCode=${code}`,
  },
});

/** Shape 3: the throttling gateway. */
export const throttled = (seconds: number): Reply => ({
  status: 429,
  headers: { "Retry-After": String(seconds) },
  body: { statusCode: 429, message: `Rate limit is exceeded. Try again in ${seconds} seconds.` },
});

export function graphRefused(sim: Sim, status: number, { code, message }: { code: string; message: string }): Reply {
  const id = sim.newId();
  return {
    status,
    body: {
      error: {
        code,
        message,
        innerError: { date: iso(sim.clock.now()).slice(0, 19), "request-id": id, "client-request-id": id },
      },
    },
  };
}

export const badInput = (description: string): Reply => refused(400, "800002", description);
export const noRelation = (): Reply =>
  refused(403, "20002", "The relationship between the partner and the customer does not allow this operation.");

export const link = (uri: string, headers: readonly { key: string; value: string }[] = []) => ({
  uri,
  method: "GET",
  headers,
});
export const objectType = (name: string, etag?: string) =>
  etag === undefined ? { objectType: name } : { etag, objectType: name };

/** A whole collection on one page. */
export const collection = (items: readonly unknown[], self?: string): Reply =>
  okJson({
    totalCount: items.length,
    items,
    ...(self === undefined ? {} : { links: { self: link(self) } }),
    attributes: objectType("Collection"),
  });

/** A member by name, whatever its case: request samples are often PascalCase. */
export function member(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null) return undefined;
  const wanted = name.toLowerCase();
  const found = Object.entries(body).find(([key]) => key.toLowerCase() === wanted);
  return found?.[1];
}

export function hasMember(body: unknown, name: string): boolean {
  if (typeof body !== "object" || body === null) return false;
  return Object.keys(body).some((key) => key.toLowerCase() === name.toLowerCase());
}

export const textMember = (body: unknown, name: string): string | undefined => {
  const value = member(body, name);
  return typeof value === "string" ? value : undefined;
};
