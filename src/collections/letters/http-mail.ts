import { z } from "zod";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { type Route, route, uploadRoute } from "../../http/contract.ts";
import type { Tx } from "../../store/contract.ts";
import { MAIL_IN_BYTES_MAX, MAIL_IN_KINDS, mailInJson, mailStateJson, type MailStateWire } from "./contract.ts";
import type { LettersDeps } from "./deps.ts";
import { receiveMail } from "./inbound.ts";
import { composeMail, sendMail } from "./mail.ts";
import { creditorOf } from "./service.ts";
import { waitingCounts } from "./store.ts";
import { mailIn } from "./store-contacts.ts";
import { mailInWire } from "./wire.ts";

/** Mail that comes in, and how mail goes out. */

const TEST_SILENCE_MS = 12_000;
const testJson = z.object({ ok: z.boolean(), kind: z.string(), answer: z.string() });

export const mailRoutes = (deps: LettersDeps): Route[] => [
  uploadRoute({
    method: "POST",
    path: "/api/webhooks/mail",
    permission: "collections.work",
    summary: "Hand over one raw mail (message/rfc822) that came to the reply address: a delivery report or a reply",
    query: z.object({ for: z.string().max(320).optional() }),
    bodyBytesMax: MAIL_IN_BYTES_MAX,
    response: z.object({ kind: z.enum(MAIL_IN_KINDS), letterId: z.string().nullable(), already: z.boolean() }),
    handle: ({ tx, body, query, now }) =>
      receiveMail(deps, tx, { raw: body, for: query.for === undefined ? [] : [query.for], now }),
  }),
  route({
    method: "GET",
    path: "/api/collections/mail-in",
    permission: "collections.read",
    summary: "Mail that came back, newest first",
    query: z.object({
      accountId: z.uuid().optional(),
      letterId: z.uuid().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({ rows: z.array(mailInJson) }),
    handle: async ({ tx, query }) => ok({ rows: (await mailIn(tx, query)).map(mailInWire) }),
  }),
  route({
    method: "GET",
    path: "/api/collections/mail-state",
    permission: "collections.read",
    summary: "How letters leave now, and what waits",
    response: mailStateJson,
    handle: async ({ tx }) => ok(await mailState(deps, tx)),
  }),
  route({
    method: "POST",
    path: "/api/collections/mail-test",
    permission: "settings.manage",
    summary: "Send a test mail with the saved settings and say what the server answered",
    body: z.strictObject({ to: z.email().max(254) }),
    response: testJson,
    handle: ({ tx, body }) => sendTest(deps, tx, body.to),
  }),
];

export async function mailState(deps: LettersDeps, tx: Tx): Promise<MailStateWire> {
  const [settings, counts, creditor] = await Promise.all([deps.settings(tx), waitingCounts(tx), creditorOf(deps, tx)]);
  return {
    mail:
      deps.isDemo && deps.demoMail === undefined
        ? "demo-folder"
        : deps.isDemo
          ? "smtp"
          : settings.mail === undefined
            ? "unset"
            : "smtp",
    sms: deps.isDemo ? "demo-folder" : settings.sms === undefined ? "unset" : "46elks",
    folder: deps.isDemo ? "mail-out" : null,
    ...counts,
    missing: missingOf(creditor),
  };
}

/** What letters should say of the creditor and cannot yet. */
export const missingOf = (creditor: Awaited<ReturnType<typeof creditorOf>>): string[] => [
  ...(creditor.name === "" ? ["name"] : []),
  ...(creditor.addressLines.length === 0 ? ["address"] : []),
  ...(creditor.phone === undefined && creditor.email === undefined ? ["contact"] : []),
  ...(creditor.bankgiro === undefined && creditor.iban === undefined && creditor.accountNumber === undefined
    ? ["payment"]
    : []),
];

async function sendTest(deps: LettersDeps, tx: Tx, to: string): Promise<Result<z.input<typeof testJson>, Refusal>> {
  if (deps.isDemo) return no("conflict", "demo-sends-nothing", "the demo writes files and never sends to the world");
  const { mail } = await deps.settings(tx);
  if (mail === undefined) return no("conflict", "mail-unset", "no mail server is set yet");
  const text = "This is a test from Surety. If you read it, letters can leave.";
  const raw = await composeMail({
    from: { name: mail.fromName ?? "Surety", address: mail.from },
    to,
    replyTo: mail.replyTo,
    messageId: `<test.${deps.newId()}@${mail.replyTo.split("@")[1] ?? "surety.invalid"}>`,
    subject: "Test from Surety",
    html: `<p>${text}</p>`,
    text,
    language: "en",
  });
  const envelope = { from: mail.replyTo, to, id: "test" };
  const { kind, answer } = await sendMail({ server: mail, envelope, raw, silenceMs: TEST_SILENCE_MS });
  return ok({ ok: kind === "accepted", kind, answer });
}
