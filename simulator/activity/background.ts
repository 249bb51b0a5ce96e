import { iso, msOf, startOfUtcDay } from "../kernel/clock.ts";
import { fractionOf, guidOf } from "../kernel/ids.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { peopleOf } from "./people.ts";
import type { ActivityFacts, ActivityRow, Who } from "./records.ts";
import { APPS, userTarget } from "./steps.ts";

/** Customers whose logs are never quite silent, in every world; the others tell only what stories make happen. */
const LIVELY_MAX = 12;
/** Records a day and customer: about three hundred over all of them. */
const RECORDS_A_DAY = [18, 34] as const;
const DAY_MS = 86_400_000;
/** Days held at once; a day is made anew from the seed when it is asked for again. */
const DAYS_HELD = 500;

const held = new WeakMap<Sim, Map<string, readonly ActivityRow[]>>();
const lively = new WeakMap<Sim, ReadonlySet<string>>();

/** Whether a customer has an everyday life in the logs: those with Azure first. */
export function isLively(sim: Sim, customerId: string): boolean {
  let ids = lively.get(sim);
  if (ids === undefined) {
    const withAzure = sim.tables.entitlements.all().map((one) => one.customerId);
    ids = new Set(
      [...new Set([...withAzure, ...sim.tables.customers.all().map((one) => one.id)])].slice(0, LIVELY_MAX),
    );
    lively.set(sim, ids);
  }
  return ids.has(customerId);
}

/** What ordinary people did on a day: the same for the same seed, however often it is asked. Never stored. */
export function backgroundOf(sim: Sim, customer: CustomerRow, day: Temporal.PlainDate): readonly ActivityRow[] {
  if (!isLively(sim, customer.id)) return [];
  const days = held.get(sim) ?? new Map<string, readonly ActivityRow[]>();
  held.set(sim, days);
  const key = `${customer.id} ${day.toString()}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  if (days.size >= DAYS_HELD) days.clear();
  const made = makeDay(sim, customer, day);
  days.set(key, made);
  return made;
}

function makeDay(sim: Sim, customer: CustomerRow, day: Temporal.PlainDate): readonly ActivityRow[] {
  const { seed } = sim.settings();
  const chance = (...words: (string | number)[]): number => fractionOf(seed, customer.id, day.toString(), ...words);
  const [low, high] = RECORDS_A_DAY;
  const weekend = day.dayOfWeek > 5 ? 0.2 : 1;
  const count = Math.round((low + chance("count") * (high - low)) * weekend);
  const people = peopleOf(sim, customer);
  const startMs = startOfUtcDay(day).epochMilliseconds;
  const rows = Array.from({ length: count }, (_, n): ActivityRow => {
    // Between six and eighteen, with most of it around noon.
    const share = (chance(n, "a") + chance(n, "b")) / 2;
    const atMs = startMs + Math.round((0.25 + share * 0.5) * DAY_MS);
    const id = guidOf(seed, customer.id, day.toString(), n, "record");
    const who = people[Math.floor(chance(n, "who") * people.length)] ?? people[0];
    if (who === undefined) throw new Error("invariant broken: a customer has an administrator");
    return {
      id,
      n: 0,
      at: iso(Temporal.Instant.fromEpochMilliseconds(atMs)),
      shownAt: iso(Temporal.Instant.fromEpochMilliseconds(atMs + delayMs(chance(n, "late")))),
      customerId: customer.id,
      correlationId: guidOf(id, "correlation"),
      facts: ordinary(sim, customer, { who, people, chance: (...words) => chance(n, ...words) }),
    };
  });
  return rows.toSorted((a, b) => msOf(a.at) - msOf(b.at));
}

/** Most show up within two minutes, one in thirty later than half an hour. */
const delayMs = (chance: number): number =>
  Math.round(chance > 0.97 ? 1_800_000 + (chance - 0.97) * 6e7 : chance * 120_000);

type Somebody = {
  readonly who: Who;
  readonly people: readonly Who[];
  readonly chance: (...words: (string | number)[]) => number;
};

function ordinary(sim: Sim, customer: CustomerRow, { who, people, chance }: Somebody): ActivityFacts {
  const kind = chance("kind");
  const azure = sim.tables.entitlements.where("customer", customer.id)[0];
  if (kind < 0.45) {
    const mistyped = chance("mistyped") < 0.05;
    const app = [APPS.outlook, APPS.teams, APPS.portal][Math.floor(chance("app") * 3)] ?? APPS.outlook;
    return {
      kind: "sign-in",
      who,
      ...app,
      error: mistyped ? 50126 : 0,
      ...(mistyped ? { reason: "Error validating credentials due to invalid username or password." } : {}),
    };
  }
  if (kind < 0.75)
    return {
      kind: "m365",
      workload: chance("where") < 0.6 ? "SharePoint" : "Exchange",
      operation: chance("where") < 0.6 ? "FileAccessed" : "MailItemsAccessed",
      recordType: chance("where") < 0.6 ? 6 : 50,
      who,
      objectId: `https://files.example/sites/team/Plan${Math.floor(chance("file") * 40)}.docx`,
    };
  if (kind < 0.85 || azure === undefined) {
    const other = people[Math.floor(chance("other") * people.length)] ?? who;
    const activity =
      ["Update user", "Add member to group", "Reset user password"][Math.floor(chance("audit") * 3)] ?? "Update user";
    return {
      kind: "audit",
      activity,
      category: activity.includes("group") ? "GroupManagement" : "UserManagement",
      who: people[0] ?? who,
      targets: [userTarget(other)],
    };
  }
  const resource = azure.usage.resources[Math.floor(chance("resource") * azure.usage.resources.length)];
  const operations = [
    "Microsoft.Compute/virtualMachines/restart/action",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Web/sites/config/write",
    "Microsoft.Resources/tags/write",
  ];
  return {
    kind: "azure",
    subscriptionId: azure.id,
    operation: operations[Math.floor(chance("operation") * operations.length)] ?? "Microsoft.Resources/tags/write",
    resourceId: `/subscriptions/${azure.id}/resourceGroups/${resource?.group ?? "rg-prod"}/providers/Microsoft.Compute/virtualMachines/${resource?.name ?? "vm-main"}`,
    status: "Succeeded",
    subStatus: "OK",
    who: people[0] ?? who,
  };
}
