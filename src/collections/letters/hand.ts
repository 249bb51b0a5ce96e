import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { dayOf } from "../../core/time.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { LETTER_EVENTS } from "./contract.ts";
import type { LettersDeps } from "./deps.ts";
import { returned } from "./inbound.ts";
import { newToken } from "./service.ts";
import { addTrail, letterById, type LetterRow, updateLetter } from "./store.ts";
import { contactsOf } from "./store-contacts.ts";
import { insertRecipients, recipientsOf, updateRecipient } from "./store-recipients.ts";

/** What people do with letters by hand. */

type By = { readonly actor: Actor; readonly now: Temporal.Instant };
type One = By & { readonly letterId: string };

const unknown = () => no("not-found", "letter-unknown", "there is no letter with this id");
const refused = (letter: LetterRow, code: string, detail: string) =>
  no("conflict", code, `${detail}: it is ${letter.state}`, { facts: { state: letter.state } });

const event = (
  type: (typeof LETTER_EVENTS)[keyof typeof LETTER_EVENTS],
  letter: LetterRow,
  { actor, now, why }: By & { readonly why?: string },
) => ({
  type,
  actor,
  at: now,
  subject: { kind: "letter", id: letter.letter_id },
  customerId: letter.account_id as CustomerId,
  why,
  data: { number: `L-${letter.number}`, step: letter.step_id, channel: letter.channel },
});

export async function resendLetter(
  deps: LettersDeps,
  tx: Tx,
  { letterId, actor, now }: One,
): Promise<Result<undefined, Refusal>> {
  const letter = await letterById(tx, letterId, "lock");
  if (letter === undefined) return unknown();
  if (letter.state !== "failed" && letter.state !== "returned" && letter.state !== "cancelled")
    return refused(letter, "letter-not-failed", "only a letter that failed, came back or was cancelled is sent again");
  if (letter.channel === "call") return no("conflict", "letter-is-call", "a call is made again from the list of calls");
  const contacts = (await contactsOf(tx, [letter.account_id as CustomerId])).filter(
    (one) => one.channel === letter.channel && one.bad_since === null,
  );
  if (contacts.length === 0)
    return no("conflict", "no-good-address", "there is no good address for this channel: add one first", {
      facts: { channel: letter.channel },
    });
  const known = new Set((await recipientsOf(tx, letterId)).map((copy) => copy.address));
  for (const { address } of contacts)
    if (known.has(address))
      await updateRecipient(
        tx,
        { letter_id: letterId, address },
        { state: "waiting", attempts: 0, next_at: now, answer: null, began_at: null, handed_at: null },
      );
    else await insertRecipients(tx, [{ letter_id: letterId, address, token: newToken(), next_at: now }]);
  await updateLetter(tx, letterId, {
    state: "queued",
    why: null,
    detail: null,
    sent_at: null,
    sent_on: null,
    failed_on: null,
    printed_at: null,
    not_before: now,
  });
  await addTrail(tx, { letter_id: letterId, at: now, what: "resent", address: null, detail: actor.name });
  if (letter.channel !== "letter") await deps.enqueue(tx, "collections.send", null, { singletonKey: "asked" });
  await appendEvents(tx, [event(LETTER_EVENTS.resent, letter, { actor, now })]);
  return ok(undefined);
}

export async function cancelLetter(tx: Tx, ask: One & { readonly why: string }): Promise<Result<undefined, Refusal>> {
  const letter = await letterById(tx, ask.letterId, "lock");
  if (letter === undefined) return unknown();
  if (letter.state !== "queued" && letter.state !== "deferred")
    return refused(letter, "letter-not-waiting", "only a letter that waits can be taken back");
  await updateLetter(tx, letter.letter_id, { state: "cancelled", why: "by-person", detail: ask.why });
  await addTrail(tx, {
    letter_id: letter.letter_id,
    at: ask.now,
    what: "cancelled",
    address: null,
    detail: `${ask.actor.name}: ${ask.why}`,
  });
  await appendEvents(tx, [event(LETTER_EVENTS.cancelled, letter, ask)]);
  return ok(undefined);
}

