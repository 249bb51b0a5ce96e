import type {
  LetterRowWire,
  LetterWire,
  TemplateRowWire,
  ContactWire,
  AccountSettingsWire,
  MailInWire,
} from "./contract.ts";
import { drawHtml, drawLine, drawText } from "./decide-draw.ts";
import { isPlain } from "./decide-template.ts";
import { documentOf } from "./document.ts";
import type { ListedLetter, TrailRow } from "./store.ts";
import type { AccountSettingsRow, ContactRow, MailInRow } from "./store-contacts.ts";
import type { RecipientRow } from "./store-recipients.ts";
import type { TemplateRow } from "./store-templates.ts";

export const letterRow = (row: ListedLetter): LetterRowWire => ({
  letterId: row.letter_id,
  number: `L-${row.number}`,
  accountId: row.account_id,
  accountName: row.account_name,
  stepId: row.step_id,
  purpose: row.purpose,
  channel: row.channel,
  state: row.state,
  why: row.why,
  decidedOn: row.decided_on.toString(),
  queuedAt: row.queued_at.toString(),
  notBefore: row.not_before.toString(),
  sentOn: row.sent_on?.toString() ?? null,
  failedOn: row.failed_on?.toString() ?? null,
  subject: row.subject,
  recipients: [...row.recipients],
  toPay: row.facts.totals.map((total) => ({ minor: total.toPayMinor, currency: total.currency })),
  items: row.facts.items.length,
  isMaybeTwice: row.maybe_twice,
  printedAt: row.printed_at?.toString() ?? null,
});

export function letterWire(
  row: ListedLetter,
  more: {
    readonly copies: readonly RecipientRow[];
    readonly trail: readonly TrailRow[];
    readonly unprintable: readonly string[];
  },
): LetterWire {
  const document = documentOf(row);
  return {
    ...letterRow(row),
    language: row.language,
    place: row.place,
    policyId: row.policy_id,
    policyVersion: row.policy_version,
    templateVersion: row.template_version,
    messageId: row.message_id,
    html: drawHtml(document),
    text: isPlain(row.purpose) && row.channel === "sms" ? drawLine(document) : drawText(document),
    delivery: more.copies.map((copy) => ({
      address: copy.address,
      state: copy.state,
      attempts: copy.attempts,
      answer: copy.answer,
      at: copy.at?.toString() ?? null,
      nextAt: copy.next_at?.toString() ?? null,
    })),
    trail: more.trail.map(({ at, what, address, detail }) => ({ at: at.toString(), what, address, detail })),
    unprintable: [...more.unprintable],
  };
}

export const templateRow = (row: TemplateRow): TemplateRowWire => ({
  purpose: row.purpose,
  language: row.language,
  place: row.place,
  version: row.version,
  savedAt: row.saved_at.toString(),
  savedBy: row.saved_by,
});

export const contactWire = (row: ContactRow): ContactWire => ({
  contactId: row.contact_id,
  customerId: row.customer_id,
  channel: row.channel,
  address: row.address,
  name: row.name,
  since: row.since.toString(),
  source: row.source,
  badSince: row.bad_since?.toString() ?? null,
  badWhy: row.bad_why,
});

export const settingsWire = (
  accountId: string,
  row: AccountSettingsRow | undefined,
  contacts: readonly ContactRow[],
): AccountSettingsWire => ({
  accountId,
  customerClass: row?.customer_class ?? null,
  language: row?.language ?? null,
  timeZone: row?.time_zone ?? null,
  country: row?.country ?? null,
  contacts: contacts.map(contactWire),
});

export const mailInWire = (row: MailInRow): MailInWire => ({
  mailId: row.mail_id,
  kind: row.kind,
  receivedAt: row.received_at.toString(),
  from: row.sender,
  subject: row.subject,
  text: row.body,
  letterId: row.letter_id,
  accountId: row.account_id,
  attachments: row.attachments,
});
