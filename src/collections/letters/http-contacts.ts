import { z } from "zod";
import { LANGUAGES } from "../../access/contract.ts";
import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { dayOf } from "../../core/time.ts";
import { customerIdInput } from "../../core/wire.ts";
import { type Route, route } from "../../http/contract.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { CUSTOMER_CLASSES, type Channel } from "../contract-policy.ts";
import { accountSettingsJson, contactBody, contactJson, CONTACTS_MAX, LETTER_EVENTS } from "./contract.ts";
import { phoneNumber } from "./decide-sms.ts";
import type { LettersDeps } from "./deps.ts";
import {
  accountSettings,
  type ContactRow,
  contactsOf,
  removeContact,
  saveAccountSettings,
  upsertContact,
} from "./store-contacts.ts";
import { contactWire, settingsWire } from "./wire.ts";

const params = z.object({ accountId: customerIdInput });
const PATH = "/api/collections/accounts/:accountId/contacts";
const isZone = (zone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
};
const settingsBody = z.strictObject({
  customerClass: z.enum(CUSTOMER_CLASSES).nullable(),
  language: z.enum(LANGUAGES).nullable(),
  timeZone: z.string().max(60).refine(isZone, { error: "must be a time zone such as Europe/Stockholm" }).nullable(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, "must be two capital letters such as SE")
    .nullable(),
});

export const contactRoutes = (deps: LettersDeps): Route[] => [
  route({
    method: "GET",
    path: PATH,
    permission: "collections.read",
    summary: "How an account is reached and what was chosen for it",
    params,
    response: accountSettingsJson,
    handle: async ({ tx, params: { accountId } }) => ok(await contactsAndSettings(tx, accountId)),
  }),
  route({
    method: "PUT",
    path: `${PATH}/settings`,
    permission: "collections.work",
    summary: "Choose class, language, time zone and country of an account; null = not chosen",
    params,
    body: settingsBody,
    response: accountSettingsJson,
    handle: async ({ tx, params: { accountId }, body, actor, now }) => {
      const [before] = await accountSettings(tx, [accountId]);
      await saveAccountSettings(tx, {
        account_id: accountId,
        customer_class: body.customerClass,
        language: body.language,
        time_zone: body.timeZone,
        country: body.country,
        changed_at: now,
        changed_by: actor.name,
      });
      const after = await contactsAndSettings(tx, accountId);
      await appendEvents(tx, [
        {
          type: LETTER_EVENTS.accountSettings,
          actor,
          at: now,
          subject: { kind: "account", id: accountId },
          customerId: accountId,
          before: before ?? null,
          after: body,
        },
      ]);
      return ok(after);
    },
  }),
  ...addressRoutes(deps),
];

const addressRoutes = (deps: LettersDeps): Route[] => [
  route({
    method: "POST",
    path: PATH,
    permission: "collections.work",
    summary: "Add an address, or say that one which was marked bad is good again",
    params,
    body: contactBody,
    response: contactJson,
    handle: async ({ tx, params: { accountId }, body, actor, now }) => {
      const saved = await addContact(deps, tx, { accountId, ...body, source: "person", actor, now });
      return saved.ok ? ok(contactWire(saved.value)) : saved;
    },
  }),
  route({
    method: "DELETE",
    path: `${PATH}/:contactId`,
    permission: "collections.work",
    summary: "Take an address away; what was sent to it stays as it was",
    params: params.extend({ contactId: z.uuid() }),
    response: contactJson,
    handle: async ({ tx, params: { accountId, contactId }, actor, now }) => {
      const gone = await removeContact(tx, contactId, now);
      if (gone === undefined || gone.customer_id !== accountId)
        return no("not-found", "contact-unknown", "there is no such address here");
      await appendEvents(tx, [
        {
          type: LETTER_EVENTS.contactRemoved,
          actor,
          at: now,
          subject: { kind: "contact", id: contactId },
          customerId: accountId,
          data: { channel: gone.channel, address: gone.address },
        },
      ]);
      return ok(contactWire(gone));
    },
  }),
];

async function contactsAndSettings(tx: Tx, accountId: CustomerId) {
  const [[settings], contacts] = await Promise.all([accountSettings(tx, [accountId]), contactsOf(tx, [accountId])]);
  return settingsWire(accountId, settings, contacts);
}

const MAIL = z.email().max(254);

/** The address in the form its channel takes, or why it is none. */
export function checkedAddress(channel: Channel, text: string): Result<string, Refusal> {
  if (channel === "mail") {
    const parsed = MAIL.safeParse(text.trim());
    return parsed.success
      ? ok(parsed.data)
      : no("invalid", "mail-address-invalid", `"${text}" is not an e-mail address`);
  }
  if (channel === "letter") {
    const lines = text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
    return lines.length >= 2 && lines.length <= 6 && lines.every((line) => line.length <= 60)
      ? ok(lines.join("\n"))
      : no("invalid", "postal-address-invalid", "a postal address has 2 to 6 lines of at most 60 characters");
  }
  const number = phoneNumber(text);
  return number === undefined
    ? no("invalid", "phone-invalid", `"${text}" is not a number in international form such as +46 70 123 45 67`)
    : ok(number);
}

/** Keeps an address of an account. The import of a ledger calls it with the source "ledger". */
export async function addContact(
  deps: Pick<LettersDeps, "newId" | "zone">,
  tx: Tx,
  ask: {
    readonly accountId: CustomerId;
    readonly channel: Channel;
    readonly address: string;
    readonly name: string | null;
    readonly source: ContactRow["source"];
    readonly actor: Actor;
    readonly now: Temporal.Instant;
  },
): Promise<Result<ContactRow, Refusal>> {
  const { accountId, channel, actor, now } = ask;
  const address = checkedAddress(channel, ask.address);
  if (!address.ok) return address;
  const known = await contactsOf(tx, [accountId]);
  const before = known.find(
    (one) => one.channel === channel && one.address.toLowerCase() === address.value.toLowerCase(),
  );
  if (before === undefined && known.length >= CONTACTS_MAX)
    return no("conflict", "contacts-full", `an account has at most ${CONTACTS_MAX} addresses`, {
      facts: { max: CONTACTS_MAX },
    });
  const saved = await upsertContact(tx, {
    contact_id: deps.newId(),
    customer_id: accountId,
    channel,
    address: address.value,
    name: ask.name,
    since: dayOf(now, deps.zone()),
    source: ask.source,
  });
  await appendEvents(tx, [
    {
      type: LETTER_EVENTS.contactSaved,
      actor,
      at: now,
      subject: { kind: "contact", id: saved.contact_id },
      customerId: accountId,
      before: before && { badSince: before.bad_since, name: before.name },
      data: { channel, address: saved.address, source: ask.source },
    },
  ]);
  return ok(saved);
}
