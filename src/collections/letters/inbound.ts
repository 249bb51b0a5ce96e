import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ParsedMail, simpleParser } from "mailparser";
import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { dayOf } from "../../core/time.ts";
import { SURETY, type Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { LETTER_EVENTS, MAIL_IN_BYTES_MAX, type MailInKind } from "./contract.ts";
import { nextTry } from "./decide-delivery.ts";
import { isAddressFault, type MailFacts, type MailRead, readMail } from "./decide-inbound.ts";
import type { LettersDeps } from "./deps.ts";
import { settle, wrongAddress } from "./send.ts";
import { addTrail, letterById, type LetterRow } from "./store.ts";
import { contactsByAddress, insertMailIn } from "./store-contacts.ts";
import {
  letterIdByMessageIds,
  recipientByToken,
  type RecipientRow,
  recipientsOf,
  updateRecipient,
} from "./store-recipients.ts";

/** Mail that comes back: reports of delivery, answers of machines and of people. */

export type Received = { readonly kind: MailInKind; readonly letterId: string | null; readonly already: boolean };
const BODY_CHARS_MAX = 20_000;
const FILES_A_ROUND = 100;

/** Takes one raw mail. `for` are envelope addresses that its headers may not show. */
export async function receiveMail(
  deps: LettersDeps,
  tx: Tx,
  mail: { readonly raw: Uint8Array; readonly for?: readonly string[] | undefined; readonly now: Temporal.Instant },
): Promise<Result<Received, Refusal>> {
  if (mail.raw.length === 0) return no("invalid", "mail-empty", "the body must be one raw mail (message/rfc822)");
  if (mail.raw.length > MAIL_IN_BYTES_MAX)
    return no("too-large", "mail-too-large", `a mail may have ${MAIL_IN_BYTES_MAX} bytes`);
  const parsed = await simpleParser(Buffer.from(mail.raw), { skipImageLinks: true, skipHtmlToText: false });
  const facts = factsOf(parsed, mail.raw, mail.for ?? []);
  if (facts.from === "" && facts.subject === "" && facts.text === "")
    return no("invalid", "mail-unreadable", "this is no mail: it has neither sender nor text");
  const read = readMail(facts);
  const found = await ownerOf(tx, read, facts);
  const mailId = deps.newId();
  const kept = await insertMailIn(
    tx,
    {
      mail_id: mailId,
      sha256: createHash("sha256").update(mail.raw).digest("hex"),
      received_at: mail.now,
      kind: found.accountId === null && read.kind === "reply" ? "unknown" : read.kind,
      sender: facts.from.slice(0, 320),
      subject: facts.subject.slice(0, 500),
      body: facts.text.slice(0, BODY_CHARS_MAX),
      letter_id: found.letter?.letter_id ?? null,
      account_id: found.accountId,
      attachments: parsed.attachments.length,
    },
    mail.raw,
  );
  const answer = { kind: read.kind, letterId: found.letter?.letter_id ?? null };
  if (!kept) return ok({ ...answer, already: true });
  await act(deps, tx, { read, facts, ...found, mailId, now: mail.now });
  return ok({ ...answer, already: false });
}

function factsOf(parsed: ParsedMail, raw: Uint8Array, given: readonly string[]): MailFacts {
  const headers = new Map(
    parsed.headerLines.map(({ key, line }) => [key.toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const to = ["to", "cc", "delivered-to", "x-original-to", "x-envelope-to"].flatMap((name) => headers.get(name) ?? []);
  return {
    headers,
    from: parsed.from?.value[0]?.address ?? "",
    to: [...given, ...to],
    subject: parsed.subject ?? "",
    text: parsed.text ?? "",
    raw: Buffer.from(raw).toString("latin1"),
  };
}

type Owner = {
  readonly letter: LetterRow | undefined;
  readonly copy: RecipientRow | undefined;
  readonly accountId: string | null;
};

/** Whose mail it is: by the tag in its address, else by the Message-ID it answers, else by who wrote it. */
async function ownerOf(tx: Tx, read: MailRead, facts: MailFacts): Promise<Owner> {
  const byToken = await recipientByToken(tx, read.tokens);
  const letterId = byToken?.letter_id ?? (await letterIdByMessageIds(tx, read.messageIds));
  if (letterId !== undefined) {
    const letter = await letterById(tx, letterId, "lock");
    const address = read.report?.address?.toLowerCase();
    const copies = await recipientsOf(tx, letterId);
    const copy =
      byToken ??
      copies.find((one) => one.address.toLowerCase() === address) ??
      (copies.length === 1 ? copies[0] : undefined);
    return { letter, copy, accountId: letter?.account_id ?? null };
  }
  const owners = new Set((await contactsByAddress(tx, "mail", facts.from)).map((one) => one.customer_id));
  const [only] = owners;
  return {
    letter: undefined,
    copy: undefined,
    accountId: owners.size === 1 && read.report === undefined ? (only ?? null) : null,
  };
}

type Acting = Owner & {
  readonly read: MailRead;
  readonly facts: MailFacts;
  readonly mailId: string;
  readonly now: Temporal.Instant;
};

async function act(deps: LettersDeps, tx: Tx, acting: Acting): Promise<void> {
  const { read, letter, copy, facts, now } = acting;
  if (letter !== undefined)
    await addTrail(tx, {
      letter_id: letter.letter_id,
      at: now,
      what: read.kind,
      address: copy?.address ?? (facts.from || null),
      detail: read.report?.words ?? facts.subject.slice(0, 500),
    });
  if (read.kind === "bounce-hard" || read.kind === "bounce-soft") await bounce(deps, tx, acting);
  if (read.kind === "reply" && acting.accountId !== null) await reply(deps, tx, acting);
}

/** A letter that did not arrive counts no more from today; one that a server gave up on for now is sent again. */
async function bounce(deps: LettersDeps, tx: Tx, { letter, copy, read, now }: Acting): Promise<void> {
  if (letter === undefined || copy === undefined || letter.state === "cancelled") return;
  if (copy.state === "bounced" || copy.state === "refused") return;
  const words = read.report?.words ?? "";
  const again = read.kind === "bounce-soft" ? nextTry(copy.attempts, now) : undefined;
  await updateRecipient(tx, copy, {
    state: again === undefined ? "bounced" : "deferred",
    next_at: again ?? null,
    answer: words,
    at: now,
  });
  await settle(deps, tx, { letterId: letter.letter_id, now });
  if (again === undefined && isAddressFault(read.report?.status))
    await wrongAddress(deps, tx, { letter, address: copy.address, why: words, now });
  else if (again === undefined)
    await deps.openTask(tx, {
      kind: "wrong-address",
      accountId: letter.account_id as CustomerId,
      letterId: letter.letter_id,
      facts: { channel: "mail", address: copy.address, why: words },
      now,
    });
}

async function reply(deps: LettersDeps, tx: Tx, { letter, accountId, facts, mailId, now }: Acting): Promise<void> {
  const customerId = accountId as CustomerId;
  await deps.openTask(tx, {
    kind: "reply",
    accountId: customerId,
    letterId: letter?.letter_id,
    facts: { mailId, from: facts.from, subject: facts.subject.slice(0, 200) },
    now,
  });
  await appendEvents(tx, [
    {
      type: LETTER_EVENTS.replied,
      actor: SURETY,
      at: now,
      subject: { kind: "letter", id: letter?.letter_id ?? mailId },
      customerId,
      data: { from: facts.from, subject: facts.subject.slice(0, 200), mailId },
    },
  ]);
}

/** Paper that came back: it counts no more from that day, and the address is not used again. */
export async function returned(
  deps: LettersDeps,
  tx: Tx,
  ask: {
    readonly letter: LetterRow;
    readonly on: Temporal.PlainDate;
    readonly why: string;
    readonly now: Temporal.Instant;
  },
): Promise<void> {
  for (const copy of await recipientsOf(tx, ask.letter.letter_id)) {
    await updateRecipient(tx, copy, { state: "bounced", next_at: null, answer: ask.why, at: ask.now });
    await wrongAddress(deps, tx, { letter: ask.letter, address: copy.address, why: ask.why, now: ask.now });
  }
}

/** Takes the mails that lie in `mail-in`, and puts each away: into `done`, or into `refused` with the reason in its name. */
export async function readMailFolder(deps: LettersDeps): Promise<number> {
  const folder = join(deps.dataFolder, "mail-in");
  await mkdir(join(folder, "done"), { recursive: true });
  await mkdir(join(folder, "refused"), { recursive: true });
  const names = (await readdir(folder))
    .filter((name) => name.toLowerCase().endsWith(".eml"))
    .sort()
    .slice(0, FILES_A_ROUND);
  for (const name of names) {
    const path = join(folder, name);
    const { size } = await stat(path);
    const raw = size > MAIL_IN_BYTES_MAX ? new Uint8Array(size) : new Uint8Array(await readFile(path));
    const result = await deps.store.inTransaction((tx) => receiveMail(deps, tx, { raw, now: deps.clock.now() }));
    await rename(
      path,
      result.ok ? join(folder, "done", name) : join(folder, "refused", `${result.error.code} ${name}`),
    );
  }
  return names.length;
}

export const today = (letter: LetterRow, now: Temporal.Instant): Temporal.PlainDate => dayOf(now, letter.time_zone);
