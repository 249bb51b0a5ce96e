import type { CustomerId } from "../../core/ids.ts";
import type { ActivitySource, KnownEvent } from "../contract-event.ts";
import type { StoredEvent } from "../contract-stream.ts";
import { type Incoming, SEEN_FIELDS, type SeenField } from "./contract.ts";
import { cleanText } from "./decide-clean.ts";

/** What is remembered of an event that stands in a window: enough to name it and to word a finding. */
export type Brief = Who & {
  readonly source: ActivitySource;
  readonly id: string;
  /** Epoch milliseconds, as evaluated. */
  readonly at: number;
  readonly customer: CustomerId | undefined;
  readonly subscription: string | undefined;
  readonly operation: string;
  readonly outcome: string;
  readonly actor: string | undefined;
  readonly country: string | undefined;
  readonly resource: string | undefined;
  readonly region: string | undefined;
  readonly sku: string | undefined;
};

/** Who and what an event is about, as far as suppressions ask. */
export type Who = Readonly<Record<SeenField, string | undefined>>;
export const whoOf = ({ actor, ip, resource, app }: KnownEvent): Who => ({
  "actor.id": actor?.id,
  "actor.name": actor?.name,
  ip,
  "resource.id": resource?.id,
  "app.id": app?.id,
});

const SEEN_MAX = 50;
/** The values of several events, each once. */
export const seenOf = (all: readonly Who[]): Readonly<Record<SeenField, readonly string[]>> =>
  Object.fromEntries(
    SEEN_FIELDS.map((field) => {
      const values = distinct(all.map((one) => one[field]));
      return [field, values.length <= SEEN_MAX ? values : [...values.slice(0, SEEN_MAX), ""]];
    }),
  ) as Record<SeenField, readonly string[]>;

const isStored = (one: Incoming): one is StoredEvent => "position" in one;
export const eventOf = (one: Incoming): KnownEvent => (isStored(one) ? one.event : one);
export const receivedOf = (one: Incoming): number | undefined =>
  isStored(one) ? one.receivedAt.epochMilliseconds : undefined;

/** The events by the time they say they happened; the very same list when they come so. */
export function inTime(batch: readonly Incoming[]): readonly Incoming[] {
  const timeOf = (one: Incoming): number => eventOf(one).at.epochMilliseconds;
  const isSorted = batch.every((one, at) => {
    const before = batch[at - 1];
    return before === undefined || timeOf(before) <= timeOf(one);
  });
  if (isSorted) return batch;
  return batch
    .map((one) => ({ one, time: timeOf(one) }))
    .sort((a, b) => a.time - b.time)
    .map(({ one }) => one);
}

export const briefOf = (event: KnownEvent, at: number): Brief => ({
  ...whoOf(event),
  source: event.source,
  id: event.id,
  at,
  customer: event.customer,
  subscription: event.subscription,
  operation: event.operation,
  outcome: event.outcome,
  actor: event.actor?.name ?? event.actor?.id,
  country: event.country,
  resource: event.resource?.name ?? event.resource?.id,
  region: event.resource?.region,
  sku: event.resource?.sku,
});

const VALUES_SHOWN = 8;
const CHARACTERS_MAX = 300;

/** Facts that a page's sentence names: of the event that completed it, and what the others add. */
export function factsOf(last: Brief, all: readonly Brief[], count: number): Readonly<Record<string, string | number>> {
  const regions = distinct(all.map(({ region }) => region));
  const resources = distinct(all.map(({ resource }) => resource));
  const facts: Record<string, string | number> = { operation: short(last.operation), count };
  const texts = {
    actor: last.actor,
    ip: last.ip,
    country: last.country,
    resource: last.resource,
    sku: last.sku,
    regions: regions.length === 0 ? undefined : regions.slice(0, VALUES_SHOWN).join(", "),
  };
  for (const [name, value] of Object.entries(texts))
    if (value !== undefined && value !== "") facts[name] = short(value);
  if (regions.length > 1) facts["regionCount"] = regions.length;
  if (resources.length > 1) facts["resourceCount"] = resources.length;
  return facts;
}

const distinct = (values: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(values.filter((one) => one !== undefined && one !== ""))].sort() as readonly string[];
const short = (given: string): string => shortened(cleanText(given));
const shortened = (text: string): string =>
  text.length <= CHARACTERS_MAX ? text : `${text.slice(0, CHARACTERS_MAX - 1)}…`;
