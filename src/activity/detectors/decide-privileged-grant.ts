import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { Level } from "../sigma/contract.ts";
import { actorFacts, actorName } from "./decide-actors.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept, subscriptionOf } from "./decide-compute.ts";
import { grantOf, ROLES, ROLES_OF_POWER } from "./decide-grant.ts";
import { atLeast, DAY_MS, HOUR_MS, slide, text } from "./decide-window.ts";
import { azure, DAYS, entra, FOREIGN_TENANT, HOURS, portfolio, SUBSCRIPTION, user } from "./example.ts";
import { CONTRIBUTOR, grant, OWNER, READER } from "./example-grant.ts";

const settings = [
  setting("newHours", "A user, guest or application younger than this is brand new", {
    unit: "hours",
    standard: 24,
    min: 1,
    max: 720,
  }),
];

const GRANT_OP = "microsoft.authorization/roleassignments/write";
const ENTRA_ROLE_OPS = new Set(["add member to role", "add eligible member to role"]);
const CREATED_OPS: Readonly<Record<string, string>> = {
  "add service principal": "application",
  "add user": "user",
  "invite external user": "guest",
};
const named = new Set(Object.values(ROLES));
/** Directory roles from which all others can be had. Source: Entra built-in roles, those marked privileged. */
const ENTRA_ROLES =
  /^(company administrator|global administrator|privileged role administrator|privileged authentication administrator|application administrator|cloud application administrator|hybrid identity administrator|partner tier2 support)$/i;

function keep(event: KnownEvent) {
  if (event.outcome === "failure") return [];
  const facts = factsOf(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}
function factsOf(event: KnownEvent): Kept["facts"] | undefined {
  const born = Object.hasOwn(CREATED_OPS, event.operation) ? CREATED_OPS[event.operation] : undefined;
  const target = event.target ?? event.resource;
  if (born !== undefined) return target ? { kind: "born", born, principal: target.id } : undefined;
  if (ENTRA_ROLE_OPS.has(event.operation)) return entraGrant(event);
  const given = event.operation === GRANT_OP ? grantOf(event) : undefined;
  if (!given || !named.has(given.role)) return undefined;
  return { kind: "grant", ...given, ...giver(event), subscription: subscriptionOf(event) };
}
function entraGrant(event: KnownEvent): Kept["facts"] | undefined {
  const role = event.changes?.find(({ name }) => /^role\.displayname$/i.test(name))?.after ?? "";
  const target = event.target ?? event.resource;
  if (!ENTRA_ROLES.test(role) || !target) return undefined;
  const principalKind = /#ext#/i.test(`${target.id} ${target.name ?? ""}`) ? "guest" : (target.type ?? "");
  const facts = { kind: "grant", role: role.toLowerCase(), scope: "directory", reach: "directory" };
  return { ...facts, principal: target.id, principalKind, ...giver(event), subscription: "-" };
}
/** Who gave it: Microsoft itself and the reseller give the reseller its own access when a subscription is made. */
const giver = (event: KnownEvent) => ({
  ...actorFacts(event),
  giver: event.actor?.kind ?? "unknown",
  giverTenant: event.actor?.homeTenant ?? "",
  tenant: event.tenant ?? "",
});

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const newMs = reader(settings, context.settings)("newHours") * HOUR_MS;
  const births = Map.groupBy(
    all.filter((one) => text(one, "kind") === "born"),
    (one) => text(one, "principal"),
  );
  return slide(all, 30 * DAY_MS, {
    judge: (last) => {
      if (text(last, "kind") !== "grant") return undefined;
      const born = (births.get(text(last, "principal")) ?? []).filter(({ at }) => at <= last.at);
      const birth = born.at(-1);
      const isNew = birth !== undefined && birth.at > last.at - newMs;
      const foreign = foreignness(last, birth, context);
      const level = levelOf(last, { isNew, isForeign: foreign !== "no" });
      if (!level) return undefined;
      const subscription = text(last, "subscription");
      return {
        key: `${text(last, "principal")} ${subscription}`,
        level,
        subscription: subscription === "-" ? undefined : subscription,
        facts: {
          actor: actorName(last),
          role: text(last, "role"),
          scope: text(last, "scope"),
          principal: text(last, "principal"),
          principalAge: birth ? Math.floor((last.at - birth.at) / HOUR_MS) : "unknown",
          foreign,
        },
        about: (one) => one === last || one === birth,
      };
    },
  });
}

