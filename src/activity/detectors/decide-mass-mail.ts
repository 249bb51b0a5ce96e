import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { usualPerDay } from "./decide-baseline.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { domainOfUser } from "./decide-domain.ts";
import { dig, listIn, textIn } from "./decide-json.ts";
import { DAY_MS, slide, Tally, text } from "./decide-window.ts";
import { DAYS, happened, HOURS, mail, user } from "./example.ts";

const settings = [
  setting("messagesMin", "Messages of one mailbox within an hour that are more than anyone writes", {
    unit: "messages",
    standard: 200,
    min: 20,
    max: 100_000,
  }),
  setting("usualTimes", "And so many times its usual hour", { unit: "times", standard: 10, min: 2, max: 1_000 }),
  setting("domainsMin", "Or distinct domains of recipients within an hour", {
    unit: "domains",
    standard: 100,
    min: 10,
    max: 10_000,
  }),
  setting("baselineDays", "Days that say what is usual", { unit: "days", standard: 14, min: 3, max: 14 }),
];
/** Below so many known days nothing is called usual and only the fixed numbers hold. */
const BASELINE_DAYS_MIN = 3;
/** A usual hour is a usual day spread over the hours in which people write. */
const WRITING_HOURS = 8;
const HOUR_MS = 3_600_000;

const SEND_OPS = new Set(["send", "sendas", "sendonbehalf"]);
/** What becomes of a message, in rows of EmailEvents. */
const TRACE_OPS = new Set(["delivered", "blocked", "junked", "replaced"]);
/**
 * A row of Exchange's message trace. Those of incoming messages name the address of the server they came from; those of messages that the
 * customer sends do not. Source: learn.microsoft.com/powershell/module/exchange/get-messagetrace, FromIP.
 */
const ROW_OP = "message trace";
const RULE_OPS = new Set(["new-inboxrule", "set-inboxrule", "updateinboxrules"]);

function keep(event: KnownEvent) {
  const facts = mailFacts(event);
  const mailbox = event.actor?.name?.includes("@") ? event.actor.name.toLowerCase() : event.actor?.id;
  return facts && mailbox ? [{ group: `${customerOf(event)}|${mailbox}`, kept: kept(event, facts) }] : [];
}
function mailFacts(event: KnownEvent): Kept["facts"] | undefined {
  const { operation } = event;
  if (RULE_OPS.has(operation)) return hides(event) ? { kind: "hide" } : undefined;
  const isSent =
    SEND_OPS.has(operation) ||
    (TRACE_OPS.has(operation) && isOutbound(event)) ||
    (operation === ROW_OP && event.ip === undefined);
  return isSent ? { kind: "send", message: messageOf(event), domains: recipients(event) } : undefined;
}
/** Traces have a row for each recipient of one message. */
const messageOf = (event: KnownEvent): string =>
  event.operation === ROW_OP ? (event.resource?.id ?? event.id) : (textIn(row(event), "NetworkMessageId") ?? event.id);
const row = (event: KnownEvent) => dig(event.raw, "properties") ?? event.raw;
const isOutbound = (event: KnownEvent): boolean =>
  event.category === "EmailEvents" && textIn(row(event), "EmailDirection")?.toLowerCase() !== "inbound";

