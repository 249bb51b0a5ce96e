import type { FastifyReply } from "fastify";
import type { z } from "zod";
import type { FieldError, Refusal, RefusalKind } from "../core/refusal.ts";

/** The one place where a refusal becomes an HTTP status. */
const STATUS: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  unavailable: 503,
};

const TITLE: Readonly<Record<number, string>> = {
  400: "The input cannot be used",
  401: "Sign in first",
  403: "Not allowed",
  404: "Not found",
  409: "Conflicts with the present state",
  413: "Too large",
  415: "Unknown content type",
  422: "The idempotency key was used for something else",
  429: "Too many requests",
  500: "Something broke on our side",
  503: "Not available now",
};

/** RFC 9457 problem details, plus the stable `code`, the fields to mend and the id to quote. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly fields?: readonly FieldError[];
  readonly facts?: Readonly<Record<string, string | number>>;
};

export type ProblemInput = { readonly status: number; readonly code: string; readonly detail: string } & Pick<
  Refusal,
  "fields" | "facts"
>;

export const problemOf = ({ status, code, detail, fields, facts }: ProblemInput, requestId: string): Problem => ({
  type: `urn:surety:problem:${code}`,
  title: TITLE[status] ?? "Refused",
  status,
  detail,
  code,
  requestId,
  ...(fields && { fields }),
  ...(facts && { facts }),
});

export const refusalProblem = (refusal: Refusal): ProblemInput => ({ ...refusal, status: STATUS[refusal.kind] });

export const sendProblem = (reply: FastifyReply, input: ProblemInput): FastifyReply =>
  reply
    .code(input.status)
    .type("application/problem+json")
    .send(JSON.stringify(problemOf(input, reply.request.id)));

const VALUE_CHARS_MAX = 80;

/** Names each field that failed, what was given there and what would be accepted. */
export function fieldErrors(error: z.ZodError, place: string, given: unknown): readonly FieldError[] {
  return error.issues.flatMap((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
    return keys.map((key) => {
      const path = key === undefined ? issue.path : [...issue.path, key];
      const value = path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], given);
      return {
        field: [place, ...path.map(String)].join("."),
        value: value === undefined ? "(missing)" : String(JSON.stringify(value)).slice(0, VALUE_CHARS_MAX),
        fix: key === undefined ? issue.message : "leave this member out: it is not known here",
      };
    });
  });
}
