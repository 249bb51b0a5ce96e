import { randomBytes } from "node:crypto";
import { iso, instantOf, plusHours, plusSeconds } from "../kernel/clock.ts";
import { fractionOf, guidOf } from "../kernel/ids.ts";
import type { Settings, Sim } from "../kernel/sim.ts";
import { newRefreshToken } from "../tokens/endpoint.ts";
import type { SimulatorOptions } from "../contract.ts";
import { worldContext, type World } from "./context.ts";
import { buildCustomer } from "./customer.ts";
import { buildLedger } from "./ledger.ts";
import { buildMicrosoftInvoices, INVOICE_MONTHS } from "./microsoft-invoices.ts";
import { DESK_USER, PARTNER, buildPartner, buildResellers } from "./partner.ts";
import { scaleStories } from "./scale.ts";
import { buildSignals } from "./signals.ts";
import type { Story } from "./story.ts";
import { ABUSE_STORIES } from "./stories/abuse.ts";
import { FRAUD_STORIES } from "./stories/fraud.ts";
import { PAYER_STORIES } from "./stories/payers.ts";
import { QUIET_STORIES } from "./stories/quiet.ts";
import { RELATION_STORIES } from "./stories/relations.ts";
import { buildSubscriptions } from "./subscriptions.ts";

export const DEMO_STORIES: readonly Story[] = [
  ...FRAUD_STORIES,
  ...ABUSE_STORIES,
  ...PAYER_STORIES,
  ...RELATION_STORIES,
  ...QUIET_STORIES,
];

const CUSTOMERS_MAX = 100_000;

/** The stories a world is made of, by its name on the command line. */
function storiesOf(world: string): readonly Story[] {
  if (world === "demo") return DEMO_STORIES;
  if (world === "empty") return [];
  const count = Number(/^scale:(\d+)$/.exec(world)?.[1] ?? Number.NaN);
  if (!(count > 0 && count <= CUSTOMERS_MAX))
    throw new Error(`--world is demo, empty or scale:1 to scale:${CUSTOMERS_MAX}, not "${world}"`);
  return scaleStories(count);
}

/** Fills an empty simulator. Afterwards every row is there and the things that will happen are booked. */
export function buildWorld(sim: Sim, options: SimulatorOptions): void {
  const name = options.world ?? "demo";
  const stories = storiesOf(name);
  if (options.now !== undefined)
    sim.clock.setOffsetMs(instantOf(options.now).epochMilliseconds - Temporal.Now.instant().epochMilliseconds);
  sim.tables.meta.put({ key: "clockOffsetMs", value: sim.clock.offsetMs() });
  const settings = newSettings(sim, options, name);
  sim.tables.meta.put({ key: "settings", value: settings });
  // One moment for the whole world: customers' stories must not drift apart while it is being built.
  sim.clock.during(sim.clock.now(), () => {
    const world = worldContext(sim, settings.seed);
    buildPartner(world);
    buildResellers(world);
    const built = stories.map((story) => {
      const customer = buildCustomer(world, story);
      buildSubscriptions(world, story, customer);
      buildSignals(world, story, customer);
      return { story, customer };
    });
    buildMicrosoftInvoices(world, name.startsWith("scale") ? 2 : INVOICE_MONTHS);
    buildLedger(world, built);
    bookTheFuture(world, name);
    const desk = sim.tables.partnerUsers.all().find((user) => user.upn === DESK_USER);
    if (desk !== undefined) sim.tables.meta.put({ key: "deskRefreshToken", value: newRefreshToken(sim, desk.id) });
  });
}

function newSettings(sim: Sim, options: SimulatorOptions, name: string): Settings {
  const seed = options.seed ?? 1;
  const demo = name === "demo";
  return {
    partnerTenantId: guidOf("partner", seed),
    partnerName: PARTNER.name,
    partnerMpnId: PARTNER.mpnId,
    partnerCountry: PARTNER.country,
    partnerCurrency: PARTNER.currency,
    clientId: guidOf("application", seed),
    clientSecret: "simulator-secret",
    tokenKey: randomBytes(32).toString("hex"),
    seed,
    startedAt: iso(sim.clock.now()),
    speedCancelSeconds: options.speedCancelSeconds ?? 600,
    throttlePerMinute: options.throttlePerMinute ?? (name.startsWith("scale") ? 0 : 500),
    pageRowsMax: options.pageRowsMax ?? (name.startsWith("scale") ? 500 : 25),
    usageDelayHours: options.usageDelayHours ?? (demo ? 1 : 24),
    webhookDelaySeconds: options.webhookDelaySeconds ?? [1, 8],
  };
}

/** Minutes until the next alerts of a demo: the first ones soon, then a few a day for three weeks. */
const NEXT_ALERTS_MINUTES = [6, 48, 190, 420, 800] as const;
const LATER_ALERTS = 40;

function bookTheFuture({ sim, now }: World, name: string): void {
  sim.schedule.add({ id: "watch budgets", at: iso(plusSeconds(now, 60)), kind: "watch-budgets", facts: {} });
  if (name !== "demo") return;
  for (let n = 0; n < NEXT_ALERTS_MINUTES.length + LATER_ALERTS; n++) {
    const minutes =
      NEXT_ALERTS_MINUTES[n] ??
      1_000 + (n - NEXT_ALERTS_MINUTES.length) * 710 + Math.floor(fractionOf("later", n) * 400);
    sim.schedule.add({ id: `alert ${n}`, at: iso(plusHours(now, minutes / 60)), kind: "random-alert", facts: { n } });
  }
}
