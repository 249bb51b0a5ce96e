import { toJson } from "../core/canonical.ts";
import type { CustomerId } from "../core/ids.ts";
import {
  type AzureEntitlement,
  type Customer,
  type IndirectReseller,
  PartnerCenterError,
  type PartnerCenterProblem,
  type PartnerCenterReader,
  PROBLEM_ADVICE,
} from "../partner-center/contract.ts";
import type { CustomerSubscriptions } from "./contract.ts";
import { eachCustomer, type Ran, type ReadFeed, type Run } from "./run.ts";
import { countMissed } from "./store-reached.ts";
import { loadCustomers, loadDetails, markAzure, replaceCustomers, saveDetails } from "./store.ts";

/** Single reads of customers in one run: the list leaves out address, mail and delegated access, and these change rarely. */
const DETAILS_PER_RUN_MAX = 300;
const DETAIL_DAYS_MAX = 7;

/** The complete list, whole or not at all: a customer that is missing in it has left. */
export const readCustomers: ReadFeed = async (run) => {
  const { deps, reader, startedAt } = run;
  await checkMfa(run);
  const resellers = await resellersOf(run);
  const listed: Customer[] = [];
  for await (const page of reader.customers()) listed.push(...page);
  const known = await loadDetails(deps.store.db);
  const fresh = await detailsOf(run, dueForDetail(listed, known, startedAt));
  const details = new Map<string, Customer>(
    [...known].flatMap(([id, row]) => (row.detail === null ? [] : [[id, row.detail as Customer]])),
  );
  for (const customer of fresh) details.set(customer.id, customer);
  const customers = listed.map((customer) => withDetail(customer, details.get(customer.id)));
  await run.save(async (tx) => {
    if (resellers !== undefined) await deps.sinks.saveResellers(tx, resellers, startedAt);
    await deps.sinks.saveCustomers(tx, customers, startedAt);
    await replaceCustomers(tx, customers, startedAt);
    await saveDetails(
      tx,
      fresh.map((customer) => ({ id: customer.id, detail: toJson(customer) })),
      startedAt,
    );
    return { facts: customers.length, newestFactAt: startedAt };
  });
  return { kind: "complete" };
};

/** Microsoft refuses user tokens without MFA sooner or later; this says so before the feeds that need one stop. */
async function checkMfa({ reader, leaveOut }: Run): Promise<void> {
  try {
    if ((await reader.mfaCompliant()) === false) leaveOut(WITHOUT_MFA);
  } catch (error) {
    // Whatever is wrong with the user token shows with the feeds that need it.
    if (!(error instanceof PartnerCenterError)) throw error;
  }
}

const WITHOUT_MFA: PartnerCenterProblem = {
  kind: "mfa-needed",
  advice: PROBLEM_ADVICE["mfa-needed"],
  detail: "the person who consented signed in without a second factor",
  requestId: "",
  correlationId: "",
  outcomeUnknown: false,
};

/** A direct partner has no indirect resellers and may be told so with a refusal; that is no trouble. */
async function resellersOf({ reader }: Run): Promise<readonly IndirectReseller[] | undefined> {
  try {
    return await reader.indirectResellers();
  } catch (error) {
    const quiet = ["not-found", "forbidden-role", "bad-request", "detached-customer"];
    if (error instanceof PartnerCenterError && quiet.includes(error.problem.kind)) return undefined;
    throw error;
  }
}

type Known = Awaited<ReturnType<typeof loadDetails>>;

/** Customers never read singly come first, then those read longest ago. */
function dueForDetail(listed: readonly Customer[], known: Known, now: Temporal.Instant): readonly Customer[] {
  const due = now.subtract({ hours: 24 * DETAIL_DAYS_MAX }).epochMilliseconds;
  const readAt = (customer: Customer): number => known.get(customer.id)?.detail_at?.epochMilliseconds ?? 0;
  return listed
    .filter((customer) => readAt(customer) < due)
    .sort((a, b) => readAt(a) - readAt(b))
    .slice(0, DETAILS_PER_RUN_MAX);
}

/** A customer that cannot be read singly keeps what the list says. */
async function detailsOf(
  { reader, leaveOut, isTimeUp }: Run,
  customers: readonly Customer[],
): Promise<readonly Customer[]> {
  const details: Customer[] = [];
  for (const { id } of customers) {
    if (isTimeUp()) break;
    try {
      details.push(await reader.customer(id));
    } catch (error) {
      if (!(error instanceof PartnerCenterError)) throw error;
      leaveOut(error.problem);
      if (error.problem.advice === "wait") break;
    }
  }
  return details;
}

/** The list is newer in what it says, the single read knows more. */
const withDetail = (listed: Customer, detail: Customer | undefined): Customer =>
  detail === undefined
    ? listed
    : {
        ...detail,
        ...Object.fromEntries(Object.entries(listed).filter(([, value]) => value !== undefined)),
        raw: detail.raw,
      };

/** All subscriptions and Azure subscriptions of one customer, whole. */
export async function subscriptionsOf(
  reader: PartnerCenterReader,
  customerId: CustomerId,
): Promise<CustomerSubscriptions> {
  const subscriptions = await reader.subscriptions(customerId);
  const entitlements: AzureEntitlement[] = [];
  for (const plan of subscriptions) {
    if (plan.family !== "azure-plan" || plan.status === "deleted") continue;
    entitlements.push(...(await reader.entitlements(customerId, plan.id)));
  }
  return { customerId, subscriptions, entitlements };
}

export const hasAzure = (facts: CustomerSubscriptions): boolean =>
  facts.subscriptions.some((one) => one.family === "azure-plan" || one.family === "azure-legacy");

export const readSubscriptions: ReadFeed = async (run) => {
  const { deps, reader } = run;
  const ids = (await loadCustomers(deps.store.db)).map((customer) => customer.customer_id);
  const went = await eachCustomer(run, ids, async (customerId) => {
    const at = deps.clock.now();
    const facts = await subscriptionsOf(reader, customerId);
    return {
      keep: async (tx) => {
        await deps.sinks.saveSubscriptions(tx, facts, at);
        if (hasAzure(facts)) await markAzure(tx, [customerId]);
        return { facts: facts.subscriptions.length + facts.entitlements.length, newestFactAt: at };
      },
    };
  });
  return ranThrough(run, ids, went);
};

/** Budgets exist only where there is Azure; asking everybody would cost a call for each customer. */
export const readBudgets: ReadFeed = async (run) => {
  const { deps, reader } = run;
  const ids = (await loadCustomers(deps.store.db, "azure")).map((customer) => customer.customer_id);
  const went = await eachCustomer(run, ids, async (customerId) => {
    const at = deps.clock.now();
    const budget = await reader.budget(customerId);
    return {
      keep: async (tx) => {
        await deps.sinks.saveBudgets(tx, [budget], at);
        return { facts: 1, newestFactAt: at };
      },
    };
  });
  return ranThrough(run, ids, went);
};

/** The end of a run through customers, with how many were reached. */
export async function ranThrough(run: Run, ids: readonly CustomerId[], went: "all" | "paused"): Promise<Ran> {
  if (went === "paused") return { kind: "paused" };
  const missed = await countMissed(run.deps.store.db, run.feed, ids);
  return { kind: "complete", customers: { reached: ids.length - missed, total: ids.length } };
}