function levelOf(grant: Kept, { isNew, isForeign }: { isNew: boolean; isForeign: boolean }): Level | undefined {
  const isWide = ["root", "management-group"].includes(text(grant, "reach"));
  const isPower = ROLES_OF_POWER.has(text(grant, "role")) || text(grant, "reach") === "directory";
  const wide: Level | undefined = isWide ? (isPower ? "critical" : "high") : undefined;
  const strange: Level | undefined = isNew || isForeign ? "high" : undefined;
  return wide && strange ? atLeast(wide, strange) : (wide ?? strange);
}

/** From another tenant: who is given the role, or who gives it. */
function foreignness(grant: Kept, birth: Kept | undefined, { portfolio }: DetectorContext): string {
  const tenant = text(grant, "giverTenant");
  // Without knowing which tenants are ours nobody of another one can be called a stranger.
  const isOurs = !portfolio || ["partner", "system"].includes(text(grant, "giver")) || portfolio.ourTenants.has(tenant);
  if (text(grant, "principalKind") === "foreigngroup" && !isOurs) return "group of another tenant";
  if (text(grant, "principalKind") === "guest" || (birth && text(birth, "born") === "guest")) return "guest";
  const isElsewhere = tenant !== "" && text(grant, "tenant") !== "" && tenant !== text(grant, "tenant");
  return isElsewhere && !isOurs ? "giver of another tenant" : "no";
}

const born = (minutes: number, operation: string, id: string) =>
  entra(minutes, { operation, target: { id, type: operation === "add user" ? "user" : "serviceprincipal" } });
const at = `/subscriptions/${SUBSCRIPTION}`;

export const privilegedGrant: Detector = {
  id: "privileged-grant",
  title: "A role of power over everything, or to someone strange",
  titleSv: "Maktroll över allt, eller till någon främmande",
  level: "high",
  family: "misuse",
  abuse: ["M5", "A2"],
  why:
    "Owner at the root reaches every subscription of the customer: critical. A role of power for an application, user or guest made the same day, or from another " +
    "tenant, is how an intruder stays. Access that Microsoft or the reseller itself sets up is left out. What is not known of a principal does not make it strange.",
  sources: ["azure-activity", "entra-audit", "m365-audit"],
  falsePositives: [
    "Set-up of a new landing zone or deployment application",
    "A consultant who is invited and given work",
  ],
  runbook: "over-privileged-grant",
  attack: ["T1098.003", "T1078.004"],
  covers: "R7",
  contain: "none",
  settings,
  wants: [GRANT_OP, ...ENTRA_ROLE_OPS, ...Object.keys(CREATED_OPS)],
  spanMs: 31 * DAY_MS,
  keep,
  decide,
  examples: [
    {
      name: "owner at the root",
      hits: "critical",
      events: [grant(0, { role: OWNER, scope: "/", principal: "p1" })],
    },
    {
      name: "owner of a subscription for an application made the same day",
      hits: "high",
      events: [
        born(0, "add service principal", "sp1"),
        grant(24 * HOURS - 1, { role: OWNER, scope: at, principal: "sp1" }),
      ],
    },
    {
      name: "contributor for a guest of last week",
      hits: "high",
      events: [
        born(0, "invite external user", "g1"),
        grant(7 * DAYS, { role: CONTRIBUTOR, scope: at, principal: "g1" }),
      ],
    },
    {
      name: "global administrator for a user made an hour ago",
      hits: "high",
      events: [
        born(0, "add user", "u1"),
        entra(60, {
          operation: "add member to role",
          target: { id: "u1", type: "user" },
          changes: [{ name: "Role.DisplayName", after: "Global Administrator" }],
        }),
      ],
    },
    {
      name: "given by someone of a tenant that is neither theirs nor ours",
      hits: "high",
      events: [
        grant(0, {
          role: OWNER,
          scope: at,
          principal: "p1",
          actor: user("mallory", { homeTenant: FOREIGN_TENANT }),
        }),
      ],
      portfolio: portfolio(),
    },
    {
      name: "owner of a subscription for an application made a day ago to the minute",
      hits: undefined,
      events: [
        born(0, "add service principal", "sp1"),
        grant(24 * HOURS, { role: OWNER, scope: at, principal: "sp1" }),
      ],
    },
    {
      name: "the reseller's group is set up by Microsoft",
      hits: undefined,
      events: [
        grant(0, {
          role: OWNER,
          scope: at,
          principal: "agents",
          kind: "ForeignGroup",
          actor: { id: "azure", kind: "system" },
        }),
      ],
      portfolio: portfolio(),
    },
    {
      name: "reader at the root, and a refused owner",
      hits: undefined,
      events: [
        grant(0, { role: READER, scope: "/", principal: "p1" }),
        grant(1, { role: OWNER, scope: "/", principal: "p2", outcome: "failure" }),
        azure(2, { operation: GRANT_OP }),
      ],
    },
  ],
};
