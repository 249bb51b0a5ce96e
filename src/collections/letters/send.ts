import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LetterSettings } from "../../access/contract-settings.ts";
import type { CustomerId } from "../../core/ids.ts";
import { dayOf } from "../../core/time.ts";
import { SURETY, type Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import type { Channel } from "../contract-policy.ts";
import { LETTER_EVENTS, type LetterWhy } from "./contract.ts";
import { LEFT_BEHIND_MINUTES, nextTry, SETTINGS_AGAIN_MINUTES, stateOf } from "./decide-delivery.ts";
import { drawHtml, drawLine, drawText } from "./decide-draw.ts";
import { DEMO_MAIL, type LettersDeps } from "./deps.ts";
import { documentOf } from "./document.ts";
import { composeMail, type MailServer, sendMail, type SmtpAnswer, tagged } from "./mail.ts";
import { drawPdf } from "./pdf.ts";
import { sendSms } from "./sms.ts";
import { addTrail, letterById, type LetterRow, updateLetter } from "./store.ts";
import { markBad } from "./store-contacts.ts";
import { leftBehind, nextDue, type RecipientRow, recipientsOf, updateRecipient } from "./store-recipients.ts";

/**
 * Sends what is due, one copy after another. What is in hand stands in the database before a byte leaves, and the answer after it:
 * a copy is claimed (commit), sent, recorded (commit). What a crash leaves between is resolved by `takeOver`; README.md says why so.
 */
export async function sendDue(deps: LettersDeps, limit = 200): Promise<number> {
  await takeOver(deps, deps.clock.now().subtract({ minutes: LEFT_BEHIND_MINUTES }));
  for (let done = 0; done < limit; done++) {
    const claimed = await claim(deps);
    if (claimed === "nothing") return done;
    if (claimed === "cancelled") continue;
    await record(deps, claimed, await handOver(deps, claimed));
  }
  return limit;
}

type Claimed = { readonly letter: LetterRow; readonly copy: RecipientRow; readonly settings: LetterSettings };

/** Takes the next copy that is due, after asking again whether the letter may still go. */
async function claim(deps: LettersDeps): Promise<Claimed | "cancelled" | "nothing"> {
  return deps.store.inTransaction(async (tx) => {
    const now = deps.clock.now();
    const settings = await deps.settings(tx);
    const copy = await nextDue(tx, { now, channels: openChannels(deps, settings) });
    if (copy === undefined) return "nothing";
    const letter = await letterById(tx, copy.letter_id);
    if (letter === undefined) throw new Error(`invariant broken: letter ${copy.letter_id} is gone`);
    if (letter.state !== "sent" && !letter.step_id.startsWith("by-hand:")) {
      const again = await deps.stillWanted(tx, {
        accountId: letter.account_id as CustomerId,
        stepId: letter.step_id,
        decidedOn: letter.decided_on,
        invoiceIds: letter.invoice_ids,
        now,
      });
      if (again.kind === "cancel") {
        await cancel(tx, letter, { why: again.why, now });
        return "cancelled";
      }
    }
    await updateRecipient(tx, copy, { state: "sending", attempts: copy.attempts + 1, began_at: now, handed_at: null });
    if (letter.state !== "sent") await updateLetter(tx, letter.letter_id, { state: "sending" });
    return { letter, copy: { ...copy, attempts: copy.attempts + 1 }, settings };
  });
}

/** Channels that something can leave by now; letters of the others wait. */
function openChannels(deps: LettersDeps, settings: LetterSettings): readonly Channel[] {
  const isOpen = { mail: deps.isDemo || settings.mail !== undefined, sms: deps.isDemo || settings.sms !== undefined };
  return (["mail", "sms"] as const).filter((channel) => isOpen[channel]);
}

/** Takes a letter back that has not left. */
export async function cancel(
  tx: Tx,
  letter: LetterRow,
  { why, now, detail }: { readonly why: LetterWhy; readonly now: Temporal.Instant; readonly detail?: string },
): Promise<void> {
  await updateLetter(tx, letter.letter_id, { state: "cancelled", why, detail: detail ?? null });
  for (const copy of await recipientsOf(tx, letter.letter_id))
    if (copy.state !== "accepted") await updateRecipient(tx, copy, { next_at: null });
  await addTrail(tx, { letter_id: letter.letter_id, at: now, what: "cancelled", address: null, detail: why });
  await appendEvents(tx, [eventOf(LETTER_EVENTS.cancelled, letter, { now, why })]);
}

export const eventOf = (
  type: (typeof LETTER_EVENTS)[keyof typeof LETTER_EVENTS],
  letter: LetterRow,
  more: {
    readonly now: Temporal.Instant;
    readonly why?: string | undefined;
    readonly actor?: typeof SURETY | undefined;
  },
) => ({
  type,
  actor: more.actor ?? SURETY,
  at: more.now,
  subject: { kind: "letter", id: letter.letter_id },
  customerId: letter.account_id as CustomerId,
  why: more.why,
  data: { number: `L-${letter.number}`, step: letter.step_id, channel: letter.channel },
});

const beginText = (deps: LettersDeps, copy: RecipientRow) => async (): Promise<void> => {
  deps.failpoint?.("before-data");
  await deps.store.inTransaction((tx) => updateRecipient(tx, copy, { handed_at: deps.clock.now() }));
};

async function handOver(deps: LettersDeps, { letter, copy, settings }: Claimed): Promise<SmtpAnswer> {
  if (deps.isPast === true)
    return { kind: "accepted", answer: "demo: told in its invented past", serverMessageId: undefined };
  if (letter.channel === "sms") return handOverSms(deps, { letter, copy, settings });
  const document = documentOf(letter);
  const server = deps.isDemo ? demoServer(deps) : settings.mail;
  const replyTo = tagged(deps.isDemo ? DEMO_MAIL.replyTo : (server?.replyTo ?? ""), copy.token);
  const pdf = await drawPdf([document]);
  const raw = await composeMail({
    from: {
      name: server?.fromName ?? letter.facts.creditor.name,
      address: deps.isDemo ? DEMO_MAIL.from : (server?.from ?? ""),
    },
    to: copy.address,
    replyTo,
    messageId: letter.message_id ?? "",
    subject: letter.subject,
    html: drawHtml(document),
    text: drawText(document),
    language: letter.language,
    attachment: { fileName: `L-${letter.number}.pdf`, bytes: pdf },
  });
  if (deps.isDemo && deps.demoMail === undefined)
    return intoFolder(deps, { name: `L-${letter.number}-${copy.token.slice(0, 8)}.eml`, bytes: raw });
  if (server === undefined) return { kind: "settings", answer: "no mail server is set" };
  const answer = await sendMail({
    server,
    envelope: { from: replyTo, to: copy.address, id: copy.token },
    raw,
    beforeText: beginText(deps, copy),
  });
  deps.failpoint?.("after-data");
  return answer;
}

/** The mail server on this machine that the demo was given; there is no way to name another. */
const demoServer = ({ demoMail }: LettersDeps): MailServer | undefined =>
  demoMail && { ...demoMail, tls: "none", from: DEMO_MAIL.from, replyTo: DEMO_MAIL.replyTo, password: undefined };

async function handOverSms(deps: LettersDeps, { letter, copy, settings }: Claimed): Promise<SmtpAnswer> {
  const text = drawLine(documentOf(letter));
  if (deps.isDemo)
    return intoFolder(deps, {
      name: `L-${letter.number}.sms.txt`,
      bytes: new TextEncoder().encode(`${copy.address}\n\n${text}\n`),
    });
  if (settings.sms === undefined) return { kind: "settings", answer: "no gateway is set" };
  const answer = await sendSms(deps, {
    gateway: settings.sms,
    to: copy.address,
    text,
    beforeText: beginText(deps, copy),
  });
  deps.failpoint?.("after-data");
  return answer;
}

/** What the demo sends: a file beside the database, whole or not there. */
async function intoFolder(
  deps: LettersDeps,
  file: { readonly name: string; readonly bytes: Uint8Array },
): Promise<SmtpAnswer> {
  const folder = join(deps.dataFolder, "mail-out");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${file.name}.part`), file.bytes);
  await rename(join(folder, `${file.name}.part`), join(folder, file.name));
  return { kind: "accepted", answer: `demo: written to mail-out/${file.name}`, serverMessageId: undefined };
}

async function record(deps: LettersDeps, { letter, copy }: Claimed, answer: SmtpAnswer): Promise<void> {
  await deps.store.inTransaction(async (tx) => {
    const now = deps.clock.now();
    const again = answer.kind === "deferred" ? nextTry(copy.attempts, now) : undefined;
    const base = { answer: answer.answer, at: now, began_at: null };
    if (answer.kind === "accepted")
      await updateRecipient(tx, copy, {
        ...base,
        state: "accepted",
        next_at: null,
        gateway_id: answer.serverMessageId ?? null,
      });
    else if (answer.kind === "settings")
      await updateRecipient(tx, copy, {
        ...base,
        state: "deferred",
        attempts: copy.attempts - 1,
        next_at: now.add({ minutes: SETTINGS_AGAIN_MINUTES }),
      });
    else if (again !== undefined) await updateRecipient(tx, copy, { ...base, state: "deferred", next_at: again });
    else await updateRecipient(tx, copy, { ...base, state: "refused", next_at: null });
    if (answer.kind === "deferred" && answer.isUnsure && again !== undefined)
      await updateLetter(tx, letter.letter_id, { maybe_twice: true });
    await addTrail(tx, {
      letter_id: letter.letter_id,
      at: now,
      what: answer.kind,
      address: copy.address,
      detail: answer.answer,
    });
    await settle(deps, tx, {
      letterId: letter.letter_id,
      now,
      gaveUp: answer.kind === "deferred" && again === undefined,
    });
    if (answer.kind === "refused")
      await wrongAddress(deps, tx, { letter, address: copy.address, why: answer.answer, now });
  });
}

/** Brings the letter's own state in line with its copies. */
export async function settle(
  deps: LettersDeps,
  tx: Tx,
  {
    letterId,
    now,
    gaveUp = false,
  }: { readonly letterId: string; readonly now: Temporal.Instant; readonly gaveUp?: boolean },
): Promise<void> {
  const letter = await letterById(tx, letterId, "lock");
  if (letter === undefined || letter.state === "cancelled") return;
  const { state, why } = stateOf((await recipientsOf(tx, letterId)).map((copy) => copy.state));
  if (state === letter.state) return;
  const day = dayOf(now, letter.time_zone);
  if (state === "sent")
    await updateLetter(tx, letterId, { state, why: null, sent_at: now, sent_on: day, failed_on: null });
  else if (state === "failed")
    await updateLetter(tx, letterId, { state, why: gaveUp ? "gave-up" : (why ?? "refused"), failed_on: day });
  else await updateLetter(tx, letterId, { state, sent_on: null, sent_at: null });
  if (state === "sent") await appendEvents(tx, [eventOf(LETTER_EVENTS.sent, letter, { now })]);
  if (state === "failed")
    await appendEvents(tx, [eventOf(LETTER_EVENTS.failed, letter, { now, why: gaveUp ? "gave-up" : why })]);
}

/** An address that a server says does not exist is not used again, and a person is asked for a better one. */
export async function wrongAddress(
  deps: LettersDeps,
  tx: Tx,
  bad: { readonly letter: LetterRow; readonly address: string; readonly why: string; readonly now: Temporal.Instant },
): Promise<void> {
  const { letter, address, why, now } = bad;
  await markBad(tx, { channel: letter.channel, address, since: dayOf(now, letter.time_zone), why });
  const accountId = letter.account_id as CustomerId;
  await deps.openTask(tx, {
    kind: "wrong-address",
    accountId,
    letterId: letter.letter_id,
    facts: { channel: letter.channel, address, why },
    now,
  });
}

/**
 * Resolves attempts that began before `before` and never ended. Mail whose text was not yet asked for was certainly not sent and goes
 * again; one whose text had begun may have been taken: it goes again under the same Message-ID and is marked "maybe sent twice",
 * because a notice that never arrived must not count as told. A text message in doubt is left to a person: it has no such id.
 */
export async function takeOver(deps: LettersDeps, before: Temporal.Instant): Promise<void> {
  await deps.store.inTransaction(async (tx) => {
    const now = deps.clock.now();
    for (const copy of await leftBehind(tx, before)) {
      const isUnsure = copy.handed_at !== null;
      const isLost = isUnsure && copy.channel === "sms";
      await updateRecipient(tx, copy, {
        state: isLost ? "refused" : "deferred",
        next_at: isLost ? null : now,
        began_at: null,
      });
      if (isUnsure && !isLost) await updateLetter(tx, copy.letter_id, { maybe_twice: true });
      await addTrail(tx, {
        letter_id: copy.letter_id,
        at: now,
        what: isUnsure ? "outcome-unknown" : "interrupted",
        address: copy.address,
        detail: null,
      });
      await settle(deps, tx, { letterId: copy.letter_id, now });
      if (isLost) await updateLetter(tx, copy.letter_id, { why: "unknown-outcome" });
    }
  });
}
