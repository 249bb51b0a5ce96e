import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { ageOf, reader, setting } from "./decide-card.ts";
import {
  COMPUTE_OPS,
  computeFacts,
  creationsIn,
  customerOf,
  kept,
  loadEvents,
  loadFacts,
  loadsByDay,
  loadsOf,
  subscriptionOf,
} from "./decide-compute.ts";
import { dig, listIn, textIn } from "./decide-json.ts";
import { byTime, DAY_MS, fewer, HOUR_MS, inSlice, listed, slide, strongest, Tally, text } from "./decide-window.ts";
import { azure, DAYS, HOURS, machine, made, portfolio, REGIONS } from "./example.ts";

const settings = [
  setting("regionsMin", "Regions in which quota is asked for or refused", {
    unit: "regions",
    standard: 3,
    min: 2,
    max: 60,
  }),
  setting("refusalsMin", "Requests for quota or machines that are refused for want of quota", {
    unit: "refusals",
    standard: 3,
    min: 2,
    max: 1_000,
  }),
  setting("windowHours", "Window for both", { unit: "hours", standard: 24, min: 1, max: 24 }),
  setting("youngDays", "In a subscription younger than this one request is enough", {
    unit: "days",
    standard: 30,
    min: 0,
    max: 365,
  }),
];
/** A load so soon after asking for quota is one plan. */
const LOAD_WITHIN_MS = 2 * DAY_MS;

const QUOTA_OPS = new Set([
  "microsoft.quota/quotas/write",
  "microsoft.capacity/resourceproviders/locations/servicelimits/write",
]);
const TICKET_OP = "microsoft.support/supporttickets/write";
/** Service id of "Service and subscription limits (quotas)" in Azure support. Source: the support API's list of services. */
const QUOTA_SERVICE = "06bfd9d3-516b-d5c6-5802-169c800dec89";

function keep(event: KnownEvent) {
  const facts = quotaFacts(event) ?? computeKept(event);
  return facts ? [{ group: `${customerOf(event)}|${subscriptionOf(event)}`, kept: kept(event, facts) }] : [];
}
function quotaFacts(event: KnownEvent): Kept["facts"] | undefined {
  if (!QUOTA_OPS.has(event.operation) && !(event.operation === TICKET_OP && isQuotaTicket(event))) return undefined;
  const asked = listIn(event.request, "properties", "quotaTicketDetails", "quotaChangeRequests");
  const regions = [
    /\/locations\/([a-z0-9]+)/.exec(event.resource?.id ?? "")?.[1] ?? "",
    ...asked.map((one) => textIn(one, "region")?.toLowerCase().replaceAll(" ", "") ?? ""),
  ];
  return {
    kind: "quota",
    ...actorFacts(event),
    what: event.resource?.id ?? event.id,
    regions: [...new Set(regions)].filter(Boolean).join(" ") || (event.resource?.region ?? ""),
    refused: event.outcome === "failure",
  };
}
const isQuotaTicket = ({ request }: KnownEvent): boolean =>
  dig(request, "properties", "quotaTicketDetails") !== undefined ||
  ["serviceId", "problemClassificationId"].some((name) =>
    textIn(request, "properties", name)?.toLowerCase().includes(QUOTA_SERVICE),
  );

function computeKept(event: KnownEvent): Kept["facts"] | undefined {
  const facts = computeFacts(event);
  if (!facts) return undefined;
  const isRefused =
    event.outcome === "failure" && /quota|skunotavailable|notavailableforsubscription/i.test(why(event));
  return isRefused ? { ...facts, refused: true, what: facts["resource"] ?? "", regions: facts["region"] ?? "" } : facts;
}
const why = (event: KnownEvent) => (event.reason ?? "") + (textIn(event.raw, "properties", "statusMessage") ?? "");

const isProbe = (one: Kept) => text(one, "kind") === "quota" || one.facts["refused"] === true;
const regionsOf = (events: readonly Kept[]) =>
  events.flatMap((one) => text(one, "regions").split(" ")).filter((region) => region !== "");

