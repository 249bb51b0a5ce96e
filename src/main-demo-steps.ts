import { money, moneyFromJson } from "./core/money.ts";
import { dayOf } from "./core/time.ts";
import type { DemoStep } from "./demo/service.ts";
import { setRates } from "./exposure/service.ts";
import { setBudget } from "./spending/service-budget.ts";
import { listSpend } from "./spending/service.ts";
import { CLAIMS, DEMO_DESK, DEMO_RATES, LIMIT_USED_PERCENT, PROPOSALS, STANDINGS } from "./demo/book.ts";
import type { Actor, Tx } from "./store/contract.ts";
import { SURETY } from "./store/contract.ts";
import type { CustomerId } from "./core/ids.ts";
import type { ImportKind } from "./receivables/contract-import.ts";
import { importFile } from "./receivables/import-file.ts";
import { claimNotice } from "./notices/service.ts";
import { demoContacts, demoPolicy, demoWeeks } from "./main-demo-collections.ts";
import { propose } from "./response/service.ts";
import * as customers from "./customers/service.ts";
import type { StepParts } from "./main-demo-parts.ts";
import type { Feed } from "./sync/contract.ts";
import { syncAll } from "./sync/service.ts";
import { writeSetting } from "./store/settings.ts";
import { lookAtSpend } from "./spending/service-look.ts";
import type { Wanted } from "./response/contract.ts";
import { followEvents } from "./customers/service-follow.ts";

/** How the demo reseller comes into being: read from Microsoft's stand-in, imported, and then decided on by its own people. */
export function demoSteps(parts: StepParts): readonly DemoStep[] {
  return [
    { name: "desk", run: () => nameDesk(parts) },
    { name: "rates", run: () => rates(parts) },
    { name: "customers", run: () => sync(parts, ["customers", "alerts"]) },
    { name: "invoices", run: () => ledger(parts, "invoices") },
    { name: "payments", run: () => ledger(parts, "payments") },
    { name: "deposits", run: () => ledger(parts, "deposits") },
    { name: "subscriptions", run: () => sync(parts, ["subscriptions", "prices"]) },
    { name: "usage", run: (stopping) => usageHistory(parts, stopping) },
    { name: "spend", run: () => look(parts) },
    { name: "budgets", run: () => budgets(parts) },
    { name: "findings", run: () => look(parts) },
    { name: "gdap", run: () => sync(parts, ["gdap"]) },
    { name: "limits", run: () => limits(parts) },
    { name: "decisions", run: () => decisions(parts) },
    // Addresses first: a policy whose letters would reach nobody cannot be put up for approval.
    { name: "contacts", run: () => demoContacts(parts) },
    { name: "policy", run: () => demoPolicy(parts) },
    { name: "letters", run: (stopping) => demoWeeks(parts, stopping) },
    { name: "audit", run: () => sync(parts, ["audit", "webhooks"]) },
  ];
}

async function nameDesk({ store, slices }: StepParts): Promise<void> {
  await store.inTransaction(async (tx) => {
    for (const [key, value] of Object.entries(DEMO_DESK)) await writeSetting(tx, key, value);
  });
  await slices.desk.refresh();
}

async function sync({ slices }: StepParts, feeds: readonly Feed[]): Promise<void> {
  const outcomes = await syncAll(slices.syncDeps, feeds);
  const failed = outcomes.find((outcome) => outcome.kind !== "complete");
  // "running-elsewhere": the desk's own job reads the feed at this moment; the step is tried again when it is through.
  if (failed) throw new Error(`the feed ${failed.feed} is not read yet: ${failed.kind}`);
}

/**
 * The month so far, read as if the desk had been here all month: the simulator gives its estimates as they stood some days
 * ago, oldest first, so that spend has a curve and money a rate per hour.
 */
async function usageHistory(parts: StepParts, stopping: AbortSignal): Promise<void> {
  const { slices, simulatorUrl } = parts;
  const today = dayOf(slices.syncDeps.clock.now(), "UTC");
  // The first day is left out: what Microsoft gives then is still the month before.
  for (let days = Math.min(today.day - 3, READINGS_MAX); days >= 1; days--) {
    stopping.throwIfAborted();
    await readUsageAsOf(parts, days * 24);
  }
  for (const hours of [6, USAGE_DELAY_HOURS]) await readUsageAsOf(parts, hours);
  await sync(parts, ["budgets"]);
  await setDelay(simulatorUrl, USAGE_DELAY_HOURS);
}
const READINGS_MAX = 25;
/** What the demo's simulator is behind by default. */
const USAGE_DELAY_HOURS = 1;