export async function returnLetter(
  deps: LettersDeps,
  tx: Tx,
  ask: One & { readonly on: Temporal.PlainDate; readonly why: string },
): Promise<Result<undefined, Refusal>> {
  const letter = await letterById(tx, ask.letterId, "lock");
  if (letter === undefined) return unknown();
  if (letter.state !== "sent" || letter.sent_on === null)
    return refused(letter, "letter-not-sent", "only a letter that was sent can come back");
  const problem = dayProblem(letter, ask);
  if (problem !== undefined) return problem;
  await updateLetter(tx, letter.letter_id, {
    state: "returned",
    why: letter.channel === "letter" ? "returned-by-post" : "bounced",
    detail: ask.why,
    failed_on: ask.on,
  });
  await addTrail(tx, {
    letter_id: letter.letter_id,
    at: ask.now,
    what: "returned",
    address: null,
    detail: `${ask.actor.name}: ${ask.why}`,
  });
  await returned(deps, tx, { letter, on: ask.on, why: ask.why, now: ask.now });
  await appendEvents(tx, [event(LETTER_EVENTS.returned, letter, ask)]);
  return ok(undefined);
}

/** A day before the letter was decided, or one that has not come, is a slip of the pen. */
function dayProblem(
  letter: LetterRow,
  { on, now }: { readonly on: Temporal.PlainDate; readonly now: Temporal.Instant },
) {
  const first = letter.sent_on ?? letter.decided_on;
  const last = dayOf(now, letter.time_zone);
  if (Temporal.PlainDate.compare(on, first) >= 0 && Temporal.PlainDate.compare(on, last) <= 0) return undefined;
  return no("invalid", "day-outside", `the day must lie between ${first.toString()} and ${last.toString()}`, {
    facts: { from: first.toString(), to: last.toString(), number: `L-${letter.number}` },
  });
}

type Many = { readonly letterIds: readonly string[]; readonly now: Temporal.Instant };

export async function markPrinted(tx: Tx, { letterIds, now }: Many): Promise<Result<{ letters: number }, Refusal>> {
  for (const letterId of new Set(letterIds)) {
    const letter = await letterById(tx, letterId, "lock");
    if (letter === undefined || letter.channel !== "letter") return unknown();
    if (letter.state !== "queued")
      return refused(letter, "letter-not-waiting", `${letter.subject} is not in the print queue`);
    await updateLetter(tx, letterId, { printed_at: now });
    await addTrail(tx, { letter_id: letterId, at: now, what: "printed", address: null, detail: null });
  }
  return ok({ letters: new Set(letterIds).size });
}

export async function markPosted(
  tx: Tx,
  ask: Many & { readonly on: Temporal.PlainDate; readonly actor: Actor },
): Promise<Result<{ letters: number }, Refusal>> {
  const letters: LetterRow[] = [];
  for (const letterId of [...new Set(ask.letterIds)].sort()) {
    const letter = await letterById(tx, letterId, "lock");
    if (letter === undefined || letter.channel !== "letter") return unknown();
    if (letter.state !== "queued")
      return refused(letter, "letter-not-waiting", `${letter.subject} is not in the print queue`);
    const problem = dayProblem(letter, ask);
    if (problem !== undefined) return problem;
    await updateLetter(tx, letterId, { state: "sent", sent_at: ask.now, sent_on: ask.on });
    for (const copy of await recipientsOf(tx, letterId))
      await updateRecipient(tx, copy, { state: "accepted", at: ask.now, next_at: null });
    await addTrail(tx, {
      letter_id: letterId,
      at: ask.now,
      what: "posted",
      address: null,
      detail: `${ask.actor.name}: ${ask.on.toString()}`,
    });
    letters.push(letter);
  }
  await appendEvents(
    tx,
    letters.map((letter) => event(LETTER_EVENTS.posted, letter, ask)),
  );
  return ok({ letters: letters.length });
}
