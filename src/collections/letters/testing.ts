import type { CustomerId } from "../../core/ids.ts";
import type { AccountHistory, HistoryInvoice } from "../contract-history.ts";
import type { LadderState, OverdueItem } from "../contract-ladder.ts";
import { type Channel, POLICY_FORMAT, policySchema, type PolicyVersion } from "../contract-policy.ts";
import type { Language } from "../../access/contract.ts";
import type { LetterFacts } from "./decide-model.ts";
import type { Place, Purpose, QueueAsk } from "./contract.ts";

/** An account, its state and a policy to write letters about; the worst data that a ledger may hold. */

export const ACCOUNT = "3d5e9f0a-1111-4222-8333-444455556601" as CustomerId;
export const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text);
export const TODAY = day("2026-11-18");
export const NOW = Temporal.Instant.from("2026-11-18T10:00:00Z");

export const POLICY: PolicyVersion = {
  version: 3,
  policy: policySchema.parse({
    format: POLICY_FORMAT,
    id: "se-standard",
    name: { en: "Sweden", sv: "Sverige" },
    law: "SE",
    calendar: { timeZone: "Europe/Stockholm", holidays: "SE", sendAt: "09:00" },
    steps: [
      {
        id: "reminder",
        name: { en: "Reminder", sv: "Påminnelse" },
        daysPastDue: 5,
        tell: [{ channel: "mail", letter: "friendly-reminder" }],
        noticeDays: 7,
      },
      {
        id: "freeze",
        name: { en: "Freeze" },
        daysPastDue: 20,
        tell: [{ channel: "mail", letter: "freeze-notice" }],
        effects: ["freeze-purchases"],
        noticeDays: 10,
      },
      {
        id: "notice",
        name: { en: "Notice", sv: "Varsel" },
        daysPastDue: 30,
        tell: [
          { channel: "mail", letter: "suspension-notice" },
          { channel: "letter", letter: "suspension-notice" },
          { channel: "sms", letter: "sms" },
          { channel: "call", letter: "call-script" },
        ],
        noticeDays: 14,
        charges: ["reminder-fee", "interest"],
      },
      { id: "suspend", name: { en: "Suspend" }, daysPastDue: 45, effects: ["suspend-seats"], approve: "one" },
    ],
  }),
};

export type ItemSpec = {
  readonly number: string;
  readonly open: bigint;
  readonly due: string;
  readonly currency?: string;
  readonly leftOut?: OverdueItem["leftOut"];
  readonly claim?: HistoryInvoice["claim"];
};
export type AskSpec = {
  readonly items: readonly ItemSpec[];
  readonly name?: string;
  readonly country?: string | undefined;
  readonly language?: Language | undefined;
  readonly credits?: Readonly<Record<string, bigint>>;
  readonly stepId?: string;
  readonly channels?: readonly { readonly channel: Channel; readonly letter: string }[];
  readonly listed?: readonly string[];
  readonly accountId?: CustomerId;
};

const lateBy = (due: string): number => day(due).until(TODAY, { largestUnit: "days" }).days;

export function ask(spec: AskSpec): QueueAsk {
  const accountId = spec.accountId ?? ACCOUNT;
  const listed = new Set(spec.listed ?? []);
  const currencies = [...new Set(spec.items.map((item) => item.currency ?? "SEK"))];
  const counted = spec.items
    .filter((item) => item.leftOut === undefined && !listed.has(item.number) && lateBy(item.due) > 0)
    .map((item) => item.number);
  const account: AccountHistory = {
    account: {
      accountId,
      name: spec.name ?? "Björk & Söner Åkeri AB",
      country: "country" in spec ? spec.country : "SE",
      language: spec.language,
      timeZone: undefined,
      customerClass: undefined,
      customerIds: [accountId],
      reachable: ["mail"],
      customerSince: undefined,
    },
    invoices: spec.items.map((item) => ({
      invoiceId: item.number,
      number: item.number,
      customerId: accountId,
      currency: item.currency ?? "SEK",
      amountMinor: item.open,
      issueDay: day(item.due).subtract({ days: 30 }),
      dueDay: day(item.due),
      applied: [],
      claim: item.claim,
    })),
    money: [],
    notices: [],
    holds: [],
    promises: [],
    effects: [],
  };
  return {
    account,
    state: stateOf(accountId, spec, currencies),
    notice: {
      stepId: spec.stepId ?? "notice",
      channels: spec.channels ?? [{ channel: "mail", letter: "suspension-notice" }],
      invoiceIds: counted,
      listedIds: [...listed],
      charges: [],
    },
    policy: POLICY,
    day: TODAY,
    now: NOW,
  };
}

