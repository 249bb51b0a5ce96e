import type { WebhookEvent, WebhookRegistration } from "./contract.ts";
import {
  asText,
  flag,
  instant,
  items,
  listOf,
  ms,
  need,
  type Parser,
  parser,
  text,
  UnreadableAnswer,
} from "./tolerant.ts";

const event = parser(
  "webhook event",
  // One table of the documents says AuditUrl where the samples say AuditUri.
  ms({
    eventName: need(text),
    resourceUri: text,
    resourceName: text,
    auditUri: text,
    auditUrl: text,
    resourceChangeUtcDate: text,
  }),
);
const when = parser("webhook event", ms({ resourceChangeUtcDate: instant }));

/** An event says that something changed, never what: the resource is read again. */
export const parseWebhookEvent: Parser<WebhookEvent> = (value) => {
  const sent = event(value);
  const auditUri = sent.auditUri ?? sent.auditUrl;
  const identity = [sent.eventName, sent.resourceUri, sent.resourceChangeUtcDate, auditUri];
  return {
    name: sent.eventName,
    resourceUri: sent.resourceUri,
    auditUri,
    changedAt: when(value).resourceChangeUtcDate,
    dedupKey: identity.map((part) => part ?? "").join("|"),
    raw: sent.$raw,
  };
};

const eventName: Parser<string> = (value) => {
  const name = asText(value);
  if (name === undefined) throw new UnreadableAnswer("webhook event name", "is not text");
  return name;
};
export const parseWebhookEventNames = items("webhook event names", eventName);

export const parseRegistration = parser(
  "webhook registration",
  ms({ webhookUrl: need(text), webhookEvents: listOf(need(text)), subscriberId: text }).transform(
    (sent): WebhookRegistration => ({ url: sent.webhookUrl, events: sent.webhookEvents }),
  ),
);
export const parseValidationEvent = parser("validation event", ms({ correlationId: need(text) }));
export const parseValidationEventResult = parser(
  "validation event result",
  ms({
    correlationId: need(text),
    status: text,
    callbackUrl: text,
    results: listOf(ms({ responseCode: text, responseMessage: text, systemError: flag, dateTimeUtc: instant })),
  }),
);
