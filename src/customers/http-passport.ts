import { z } from "zod";
import { caseRowJson, type CasesOf } from "../cases/contract.ts";
import { type CollectionsOf, customerCollectionsJson } from "../collections/contract.ts";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { dayOf } from "../core/time.ts";
import { customerIdInput } from "../core/wire.ts";
import { exposureJson, type ExposureOf } from "../exposure/contract.ts";
import { type Route, route } from "../http/contract.ts";
import { noticeRowJson, type NoticesOf } from "../notices/contract.ts";
import { customerReceivablesJson, type ReceivablesOf } from "../receivables/contract.ts";
import { proposalRowJson, type ProposalsOf } from "../response/contract.ts";
import { customerSpendJson, type SpendOf } from "../spending/contract.ts";
import { type Feed, type FeedFreshness, feedJson } from "../sync/contract.ts";
import { passportOwnJson } from "./contract.ts";
import { ownPart } from "./service-passport.ts";

export type PassportDeps = {
  /** IANA zone of the desk: what "today" means. */
  readonly zone: string;
  readonly exposureOf: ExposureOf;
  readonly receivablesOf: ReceivablesOf;
  readonly spendOf: SpendOf;
  readonly noticesOf: NoticesOf;
  readonly casesOf: CasesOf;
  readonly proposalsOf: ProposalsOf;
  readonly feedFreshness: FeedFreshness;
  readonly collectionsOf: CollectionsOf;
  /** Hears of a part that could not be read, for the log; the page says which. */
  readonly onPartFailed?: (part: string, error: unknown) => void;
};

/** Feeds that a passport rests on. */
const FEEDS: readonly Feed[] = ["customers", "subscriptions", "usage", "budgets", "gdap", "prices", "alerts"];

const passportJson = passportOwnJson.extend({
  exposure: exposureJson.nullable(),
  receivables: customerReceivablesJson.nullable(),
  spend: customerSpendJson.nullable(),
  notices: z.array(noticeRowJson).nullable(),
  cases: z.array(caseRowJson).nullable(),
  proposals: z.array(proposalRowJson).nullable(),
  feeds: z.array(feedJson).nullable(),
  collections: customerCollectionsJson.nullable(),
});

/** One request renders the whole page. A part that fails is named and left out; the others stand. */
export function passportRoute(deps: PassportDeps): Route {
  return route({
    method: "GET",
    path: "/api/customers/:customerId/passport",
    permission: "customers.read",
    summary: "Everything the desk knows about one customer, in one answer",
    params: z.object({ customerId: customerIdInput }),
    response: passportJson,
    handle: async ({ tx, params: { customerId }, person, now }) => {
      const today = dayOf(now, deps.zone);
      const unavailable: string[] = [];
      const part = async <T>(name: string, read: () => Promise<T>): Promise<T | null> => {
        try {
          return await read();
        } catch (error) {
          deps.onPartFailed?.(name, error);
          unavailable.push(name);
          return null;
        }
      };
      const [own, exposure, receivables, spend, notices, cases, proposals, feeds, collections] = await Promise.all([
        ownPart(tx, customerId, { now, today }),
        part("exposure", () => deps.exposureOf(tx, customerId, today, now)),
        part("receivables", () => deps.receivablesOf(tx, customerId, today)),
        part("spend", () => deps.spendOf(tx, customerId, now)),
        part("notices", async () => [...(await deps.noticesOf(tx, customerId, now))]),
        part("cases", async () => [...(await deps.casesOf(tx, customerId, now))]),
        part("proposals", async () => [...(await deps.proposalsOf(tx, { customerId, person, now }))]),
        part("feeds", async () => (await deps.feedFreshness(tx, now)).filter((feed) => FEEDS.includes(feed.feed))),
        part("collections", () => deps.collectionsOf(tx, customerId, now)),
      ]);
      if (own === undefined) return no("not-found", "customer-unknown", "No customer with this id is known here.");
      return ok({ ...own, exposure, receivables, spend, notices, cases, proposals, feeds, collections, unavailable });
    },
  });
}
