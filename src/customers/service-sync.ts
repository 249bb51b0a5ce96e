import type { CustomerId } from "../core/ids.ts";
import { decimalToText } from "../core/decimal.ts";
import type { Customer, GdapRelationship, IndirectReseller } from "../partner-center/contract.ts";
import type { BillingLineItem } from "../partner-center/contract.ts";
import { MICROSOFT, type NewEvent, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { LEDGER_ONLY, type LedgerOnlyCustomer } from "./contract.ts";
import { foldText, searchText } from "./decide-text.ts";
import { moveBilledThrough, type PriceToWrite, upsertPrices, writeBillingCurrencies } from "./store-committed.ts";
import { dropGdap, loadKeptGdap, recountCoverage, upsertGdap } from "./store-holdings.ts";
import {
  type CustomerRowToWrite,
  detachCustomers,
  dropResellers,
  insertCustomers,
  type KeptCustomer,
  loadKnownIds,
  loadResellers,
  lockCustomers,
  moveCustomerList,
  updateCustomers,
  upsertResellers,
} from "./store.ts";

/** With more changes of one kind than this in one answer, one event tells them all: nobody reads ten thousand lines. */
export const EVENTS_EACH_MAX = 25;
/** Names that a summarising event lists. */
const NAMES_SHOWN = 20;

const COMPARED = [
  "name",
  "domain",
  "country",
  "city",
  "email",
  "contact_name",
  "phone",
  "relationship",
  "partner_ref",
  "custom_domains",
  "allow_delegated",
] as const;

/** Keeps the complete list of customers. Only what changed is written and told; a list older than the kept one is ignored. Gives who is new or left. */
export async function saveCustomers(
  tx: Tx,
  customers: readonly Customer[],
  at: Temporal.Instant,
): Promise<readonly CustomerId[]> {
  const { before, rows } = await lockCustomers(tx, at);
  if (before !== undefined && Temporal.Instant.compare(at, before) < 0) return [];
  const kept = new Map(rows.map((row) => [row.id, row]));
  const listed = new Map(customers.map((one) => [one.id, one]));
  const fresh: CustomerRowToWrite[] = [];
  const changed: { row: CustomerRowToWrite; before: KeptCustomer }[] = [];
  for (const customer of listed.values()) {
    const known = kept.get(customer.id);
    const row = rowOf(customer, known);
    if (known === undefined) fresh.push(row);
    else if (
      known.detached_at !== null ||
      COMPARED.some((name) => JSON.stringify(known[name]) !== JSON.stringify(row[name]))
    )
      changed.push({ row, before: known });
  }
  const left = rows.filter(
    (row) => row.detached_at === null && row.relationship !== LEDGER_ONLY && !listed.has(row.id),
  );
  if (fresh.length > 0) await insertCustomers(tx, fresh, at);
  if (changed.length > 0)
    await updateCustomers(
      tx,
      changed.map(({ row }) => row),
    );
  if (left.length > 0)
    await detachCustomers(
      tx,
      left.map(({ id }) => id),
      { last: before ?? at, missing: at },
    );
  await moveCustomerList(tx, at);
  await appendEvents(tx, [...joinedEvents(fresh, at), ...changedEvents(changed, at), ...leftEvents(left, at)]);
  return [...fresh, ...left].map((row) => row.id);
}

/**
 * Keeps customers that only the ledger knows, so that what they owe has a name and a page. Known ones are left alone.
 * Gives the ids that are new, whose figures must be computed.
 */
export async function saveLedgerCustomers(
  tx: Tx,
  customers: readonly LedgerOnlyCustomer[],
  at: Temporal.Instant,
): Promise<readonly CustomerId[]> {
  const known = await loadKnownIds(
    tx,
    customers.map((one) => one.customerId),
  );
  const fresh = customers
    .filter((one) => !known.has(one.customerId))
    .map(({ customerId, name }) => rowOf({ id: customerId, name, relationship: LEDGER_ONLY, raw: null }, undefined));
  if (fresh.length === 0) return [];
  await insertCustomers(tx, fresh, at);
  const events = each(fresh, { type: "customers.many-joined", at }, (row) => ({
    type: "customers.joined",
    actor: SURETY,
    at,
    ...subject(row.id),
    data: { name: row.name },
    after: { name: row.name, relationship: LEDGER_ONLY },
  }));
  await appendEvents(tx, events);
  return fresh.map((row) => row.id);
}

/** The list answer leaves out address, e-mail and domains: absent there means "not asked", so what is known stays. */
function rowOf(customer: Customer, known: KeptCustomer | undefined): CustomerRowToWrite {
  const { id, name, relationship } = customer;
  return {
    id,
    name,
    name_key: foldText(name),
    search: searchText({ id, name, domain: customer.domain ?? known?.domain ?? undefined }),
    domain: customer.domain ?? known?.domain ?? null,
    country: customer.address?.country?.toUpperCase() ?? known?.country ?? null,
    city: customer.address?.city ?? known?.city ?? null,
    email: customer.email ?? known?.email ?? null,
    contact_name: customer.contactName ?? known?.contact_name ?? null,
    phone: customer.address?.phone ?? known?.phone ?? null,
    relationship,
    partner_ref: customer.associatedPartnerId ?? known?.partner_ref ?? null,
    custom_domains: customer.customDomains ?? known?.custom_domains ?? null,
    allow_delegated: customer.allowDelegatedAccess ?? known?.allow_delegated ?? null,
  };
}

const subject = (id: CustomerId) => ({ subject: { kind: "customer", id }, customerId: id });

/** One event for each, or one for all when they are many. */
function each<T extends { readonly name: string }>(
  rows: readonly T[],
  many: { readonly type: NewEvent["type"]; readonly at: Temporal.Instant },
  event: (row: T) => NewEvent,
): readonly NewEvent[] {
  if (rows.length <= EVENTS_EACH_MAX) return rows.map(event);
  const names = rows.slice(0, NAMES_SHOWN).map((row) => row.name);
  return [
    {
      type: many.type,
      actor: MICROSOFT,
      at: many.at,
      subject: { kind: "customers", id: "all" },
      data: { count: rows.length, names },
    },
  ];
}

const joinedEvents = (rows: readonly CustomerRowToWrite[], at: Temporal.Instant) =>
  each(rows, { type: "customers.many-joined", at }, (row) => ({
    type: "customers.joined",
    actor: MICROSOFT,
    at,
    ...subject(row.id),
    data: { name: row.name },
    after: { name: row.name, domain: row.domain, relationship: row.relationship, partnerId: row.partner_ref },
  }));

const leftEvents = (rows: readonly KeptCustomer[], at: Temporal.Instant) =>
  each(rows, { type: "customers.many-left", at }, (row) => ({
    type: "customers.left",
    actor: MICROSOFT,
    at,
    ...subject(row.id),
    data: { name: row.name },
  }));

function changedEvents(
  rows: readonly { readonly row: CustomerRowToWrite; readonly before: KeptCustomer }[],
  at: Temporal.Instant,
): readonly NewEvent[] {
  const named = rows.map((one) => ({ ...one, name: one.row.name }));
  return each(named, { type: "customers.many-changed", at }, ({ row, before, name }) => {
    if (before.detached_at !== null)
      return { type: "customers.returned", actor: MICROSOFT, at, ...subject(row.id), data: { name } };
    const names = COMPARED.filter((member) => JSON.stringify(before[member]) !== JSON.stringify(row[member]));
    const only = (from: Record<string, unknown>) => Object.fromEntries(names.map((member) => [member, from[member]]));
    return {
      type: "customers.changed",
      actor: MICROSOFT,
      at,
      ...subject(row.id),
      before: only(before),
      after: only(row),
      data: { name },
    };
  });
}

/** Keeps the complete list of indirect resellers; called before `saveCustomers`. */
export async function saveResellers(
  tx: Tx,
  resellers: readonly IndirectReseller[],
  at: Temporal.Instant,
): Promise<void> {
  const kept = new Map((await loadResellers(tx)).map((one) => [one.id, one]));
  const changed = resellers.filter((one) => {
    const known = kept.get(one.id);
    return (
      known === undefined ||
      known.gone ||
      known.name !== one.name ||
      known.mpn_id !== (one.mpnId ?? null) ||
      known.state !== one.state ||
      known.country !== (one.country ?? null)
    );
  });
  const listed = new Set(resellers.map((one) => one.id));
  const gone = [...kept.values()].filter((one) => !one.gone && !listed.has(one.id));
  if (changed.length > 0) await upsertResellers(tx, changed, at);
  if (gone.length > 0)
    await dropResellers(
      tx,
      gone.map(({ id }) => id),
      at,
    );
  const tell = (one: { id: string; name: string }, type: NewEvent["type"]): NewEvent => ({
    type,
    actor: MICROSOFT,
    at,
    subject: { kind: "reseller", id: one.id },
    data: { name: one.name },
  });
  await appendEvents(tx, [
    ...each(changed, { type: "customers.many-resellers-changed", at }, (one) =>
      tell(one, kept.has(one.id) ? "customers.reseller-changed" : "customers.reseller-joined"),
    ),
    ...gone.map((one) => tell(one, "customers.reseller-left")),
  ]);
}

/** Keeps the complete list of delegated admin relationships and tells whose coverage changed. */
export async function saveGdap(
  tx: Tx,
  relationships: readonly GdapRelationship[],
  at: Temporal.Instant,
): Promise<void> {
  const kept = await loadKeptGdap(tx);
  const listed = new Set(relationships.map((one) => one.id));
  const gone = kept.filter((one) => !one.gone && !listed.has(one.id)).map((one) => one.id);
  if (relationships.length > 0) await upsertGdap(tx, relationships);
  if (gone.length > 0) await dropGdap(tx, gone, at);
  const changes = await recountCoverage(tx);
  const first = changes.filter((one) => one.before === null);
  const later = changes
    .filter((one) => one.before !== null)
    .map((one) => ({ ...one, name: one.customer_id as string }));
  await appendEvents(tx, [
    ...(first.length > 0
      ? [
          {
            type: "customers.gdap-first-read",
            actor: MICROSOFT,
            at,
            subject: { kind: "customers", id: "all" },
            data: { customers: first.length, covered: first.filter((one) => one.after.active > 0).length },
          } satisfies NewEvent,
        ]
      : []),
    ...each(later, { type: "customers.many-gdap-changed", at }, (one) => ({
      type: "customers.gdap-changed",
      actor: MICROSOFT,
      at,
      ...subject(one.customer_id),
      before: one.before,
      after: one.after,
    })),
  ]);
}

/** Charge types whose unit price is not the price of a seat from then on. */
const NOT_A_PRICE = /cancel|credit|refund|return|proration|remove/i;

/** Keeps the price per seat that invoice lines tell, and up to which day Azure usage is billed. Gives whose price is new. */
export async function savePrices(
  tx: Tx,
  lines: readonly BillingLineItem[],
  at: Temporal.Instant,
): Promise<readonly CustomerId[]> {
  const prices = new Map<string, PriceToWrite>();
  const currencies = new Map<string, string>();
  for (const line of lines) {
    if (line.currency === undefined) continue;
    currencies.set(line.customerId, line.currency);
    if (NOT_A_PRICE.test(line.chargeType ?? "") || line.unitPrice.units < 0n || line.quantity.units <= 0n) continue;
    const day = (line.chargeStart ?? at.toZonedDateTimeISO("UTC").toPlainDate()).toString();
    prices.set(`${line.subscriptionId} ${day}`, {
      subscription_id: line.subscriptionId,
      from_day: day,
      unit_price: decimalToText(line.unitPrice),
      currency: line.currency,
      invoice_id: line.invoiceId ?? null,
    });
  }
  const changed = new Set(prices.size === 0 ? [] : await upsertPrices(tx, [...prices.values()], at));
  await writeBillingCurrencies(
    tx,
    [...currencies].map(([customer_id, currency]) => ({ customer_id, currency })),
  );
  await moveBilledThrough(
    tx,
    lines.filter((line) => line.invoiceId !== undefined),
  );
  if (changed.size > 0)
    await appendEvents(tx, [
      {
        type: "customers.prices-read",
        actor: MICROSOFT,
        at,
        subject: { kind: "prices", id: "all" },
        data: { lines: lines.length, changed: changed.size },
      },
    ]);
  return [...new Set(lines.filter((line) => changed.has(line.subscriptionId)).map((line) => line.customerId))];
}
