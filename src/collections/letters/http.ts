import { z } from "zod";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { dayInput, pageOf, pageQuery } from "../../core/wire.ts";
import { type Download, downloadRoute, type Route, route } from "../../http/contract.ts";
import type { Tx } from "../../store/contract.ts";
import { CHANNELS } from "../contract-policy.ts";
import { LETTER_STATES, letterJson, letterRowJson } from "./contract.ts";
import type { LettersDeps } from "./deps.ts";
import { documentOf } from "./document.ts";
import { contactRoutes } from "./http-contacts.ts";
import { mailRoutes } from "./http-mail.ts";
import { templateRoutes } from "./http-templates.ts";
import { cancelLetter, markPosted, markPrinted, resendLetter, returnLetter } from "./hand.ts";
import { drawPdfWith } from "./pdf.ts";
import { countLetters, letterById, listLetters, type LetterRow, toPrint, trailOf } from "./store.ts";
import { recipientsOf } from "./store-recipients.ts";
import { letterRow, letterWire } from "./wire.ts";

export const letterParams = z.object({ letterId: z.uuid() });
const unknown = () => no("not-found", "letter-unknown", "there is no letter with this id");
const why = z.string().trim().min(3, "must say why, in at least 3 characters").max(500);
const PRINT_MAX = 500;
const letterIds = z.array(z.uuid()).min(1).max(PRINT_MAX);

export const lettersRoutes = (deps: LettersDeps): Route[] => [
  ...readRoutes(),
  ...printRoutes(),
  ...handRoutes(deps),
  ...templateRoutes(deps),
  ...contactRoutes(deps),
  ...mailRoutes(deps),
];

function readRoutes(): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/letters",
      permission: "collections.read",
      summary: "Letters, newest first",
      query: z.object({
        ...pageQuery,
        q: z.string().trim().max(100).optional(),
        state: z.enum(LETTER_STATES).optional(),
        channel: z.enum(CHANNELS).optional(),
        stepId: z.string().max(80).optional(),
        accountId: z.uuid().optional(),
        from: dayInput.optional(),
        to: dayInput.optional(),
      }),
      response: pageOf(letterRowJson),
      handle: async ({ tx, query }) => {
        const { cursor, ...filter } = query;
        if (cursor !== undefined && !/^\d{1,18}$/.test(cursor))
          return no("invalid", "cursor-invalid", "this cursor is not ours");
        const before = cursor === undefined ? undefined : BigInt(cursor);
        const rows = await listLetters(tx, { ...filter, before, limit: query.limit + 1 });
        const shown = rows.slice(0, query.limit);
        const last = shown[shown.length - 1];
        const nextCursor = rows.length > query.limit && last ? last.number.toString() : null;
        return ok({ rows: shown.map(letterRow), nextCursor, total: await countLetters(tx, filter) });
      },
    }),
    route({
      method: "GET",
      path: "/api/collections/letters/:letterId",
      permission: "collections.read",
      summary: "One letter as it reads, with what became of it",
      params: letterParams,
      response: letterJson,
      handle: async ({ tx, params }) => {
        const found = await oneLetter(tx, params.letterId);
        return found === undefined ? unknown() : ok(found);
      },
    }),
    downloadRoute({
      method: "GET",
      path: "/api/collections/letters/:letterId/pdf",
      permission: "collections.read",
      summary: "One letter as a PDF",
      params: letterParams,
      handle: async ({ tx, params }) => {
        const row = await letterById(tx, params.letterId);
        return row === undefined ? unknown() : pdfOf([row], `L-${row.number}.pdf`);
      },
    }),
  ];
}

/** A letter for the page. */
export async function oneLetter(tx: Tx, letterId: string) {
  const row = await letterById(tx, letterId);
  if (row === undefined) return undefined;
  const [copies, trail, drawn] = await Promise.all([
    recipientsOf(tx, letterId),
    trailOf(tx, letterId),
    drawPdfWith([documentOf(row)]),
  ]);
  const recipients = copies.map((copy) => copy.address);
  return letterWire({ ...row, recipients }, { copies, trail, unprintable: drawn.unprintable });
}

