import type { CustomerId } from "../../core/ids.ts";
import type { FilterRule, RuleHead, SigmaEvent } from "../sigma/contract.ts";
import { loadSigma } from "../sigma/load.ts";
import { Matcher } from "../sigma/matcher.ts";
import type { CustomerFilter } from "./contract.ts";

type Own = { readonly id: string; readonly place: number; readonly filter: FilterRule };

/** Filters of single customers: which of a customer's events a rule must not see. */
export class CustomerFilters {
  readonly #byCustomer = new Map<CustomerId, Own[]>();
  readonly #matcher: Matcher;

  constructor(filters: readonly CustomerFilter[]) {
    const all: FilterRule[] = [];
    for (const { id, customer, document } of filters) {
      const filter = loadSigma(document).documents.find((one) => one.kind === "filter");
      if (filter === undefined) continue;
      const place = all.push(filter) - 1;
      this.#byCustomer.set(customer, [...(this.#byCustomer.get(customer) ?? []), { id, place, filter }]);
    }
    this.#matcher = new Matcher({
      rules: all.map(({ head, logsource, node }) => ({ kind: "rule", head, logsource, node })),
      correlations: [],
      alerting: all.map(() => true),
      alertingCorrelations: [],
      faults: [],
    });
  }

  /** For one event: the filter that keeps it away from a rule of these names, if one does. */
  for(
    customer: CustomerId | undefined,
    view: SigmaEvent,
  ): ((names: readonly (string | undefined)[]) => string | undefined) | undefined {
    const own = customer === undefined ? undefined : this.#byCustomer.get(customer);
    if (own === undefined) return undefined;
    const passing = new Set(this.#matcher.match(view, undefined));
    const excluding = own.filter(({ place }) => !passing.has(place));
    if (excluding.length === 0) return undefined;
    return (names) =>
      excluding.find(({ filter: { rules } }) => rules === "any" || rules.some((rule) => names.includes(rule)))?.id;
  }
}

export const namesOfHead = ({ id, name }: RuleHead): readonly (string | undefined)[] => [id, name];
