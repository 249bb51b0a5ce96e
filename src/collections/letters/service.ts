import { randomBytes } from "node:crypto";
import type { Language } from "../../access/contract.ts";
import type { CustomerId } from "../../core/ids.ts";
import { no } from "../../core/refusal.ts";
import { ok } from "../../core/result.ts";
import { SURETY, type Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import type { HistoryNotice } from "../contract-history.ts";
import type { PlannedNotice } from "../contract-ladder.ts";
import type { Channel } from "../contract-policy.ts";
import {
  type AccountContacts,
  type AccountContactsOf,
  LETTER_EVENTS,
  type LetterState,
  type MarkCall,
  type NoticesOf,
  type Purpose,
  type QueueAsk,
  type QueueNotice,
} from "./contract.ts";
import { makeDocument } from "./decide-document.ts";
import { drawText } from "./decide-draw.ts";
import { languageOf, makeFacts, placeOf, purposeOf } from "./decide-facts.ts";
import type { Creditor, LetterDocument } from "./decide-model.ts";
import { outsideQuietHours } from "./decide-sms.ts";
import { DEMO_CREDITOR, DEMO_MAIL, type LettersDeps } from "./deps.ts";
import {
  addTrail,
  insertLetter,
  letterAt,
  letterById,
  type NewLetter,
  noticeRows,
  updateLetter,
  writeWords,
} from "./store.ts";
import { accountSettings, type ContactRow, contactsOf } from "./store-contacts.ts";
import { insertRecipients } from "./store-recipients.ts";
import { keyOf, templateFor } from "./templates.ts";

type Told = Awaited<ReturnType<QueueNotice>>[number];
const ADDRESSES_MAX = 10;

export const queueNoticeWith =
  (deps: LettersDeps): QueueNotice =>
  async (tx, ask) => {
    const made: Told[] = [];
    for (const { channel, letter } of ask.notice.channels)
      made.push(await queueOne(deps, tx, { ...ask, channel, letter, stepId: ask.notice.stepId }));
    const fresh = made.filter((one) => !one.already);
    if (fresh.some((one) => one.state === "queued" && one.channel !== "letter" && one.channel !== "call"))
      await deps.enqueue(tx, "collections.send", null, { singletonKey: "asked" });
    await appendEvents(
      tx,
      fresh.map((one) => ({
        type: one.state === "failed" ? LETTER_EVENTS.failed : LETTER_EVENTS.queued,
        actor: SURETY,
        at: ask.now,
        subject: { kind: "letter", id: one.letterId },
        customerId: ask.account.account.accountId,
        why: one.state === "failed" ? "no-address" : undefined,
        data: { step: ask.notice.stepId, channel: one.channel, day: ask.day.toString() },
      })),
    );
    return made;
  };

export type OneAsk = QueueAsk & {
  readonly channel: Channel;
  readonly letter: string;
  readonly stepId: string;
  readonly purpose?: Purpose | undefined;
};

async function queueOne(deps: LettersDeps, tx: Tx, ask: OneAsk): Promise<Told> {
  const { account, channel, day, now, policy } = ask;
  const { accountId } = account.account;
  const key = { account_id: accountId, step_id: ask.stepId, decided_on: day, channel };
  const before = await letterAt(tx, key);
  if (before !== undefined) return { letterId: before.letter_id, channel, already: true, state: before.state };
  const addresses = await addressesFor(tx, accountId, channel);
  const letterId = deps.newId();
  const zone = account.account.timeZone ?? policy.policy.calendar.timeZone;
  const sendFrom = day.toZonedDateTime({ timeZone: zone, plainTime: policy.policy.calendar.sendAt }).toInstant();
  const earliest = Temporal.Instant.compare(sendFrom, now) > 0 ? sendFrom : now;
  const notBefore = channel === "sms" ? outsideQuietHours(earliest, zone) : earliest;
  const isReachable = addresses.length > 0;
  const drawn = await choose(deps, tx, ask);
  const row: NewLetter = {
    ...key,
    letter_id: letterId,
    account_name: account.account.name,
    purpose: drawn.purpose,
    language: drawn.language,
    place: drawn.place,
    policy_id: policy.policy.id,
    policy_version: policy.version,
    template_version: drawn.version,
    time_zone: zone,
    invoice_ids: ask.notice.invoiceIds,
    state: isReachable ? "queued" : "failed",
    why: isReachable ? null : "no-address",
    detail: null,
    message_id: channel === "mail" ? `<${letterId}@${await mailDomain(deps, tx)}>` : null,
    not_before: notBefore,
    queued_at: now,
    failed_on: isReachable ? null : day,
  };
  const number = await insertLetter(tx, row);
  // Somebody else was quicker in the same moment: theirs is the letter.
  if (number === undefined) return queueOne(deps, tx, ask);
  const document = drawn.make(
    `L-${number}`,
    channel === "letter" ? (addresses[0]?.address.split("\n") ?? []) : drawn.addressLines,
  );
  await writeWords(tx, letterId, { facts: document.facts, blocks: document.blocks, subject: document.subject });
  await insertRecipients(
    tx,
    addresses.map(({ address }) => ({ letter_id: letterId, address, token: newToken(), next_at: notBefore })),
  );
  await addTrail(tx, {
    letter_id: letterId,
    at: now,
    what: isReachable ? "queued" : "no-address",
    address: null,
    detail: null,
  });
  if (!isReachable && channel !== "call")
    await deps.openTask(tx, { kind: "wrong-address", accountId, letterId, facts: { channel, why: "no-address" }, now });
  return { letterId, channel, already: false, state: row.state };
}

/** Lower case only: some servers fold the local part. */
export const newToken = (): string => randomBytes(12).toString("hex");

export async function mailDomain(deps: LettersDeps, tx: Tx): Promise<string> {
  const replyTo = deps.isDemo ? DEMO_MAIL.replyTo : (await deps.settings(tx)).mail?.replyTo;
  return replyTo?.split("@")[1] ?? "surety.invalid";
}

export async function creditorOf(deps: Pick<LettersDeps, "settings" | "isDemo">, tx: Tx): Promise<Creditor> {
  const { creditor } = await deps.settings(tx);
  return creditor ?? (deps.isDemo ? DEMO_CREDITOR : { name: "", addressLines: [] });
}

/** Chooses template, language and country of a letter; `make` then needs only its number. */
export async function choose(deps: LettersDeps, tx: Tx, ask: Omit<OneAsk, "stepId">) {
  const { account } = ask.account;
  const step = ask.policy.policy.steps.find((one) => one.id === ask.notice.stepId);
  const purpose = ask.purpose ?? purposeOf(ask.channel, ask.letter, step);
  const place = placeOf(account.country, ask.policy.policy.law);
  const language = languageOf(account.language, place, await deps.language(tx));
  const { version, template } = await templateFor(tx, keyOf(purpose, language, place));
  const creditor = await creditorOf(deps, tx);
  const paper = await addressesFor(tx, account.accountId, "letter");
  const addressLines = paper[0]?.address.split("\n") ?? [];
  const make = (number: string, lines: readonly string[]): LetterDocument =>
    makeDocument(template, makeFacts({ ...ask, purpose, language, place, number, creditor, addressLines: lines }));
  return { purpose, place, language, version, creditor, addressLines, make };
}

async function addressesFor(tx: Tx, accountId: CustomerId, channel: Channel): Promise<readonly ContactRow[]> {
  const known = (await contactsOf(tx, [accountId])).filter((one) => one.bad_since === null);
  const own = known.filter((one) => one.channel === channel);
  // A number that takes messages can be called.
  const found = channel === "call" && own.length === 0 ? known.filter((one) => one.channel === "sms") : own;
  return found.slice(0, channel === "mail" ? ADDRESSES_MAX : 1);
}

export const noticesOf: NoticesOf = async (tx, accountIds) => {
  const found = new Map<CustomerId, HistoryNotice[]>(accountIds.map((id) => [id, []]));
  for (const row of await noticeRows(tx, accountIds))
    found.get(row.account_id as CustomerId)?.push({
      noticeId: row.letter_id,
      stepId: row.step_id,
      channel: row.channel,
      invoiceIds: row.invoice_ids,
      decidedOn: row.decided_on,
      sentOn: row.sent_on ?? undefined,
      failedOn: row.failed_on ?? undefined,
    });
  return found;
};

export const accountContacts: AccountContactsOf = async (tx, accountIds) => {
  const [settings, contacts] = await Promise.all([accountSettings(tx, accountIds), contactsOf(tx, accountIds)]);
  const chosen = new Map(settings.map((row) => [row.account_id, row]));
  const good = Map.groupBy(
    contacts.filter((one) => one.bad_since === null),
    (one) => one.customer_id,
  );
  return new Map(
    accountIds.map((id): readonly [CustomerId, AccountContacts] => {
      const channels = new Set((good.get(id) ?? []).map((one) => one.channel));
      if (channels.has("sms")) channels.add("call");
      const row = chosen.get(id);
      return [
        id,
        {
          customerClass: row?.customer_class ?? undefined,
          language: row?.language ?? undefined,
          timeZone: row?.time_zone ?? undefined,
          country: row?.country ?? undefined,
          reachable: [...channels],
        },
      ];
    }),
  );
};

/** What came of a call that a step asked for. */
export const markCall: MarkCall = async (tx, { letterId, outcome, day, actor, now }) => {
  const row = await letterById(tx, letterId, "lock");
  if (row === undefined || row.channel !== "call")
    return no("not-found", "letter-unknown", "there is no call with this id");
  if (row.state !== "queued") return ok({ letterId });
  const isReached = outcome === "reached";
  await updateLetter(
    tx,
    letterId,
    isReached ? { state: "sent", sent_at: now, sent_on: day } : { state: "failed", why: "not-reached", failed_on: day },
  );
  await addTrail(tx, { letter_id: letterId, at: now, what: outcome, address: null, detail: null });
  await appendEvents(tx, [
    {
      type: isReached ? LETTER_EVENTS.sent : LETTER_EVENTS.failed,
      actor,
      at: now,
      subject: { kind: "letter", id: letterId },
      customerId: row.account_id as CustomerId,
      data: { step: row.step_id, channel: "call", day: day.toString() },
    },
  ]);
  return ok({ letterId });
};

/** What to say on the telephone, in the account's language; nothing is kept. */
export const callScriptWith =
  (deps: LettersDeps) =>
  async (tx: Tx, ask: QueueAsk): Promise<{ readonly language: Language; readonly text: string }> => {
    const drawn = await choose(deps, tx, { ...ask, channel: "call", letter: "call-script" });
    return { language: drawn.language, text: drawText(drawn.make("", [])) };
  };

/** A letter that a person asks for, outside the steps: thanks, a broken promise, the same again. It counts for no step. */
export async function queueByHand(
  deps: LettersDeps,
  tx: Tx,
  ask: Omit<QueueAsk, "notice"> & { readonly purpose: Purpose; readonly channel: Channel },
): Promise<{ readonly letterId: string; readonly already: boolean; readonly state: LetterState }> {
  const items = ask.state.currencies.flatMap((one) => one.items);
  const notice: PlannedNotice = {
    stepId: ask.state.step ?? "",
    channels: [{ channel: ask.channel, letter: ask.purpose }],
    invoiceIds: items
      .filter((item) => item.leftOut === undefined && item.daysPastDue > 0)
      .map((item) => item.invoiceId),
    listedIds: [],
    charges: [],
  };
  const stepId = `by-hand:${ask.purpose}`;
  const made = await queueOne(deps, tx, { ...ask, notice, stepId, letter: ask.purpose, purpose: ask.purpose });
  if (!made.already && (ask.channel === "mail" || ask.channel === "sms"))
    await deps.enqueue(tx, "collections.send", null, { singletonKey: "asked" });
  return made;
}
