import type { Json } from "../../core/canonical.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { kept } from "./decide-compute.ts";
import { dig, textIn } from "./decide-json.ts";
import { perCustomer } from "./decide-partner.ts";
import { DAY_MS, distinct, slide, text } from "./decide-window.ts";
import { CUSTOMER, DAYS, partnerCenter } from "./example.ts";

const settings = [
  setting("customersMin", "Customers that share it", { unit: "customers", standard: 3, min: 2, max: 100 }),
  setting("windowDays", "Made or changed within", { unit: "days", standard: 30, min: 1, max: 90 }),
];
const OPS = ["add_customer", "update_customer_billing_profile"];

function keep(event: KnownEvent) {
  if (!OPS.includes(event.operation) || event.outcome === "failure" || event.customer === undefined) return [];
  const facts = { ...actorFacts(event), customer: event.customer };
  return attributes(event.request).map(([name, value]) => ({
    group: `-|${name}|${mark(value)}`,
    kept: kept(event, { ...facts, attribute: name }),
  }));
}

/** Stands for a value in names of groups and findings, which are shown and kept longer than records: FNV-1a, 64 bits. */
function mark(value: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of value)
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

/** What companies do not share by chance, written so that spellings meet. */
function attributes(request: Json | undefined): readonly (readonly [string, string])[] {
  const profile = dig(request, "billingProfile") ?? request;
  const address = dig(profile, "defaultAddress") ?? dig(profile, "address");
  const plain = (told: string | undefined) => (told ?? "").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const phone = (textIn(address, "phoneNumber") ?? textIn(profile, "phoneNumber") ?? "").replace(/\D/g, "");
  const street = plain(textIn(address, "addressLine1"));
  const postal = plain(textIn(address, "postalCode"));
  const mail = (textIn(profile, "email") ?? "").toLowerCase().replace(/\+[^@]*@/, "@");
  const found: readonly (readonly [string, string])[] = [
    // The last nine digits are the same with and without a country's prefix.
    ["phone", phone.length >= 7 ? phone.slice(-9) : ""],
    ["address", street.length >= 5 && postal !== "" ? `${street} ${postal}` : ""],
    ["email", mail.includes("@") ? mail : ""],
  ];
  return found.filter(([, value]) => value !== "");
}

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const hits = slide(all, set("windowDays") * DAY_MS, {
    judge: (last, { from, to }) => {
      const customers = distinct(all.slice(from, to + 1).map((one) => text(one, "customer")));
      if (customers < set("customersMin")) return undefined;
      const facts = { actor: actorName(last), attribute: group.split("|")[1] ?? "?", customers };
      return { key: "", level: "high", facts: { ...facts, windowDays: set("windowDays") } };
    },
  });
  return hits.flatMap((hit) => perCustomer(hit.events, { level: hit.level, at: hit.at, facts: hit.facts }));
}

const add = (n: number, address: { [key: string]: string }, email = `boss@firm-${n}.example`) =>
  partnerCenter(n * DAYS, {
    operation: "add_customer",
    customer: `${CUSTOMER.slice(0, -2)}${30 + n}` as CustomerId,
    request: { billingProfile: { email, defaultAddress: address } },
  });
const phones = ["+46 8 123 456 78", "08-123 456 78", "(0)8 12345678", "08 12345678"];

export const sharedAttributes: Detector = {
  id: "shared-attributes",
  title: "Several new customers share telephone, address or mail address",
  titleSv: "Flera nya kunder delar telefon, adress eller e-postadress",
  level: "high",
  family: "identity",
  abuse: ["T5", "A6"],
  why:
    "Synthetic customers are made from one kit: different names, one telephone or street. The value itself is not repeated in the finding; it is in the records. " +
    "Payment instruments and registrars are not in these logs. Starting values, not confirmed by labelled data.",
  sources: ["partner-center"],
  falsePositives: ["A group of companies", "An accountant's or office hotel's address"],
  runbook: "purchase-burst",
  attack: ["T1585"],
  covers: "R14",
  contain: "none",
  settings,
  wants: OPS,
  spanMs: 91 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "one telephone in three spellings",
      hits: "high",
      events: phones.slice(0, 3).map((phoneNumber, n) => add(n, { phoneNumber })),
    },
    {
      name: "one street and postal code",
      hits: "high",
      events: [0, 1, 2].map((n) =>
        add(n, { addressLine1: n ? "Storgatan 1 B" : "STORGATAN 1B", postalCode: "111 22" }),
      ),
    },
    {
      name: "two customers",
      hits: undefined,
      events: phones.slice(0, 2).map((phoneNumber, n) => add(n, { phoneNumber })),
    },
    {
      name: "one street in three towns, and no telephone",
      hits: undefined,
      events: [0, 1, 2].map((n) => add(n, { addressLine1: "Storgatan 1", postalCode: `1112${n}`, phoneNumber: "-" })),
    },
    {
      name: "the third comes 30 days after the first",
      hits: undefined,
      events: [0, 1, 30].map((n) => add(n, { phoneNumber: "08 12345678" })),
    },
  ],
};
