import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import type { MailSetting } from "../../access/contract-settings.ts";

/** Mail over SMTP: one address a transaction, so that each has the server's own answer. */

export type MailText = {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  /** Where replies and reports of this copy come to: `name+token@domain`. */
  readonly replyTo: string;
  readonly messageId: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly language: string;
  readonly attachment?: { readonly fileName: string; readonly bytes: Uint8Array } | undefined;
};

/** Multipart text and HTML with the PDF, as the bytes that are sent. */
export function composeMail(mail: MailText): Promise<Uint8Array> {
  return new MailComposer({
    from: mail.from,
    to: mail.to,
    replyTo: mail.replyTo,
    messageId: mail.messageId,
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "OOF, AutoReply",
      "Content-Language": mail.language,
    },
    attachments: mail.attachment
      ? [
          {
            filename: mail.attachment.fileName,
            content: Buffer.from(mail.attachment.bytes),
            contentType: "application/pdf",
          },
        ]
      : [],
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build() as Promise<Uint8Array>;
}

/** `collections@desk.example` and a token give `collections+token@desk.example`. */
export const tagged = (address: string, token: string): string => address.replace("@", `+${token}@`);

/** What a server made of one copy. */
export type SmtpAnswer =
  | { readonly kind: "accepted"; readonly answer: string; readonly serverMessageId: string | undefined }
  /** Not now: try again. `isUnsure`: the text had been handed over and no answer came, so it may have been taken. */
  | { readonly kind: "deferred"; readonly answer: string; readonly isUnsure: boolean }
  /** It will never take it for this address. */
  | { readonly kind: "refused"; readonly answer: string }
  /** The server does not take our sign-in, our sender or our way of speaking: the settings are wrong, not the address. */
  | { readonly kind: "settings"; readonly answer: string };

export type MailServer = MailSetting & { readonly password: string | undefined };
/** A server that says nothing for so long is given up; well below the time after which an attempt counts as left behind. */
const SILENCE_MS = 60_000;
const ANSWER_CHARS_MAX = 500;

export type SendAsk = {
  readonly server: MailServer;
  readonly envelope: { readonly from: string; readonly to: string; readonly id: string };
  readonly raw: Uint8Array;
  /** Called when the server waits for the text, before its first byte: from here on a crash leaves doubt. */
  readonly beforeText?: (() => Promise<void>) | undefined;
  readonly silenceMs?: number | undefined;
};

/** Sends one copy and says what the server answered; throws only on a bug. */
export async function sendMail(ask: SendAsk): Promise<SmtpAnswer> {
  const { server } = ask;
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.tls === "tls",
    requireTLS: server.tls === "starttls",
    ignoreTLS: server.tls === "none",
    connectionTimeout: ask.silenceMs ?? SILENCE_MS,
    greetingTimeout: ask.silenceMs ?? SILENCE_MS,
    socketTimeout: ask.silenceMs ?? SILENCE_MS,
  });
  const state = { isHanded: false };
  try {
    return await talk(connection, ask, state);
  } catch (error) {
    return answerOf(error, state.isHanded);
  } finally {
    connection.close();
  }
}

function talk(connection: SMTPConnection, ask: SendAsk, state: { isHanded: boolean }): Promise<SmtpAnswer> {
  const { server, envelope, raw } = ask;
  return new Promise((resolve, reject) => {
    // Without a listener a late error of the socket would end the process.
    connection.on("error", reject);
    connection.on("end", () => reject(new Error("the server closed the connection")));
    const send = () => {
      const text = Readable.from(
        textOf(raw, async () => {
          await ask.beforeText?.();
          state.isHanded = true;
        }),
      );
      text.on("error", reject);
      const dsn = { ret: "HDRS", envid: envelope.id, notify: ["FAILURE", "DELAY"] };
      connection.send({ from: envelope.from, to: [envelope.to], dsn }, text, (error, info) => {
        if (error !== null || info === undefined) return reject(error ?? new Error("no answer"));
        connection.quit();
        resolve({ kind: "accepted", answer: cut(info.response), serverMessageId: info.serverMessageId });
      });
    };
    connection.connect((error) => {
      if (error) return reject(error);
      if (server.user === undefined) return send();
      connection.login({ user: server.user, pass: server.password ?? "" }, (refused) =>
        refused ? reject(refused) : send(),
      );
    });
  });
}

async function* textOf(raw: Uint8Array, begin: () => Promise<void>): AsyncIterable<Uint8Array> {
  await begin();
  yield raw;
}

const cut = (text: string): string => text.replaceAll(/\s+/g, " ").trim().slice(0, ANSWER_CHARS_MAX);
const OURS = new Set(["AUTH", "MAIL FROM", "EHLO", "HELO", "STARTTLS", "CONN"]);

/** What a failure means: only the server's own no to this address or this text is a refusal. */
export function answerOf(error: unknown, isHanded: boolean): SmtpAnswer {
  const failure = error as {
    code?: unknown;
    responseCode?: unknown;
    response?: unknown;
    command?: unknown;
    message?: unknown;
  };
  const code = typeof failure.responseCode === "number" ? failure.responseCode : undefined;
  const words = typeof failure.response === "string" ? failure.response : String(failure.message ?? error);
  const answer = cut(words);
  const command = typeof failure.command === "string" ? failure.command : "";
  const isOurs = failure.code === "EAUTH" || failure.code === "ETLS" || OURS.has(command);
  if (code !== undefined && code >= 500) return isOurs ? { kind: "settings", answer } : { kind: "refused", answer };
  if (code !== undefined && code >= 400) return { kind: "deferred", answer, isUnsure: false };
  if (failure.code === "EAUTH" || failure.code === "ETLS") return { kind: "settings", answer };
  return { kind: "deferred", answer, isUnsure: isHanded };
}
