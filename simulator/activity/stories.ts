import type { CustomerRow, EntitlementRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { writeActivity } from "../partner-center/activity.ts";
import { adminOf, peopleOf, stolen, strangerOf } from "./people.ts";
import { budgetRemovedSteps, lockedOutSteps, quietSteps, takeoverSteps } from "./stories-azure.ts";
import { consentSteps, resaleSteps, spamSteps, spraySteps } from "./stories-people.ts";
import { type Pace, type Step, tell } from "./write.ts";

type Actors = { readonly sim: Sim; readonly customer: CustomerRow; readonly azure: EntitlementRow | undefined };
type Story = {
  readonly says: string;
  /** Needs an Azure subscription. */
  readonly inAzure?: true;
  readonly steps: (actors: Actors) => readonly Step[];
  /** What Partner Center's own log tells of it. */
  readonly atPartnerCenter?: (actors: Actors) => void;
};

const withAzure = ({ azure }: Actors): EntitlementRow => {
  if (azure === undefined) throw new Error("invariant broken: the story was begun without an Azure subscription");
  return azure;
};
const firstPerson = ({ sim, customer }: Actors) => peopleOf(sim, customer).at(-1) ?? adminOf(customer);

/** Stories that leave records in the logs: `POST /sim/events/{name}`. */
export const ACTIVITY_STORIES: Readonly<Record<string, Story>> = {
  takeover: {
    says: "a subscription is taken over: sign-in, elevate, owner, GPU fleet in four regions, money: customer, subscription?, minutes?, late?, spend?",
    inAzure: true,
    steps: (actors) => takeoverSteps(actors.customer, withAzure(actors), strangerOf(actors.customer, "takeover")),
  },
  "budget-removed": {
    says: "budget, alerts, logs and locks of a subscription are removed: customer, subscription?, minutes?, late?",
    inAzure: true,
    steps: (actors) => budgetRemovedSteps(withAzure(actors), stolen(adminOf(actors.customer), "budget")),
    atPartnerCenter: ({ sim, customer }) => {
      writeActivity(sim, {
        customerId: customer.id,
        operation: "update_customer_spending_budget",
        resourceType: "customer_spending_budget",
        by: adminOf(customer).upn,
      });
    },
  },
  "partner-locked-out": {
    says: "the customer takes away the reseller's rights: customer, subscription?, minutes?, late?",
    inAzure: true,
    steps: (actors) => {
      const { partnerTenantId: tenantId, partnerName: name } = actors.sim.settings();
      return lockedOutSteps(withAzure(actors), {
        who: stolen(adminOf(actors.customer), "lockout"),
        partner: { tenantId, name },
      });
    },
    atPartnerCenter: ({ sim, customer }) => {
      writeActivity(sim, {
        customerId: customer.id,
        operation: "granular_admin_relationship_terminated",
        resourceType: "granular_admin_relationship",
        by: adminOf(customer).upn,
      });
    },
  },
  spam: {
    says: "a mailbox sends spam: inbox rule, 240 letters, limit exceeded, restricted: customer, minutes?, late?",
    steps: (actors) => spamSteps(stolen(firstPerson(actors), "spam")),
  },
  consent: {
    says: "an application is let into all mailboxes: customer, minutes?, late?",
    steps: (actors) => consentSteps(actors.customer, stolen(adminOf(actors.customer), "consent")),
  },
  spray: {
    says: "one password tried on everybody, the last try works: customer, minutes?, late?",
    steps: ({ sim, customer }) => spraySteps(peopleOf(sim, customer)),
  },
  resale: {
    says: "seats are sold on over unrelated domains: customer, minutes?, late?",
    steps: ({ customer }) => resaleSteps(customer, adminOf(customer)),
    atPartnerCenter: ({ sim, customer }) => {
      for (let n = 0; n < 6; n++)
        writeActivity(sim, {
          customerId: customer.id,
          operation: "update_customer_user_licenses",
          resourceType: "license",
          by: adminOf(customer).upn,
          data: { AddedLicenseSkuId: "06ebc4ee-1bb5-47dd-8120-11324bc54e06", CustomerUserId: `seat-${n}` },
        });
    },
  },
  quiet: {
    says: "an ordinary working day in the logs: customer, minutes?, late?",
    steps: ({ sim, customer, azure }) => quietSteps(peopleOf(sim, customer), azure),
  },
};

/** Writes a story and says how long it is. */
export function tellStory(
  name: string,
  actors: Actors,
  pace: Pace,
): { readonly records: number; readonly ids: readonly string[] } {
  const story = ACTIVITY_STORIES[name];
  if (story === undefined) throw new Error(`invariant broken: there is no story ${name}`);
  const ids = tell(actors.sim, actors.customer, { steps: story.steps(actors), pace });
  story.atPartnerCenter?.(actors);
  return { records: ids.length, ids };
}