/** Domains of the recipients that the record names; "" when it names none, as most records of sending. */
function recipients(event: KnownEvent): string {
  const told = [
    textIn(row(event), "RecipientEmailAddress"),
    event.operation === ROW_OP ? event.target?.id : undefined,
    ...listIn(event.raw, "Item", "Recipients").map((one) => (typeof one === "string" ? one : textIn(one, "Address"))),
  ];
  return [...new Set(told.flatMap((one) => (one ? (domainOfUser(one) ?? []) : [])))].join(" ");
}
/** A rule that keeps answers and bounces from the mailbox's owner. */
function hides({ request }: KnownEvent): boolean {
  const isOn = (name: string) => textIn(request, name)?.toLowerCase() === "true";
  return isOn("DeleteMessage") || isOn("SoftDeleteMessage") || textIn(request, "MoveToFolder") !== undefined;
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const sends = all.filter((one) => text(one, "kind") === "send");
  const rules = all.filter((one) => text(one, "kind") === "hide");
  const [domains, messages] = [new Tally(), new Tally()];
  const firsts = new Set(new Map(sends.toReversed().map((one) => [text(one, "message"), one])).values());
  const usual = new Map<number, number | undefined>();
  const usualHour = (at: number): number | undefined => {
    const day = Math.floor(at / DAY_MS);
    if (!usual.has(day))
      usual.set(
        day,
        usualPerDay(sends, {
          at,
          daysMin: BASELINE_DAYS_MIN,
          daysMax: set("baselineDays"),
          amountOf: (one) => (firsts.has(one) ? 1 : 0),
        }),
      );
    const perDay = usual.get(day);
    return perDay === undefined ? undefined : perDay / WRITING_HOURS;
  };
  const domainsOf = (one: Kept) => text(one, "domains").split(" ").filter(Boolean);
  return slide(sends, HOUR_MS, {
    enter: (one) => (messages.add(text(one, "message")), domainsOf(one).forEach((domain) => domains.add(domain))),
    leave: (one) => (messages.remove(text(one, "message")), domainsOf(one).forEach((domain) => domains.remove(domain))),
    judge: (last) => {
      const hour = usualHour(last.at);
      const isMany = messages.distinct > Math.max(set("messagesMin"), (hour ?? 0) * set("usualTimes"));
      if (!isMany && domains.distinct <= set("domainsMin")) return undefined;
      const hidden = rules.some(({ at }) => at <= last.at && at > last.at - DAY_MS);
      return {
        key: "",
        level: hidden ? "critical" : "high",
        facts: {
          mailbox: group.slice(group.indexOf("|") + 1),
          messages: messages.distinct,
          recipientDomains: domains.distinct === 0 ? "unknown" : domains.distinct,
          usualPerHour: hour === undefined ? "unknown" : Math.round(hour * 10) / 10,
          hidingRule: hidden ? "yes" : "no",
        },
      };
    },
  });
}

const sends = (from: number, count: number, minutes = 59) =>
  Array.from({ length: count }, (_, n) =>
    mail(from + (n * minutes) / count, { operation: "send", id: `m:${from}:${n}` }),
  );
const rule = (minutes: number) =>
  mail(minutes, { operation: "new-inboxrule", request: { Name: ".", DeleteMessage: "True" } });
const traced = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    happened("defender", n / 4, {
      operation: "delivered",
      category: "EmailEvents",
      id: `trace:${n}`,
      actor: user("eve"),
      raw: { EmailDirection: "Outbound", RecipientEmailAddress: `info@example-${n}.com` },
    }),
  );

const traceRow = (n: number, message: number, more: object = {}) =>
  mail(n / 10, {
    operation: ROW_OP,
    id: `row:${n}`,
    resource: { id: `message-${message}`, type: "message" },
    target: { id: `info@firm-${n % 9}.example`, type: "user" },
    ...more,
  });

export const massMail: Detector = {
  id: "mass-mail",
  title: "A mailbox sends far more than it ever does",
  titleSv: "En brevlåda skickar mycket mer än den brukar",
  level: "high",
  family: "misuse",
  abuse: ["A1", "A2"],
  why:
    "Spam from a customer's mailbox ruins the delivery of all its mail and is misuse that Microsoft holds the reseller to. A rule that hides answers, made the day before, is the " +
    "mark of an intruder: critical. With less than three days of history only the fixed numbers hold. Starting values, not confirmed by labelled data.",
  sources: ["m365-audit", "defender"],
  falsePositives: ["A newsletter sent from a person's mailbox", "A system that sends invoices through a mailbox"],
  runbook: "spam",
  attack: ["T1586.002", "T1564.008"],
  covers: "R12",
  contain: "none",
  settings,
  wants: [...SEND_OPS, ...TRACE_OPS, ROW_OP, ...RULE_OPS],
  spanMs: 16 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "201 messages in an hour", hits: "high", events: sends(0, 201) },
    {
      name: "the same a day after a rule that deletes",
      hits: "critical",
      events: [rule(0), ...sends(22 * HOURS, 201)],
    },
    { name: "101 domains in half an hour", hits: "high", events: traced(101) },
    {
      name: "201 messages that a trace tells, to two each",
      hits: "high",
      events: Array.from({ length: 402 }, (_, n) => traceRow(n, n >> 1)),
    },
    {
      name: "one message to 402 people, and 402 that come in",
      hits: undefined,
      events: [
        ...Array.from({ length: 402 }, (_, n) => traceRow(n, 1)),
        ...Array.from({ length: 402 }, (_, n) => traceRow(1000 + n, n, { ip: "203.0.113.5" })),
      ],
    },
    { name: "200 messages in an hour", hits: undefined, events: sends(0, 200) },
    { name: "100 domains", hits: undefined, events: traced(100) },
    {
      name: "210 from a mailbox that sends 200 a day: not ten times its usual hour",
      hits: undefined,
      events: [...[0, 1, 2, 3].flatMap((day) => sends(day * DAYS, 200, 400)), ...sends(4 * DAYS, 210)],
    },
  ],
};
