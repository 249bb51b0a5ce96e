import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { novelties } from "./decide-first-seen.ts";
import { DAY_MS, dayOf, HOUR_MS, text } from "./decide-window.ts";
import { DAYS, entra, HOURS, servicePrincipal, signIn } from "./example.ts";

const settings = [
  setting("afterHours", "The sign-in follows consent or credential within", {
    unit: "hours",
    standard: 72,
    min: 1,
    max: 168,
  }),
  setting("memoryDays", "A country is new when the application did not sign in from it for so long", {
    unit: "days",
    standard: 30,
    min: 7,
    max: 60,
  }),
];
const GRANT_OPS = new Set([
  "consent to application",
  "add service principal credentials",
  "add delegated permission grant",
  "add app role assignment to service principal",
  "update application – certificates and secrets management",
]);
const SIGN_IN = "sign-in activity";

function keep(event: KnownEvent) {
  if (event.operation === SIGN_IN) {
    const { actor } = event;
    if (actor?.kind !== "service-principal" || event.outcome !== "success" || event.country === undefined) return [];
    const told = kept(event, {
      kind: "sign-in",
      country: event.country,
      ip: event.ip ?? "",
      actor: actor.name ?? actor.id,
    });
    // A credential may be put on the application or on its service principal: both names lead here.
    const names = new Set([actor.id, event.app?.id].filter((name) => name !== undefined));
    return [...names].map((name) => ({ group: `${customerOf(event)}|${name}`, kept: told }));
  }
  const target = event.target ?? event.resource;
  if (!GRANT_OPS.has(event.operation) || event.outcome === "failure" || !target) return [];
  const facts = { kind: "grant", ...actorFacts(event), operation: event.operation };
  return [{ group: `${customerOf(event)}|${target.id}`, kept: kept(event, facts) }];
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const grants = all.filter((one) => text(one, "kind") === "grant");
  if (grants.length === 0) return [];
  const set = reader(settings, context.settings);
  const signIns = all.filter((one) => text(one, "kind") === "sign-in");
  const seen = novelties(signIns, {
    spanMs: set("memoryDays") * DAY_MS,
    // One earlier sign-in is history enough: applications live in few places.
    learnMs: 1,
    valueOf: (one) => text(one, "country"),
  });
  const hits = new Map<string, Hit>();
  for (const { at: entry, value, seen: verdict, historyDays } of seen) {
    const grant = grants.findLast(({ at }) => at <= entry.at && at > entry.at - set("afterHours") * HOUR_MS);
    const name = `${value}|${dayOf(entry.at)}`;
    if (verdict !== "new" || !grant || hits.has(name)) continue;
    hits.set(name, {
      key: value,
      level: "high",
      at: entry.at,
      facts: {
        application: text(entry, "actor"),
        actor: actorName(grant),
        operation: text(grant, "operation"),
        country: value,
        ip: text(entry, "ip") || "unknown",
        hours: Math.round((entry.at - grant.at) / HOUR_MS),
        historyDays,
      },
      events: [grant, entry],
    });
  }
  return [...hits.values()];
}

const APP = "5e5e5e5e-0000-4000-8000-000000000001";
const grant = (minutes: number, operation = "add service principal credentials") =>
  entra(minutes, { operation, target: { id: APP, type: "serviceprincipal" } });
const uses = (minutes: number, country: string) => signIn(minutes, { country, actor: servicePrincipal(APP) });

export const applicationCountry: Detector = {
  id: "application-new-country",
  title: "After a new secret or consent an application signs in from a new country",
  titleSv: "Efter ny hemlighet eller nytt medgivande loggar en app in från ett nytt land",
  level: "high",
  family: "misuse",
  abuse: ["A2"],
  why:
    "Applications run in few places. A secret is added or consent given, and soon someone elsewhere uses the application's rights: a stolen secret or a bought consent. An " +
    "application that was never seen to sign in before is not judged. Starting values, not confirmed by labelled data.",
  sources: ["entra-sign-in", "entra-audit", "m365-audit"],
  falsePositives: ["An application that is moved to another region together with its secret"],
  runbook: "consent-abuse",
  attack: ["T1528", "T1550.001", "T1098.001"],
  covers: "R19",
  contain: "none",
  settings,
  wants: [SIGN_IN, ...GRANT_OPS],
  spanMs: 68 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "Ireland for days, a secret, then Russia",
      hits: "high",
      events: [uses(0, "IE"), uses(3 * DAYS, "IE"), grant(4 * DAYS), uses(5 * DAYS, "RU")],
    },
    {
      name: "consent, and 71 hours later",
      hits: "high",
      events: [uses(0, "IE"), grant(60, "consent to application"), uses(72 * HOURS + 59, "RU")],
    },
    {
      name: "72 hours later to the minute",
      hits: undefined,
      events: [uses(0, "IE"), grant(60), uses(73 * HOURS, "RU")],
    },
    {
      name: "the country is known",
      hits: undefined,
      events: [uses(0, "IE"), uses(1, "RU"), grant(60), uses(120, "RU")],
    },
    { name: "no history at all", hits: undefined, events: [grant(0), uses(60, "RU")] },
    { name: "no secret", hits: undefined, events: [uses(0, "IE"), uses(60, "RU")] },
  ],
};
