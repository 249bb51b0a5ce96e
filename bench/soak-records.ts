import { seededRng } from "../src/core/rng.ts";
import type { Who } from "../simulator/activity/records.ts";
import { budgetRemovedSteps, takeoverSteps } from "../simulator/activity/stories-azure.ts";
import { consentSteps, resaleSteps, spamSteps, spraySteps } from "../simulator/activity/stories-people.ts";
import { auditStep, azureSteps, signInStep, userTarget } from "../simulator/activity/steps.ts";
import type { Step } from "../simulator/activity/write.ts";
import { guidOf } from "../simulator/kernel/ids.ts";
import type { CustomerRow, EntitlementRow } from "../simulator/kernel/rows.ts";
import { linesOf } from "../test/kill/told-records.ts";
import { areThere, sampleLines } from "./activity-data.ts";

export const CUSTOMERS = 50;
export const BATCH_RECORDS = 500;
/** Of the records of a batch, how many were sent before, and from how many records before. */
const REPEATED = 0.1;
const REPEATED_FROM = 20_000;
/** The share of each kind of everyday record. */
const SAMPLE = 0.5;
const SIGN_IN = 0.3;
/** A record comes this much before or after its turn. */
const JITTER_MS = 180_000;
/** Each so many batches somebody begins something; its records come spread over so many batches. */
const STORY_EVERY = 6;
const STORY_OVER = 4;
const SPAN_MS = 10 * 3_600_000;

export const tenantOf = (n: number): string => `00000000-0000-4000-8000-${String(n % CUSTOMERS).padStart(12, "0")}`;

export type SoakRecords = {
  readonly batches: number;
  /** How many different records all batches together hold. */
  readonly distinct: number;
  /** The body of a batch: the same for the same number. */
  batch(n: number): string;
};

type Plan = { readonly seed: number; readonly events: number; readonly endMs: number };

/** A stream made of its seed: everyday records of fifty customers, attacks among them, one record in ten again, in a jittered order. */
export function soakRecords({ seed, events, endMs }: Plan): SoakRecords {
  const batches = Math.ceil(events / BATCH_RECORDS);
  const samples = areThere() ? sampleRecords() : [];
  const startMs = endMs - SPAN_MS;
  const atOf = (k: number): number => startMs + Math.floor((k / (batches * BATCH_RECORDS)) * SPAN_MS);
  const fresh = Math.round(BATCH_RECORDS * (1 - REPEATED));
  const everyday = (k: number): string => everydayLine({ seed, k, atMs: atOf(k), samples });
  const storyLines = (n: number): readonly string[] => {
    const told: string[] = [];
    for (let first = n; first > n - STORY_OVER && first >= 0; first--) {
      if (first % STORY_EVERY !== 0 || first + STORY_OVER > batches) continue;
      const all = storyOf({ seed, nth: first / STORY_EVERY, startMs: atOf(first * BATCH_RECORDS) });
      told.push(...all.filter((_, at) => at % STORY_OVER === n - first));
    }
    return told;
  };
  const stories = Array.from({ length: batches }, (_, n) => storyLines(n).length).reduce((sum, one) => sum + one, 0);
  return {
    batches,
    distinct: batches * fresh + stories,
    batch: (n) => {
      const rng = seededRng(seed * 1_000_003 + n);
      const own = Array.from({ length: fresh }, (_, at) => everyday(n * fresh + at));
      const last = n * fresh - 1;
      const again = Array.from({ length: last < 0 ? 0 : BATCH_RECORDS - fresh }, () =>
        everyday(Math.max(0, last - rng.int(0, REPEATED_FROM))),
      );
      const lines = [...own, ...again, ...storyLines(n)].map((line) => ({ line, key: rng.next() }));
      return lines
        .sort((a, b) => a.key - b.key)
        .map(({ line }) => line)
        .join("\n");
    },
  };
}

