import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { SMTPServer } from "smtp-server";
import type { MailSetting } from "../../access/contract-settings.ts";

/** A real mail server for tests: keeps what it takes, and answers as it is told. */

export type Sink = {
  readonly setting: MailSetting & { readonly password: string | undefined };
  readonly mails: { readonly raw: string; readonly from: string; readonly to: string; readonly isSecure: boolean }[];
  /** What it answers to the next texts, in order: an SMTP answer, or "drop" in the middle of one. */
  readonly answers: string[];
  /** What it answers to every text. */
  always: string | undefined;
  /** Addresses that it does not know. */
  readonly refuse: Set<string>;
};

function refusal(answer: string): Error & { responseCode: number } {
  return Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) });
}

export async function mailServer({ tls = false }: { readonly tls?: boolean } = {}): Promise<Sink> {
  const mails: Sink["mails"] = [];
  const answers: string[] = [];
  const refuse = new Set<string>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: tls ? [] : ["STARTTLS"],
    hideSTARTTLS: !tls,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 200,
    onAuth: ({ username, password }, _session, done) =>
      password === "right" ? done(null, { user: username ?? "" }) : done(refusal("535 5.7.8 sign-in refused")),
    onRcptTo: ({ address }, _session, done) =>
      done(refuse.has(address) ? refusal("550 5.1.1 user unknown") : undefined),
    onData: (stream, session, done) => {
      const answer = answers.shift() ?? sink.always;
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (answer === "drop") closeAll();
      });
      stream.on("end", () => {
        if (answer === "drop") return;
        if (answer !== undefined) return done(refusal(answer));
        mails.push({
          raw: Buffer.concat(chunks).toString("utf8"),
          from: session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map((one) => one.address).join(", "),
          isSecure: session.secure,
        });
        done(null);
      });
    },
  });
  const closeAll = () => {
    for (const connection of server.connections) connection.close();
  };
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const sink: Sink = {
    setting: {
      host: "127.0.0.1",
      port,
      tls: "none",
      from: "reskontra@desk.example",
      replyTo: "collections@desk.example",
      password: undefined,
    },
    mails,
    answers,
    always: undefined,
    refuse,
  };
  return sink;
}
