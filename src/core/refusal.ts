import { refuse, type Result } from "./result.ts";

/** What kind of "no" it is. `http/problem.ts` maps each to a status, the command line to an exit code. */
export type RefusalKind = "invalid" | "not-found" | "conflict" | "forbidden" | "too-large" | "unavailable";

/** One field that must change: where, what was given, what would be accepted. */
export type FieldError = { readonly field: string; readonly value: string; readonly fix: string };

/** A "no" that a person or caller can act on. `code` is stable and kebab-case; pages translate by it. */
export type Refusal = {
  readonly kind: RefusalKind;
  readonly code: string;
  readonly detail: string;
  readonly fields?: readonly FieldError[];
  /** Facts for the translated sentence, e.g. `{ status: "suspended" }`. */
  readonly facts?: Readonly<Record<string, string | number>>;
};

/** Shorthand for the usual `return refuse({ kind, code, detail })`. */
export const no = (
  kind: RefusalKind,
  code: string,
  detail: string,
  more?: Pick<Refusal, "fields" | "facts">,
): Result<never, Refusal> => refuse({ kind, code, detail, ...more });
