import { startOfUtcDay, utcDay } from "../kernel/clock.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { costOf } from "../usage/model.ts";
import { COUNTRIES, type World } from "./context.ts";
import type { PayStory, Story } from "./story.ts";

/** The reseller's own books, which Microsoft does not have: what each customer was invoiced, what came in, what is held. */

/** What the reseller adds to Microsoft's price. */
const MARKUP = 1.15;
const INVOICES = 8;
const TERM_DAYS = 30;

type Draft = {
  readonly customer: CustomerRow;
  readonly pays: PayStory;
  readonly n: number;
  readonly issued: Temporal.PlainDate;
  readonly amountMinor: number;
};

export function buildLedger(world: World, stories: readonly { story: Story; customer: CustomerRow }[]): void {
  const drafts = stories.flatMap(({ story, customer }) => draftsOf(world, story, customer));
  drafts.sort((a, b) => Temporal.PlainDate.compare(a.issued, b.issued) || (a.customer.key < b.customer.key ? -1 : 1));
  for (const [i, draft] of drafts.entries()) {
    const number = invoiceNumber(draft.issued, 1_000 + i);
    putInvoice(world.sim, draft, number);
    payAsTold(world.sim, draft, number);
  }
  world.sim.tables.meta.put({ key: "ledgerNext", value: 1_000 + drafts.length });
  for (const { story, customer } of stories) {
    buildDeposits(world, story, customer);
    buildOnAccount(world, story, customer);
    if ((story.pays.invoices ?? INVOICES) > 0)
      bookNextInvoice(world.sim, customer, { issued: newestIssue(world, story), pays: story.pays });
  }
}

const invoiceNumber = (issued: Temporal.PlainDate, n: number): string =>
  `${issued.year}-${String(10_000 + n).slice(-5)}`;
const newestIssue = (world: World, story: Story): Temporal.PlainDate =>
  world.today.subtract({ days: story.pays.lastInvoiceDaysAgo ?? 14 });
const dueOf = ({ pays, issued }: Pick<Draft, "pays" | "issued">): Temporal.PlainDate =>
  issued.add({ days: pays.termDays ?? TERM_DAYS });

function draftsOf(world: World, story: Story, customer: CustomerRow): Draft[] {
  const since = utcDay(Temporal.Instant.from(customer.since));
  const newest = newestIssue(world, story);
  return Array.from({ length: story.pays.invoices ?? INVOICES }, (_, n) => ({
    n,
    issued: newest.subtract({ months: n }),
  }))
    .filter(({ issued }) => Temporal.PlainDate.compare(issued, since) >= 0)
    .map(({ n, issued }) => ({
      customer,
      pays: story.pays,
      n,
      issued,
      amountMinor: amountOf(world.sim, customer, issued),
    }))
    .filter((draft) => draft.amountMinor > 0);
}

/** A month of the present seats (those of a year ago are nobody's story) plus the Azure use of the month before, with markup and domestic VAT, in minor units. */
function amountOf(sim: Sim, customer: CustomerRow, issued: Temporal.PlainDate): number {
  const to = startOfUtcDay(issued);
  const from = startOfUtcDay(issued.subtract({ months: 1 }));
  const seats = sim.tables.subscriptions
    .where("customer", customer.id)
    .filter((one) => one.billingCycle === "monthly" && !one.isTrial)
    .reduce((sum, one) => sum + Number(one.unitPrice) * one.quantity, 0);
  const azure = sim.tables.entitlements
    .where("customer", customer.id)
    .reduce((sum, one) => sum + costOf(one, { fromMs: from.epochMilliseconds, toMs: to.epochMilliseconds }), 0);
  const country = COUNTRIES[customer.country as keyof typeof COUNTRIES];
  return Math.round((seats + azure) * MARKUP * (country?.vat ?? 1) * 100);
}

function putInvoice(sim: Sim, draft: Draft, number: string): void {
  sim.tables.ledgerInvoices.put({
    number,
    customerId: draft.customer.id,
    issued: draft.issued.toString(),
    due: dueOf(draft).toString(),
    amountMinor: draft.amountMinor,
    currency: draft.customer.currency,
    disputed: draft.pays.disputed?.[draft.n] ?? null,
    note: "",
  });
}

