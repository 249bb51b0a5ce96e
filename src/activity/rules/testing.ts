import type { CustomerId } from "../../core/ids.ts";
import type { Json } from "../../core/canonical.ts";
import type { KnownEvent } from "../contract-event.ts";
import { logSourcesOf } from "../shapes/decide-sources.ts";
import { sigmaView } from "../shapes/decide-view.ts";
import { normalise } from "../shapes/normalise.ts";
import type { SigmaDocument } from "../sigma/contract.ts";
import { Correlator } from "../sigma/correlator.ts";
import { Matcher } from "../sigma/matcher.ts";
import { type RuleSet, ruleSetOf } from "../sigma/rule-set.ts";

/** Whose the events of examples are. Records of Partner Center name their customer themselves: it is then that one. */
const CUSTOMER = "2f6b8f0a-1c11-4d1f-8c52-7d1f0b7e9a3e" as CustomerId;
const RECEIVED = Temporal.Instant.from("2026-03-08T00:00:00Z");

/** Raw records as the desk knows them. */
export const knownEvents = (records: readonly unknown[]): readonly KnownEvent[] =>
  records.flatMap((raw) =>
    normalise(raw as Json, { receivedAt: RECEIVED }).map((event) => ({ ...event, customer: CUSTOMER })),
  );

/** A set of rules ready to be asked many times. */
export class Bench {
  readonly #set: RuleSet;
  readonly #matcher: Matcher;

  constructor(documents: readonly SigmaDocument[]) {
    this.#set = ruleSetOf(documents);
    this.#matcher = new Matcher(this.#set);
  }

  /** Ids of the rules and correlations that alert on these records, seen in their order of arrival. */
  hits(records: readonly unknown[]): ReadonlySet<string> {
    return new Set(this.count(records).keys());
  }

  /** The same with how often each did: events for a rule, window ends for a correlation. */
  count(records: readonly unknown[]): ReadonlyMap<string, number> {
    const { rules, correlations, alerting, alertingCorrelations } = this.#set;
    const correlator = new Correlator(this.#set);
    const counts = new Map<string, number>();
    const add = (id: string | undefined): void => {
      if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    };
    const known = new Set<string>();
    for (const [ref, event] of knownEvents(records).entries()) {
      const id = `${event.source}|${event.id}`;
      // The stream keeps a record once, however often it comes.
      if (known.has(id)) continue;
      known.add(id);
      const view = sigmaView(event);
      const matched = this.#matcher.match(view, logSourcesOf(event));
      for (const rule of matched) if (alerting[rule] === true) add(rules[rule]?.head.id);
      const seen = { event: view, time: event.at.epochMilliseconds, ref, id };
      for (const { correlation } of correlator.take(matched, seen))
        if (alertingCorrelations[correlation] === true) add(correlations[correlation]?.correlation.head.id);
    }
    return counts;
  }
}
