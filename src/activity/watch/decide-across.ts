import type { LinkedCorrelation } from "../sigma/rule-set.ts";

/** Fields that say whose something is: grouped by, they keep customers apart; counted, they mean several. Last part of a name, lower case. */
const WHOSE: ReadonlySet<string> = new Set([
  "customer",
  "customerid",
  "tenant",
  "tenantid",
  "subscription",
  "subscriptionid",
]);
const isWhose = (field: string): boolean => WHOSE.has((field.split(".").at(-1) ?? "").toLowerCase());
const ACROSS = "customers";

/**
 * Which correlations look at several customers at once; every other sees one customer at a time, whatever it groups by. Such is one that groups
 * by who acts and not by whose it is, and counts customers, tenants or subscriptions; one that says `across: customers` under `surety`; and a chain
 * on such a one. In the order of the correlations.
 */
export function decideAcross(correlations: readonly LinkedCorrelation[]): readonly boolean[] {
  const answers: boolean[] = [];
  for (const { correlation, of } of correlations) {
    const notes = correlation.head.custom["surety"];
    const says = typeof notes === "object" && notes !== null && "across" in notes && notes.across === ACROSS;
    const isGrouped = correlation.groupBy.some(isWhose);
    const countsThem = correlation.type === "value_count" && correlation.fields.some(isWhose);
    // Each comes after those it refers to.
    const isOnSuch = of.some(({ correlation: inner }) => inner !== undefined && answers[inner] === true);
    answers.push(says || (countsThem && !isGrouped) || isOnSuch);
  }
  return answers;
}
