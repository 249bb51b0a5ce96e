import { iso, plusDays, startOfUtcDay } from "../kernel/clock.ts";
import type { CustomerRow, EntitlementRow, SubscriptionRow } from "../kernel/rows.ts";
import { CANCEL_DAYS } from "../partner-center/subscription-change.ts";
import { scheduleTerm } from "../partner-center/subscription-life.ts";
import type { World } from "./context.ts";
import { resourcesOf } from "./mixes.ts";
import { PARTNER } from "./partner.ts";
import { AZURE_LEGACY_OFFER, AZURE_PLAN_OFFER, PRODUCTS, seatPrice } from "./products.ts";
import type { AzureStory, SeatStory, Story } from "./story.ts";

const OPEN_ENDED = "9999-12-31";

export function buildSubscriptions(world: World, story: Story, customer: CustomerRow): void {
  for (const [i, seat] of (story.seats ?? []).entries()) {
    const row = seatRow(world, customer, { seat, i });
    world.sim.tables.subscriptions.put(row);
    scheduleTerm(world.sim, row);
  }
  const plans = Map.groupBy(story.azure ?? [], (azure) =>
    azure.legacy === true ? "legacy" : `plan-${azure.plan ?? 0}`,
  );
  for (const [name, parts] of plans) {
    const plan = planRow(world, customer, { name, sinceDays: story.sinceDays });
    world.sim.tables.subscriptions.put(plan);
    for (const azure of parts)
      world.sim.tables.entitlements.put(entitlementRow(world, customer, { azure, plan, sinceDays: story.sinceDays }));
  }
}

const mpnOf = ({ sim }: World, customer: CustomerRow): string =>
  sim.tables.resellers.get(customer.resellerId ?? "")?.mpnId ?? PARTNER.mpnId;

/** First and last day of the present term, from either end. */
function termOf({ now, today }: World, seat: SeatStory): { first: Temporal.Instant; lastDay: Temporal.PlainDate } {
  const term = Temporal.Duration.from(seat.term ?? "P1Y");
  if (seat.beganDaysAgo !== undefined) {
    const first = plusDays(now, -seat.beganDaysAgo);
    return { first, lastDay: first.toZonedDateTimeISO("UTC").toPlainDate().add(term).subtract({ days: 1 }) };
  }
  const renews = today.add({ days: seat.renewsInDays ?? 180 });
  return { first: startOfUtcDay(renews.subtract(term)), lastDay: renews.subtract({ days: 1 }) };
}

function seatRow(world: World, customer: CustomerRow, { seat, i }: { seat: SeatStory; i: number }): SubscriptionRow {
  const product = PRODUCTS[seat.product];
  const { first, lastDay } = termOf(world, seat);
  const cancelUntil = iso(plusDays(first, CANCEL_DAYS));
  const term = seat.term ?? "P1Y";
  const cycle = seat.cycle ?? "monthly";
  const status = seat.status ?? "active";
  const inWindow = Temporal.Instant.compare(plusDays(first, CANCEL_DAYS), world.now) > 0;
  return {
    id: world.id("subscription", customer.key, i),
    customerId: customer.id,
    product: "seat",
    offerId: product.offer,
    offerName: seat.trial === true ? `${product.name} Trial` : product.name,
    friendlyName: product.name,
    quantity: seat.seats,
    unitPrice: seat.trial === true ? "0" : seatPrice(seat.product, { currency: customer.currency, term, cycle }),
    currency: customer.currency,
    status,
    autoRenew: seat.autoRenew ?? true,
    isTrial: seat.trial ?? false,
    createdAt: iso(first),
    startsAt: iso(first),
    lastDay: lastDay.toString(),
    cancelUntil,
    refundable: inWindow ? { quantity: seat.seats, until: cancelUntil } : null,
    billingCycle: cycle,
    term,
    scheduledNextTerm: nextTerm(seat, product.offer),
    nextCharge: null,
    suspensionReasons: status === "suspended" ? ["Partner"] : [],
    parentId: null,
    orderId: world
      .id("order", customer.key, Math.floor(first.epochMilliseconds / 86_400_000))
      .slice(0, 13)
      .replaceAll("-", ""),
    mpnId: mpnOf(world, customer),
    version: 1,
    pending: null,
    slowSeconds: seat.slowSeconds ?? 0,
    statusSince: seat.statusDaysAgo === undefined ? iso(first) : world.daysAgo(seat.statusDaysAgo),
  };
}

function nextTerm(seat: SeatStory, offer: string): unknown {
  if (seat.nextTermSeats === undefined) return null;
  const [productId, skuId, availabilityId] = offer.split(":");
  return {
    product: {
      productId,
      skuId,
      availabilityId,
      billingCycle: seat.cycle ?? "monthly",
      termDuration: seat.term ?? "P1Y",
    },
    quantity: seat.nextTermSeats,
  };
}

function planRow(
  world: World,
  customer: CustomerRow,
  { name, sinceDays }: { name: string; sinceDays: number },
): SubscriptionRow {
  const legacy = name === "legacy";
  const createdAt = world.daysAgo(sinceDays);
  return {
    id: world.id("subscription", customer.key, name),
    customerId: customer.id,
    product: legacy ? "azure-legacy" : "azure-plan",
    offerId: legacy ? AZURE_LEGACY_OFFER : AZURE_PLAN_OFFER,
    offerName: legacy ? "Microsoft Azure" : "Azure plan",
    friendlyName: legacy ? "Microsoft Azure" : "Azure plan",
    quantity: 1,
    unitPrice: "0",
    currency: customer.currency,
    status: "active",
    autoRenew: false,
    isTrial: false,
    createdAt,
    startsAt: createdAt,
    lastDay: OPEN_ENDED,
    cancelUntil: null,
    refundable: null,
    billingCycle: "monthly",
    term: "",
    scheduledNextTerm: null,
    nextCharge: null,
    suspensionReasons: [],
    parentId: null,
    orderId: world.id("order", customer.key, name).slice(0, 13).replaceAll("-", ""),
    mpnId: mpnOf(world, customer),
    version: 1,
    pending: null,
    slowSeconds: 0,
    statusSince: createdAt,
  };
}

type AzurePart = { readonly azure: AzureStory; readonly plan: SubscriptionRow; readonly sinceDays: number };

function entitlementRow(world: World, customer: CustomerRow, { azure, plan, sinceDays }: AzurePart): EntitlementRow {
  const cancelled = azure.cancelledHoursAgo;
  return {
    id: world.id("entitlement", customer.key, azure.name),
    customerId: customer.id,
    planId: plan.id,
    name: azure.name,
    status: cancelled === undefined ? "active" : "inactive",
    createdAt: world.daysAgo(azure.createdDaysAgo ?? sinceDays),
    moving: null,
    stops: cancelled === undefined ? [] : [{ from: world.hoursAgo(cancelled), to: null }],
    usage: {
      perDay: azure.perDay,
      anchor: iso(world.now),
      growthPerDay: azure.growthPerDay ?? 0,
      weekend: azure.weekend ?? 0.78,
      noise: azure.noise ?? 0.08,
      resources: resourcesOf(azure.mix, customer.key),
    },
    bursts: (azure.bursts ?? []).map((burst, i) => ({
      id: world.id("burst", customer.key, azure.name, i),
      from: world.hoursAgo(burst.startedHoursAgo),
      until: burst.endedHoursAgo === undefined ? null : world.hoursAgo(burst.endedHoursAgo),
      perHour: burst.perHour,
      rampHours: burst.rampHours,
      resources: resourcesOf(burst.mix, customer.key),
    })),
  };
}