async function readUsageAsOf(parts: StepParts, hoursAgo: number): Promise<void> {
  await setDelay(parts.simulatorUrl, hoursAgo);
  await sync(parts, ["usage"]);
}

async function setDelay(simulatorUrl: string, usageDelayHours: number): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/sim/settings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ usageDelayHours }),
  });
  if (!answer.ok) throw new Error(`the simulator refused its settings: ${answer.status}`);
}

const look = async ({ slices }: StepParts): Promise<void> => void (await lookAtSpend(slices.spendingDeps));

/** The reseller's own ledger, as any other file. */
async function ledger({ slices, simulatorUrl }: StepParts, kind: ImportKind): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/sim/ledger/${kind}.csv`);
  if (!answer.ok) throw new Error(`the simulator gave no ${kind}: ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  // The invoice file repeats what was paid; the payments come in their own file, with their days and references.
  const mapping = kind === "invoices" ? { columns: { settledDate: null, paidAmount: null, openAmount: null } } : {};
  const done = await importFile(
    { source: { bytes, fileName: `${kind}.csv` }, kind, mapping, actor: SURETY },
    slices.importDeps,
  );
  if (!done.ok) throw new Error(`${kind}: ${done.error.detail}`);
}

/** Rates by hand, as a reseller without a rate feed keeps them. */
async function rates({ store, slices, access }: StepParts): Promise<void> {
  const now = slices.syncDeps.clock.now();
  const day = dayOf(now, slices.desk.zone).subtract({ days: RATES_DAYS_AGO });
  const by = (await access.approvers(store.db)).find((one) => one.role === "billing-admin");
  const list = DEMO_RATES.map(({ from, rate }) => ({ day, from, to: "SEK", rate }));
  const actor = by ? actorOf(by) : SURETY;
  const set = await store.inTransaction((tx) =>
    setRates(tx, slices.exposure.deps, { rates: list, source: "demo rates", actor, now }),
  );
  if (!set.ok) throw new Error(set.error.detail);
}
const RATES_DAYS_AGO = 40;

/** Budgets that Partner Center holds already count as agreed: the desk takes them over instead of asking again. */
async function budgets({ store, slices, access }: StepParts): Promise<void> {
  const { clock } = slices.syncDeps;
  const by = (await access.approvers(store.db)).find((one) => one.role === "admin-agent");
  const page = await listSpend(store.db, { limit: 200, sort: "name", direction: "asc" } as Parameters<
    typeof listSpend
  >[1]);
  if (!page.ok) throw new Error(page.error.detail);
  for (const row of page.value.rows) {
    if (row.partnerBudget === null || row.budgetState !== null) continue;
    const now = clock.now();
    const ask = {
      customerId: row.customerId as CustomerId,
      amount: moneyFromJson(row.partnerBudget),
      agreedWith: "Their finance contact",
      agreedOn: dayOf(now, slices.desk.zone).subtract({ days: AGREED_DAYS_AGO }),
      why: "Taken over from Partner Center",
      actor: by ? actorOf(by) : SURETY,
      now,
    };
    const set = await store.inTransaction((tx) => setBudget(tx, ask, slices.spendingDeps));
    if (!set.ok) throw new Error(set.error.detail);
  }
}
const AGREED_DAYS_AGO = 120;

/** Limits as shares of what is exposed, so that the demo always has customers near, at and over theirs. */
async function limits({ store, slices, access }: StepParts): Promise<void> {
  // Today and the days before it, so that the demo has a trend and can say why exposure moved.
  await slices.exposure.backfillExposure(store, TREND_DAYS, slices.syncDeps.clock.now());
  const ids = await customers.allCustomerIds(store.db);
  const [exposures, summaries] = await Promise.all([
    slices.exposure.exposuresOf(store.db, ids),
    customers.customersByIds(store.db, ids),
  ]);
  const by = (await access.approvers(store.db)).find((one) => one.role === "billing-admin");
  for (const [id, exposed] of exposures) {
    const customer = summaries.get(id);
    const percent = LIMIT_USED_PERCENT[customer?.name ?? ""];
    if (percent === undefined || exposed === undefined || customer?.limit !== undefined || by === undefined) continue;
    const minor = ((exposed.minor * 100n) / BigInt(percent) / LIMIT_STEP_MINOR) * LIMIT_STEP_MINOR;
    const change = {
      customerId: id,
      amount: money(minor > 0n ? minor : LIMIT_STEP_MINOR, exposed.currency),
      why: "Bureau report and payment history",
      actor: actorOf(by),
      now: slices.syncDeps.clock.now(),
    };
    const set = await store.inTransaction((tx) =>
      customers.setLimit(tx, change, {
        reportingCurrency: slices.exposure.deps.reportingCurrency,
        onChanged: slices.exposure.markDirty,
      }),
    );
    if (!set.ok) throw new Error(set.error.detail);
  }
}
/** As far back as the demo's exchange rates reach. */
const TREND_DAYS = 38;
/** Limits are whole thousands. */
const LIMIT_STEP_MINOR = 100_000n;

