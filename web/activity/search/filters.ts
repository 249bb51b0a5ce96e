import type { FilterName } from "../../../src/activity/stream/contract.ts";
import type { PageSearch } from "../../routes.tsx";

/** Filters that a person adds by name, in the order of the menu, with the member of the address that holds each. */
export const FIELDS = [
  { name: "source", member: "source" },
  { name: "customer", member: "customer" },
  { name: "operation", member: "operation" },
  { name: "actor", member: "actor" },
  { name: "ip", member: "ip" },
  { name: "country", member: "country" },
  { name: "outcome", member: "outcome" },
  { name: "subscription", member: "subscription" },
  { name: "resource", member: "resource" },
  { name: "resourceType", member: "kind" },
  { name: "region", member: "region" },
  { name: "intake", member: "feed" },
] as const satisfies readonly { readonly name: FilterName; readonly member: keyof PageSearch }[];
export type FieldName = (typeof FIELDS)[number]["name"];

export const memberOf = (name: FieldName): keyof PageSearch =>
  FIELDS.find((field) => field.name === name)?.member ?? (name as keyof PageSearch);

export const LASTS = ["1h", "24h", "7d", "30d", "90d", "400d"] as const;
export type Last = (typeof LASTS)[number];
const LAST_STANDARD: Last = "24h";

/** How far back the address asks; undefined when it names a stretch of its own. */
export const lastOf = (search: PageSearch): Last | undefined =>
  search.from !== undefined || search.to !== undefined
    ? undefined
    : (LASTS.find((one) => one === search.last) ?? LAST_STANDARD);
export const hoursOf = (last: string): number => Number(last.slice(0, -1)) * (last.endsWith("d") ? 24 : 1);

/** The clock of a search moves in steps, so that an answer is asked anew every five minutes and not with every tick. */
const STEP_MS = 5 * 60_000;
export const steppedNow = (nowIso: string): Temporal.Instant =>
  Temporal.Instant.fromEpochMilliseconds(
    Math.floor(Temporal.Instant.from(nowIso).epochMilliseconds / STEP_MS) * STEP_MS,
  );

export type Members = Readonly<Partial<Record<FilterName, string>>>;

/** What the server is asked. */
export function membersOf(search: PageSearch, now: Temporal.Instant): Members {
  const last = lastOf(search);
  const named = FIELDS.flatMap(({ name, member }) => {
    const value = search[member];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(named),
    ...(search.text === undefined ? {} : { q: search.text }),
    ...(last === undefined
      ? {
          ...(search.from === undefined ? {} : { from: search.from }),
          ...(search.to === undefined ? {} : { until: search.to }),
        }
      : { from: now.subtract({ hours: hoursOf(last) }).toString() }),
  };
}

/** The histogram ends now, or its newest day would be drawn as empty ahead. */
export const histogramMembers = (members: Members, now: Temporal.Instant): Members =>
  members.until === undefined ? { ...members, until: now.add({ minutes: 10 }).toString() } : members;

/** The address of a saved search. */
export function savedAddress(filters: Members, last: string | null): PageSearch {
  const fields = FIELDS.flatMap(({ name, member }) =>
    filters[name] === undefined ? [] : [[member, filters[name]] as const],
  );
  return {
    ...(Object.fromEntries(fields) as PageSearch),
    ...(filters.q === undefined ? {} : { text: filters.q }),
    ...(last === null
      ? {
          ...(filters.from === undefined ? {} : { from: filters.from }),
          ...(filters.until === undefined ? {} : { to: filters.until }),
        }
      : { last }),
  };
}

/** Text of an address's query, the members that are set. */
export const addressOf = (search: PageSearch): string => {
  const set = Object.entries(search).filter(([, value]) => value !== undefined && value !== "") as [string, string][];
  return `/activity${set.length === 0 ? "" : `?${new URLSearchParams(set)}`}`;
};

/** Longest value that the address holds; a longer one is searched by its beginning. */
const VALUE_MAX = 190;
/** The value of a filter that finds exactly this text. */
export const exactValue = (name: FieldName, value: string): string => {
  if (name === "source" || name === "outcome" || name === "customer" || name === "country") return value;
  return value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX)}*` : `"${value}"`;
};
