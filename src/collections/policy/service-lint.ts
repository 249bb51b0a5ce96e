import type { Tx } from "../../store/contract.ts";
import { holidayPlaces } from "./decide-calendar.ts";
import type { LintFacts } from "./decide-lint-shape.ts";
import type { PolicyDeps } from "./deps.ts";
import { ratesOf } from "./service-rates.ts";

/** What the linter looks at of this desk. */
export async function lintFactsOf(
  tx: Tx,
  deps: PolicyDeps,
  now: Temporal.Instant,
): Promise<LintFacts & { readonly day: Temporal.PlainDate }> {
  const { day } = await deps.desk(tx, now);
  const reach = await deps.reach?.(tx, now);
  return {
    day,
    customers: reach?.accounts ?? (await deps.customerCount(tx)),
    withoutAddress: reach?.withoutAddress,
    incompleteLetters: await deps.incompleteLetters?.(tx),
    currencies: await deps.currencies?.(tx),
    feeds: await deps.feeds?.(tx),
    holidays: holidayPlaces(),
    rates: await ratesOf(tx),
  };
}
