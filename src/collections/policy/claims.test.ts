import assert from "node:assert/strict";
import { test } from "node:test";
import type { CustomerId } from "../../core/ids.ts";
import type { ClaimedOn } from "../../receivables/contract-ledger.ts";
import type { AccountHistory } from "../contract-history.ts";
import type { ChargeKind } from "../contract-policy.ts";
import type { ClaimsFor } from "../deps.ts";
import { claimsOf } from "./claims.ts";
import { parsePolicy } from "./decide-parse.ts";
import { policyText } from "./testing.ts";

/** What a step claims, given what was claimed before: from the keys of the ledger, which name step and charge. */

const day = (text: string) => Temporal.PlainDate.from(text);
const ACCOUNT = "3d5e9f0a-1111-4222-8333-444455556666" as CustomerId;
const HEAD = "feesAgreed: true\ninterest: { by: statutory }\n";

type Ask = {
  readonly charges: readonly ChargeKind[];
  readonly past?: readonly ClaimedOn[];
  readonly due?: string;
  readonly on?: string;
  readonly minor?: bigint;
  readonly open?: AccountHistory["invoices"];
};
function claims({ charges, past, due = "2026-04-15", on = "2026-05-20", minor = 1_000_000n, open = [] }: Ask) {
  const step = `  - id: demand\n    name: { en: Demand }\n    daysPastDue: 20\n    charges: [${charges.join(", ")}]\n`;
  const policy = parsePolicy(policyText(HEAD, step));
  assert.ok(policy.ok, JSON.stringify(policy));
  const history: AccountHistory = {
    account: {
      accountId: ACCOUNT,
      name: "Kund AB",
      country: "SE",
      language: "sv",
      timeZone: undefined,
      customerClass: "business",
      customerIds: [ACCOUNT],
      reachable: ["mail"],
      customerSince: undefined,
    },
    invoices: [
      {
        invoiceId: "7",
        number: "F-7",
        customerId: ACCOUNT,
        currency: "SEK",
        amountMinor: minor,
        issueDay: day(due).subtract({ days: 30 }),
        dueDay: day(due),
        applied: [],
      },
      ...open,
    ],
    money: [],
    notices: [],
    holds: [],
    promises: [],
    effects: [],
  };
  const notice = {
    stepId: "demand",
    channels: [{ channel: "mail", letter: "reminder-fee" }],
    invoiceIds: ["7"],
    listedIds: [],
    charges,
  } as Parameters<ClaimsFor>[0]["notice"];
  return claimsOf({ policy: policy.value, notice, history, day: day(on), past });
}
const made = (ask: Ask) => claims(ask).map(({ kind, amountMinor }) => `${kind} ${amountMinor}`);
const claimed = (key: string, kind: ClaimedOn["kind"], amountMinor: bigint): ClaimedOn => ({
  key,
  ofInvoiceId: "7",
  kind,
  amountMinor,
});

const CASES: readonly [says: string, ask: Ask, expect: readonly string[]][] = [
  [
    "LI-18: 450 less the 180 of a demand that was charged before, which is a cost in the ledger and no compensation",
    { charges: ["compensation"], past: [claimed("early:7:collection-demand", "cost", 18_000n)] },
    ["compensation 27000"],
  ],
  [
    "LI-18: a reminder fee that is paid already is still taken off",
    { charges: ["compensation"], past: [claimed("early:7:reminder-fee", "fee", 6_000n)] },
    ["compensation 39000"],
  ],
  [
    "LI-18: the compensation is owed once an invoice, and nothing on top of it",
    {
      charges: ["compensation", "collection-demand", "reminder-fee"],
      past: [claimed("early:7:compensation", "cost", 45_000n)],
    },
    [],
  ],
  [
    "a cost of which nobody knows the charge counts as the compensation",
    { charges: ["compensation"], past: [claimed("from-elsewhere", "cost", 18_000n)] },
    [],
  ],
];
for (const [says, ask, expect] of CASES) test(says, () => assert.deepEqual(made(ask), expect));

const LI_08 = { due: "2022-12-15", on: "2023-01-31", minor: 10_000_000n };
test("LI-08: interest over a half-year is stated stretch by stretch, and the sums are the amount", () => {
  const [claim] = claims({ charges: ["interest"], past: [], ...LI_08 });
  assert.ok(claim?.stretches !== undefined && claim.interest === undefined);
  assert.deepEqual(
    claim.stretches.map(({ from, to, days }) => `${from.toString()} ${to.toString()} ${days}`),
    ["2022-12-16 2022-12-31 16", "2023-01-01 2023-01-31 31"],
  );
  assert.equal(
    claim.stretches.reduce((sum, one) => sum + one.amountMinor, 0n),
    claim.amountMinor,
  );
  assert.deepEqual([claim.amountMinor, claim.earlierMinor], [126_438n, undefined]);
  const [less] = claims({
    charges: ["interest"],
    past: [claimed("early:7:interest", "interest", 2_000n)],
    ...LI_08,
  });
  assert.deepEqual([less?.earlierMinor, less?.amountMinor], [2_000n, claim.amountMinor - 2_000n]);
});

test("one rate over one time stays one line", () => {
  const [claim] = claims({ charges: ["interest"], past: [] });
  assert.deepEqual([claim?.interest?.days, claim?.stretches], [35, undefined]);
});