type Person = { readonly id: string; readonly name: string };
type People = ReadonlyMap<string, Person>;
const actorOf = ({ id, name }: Person): Actor => ({ kind: "person", id, name });

async function decisions(parts: StepParts): Promise<void> {
  const { store, access } = parts;
  const people: People = new Map((await access.approvers(store.db)).map((one) => [one.name, one]));
  const byName = new Map(
    [...(await customers.customersByIds(store.db, await customers.allCustomerIds(store.db))).values()].map((one) => [
      one.name,
      one.id,
    ]),
  );
  for (const one of STANDINGS)
    await standing(parts, { ...one, id: byName.get(one.name), by: people.get("Karin Holm") });
  for (const { customer, by } of CLAIMS) await claim(parts, { id: byName.get(customer), by: people.get(by) });
  for (const one of PROPOSALS)
    await proposal(parts, { ...one, id: byName.get(one.customer), person: people.get(one.by) });
  await followEvents(parts.slices.followDeps);
}

type Standing = (typeof STANDINGS)[number] & { readonly id: CustomerId | undefined; readonly by: Person | undefined };

async function standing(
  { store, slices }: StepParts,
  { id, by, standing: to, reason, backWhen }: Standing,
): Promise<void> {
  if (id === undefined || by === undefined) return;
  const now = slices.syncDeps.clock.now();
  await store.inTransaction((tx) =>
    customers.setStanding(tx, { actor: actorOf(by), now, customerId: id, standing: to, reason, backWhen }),
  );
}

async function claim(
  { store, slices }: StepParts,
  { id, by }: { readonly id: CustomerId | undefined; readonly by: Person | undefined },
): Promise<void> {
  if (id === undefined || by === undefined) return;
  const now = slices.syncDeps.clock.now();
  const open = (await slices.noticesOfCustomer(store.db, id, now)).find(
    (notice) => notice.state === "open" && notice.claimedBy === null,
  );
  if (open)
    await store.inTransaction((tx) =>
      claimNotice(slices.noticesDeps, tx, { noticeId: open.id, person: by, takeOver: false, now } as Parameters<
        typeof claimNotice
      >[2]),
    );
}

type Asked = (typeof PROPOSALS)[number] & { readonly id: CustomerId | undefined; readonly person: Person | undefined };

async function proposal({ store, slices }: StepParts, { id, person, kind, reason }: Asked): Promise<void> {
  if (id === undefined || person === undefined) return;
  const now = slices.syncDeps.clock.now();
  const wanted = await wantedOf(store.db, kind, id);
  if (wanted === undefined) return;
  const open = (await slices.casesOf(store.db, id, now)).find((one) => one.state !== "closed");
  await store.inTransaction((tx) =>
    propose(tx, slices.responseDeps, {
      customerId: id,
      caseId: open?.id,
      wanted,
      reason,
      by: actorOf(person),
      now,
    } as Parameters<typeof propose>[2]),
  );
}

async function wantedOf(tx: Tx, kind: Asked["kind"], id: CustomerId): Promise<Wanted | undefined> {
  if (kind === "cancel-entitlement") {
    const entitlementIds = (await customers.entitlementsOf(tx, id))
      .filter((one) => one.status === "active")
      .map((one) => one.id);
    return entitlementIds.length === 0 ? undefined : { kind, entitlementIds, answerAlertsAsFraud: true };
  }
  const held = (await customers.subscriptionsOf(tx, id)).filter(
    (one) => one.family === "new-commerce" && one.status === "active" && one.autoRenew,
  );
  const first = held.toSorted((a, b) =>
    Temporal.PlainDate.compare(a.commitmentEndDay ?? FAR, b.commitmentEndDay ?? FAR),
  )[0];
  return first && { kind, subscriptionId: first.id };
}
const FAR = Temporal.PlainDate.from("9999-12-31");
