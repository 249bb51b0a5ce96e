import { decimalToText } from "../core/decimal.ts";
import type { Currency } from "../core/currency.ts";
import type { CustomerId } from "../core/ids.ts";
import type {
  CustomerUsageRecord,
  PartnerInvoice,
  ResourceUsage,
  SubscriptionUsageRecord,
} from "../partner-center/contract.ts";
import { ranThrough } from "./feeds-customers.ts";
import { eachCustomer, type ReadFeed, type Run } from "./run.ts";
import { loadMarkers } from "./store-reached.ts";
import { loadReadInvoices, markAzure, markInvoiceRead } from "./store.ts";

/** Invoices older than this price nothing that still runs. */
const INVOICE_MONTHS_MAX = 13;

const newest = (times: readonly (Temporal.Instant | undefined)[]): Temporal.Instant | undefined =>
  times
    .filter((time) => time !== undefined)
    .reduce<Temporal.Instant | undefined>(
      (a, b) => (a === undefined || Temporal.Instant.compare(a, b) < 0 ? b : a),
      undefined,
    );

/** What must change for a customer's spending to be worth reading in detail. */
function markerOf(record: CustomerUsageRecord, isWatched: boolean): string {
  const parts = [record.cost.value, record.budget, record.percentUsed].map((part) =>
    part === undefined ? "-" : decimalToText(part),
  );
  return [
    ...parts,
    record.cost.currency ?? "-",
    record.modifiedAt?.toString() ?? "-",
    isWatched ? "resources" : "",
  ].join("|");
}

/**
 * One call tells the month of the whole base; only customers whose month moved are read by subscription, and only the
 * watched ones by resource. A customer's marker is kept with the details, so a run cut short reads the rest again.
 */
export const readUsage: ReadFeed = async (run) => {
  const { deps, reader } = run;
  const records = await reader.customerUsage();
  const watched = new Set(await deps.customersToWatch(deps.store.db));
  const markers = await loadMarkers(deps.store.db, run.feed);
  const changed = records.filter(
    (record) => markers.get(record.customerId) !== markerOf(record, watched.has(record.customerId)),
  );
  await run.save(async (tx) => {
    await markAzure(
      tx,
      records.map((record) => record.customerId),
    );
    if (changed.length > 0)
      await deps.sinks.saveUsage(tx, { customers: changed, subscriptions: [], resources: [] }, run.startedAt);
    return { facts: changed.length, newestFactAt: newest(records.map((record) => record.modifiedAt)) };
  });
  const byId = new Map(changed.map((record) => [record.customerId, record]));
  const went = await eachCustomer(run, [...byId.keys()], async (customerId) => {
    const isWatched = watched.has(customerId);
    const at = deps.clock.now();
    const subscriptions = await reader.subscriptionUsage(customerId);
    const resources = isWatched ? await resourcesOf(run, customerId, subscriptions) : [];
    const record = byId.get(customerId);
    return {
      ...(record === undefined ? {} : { marker: markerOf(record, isWatched) }),
      keep: async (tx) => {
        if (subscriptions.length > 0) await deps.sinks.saveUsage(tx, { customers: [], subscriptions, resources }, at);
        return { facts: subscriptions.length + resources.length };
      },
    };
  });
  return ranThrough(
    run,
    records.map((record) => record.customerId),
    went,
  );
};

async function resourcesOf(
  { reader }: Run,
  customerId: CustomerId,
  subscriptions: readonly SubscriptionUsageRecord[],
): Promise<readonly ResourceUsage[]> {
  const found: ResourceUsage[] = [];
  for (const plan of subscriptions.filter((one) => one.isAzurePlan)) {
    found.push(...(await reader.resourceUsage(customerId, plan.subscriptionId)));
  }
  return found;
}

/** Prices come from invoice lines: each invoice once, to its end, then what is not billed yet. */
export const readPrices: ReadFeed = async (run) => {
  const { deps, reader } = run;
  const invoices = await reader.invoices();
  const read = await loadReadInvoices(deps.store.db);
  const oldest = run.startedAt.toZonedDateTimeISO("UTC").subtract({ months: INVOICE_MONTHS_MAX }).toInstant();
  const due = invoices.filter((invoice) => !read.has(invoice.id) && Temporal.Instant.compare(invoice.at, oldest) > 0);
  for (const invoice of due.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at))) {
    if (run.isTimeUp()) return { kind: "paused" };
    await readInvoice(run, invoice);
  }
  for (const currency of currenciesOf(invoices, await deps.billingCurrencies(deps.store.db))) {
    for await (const lines of reader.unbilledLines(currency)) {
      await run.save(async (tx) => {
        await deps.sinks.savePrices(tx, lines, run.startedAt);
        return { facts: lines.length, newestFactAt: run.startedAt };
      });
    }
  }
  return { kind: "complete" };
};

async function readInvoice(run: Run, invoice: PartnerInvoice): Promise<void> {
  const { deps, reader, startedAt } = run;
  let count = 0;
  for await (const lines of reader.billingLines(invoice.id)) {
    count += lines.length;
    await run.save(async (tx) => {
      await deps.sinks.savePrices(tx, lines, startedAt);
      return { facts: lines.length, newestFactAt: invoice.at };
    });
  }
  await deps.store.inTransaction((tx) => markInvoiceRead(tx, { id: invoice.id, lines: count, at: startedAt }));
}

const currenciesOf = (invoices: readonly PartnerInvoice[], configured: readonly Currency[]): readonly Currency[] => [
  ...new Set([...configured, ...invoices.flatMap((invoice) => invoice.total.currency ?? [])]),
];
