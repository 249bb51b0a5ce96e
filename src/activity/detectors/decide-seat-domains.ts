import type { Detector, DetectorContext, Hit, Kept } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";
import { reader, setting } from "./decide-card.ts";
import { customerOf, kept } from "./decide-compute.ts";
import { registrable } from "./decide-domain.ts";
import { DOMAIN_OPS, SEAT_OPS, seatFacts } from "./decide-seats.ts";
import { DAY_MS, slide, Tally, text } from "./decide-window.ts";
import { DAYS, entra, portfolio } from "./example.ts";
import { given, guest } from "./example-seats.ts";

const settings = [
  setting("domainsMin", "Domains, none of them the customer's own, whose people get seats", {
    unit: "domains",
    standard: 5,
    min: 2,
    max: 1_000,
  }),
  setting("foreignSeatsMin", "Seats given to guests or people of such domains", {
    unit: "seats",
    standard: 20,
    min: 2,
    max: 100_000,
  }),
  setting("windowDays", "Within", { unit: "days", standard: 7, min: 1, max: 30 }),
];

function keep(event: KnownEvent) {
  const facts = seatFacts(event);
  return facts ? [{ group: customerOf(event), kept: kept(event, facts) }] : [];
}

/**
 * The domains that are the customer's own: those we know to be verified, less those that were added while we watched, since adding strangers'
 * domains is how seats are sold on. Without a list it is the domain that most of its seats have.
 */
function ownDomains(all: readonly Kept[], verified: readonly string[] | undefined): ReadonlySet<string> {
  const seats = all.filter((one) => text(one, "kind") === "seat");
  if (verified === undefined || verified.length === 0) {
    const people = new Map<string, Set<string>>();
    for (const one of seats.filter(({ facts }) => facts["guest"] !== true))
      people.set(text(one, "domain"), (people.get(text(one, "domain")) ?? new Set()).add(text(one, "user")));
    const [most] = [...people].sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1));
    return new Set(most ? [most[0]] : []);
  }
  const added = new Set(all.filter((one) => text(one, "kind") === "domain").map((one) => text(one, "domain")));
  return new Set(verified.flatMap((one) => registrable(one) ?? []).filter((one) => !added.has(one)));
}

function decide(_group: string, all: readonly Kept[], context: DetectorContext): readonly Hit[] {
  const set = reader(settings, context.settings);
  const verified = context.portfolio?.verifiedDomains;
  const own = ownDomains(all, verified);
  const isForeign = (one: Kept) => {
    const domain = text(one, "domain");
    if (text(one, "kind") !== "seat" || text(one, "added") === "") return false;
    return domain === "" ? one.facts["guest"] === true : !own.has(domain) && !domain.endsWith(".onmicrosoft.com");
  };
  const [people, domains] = [new Tally(), new Tally()];
  const foreign = all.filter(isForeign);
  return slide(foreign, set("windowDays") * DAY_MS, {
    enter: (one) => (people.add(text(one, "user")), domains.add(text(one, "domain") || "unknown")),
    leave: (one) => (people.remove(text(one, "user")), domains.remove(text(one, "domain") || "unknown")),
    judge: () => {
      if (domains.distinct < set("domainsMin") && people.distinct < set("foreignSeatsMin")) return undefined;
      return {
        key: "",
        level: "medium",
        facts: {
          seats: people.distinct,
          domainCount: domains.distinct,
          domains: domains.list(),
          ownDomains: verified === undefined ? "unknown" : own.size,
          windowDays: set("windowDays"),
        },
      };
    },
  });
}

const people = (from: number, count: number, domains: number) =>
  Array.from({ length: count }, (_, n) => given(from + n, `user${n}@firm-${n % domains}.com`));
const ours = portfolio({ verifiedDomains: ["fabrikam.com", "fabrikam.onmicrosoft.com"] });

export const seatDomains: Detector = {
  id: "seats-over-domains",
  title: "Seats for people of many unrelated domains",
  titleSv: "Licenser till personer i många orelaterade domäner",
  level: "medium",
  family: "misuse",
  abuse: ["A6"],
  why:
    "Who sells a company's subscription on gives its seats to strangers: people of domains that have nothing to do with the customer, or many guests. Domains that were added " +
    "while we watched do not count as the customer's own. Registrable domains by a rule, not by a list. Starting values, not confirmed by labelled data.",
  sources: ["entra-audit", "m365-audit", "partner-center"],
  falsePositives: ["A group of companies in one tenant", "An association or school whose members keep their addresses"],
  runbook: "illegal-resale",
  attack: ["T1583"],
  covers: "R13",
  contain: "none",
  settings,
  wants: [...SEAT_OPS, ...DOMAIN_OPS],
  spanMs: 31 * DAY_MS,
  keep,
  decide,
  examples: [
    { name: "five domains in a week", hits: "medium", events: people(0, 5, 5), portfolio: ours },
    {
      name: "twenty guests of one domain",
      hits: "medium",
      events: Array.from({ length: 20 }, (_, n) => given(n, guest(`user${n}`, "buyer.com"))),
      portfolio: ours,
    },
    {
      name: "domains that were verified this month are strangers'",
      hits: "medium",
      events: [
        ...[0, 1, 2, 3, 4].map((n) =>
          entra(n, { operation: "add verified domain", target: { id: `firm-${n}.com`, name: `firm-${n}.com` } }),
        ),
        ...people(1 * DAYS, 5, 5),
      ],
      portfolio: portfolio({ verifiedDomains: ["fabrikam.com", ...[0, 1, 2, 3, 4].map((n) => `firm-${n}.com`)] }),
    },
    {
      name: "six domains where we do not know the customer's: the commonest counts as its own",
      hits: "medium",
      events: people(0, 7, 6),
    },
    { name: "four domains", hits: undefined, events: people(0, 4, 4), portfolio: ours },
    { name: "nineteen people of one domain", hits: undefined, events: people(0, 19, 1), portfolio: ours },
    {
      name: "the fifth comes a week after the first",
      hits: undefined,
      events: [...people(0, 4, 4), given(7 * DAYS, "user@firm-9.com")],
      portfolio: ours,
    },
    {
      name: "its own domains and names under onmicrosoft.com",
      hits: undefined,
      events: Array.from({ length: 30 }, (_, n) =>
        given(n, n % 2 ? `u${n}@mail.fabrikam.com` : `u${n}@fabrikam.onmicrosoft.com`),
      ),
      portfolio: ours,
    },
  ],
};