type Sample = Readonly<Record<string, unknown>>;
const sampleRecords = (): readonly Sample[] =>
  sampleLines()
    .map((line) => JSON.parse(line) as Sample)
    .filter(({ Id, CreationTime }) => typeof Id === "string" && typeof CreationTime === "string");

type Everyday = {
  readonly seed: number;
  readonly k: number;
  readonly atMs: number;
  readonly samples: readonly Sample[];
};

function everydayLine({ seed, k, atMs, samples }: Everyday): string {
  const rng = seededRng(seed * 7_919 + k);
  const tenant = tenantOf(rng.int(0, CUSTOMERS - 1));
  const startMs = atMs + rng.int(-JITTER_MS, JITTER_MS);
  const what = rng.next();
  const sample = what < SAMPLE ? samples[k % samples.length] : undefined;
  if (sample !== undefined) {
    const CreationTime = Temporal.Instant.fromEpochMilliseconds(startMs).toString().slice(0, 19);
    return JSON.stringify({ ...sample, Id: guidOf(seed, "sample", k), OrganizationId: tenant, CreationTime });
  }
  const who = personOf(tenant, rng.int(0, 11));
  const step = (): Step | undefined => {
    if (what < SAMPLE + SIGN_IN) {
      const wrong = rng.next() < 0.05;
      return signInStep(0, who, wrong ? { app: "outlook", error: 50126, reason: "Wrong password." } : { app: "teams" });
    }
    if (rng.next() < 0.4)
      return auditStep(0, who, {
        activity: rng.pick(["Update user", "Add member to group", "Reset user password"]),
        category: "UserManagement",
        targets: [userTarget(personOf(tenant, rng.int(0, 11)))],
      });
    const subscriptionId = subscriptionOf(tenant);
    return azureSteps(0, {
      subscriptionId,
      operation: rng.pick([
        "Microsoft.Compute/virtualMachines/restart/action",
        "Microsoft.Storage/storageAccounts/write",
      ]),
      resourceId: `/subscriptions/${subscriptionId}/resourceGroups/rg-app/providers/Microsoft.Compute/virtualMachines/app-${rng.int(1, 9)}`,
      who,
    }).at(-1);
  };
  const made = step();
  if (made === undefined) throw new Error("invariant broken: an everyday record is something");
  return linesOf([{ ...made, second: 0 }], { name: `${seed} everyday ${k}`, customerId: tenant, startMs })[0] ?? "";
}

const subscriptionOf = (tenant: string): string => guidOf(tenant, "subscription");
const personOf = (tenant: string, n: number): Who => ({
  id: guidOf(tenant, "person", n),
  upn: `person${n}@c${tenant.slice(-3)}.example`,
  name: `Person ${n}`,
  ip: `203.0.113.${1 + (Number(tenant.slice(-3)) % 250)}`,
  country: "SE",
  city: "Malmö",
});

type StoryAsk = { readonly seed: number; readonly nth: number; readonly startMs: number };

function storyOf({ seed, nth, startMs }: StoryAsk): readonly string[] {
  const rng = seededRng(seed * 104_729 + nth);
  const tenant = tenantOf(rng.int(0, CUSTOMERS - 1));
  // Stories ask of a customer only its id, and of a subscription too.
  const customer = { id: tenant } as CustomerRow;
  const azure = { id: subscriptionOf(tenant) } as EntitlementRow;
  const who = { ...personOf(tenant, rng.int(0, 11)), ip: `192.0.2.${rng.int(1, 250)}`, country: "VN", city: "Da Nang" };
  const stories: readonly (() => readonly Step[])[] = [
    () => takeoverSteps(customer, azure, who),
    () => budgetRemovedSteps(azure, who),
    () => spamSteps(who),
    () => consentSteps(customer, who),
    () => spraySteps(Array.from({ length: 12 }, (_, n) => personOf(tenant, n))),
    () => resaleSteps(customer, who),
  ];
  const steps = stories[nth % stories.length]?.() ?? [];
  return linesOf(steps, { name: `${seed} story ${nth}`, customerId: tenant, startMs });
}
