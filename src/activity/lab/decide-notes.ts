import { z } from "zod";
import { CASE_FAMILIES } from "../../cases/contract-states.ts";
import { ABUSES, CONTAINMENTS } from "../contract-detector.ts";
import { SOURCES } from "../contract-event.ts";
import type { RuleNotes } from "../contract-hit.ts";

const EXAMPLES_MAX = 50;
const EVENTS_MAX = 500;

/** A rule's own key `surety`. */
export const notesSchema = z.strictObject({
  titleSv: z.string().min(1).max(256).optional(),
  family: z.enum(CASE_FAMILIES).optional(),
  abuse: z.array(z.enum(ABUSES)).max(ABUSES.length).optional(),
  why: z.string().max(2_000).optional(),
  sources: z.array(z.enum(SOURCES)).max(SOURCES.length).optional(),
  runbook: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,80}$/, "the name of a page in docs/guide/runbooks, without .md")
    .optional(),
  covers: z.string().max(300).optional(),
  contain: z.enum(CONTAINMENTS).optional(),
  fold: z.array(z.string().min(1).max(200)).max(6).optional(),
  examples: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        hits: z.boolean(),
        events: z.array(z.record(z.string(), z.unknown())).min(1).max(EVENTS_MAX),
      }),
    )
    .max(EXAMPLES_MAX)
    .optional(),
});

/** The notes, or what is wrong with them and where. */
export function readNotes(
  given: unknown,
):
  | { readonly notes: RuleNotes }
  | { readonly faults: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } {
  if (given === undefined || given === null) return { notes: {} };
  const read = notesSchema.safeParse(given);
  return read.success
    ? { notes: read.data }
    : { faults: read.error.issues.map(({ path, message }) => ({ path, message })) };
}