function stateOf(accountId: CustomerId, spec: AskSpec, currencies: readonly string[]): LadderState {
  const oldest = [...spec.items].sort((a, b) => (a.due < b.due ? -1 : 1))[0];
  return {
    accountId,
    day: TODAY,
    policyId: POLICY.policy.id,
    policyVersion: POLICY.version,
    currencies: currencies.map((currency) => {
      const items = spec.items.filter((item) => (item.currency ?? "SEK") === currency);
      const overdue = items.reduce((all, item) => all + item.open, 0n);
      return {
        currency,
        overdueMinor: overdue,
        creditsMinor: spec.credits?.[currency] ?? 0n,
        netOverdueMinor: overdue,
        notDueMinor: 0n,
        invoices: items.length,
        items: items.map((item) => ({
          invoiceId: item.number,
          number: item.number,
          openMinor: item.open,
          dueDay: day(item.due),
          daysPastDue: lateBy(item.due),
          leftOut: item.leftOut,
        })),
      };
    }),
    carrying: oldest && { invoiceId: oldest.number, dueDay: day(oldest.due), daysPastDue: lateBy(oldest.due) },
    step: spec.stepId ?? "notice",
    steps: [],
    resting: [],
    tell: undefined,
    tellWaits: undefined,
    effects: [],
    lift: [],
    next: undefined,
  };
}

/** Facts of one letter, ordinary or as bad as they can be. */
export function worstFacts(purpose: Purpose, language: Language, place: Place): LetterFacts {
  const long = "Ø".repeat(120);
  const item = (number: string, at: number, currency: string): LetterFacts["items"][number] => ({
    number,
    reference: number,
    currency,
    issueDay: "2026-01-31",
    dueDay: "2026-02-28",
    daysPastDue: at,
    amountMinor: "999999999999999999",
    openMinor: at % 7 === 0 ? "-1" : "123456789012345",
    role: at % 3 === 0 ? "listed" : at % 5 === 0 ? "promised" : "counted",
  });
  return {
    language,
    place,
    purpose,
    number: "L-900000000",
    day: "2026-11-18",
    payBy: "2026-12-02",
    stepName: "<b>{{total.text}}</b>",
    creditor: { name: `Łódź & Åkerö <AB> "${long}"`, addressLines: [], iban: "SE45 5000 0000 0583 9825 7466" },
    customer: { name: `شركة \u202eالاختبار 😀 ${long}</td><script>alert(1)</script>`, addressLines: [] },
    items: Array.from({ length: 400 }, (_, at) =>
      item(`INV-${"9".repeat(30)}-${at}`, at, at % 2 === 0 ? "SEK" : "JPY"),
    ),
    claims: [
      {
        kind: "interest",
        ofNumber: "1",
        currency: "SEK",
        amountMinor: "1",
        basis: "",
        interest: { ratePercent: "10.00", from: "2026-01-01", to: "2026-11-18", days: 321, principalMinor: "1" },
      },
      { kind: "reminder-fee", ofNumber: "1", currency: "KWD", amountMinor: "6000", basis: "Act 1981:739" },
    ],
    totals: [
      { currency: "SEK", overdueMinor: "100", claimsMinor: "1", creditsMinor: "-5000", toPayMinor: "5101" },
      { currency: "KWD", overdueMinor: "0", claimsMinor: "6000", creditsMinor: "99999999", toPayMinor: "0" },
    ],
    consequences: [
      { kind: "suspend-seats", day: "2026-12-03" },
      { kind: "fee", day: undefined },
    ],
    promise: undefined,
  };
}