function decide(group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const probes = all.filter(isProbe);
  if (probes.length === 0) return [];
  const set = reader(settings, context.settings);
  const subscription = group.split("|")[1] ?? "-";
  const [regions, refused] = [new Tally(), new Tally()];
  const count = (one: Kept, how: "add" | "remove") => {
    for (const region of regionsOf([one])) regions[how](region);
    if (one.facts["refused"] === true) refused[how](one.id);
  };
  const base = (last: Kept, asked: readonly Kept[]) => ({
    key: "",
    subscription: subscription === "-" ? undefined : subscription,
    facts: {
      actor: actorName(last),
      requests: asked.length,
      refusals: asked.filter(({ facts }) => facts["refused"] === true).length,
      regions: listed(regionsOf(asked)),
      subscriptionAge: ageOf(subscription, last.at, { context, youngDays: set("youngDays") }).days,
      load: "none",
    },
  });
  const probing = slide(probes, set("windowHours") * HOUR_MS, {
    enter: (one) => count(one, "add"),
    leave: (one) => count(one, "remove"),
    judge: (last, window) => {
      const isYoung = ageOf(subscription, last.at, { context, youngDays: set("youngDays") }).young;
      const isMany = regions.distinct >= set("regionsMin") || refused.distinct >= set("refusalsMin");
      if (!isYoung && !isMany) return undefined;
      return { ...base(last, []), level: "medium", facts: () => base(last, inSlice(window)).facts };
    },
  });
  const made = creationsIn(all);
  const loads = loadsOf(made).filter(({ kind }) => kind === "large-size" || kind === "fleet");
  const planned = loads.filter(({ last }) => probes.some(({ at }) => at <= last.at && at > last.at - LOAD_WITHIN_MS));
  const chains = loadsByDay(made, planned).map((load): Hit => {
    const asked = probes.filter(({ at }) => at <= load.last.at && at > load.last.at - LOAD_WITHIN_MS);
    const { facts, ...rest } = base(load.last, asked);
    const events = fewer([...asked, ...loadEvents(load)].sort(byTime));
    return { ...rest, level: "critical", at: load.last.at, facts: { ...facts, ...loadFacts(load) }, events };
  });
  return strongest([...probing, ...chains]);
}

const ask = (minutes: number, region: string, more: object = {}) =>
  azure(minutes, {
    operation: "microsoft.quota/quotas/write",
    resource: {
      id: `/subscriptions/x/providers/microsoft.compute/locations/${region}/providers/microsoft.quota/quotas/nc-${minutes}`,
    },
    ...more,
  });
const refused = (minutes: number, region: string) =>
  azure(minutes, {
    ...machine(minutes, `vm-${minutes}`, { region }),
    outcome: "failure",
    reason: "QuotaExceeded: Operation could not be completed",
    raw: {},
  });

export const quotaProbing: Detector = {
  id: "quota-probing",
  title: "Quota is asked for or tried out over regions",
  titleSv: "Kvoter begärs eller provas i flera regioner",
  level: "medium",
  family: "misuse",
  abuse: ["A4"],
  why:
    "Before mining, an intruder finds out where quota lets machines start, or asks for more. Alone it is medium; followed by a large size or a fleet within two " +
    "days it is critical. Starting values, not confirmed by labelled data.",
  sources: ["azure-activity"],
  falsePositives: ["A project that prepares a launch in several regions", "Regions that are short of capacity"],
  runbook: "quota-probing",
  attack: ["T1496.001", "T1580"],
  covers: "R3",
  contain: "none",
  settings,
  wants: [...QUOTA_OPS, TICKET_OP, ...Object.keys(COMPUTE_OPS)],
  spanMs: 4 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "quota in three regions",
      hits: "medium",
      events: REGIONS.slice(0, 3).map((region, n) => ask(n * 300, region)),
    },
    {
      name: "three machines refused for quota in one region",
      hits: "medium",
      events: [0, 5, 9].map((minute) => refused(minute, "eastus")),
    },
    {
      name: "one ticket in a subscription of 29 days",
      hits: "medium",
      events: [
        azure(0, {
          operation: TICKET_OP,
          request: { properties: { serviceId: `/providers/microsoft.support/services/${QUOTA_SERVICE}` } },
        }),
      ],
      portfolio: portfolio({ subscriptionDays: 29 }),
    },
    {
      name: "one request, and within two days a GPU size",
      hits: "critical",
      events: [ask(0, "eastus"), made(2 * DAYS - 1, "gpu", { size: "Standard_NC24ads_A100_v4" })],
    },
    {
      name: "one request in a subscription of 30 days",
      hits: undefined,
      events: [ask(0, "eastus")],
      portfolio: portfolio({ subscriptionDays: 30 }),
    },
    { name: "two regions, two refusals", hits: undefined, events: [refused(0, "eastus"), refused(5, "westeurope")] },
    {
      name: "the third region is asked a day after the first",
      hits: undefined,
      events: [ask(0, "eastus"), ask(60, "westeurope"), ask(24 * HOURS, "koreacentral")],
    },
    {
      name: "a ticket about something else, and a GPU size without any request",
      hits: undefined,
      events: [
        azure(0, { operation: TICKET_OP, request: { properties: { serviceId: "billing" } } }),
        made(9, "gpu", { size: "Standard_NC24ads_A100_v4" }),
      ],
    },
    {
      name: "the GPU size comes two days after the request to the minute",
      hits: undefined,
      events: [ask(0, "eastus"), made(2 * DAYS, "gpu", { size: "Standard_NC24ads_A100_v4" })],
    },
  ],
};