function payAsTold(sim: Sim, draft: Draft, number: string): void {
  const { pays, n } = draft;
  const share = pays.partly?.[n] ?? (pays.unpaid?.includes(n) === true ? 0 : 1);
  if (share === 0) return;
  const late = pays.late[n % pays.late.length] ?? 0;
  const day = dueOf(draft).add({ days: late });
  putPayment(sim, draft.customer, {
    reference: `BG-${number}`,
    day,
    amountMinor: Math.round(draft.amountMinor * share),
    invoice: number,
    text: `OCR ${number.replaceAll("-", "")}`,
  });
}

type Paid = {
  readonly reference: string;
  readonly day: Temporal.PlainDate;
  readonly amountMinor: number;
  readonly invoice: string | null;
  readonly text: string;
};

function putPayment(sim: Sim, customer: CustomerRow, { reference, day, amountMinor, invoice, text }: Paid): void {
  // Banks book on weekdays.
  const booked = day.dayOfWeek > 5 ? day.add({ days: 8 - day.dayOfWeek }) : day;
  const method = customer.currency === "SEK" ? "bankgiro" : "sepa";
  sim.tables.ledgerPayments.put({
    reference,
    customerId: customer.id,
    day: booked.toString(),
    amountMinor,
    currency: customer.currency,
    invoice,
    method,
    text,
  });
}

function buildOnAccount(world: World, story: Story, customer: CustomerRow): void {
  for (const [i, one] of (story.pays.onAccount ?? []).entries())
    putPayment(world.sim, customer, {
      reference: `BG-${customer.key}-${i + 1}`,
      day: world.today.subtract({ days: one.daysAgo }),
      amountMinor: Math.round(one.amount * 100),
      invoice: null,
      text: one.text,
    });
}

function buildDeposits(world: World, story: Story, customer: CustomerRow): void {
  for (const [i, one] of (story.deposits ?? []).entries())
    world.sim.tables.ledgerDeposits.put({
      reference: `DEP-${customer.key}-${i + 1}`,
      customerId: customer.id,
      received: world.today.subtract({ days: one.daysAgo }).toString(),
      released:
        one.releasedDaysAgo === undefined ? null : world.today.subtract({ days: one.releasedDaysAgo }).toString(),
      amountMinor: Math.round(one.amount * 100),
      currency: customer.currency,
      kind: one.kind ?? "deposit",
    });
}

/** The books go on: a new invoice each month, paid as this customer pays when nothing else is told. */
function bookNextInvoice(
  sim: Sim,
  customer: CustomerRow,
  { issued, pays }: { issued: Temporal.PlainDate; pays: PayStory },
): void {
  const next = issued.add({ months: 1 });
  sim.schedule.add({
    id: `ledger ${customer.id}`,
    at: startOfUtcDay(next).add({ hours: 6 }).toString(),
    kind: "ledger-invoice",
    facts: { customer: customer.id, issued: next.toString(), late: pays.late, termDays: pays.termDays ?? TERM_DAYS },
  });
}

/** The job behind `bookNextInvoice`. */
export function issueNextInvoice(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  const customer = sim.tables.customers.get(String(facts["customer"]));
  if (customer === undefined || customer.relationship === "none") return;
  const issued = Temporal.PlainDate.from(String(facts["issued"]));
  const pays: PayStory = { late: facts["late"] as readonly number[], termDays: Number(facts["termDays"]) };
  const next = Number(sim.tables.meta.get("ledgerNext")?.value ?? 1_000);
  sim.tables.meta.put({ key: "ledgerNext", value: next + 1 });
  const draft: Draft = {
    customer,
    pays,
    n: next % pays.late.length,
    issued,
    amountMinor: amountOf(sim, customer, issued),
  };
  const number = invoiceNumber(issued, next);
  if (draft.amountMinor > 0) {
    putInvoice(sim, draft, number);
    payAsTold(sim, draft, number);
  }
  bookNextInvoice(sim, customer, { issued, pays });
}
