import { iso, plusHours, startOfUtcDay, utcDay } from "../kernel/clock.ts";
import { guidOf } from "../kernel/ids.ts";
import type { LineRow, SubscriptionRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { notify, writeActivity } from "../partner-center/activity.ts";
import { costOf } from "../usage/model.ts";
import type { World } from "./context.ts";

/** What Microsoft bills the partner: one invoice per currency and month, issued on the 8th for the month before. */

const ISSUE_DAY = 8;
/** Months of invoices in a new world: a yearly-billed seat has its charge within these. */
export const INVOICE_MONTHS = 13;
/** Invoices are due after 60 days and paid on the 50th. */
const PAID_AFTER_DAYS = 50;

export function buildMicrosoftInvoices(world: World, months: number): void {
  const thisMonth = world.today.toPlainYearMonth();
  for (let back = months; back >= 1; back--) {
    const month = thisMonth.subtract({ months: back });
    if (Temporal.PlainDate.compare(issueDay(month), world.today) <= 0) issue(world.sim, month);
  }
  bookNext(world.sim, world.today);
}

const issueDay = (month: Temporal.PlainYearMonth): Temporal.PlainDate =>
  month.add({ months: 1 }).toPlainDate({ day: ISSUE_DAY });

function bookNext(sim: Sim, today: Temporal.PlainDate): void {
  const thisMonth = today.toPlainYearMonth();
  const due = thisMonth.toPlainDate({ day: ISSUE_DAY });
  const month = Temporal.PlainDate.compare(due, today) > 0 ? thisMonth.subtract({ months: 1 }) : thisMonth;
  sim.schedule.add({
    id: "microsoft invoice",
    at: iso(plusHours(startOfUtcDay(issueDay(month)), 3)),
    kind: "microsoft-invoice",
    facts: { month: month.toString() },
  });
}

/** The monthly job: invoices, the `ready_invoice` record and the webhook. */
export function issueMicrosoftInvoices(sim: Sim, facts: Readonly<Record<string, unknown>>): void {
  for (const id of issue(sim, Temporal.PlainYearMonth.from(String(facts["month"])))) {
    const auditId = writeActivity(sim, {
      customerId: null,
      operation: "ready_invoice",
      resourceType: "invoice",
      data: { InvoiceId: id },
    });
    notify(sim, {
      event: "invoice-ready",
      resourceUri: `${sim.publicUrl()}/v1/invoices/${id}`,
      resourceName: "invoice",
      auditId,
    });
  }
  bookNext(sim, utcDay(sim.clock.now()));
}

function issue(sim: Sim, month: Temporal.PlainYearMonth): string[] {
  const first = month.toPlainDate({ day: 1 });
  const last = month.toPlainDate({ day: month.daysInMonth });
  const lines = Map.groupBy(chargesBetween(sim, first, last), (line) => line.currency);
  const currencies = [...new Set(sim.tables.customers.all().map((one) => one.currency))].sort();
  const issuedAt = plusHours(startOfUtcDay(issueDay(month)), 3);
  const ids: string[] = [];
  for (const currency of currencies) {
    const id = `G${guidOf(sim.settings().seed, "invoice", month.toString(), currency)
      .replaceAll(/[^0-9]/g, "")
      .padEnd(9, "0")
      .slice(0, 9)}`;
    const seats = (lines.get(currency) ?? []).map((line, i) => newLine(line, id, i));
    for (const line of seats) sim.tables.lines.put(line);
    const total =
      seats.reduce((sum, line) => sum + Number(line.unitPrice) * line.quantity, 0) +
      azureOf(sim, currency, { first, last });
    if (total === 0) continue;
    const age = utcDay(sim.clock.now()).since(issueDay(month), { largestUnit: "days" }).days;
    const rounded = Math.round(total * 100) / 100;
    sim.tables.invoices.put({
      id,
      currency,
      issuedAt: iso(issuedAt),
      from: first.toString(),
      to: last.toString(),
      total: rounded,
      paid: age > PAID_AFTER_DAYS ? -rounded : 0,
    });
    ids.push(id);
  }
  return ids;
}

function azureOf(
  sim: Sim,
  currency: string,
  { first, last }: { first: Temporal.PlainDate; last: Temporal.PlainDate },
): number {
  const period = {
    fromMs: startOfUtcDay(first).epochMilliseconds,
    toMs: startOfUtcDay(last.add({ days: 1 })).epochMilliseconds,
  };
  return sim.tables.customers
    .all()
    .filter((customer) => customer.currency === currency)
    .flatMap((customer) => sim.tables.entitlements.where("customer", customer.id))
    .reduce((sum, one) => sum + costOf(one, period), 0);
}

type Charge = Omit<LineRow, "id" | "invoiceId"> & { readonly currency: string };

/** Every seat charge whose billing period begins between two days, both included. */
export function chargesBetween(sim: Sim, first: Temporal.PlainDate, last: Temporal.PlainDate): Charge[] {
  return sim.tables.subscriptions
    .all()
    .flatMap((row) => (row.product === "seat" || row.product === "software" ? chargesOf(row, first, last) : []));
}

function chargesOf(row: SubscriptionRow, first: Temporal.PlainDate, last: Temporal.PlainDate): Charge[] {
  const begins = utcDay(Temporal.Instant.from(row.createdAt));
  const stopped =
    row.status === "expired" || row.status === "deleted" || row.status === "disabled"
      ? utcDay(Temporal.Instant.from(row.statusSince))
      : undefined;
  const step = row.billingCycle === "annual" ? 12 : 1;
  const charges: Charge[] = [];
  const monthsBefore = Math.max(
    0,
    Math.floor(begins.until(first, { largestUnit: "months" }).months / step) * step - step,
  );
  for (let months = monthsBefore; ; months += step) {
    const from = begins.add({ months });
    if (Temporal.PlainDate.compare(from, last) > 0) return charges;
    if (
      Temporal.PlainDate.compare(from, first) < 0 ||
      (stopped !== undefined && Temporal.PlainDate.compare(from, stopped) >= 0)
    )
      continue;
    charges.push({
      customerId: row.customerId,
      subscriptionId: row.id,
      chargeType: months === 0 ? "new" : "cycleCharge",
      unitPrice: row.unitPrice,
      quantity: row.quantity,
      from: from.toString(),
      to: begins
        .add({ months: months + step })
        .subtract({ days: 1 })
        .toString(),
      currency: row.currency,
    });
  }
}

const newLine = (
  { customerId, subscriptionId, chargeType, unitPrice, quantity, from, to }: Charge,
  invoiceId: string,
  i: number,
): LineRow => ({
  id: `${invoiceId}-${i}`,
  invoiceId,
  customerId,
  subscriptionId,
  chargeType,
  unitPrice,
  quantity,
  from,
  to,
});