async function pdfOf(rows: readonly LetterRow[], fileName: string): Promise<Result<Download, Refusal>> {
  const { bytes } = await drawPdfWith(rows.map(documentOf));
  return ok({ contentType: "application/pdf", fileName, chunks: once(bytes) });
}
async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function printRoutes(): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/collections/print-queue",
      permission: "collections.read",
      summary: "Paper letters that are still to be printed or posted, oldest first",
      response: z.object({ rows: z.array(letterRowJson) }),
      handle: async ({ tx }) =>
        ok({
          rows: (await toPrint(tx, PRINT_MAX)).map((row) =>
            letterRow({ ...row, recipients: row.facts.customer.addressLines }),
          ),
        }),
    }),
    downloadRoute({
      method: "GET",
      path: "/api/collections/print-queue/pdf",
      permission: "collections.work",
      summary: "All paper letters of the queue as one PDF",
      handle: async ({ tx }) => {
        const rows = await toPrint(tx, PRINT_MAX);
        return rows.length === 0
          ? no("not-found", "print-queue-empty", "no letter waits to be printed")
          : pdfOf(rows, "letters.pdf");
      },
    }),
    route({
      method: "POST",
      path: "/api/collections/print-queue/printed",
      permission: "collections.work",
      summary: "Say that these letters were printed; they count as told only once they are posted",
      body: z.strictObject({ letterIds }),
      response: z.object({ letters: z.number().int() }),
      handle: ({ tx, body, now }) => markPrinted(tx, { letterIds: body.letterIds, now }),
    }),
    route({
      method: "POST",
      path: "/api/collections/print-queue/posted",
      permission: "collections.work",
      summary: "Say on which day these letters were posted: from then on they count as told",
      body: z.strictObject({ letterIds, on: dayInput }),
      response: z.object({ letters: z.number().int() }),
      handle: ({ tx, body, actor, now }) => markPosted(tx, { ...body, actor, now }),
    }),
  ];
}

function handRoutes(deps: LettersDeps): Route[] {
  const answer = async (tx: Tx, done: Result<undefined, Refusal>, letterId: string) => {
    if (!done.ok) return done;
    const found = await oneLetter(tx, letterId);
    return found === undefined ? unknown() : ok(found);
  };
  return [
    route({
      method: "POST",
      path: "/api/collections/letters/:letterId/resend",
      permission: "collections.work",
      summary: "Send a letter that failed, came back or was cancelled to the addresses that are good now",
      params: letterParams,
      body: z.strictObject({}),
      response: letterJson,
      handle: async ({ tx, params, actor, now }) =>
        answer(tx, await resendLetter(deps, tx, { letterId: params.letterId, actor, now }), params.letterId),
    }),
    route({
      method: "POST",
      path: "/api/collections/letters/:letterId/cancel",
      permission: "collections.work",
      summary: "Take back a letter that has not left",
      params: letterParams,
      body: z.strictObject({ why }),
      response: letterJson,
      handle: async ({ tx, params, body, actor, now }) =>
        answer(tx, await cancelLetter(tx, { letterId: params.letterId, why: body.why, actor, now }), params.letterId),
    }),
    route({
      method: "POST",
      path: "/api/collections/letters/:letterId/returned",
      permission: "collections.work",
      summary: "Say that a letter came back: from that day it counts no more",
      params: letterParams,
      body: z.strictObject({ on: dayInput, why }),
      response: letterJson,
      handle: async ({ tx, params, body, actor, now }) =>
        answer(tx, await returnLetter(deps, tx, { letterId: params.letterId, ...body, actor, now }), params.letterId),
    }),
  ];
}
