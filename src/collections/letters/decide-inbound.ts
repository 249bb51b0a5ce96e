import type { MailInKind } from "./contract.ts";

/** What a mail that came in is: a report that a letter did not arrive, the answer of a machine, or of a person. */

export type MailFacts = {
  /** Header names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly from: string;
  /** Every address it was for: To, Cc, Delivered-To, X-Original-To, and what the endpoint was told. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** The whole mail, for the parts of a report that are no text. */
  readonly raw: string;
};
export type MailRead = {
  readonly kind: MailInKind;
  /** Tokens in its addresses, most telling first. */
  readonly tokens: readonly string[];
  readonly messageIds: readonly string[];
  /** Of a report: the address it is about, its status (RFC 3463) and the server's words. */
  readonly report:
    | { readonly address: string | undefined; readonly status: string | undefined; readonly words: string }
    | undefined;
};

const TOKEN = /\+([0-9a-f]{24})@/gi;
const MESSAGE_ID = /<[^<>\s]{3,250}>/g;
const WORDS_MAX = 500;

export function readMail(mail: MailFacts): MailRead {
  const report = reportOf(mail);
  const tokens = [...mail.to, ...(report === undefined ? [] : [mail.raw])].flatMap((text) =>
    [...text.matchAll(TOKEN)].map((match) => (match[1] ?? "").toLowerCase()),
  );
  const named = [
    mail.headers.get("in-reply-to") ?? "",
    mail.headers.get("references") ?? "",
    report === undefined ? "" : returnedIds(mail.raw),
  ];
  return {
    kind: kindOf(mail, report),
    tokens: [...new Set(tokens)],
    messageIds: [...new Set(named.flatMap((text) => text.match(MESSAGE_ID) ?? []))],
    report,
  };
}

function kindOf(
  mail: MailFacts,
  report: (MailRead["report"] & { readonly action?: string | undefined }) | undefined,
): MailInKind {
  if (report !== undefined) {
    if (report.action === "delivered" || report.action === "relayed" || report.action === "expanded")
      return "auto-reply";
    if (report.action === "delayed") return "auto-reply";
    return report.status?.startsWith("4") === true ? "bounce-soft" : "bounce-hard";
  }
  return isAutomatic(mail) ? "auto-reply" : "reply";
}

type Report = NonNullable<MailRead["report"]> & { readonly action: string | undefined };

/** A delivery report (RFC 3464), or what servers that know none write instead. */
function reportOf(mail: MailFacts): Report | undefined {
  const type = mail.headers.get("content-type") ?? "";
  const field = (name: string): string | undefined =>
    mail.raw
      .match(new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)`, "im"))?.[1]
      ?.replaceAll(/\s+/g, " ")
      .trim();
  if (/multipart\/report/i.test(type) && /^content-type:[ \t]*message\/(global-)?delivery-status/im.test(mail.raw))
    return {
      action: field("Action")?.toLowerCase(),
      address:
        field("Final-Recipient")?.split(";").pop()?.trim() ?? field("Original-Recipient")?.split(";").pop()?.trim(),
      status: field("Status"),
      words: (field("Diagnostic-Code") ?? field("Status") ?? mail.subject).slice(0, WORDS_MAX),
    };
  const isFromServer =
    /^(mailer-daemon|postmaster)@/i.test(mail.from) || mail.headers.get("return-path")?.trim() === "<>";
  const said = mail.text.match(/\b([45]\d\d)[ -#]+(?:([45]\.\d{1,3}\.\d{1,3})\b)?.*/);
  if (!isFromServer || said === null || isOutOfOffice(mail.subject)) return undefined;
  const address = mail.text.match(/<?([^\s<>"]+@[^\s<>":]+)>?/)?.[1];
  return {
    action: "failed",
    address,
    status: said[2] ?? `${said[1]?.charAt(0) ?? "5"}.0.0`,
    words: said[0].slice(0, WORDS_MAX),
  };
}

/** Message-IDs in the part of a report that gives the letter back. */
const returnedIds = (raw: string): string =>
  [...raw.matchAll(/^(?:message-id|x-original-message-id|original-envelope-id):[ \t]*(.*(?:\r?\n[ \t].*)?)/gim)]
    .map((match) => match[1] ?? "")
    .join(" ");

const isOutOfOffice = (subject: string): boolean =>
  /^\s*(auto(matic|matiskt)?[ -]?(reply|svar|response)|autosvar|out of (the )?office|frånvaro|abwesen)/i.test(subject);

/** Sent by a program (RFC 3834) or by a rule in somebody's absence. */
function isAutomatic({ headers, subject, from }: MailFacts): boolean {
  const submitted = headers.get("auto-submitted");
  return (
    (submitted !== undefined && !/^no\b/i.test(submitted.trim())) ||
    headers.has("x-autoreply") ||
    headers.has("x-autorespond") ||
    /^(bulk|junk|list|auto_reply)$/i.test(headers.get("precedence")?.trim() ?? "") ||
    /^(mailer-daemon|postmaster)@/i.test(from) ||
    isOutOfOffice(subject)
  );
}

/** Whether a status says that the address itself is wrong, and not that its box is full or our mail unwanted. */
export const isAddressFault = (status: string | undefined): boolean =>
  status === undefined || /^5\.(0\.0|1\.\d+|2\.1|4\.[134])$/.test(status);
