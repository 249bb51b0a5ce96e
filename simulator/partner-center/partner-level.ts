import { collection, objectType, okJson } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { plusDays, utcDay } from "../kernel/clock.ts";
import { fractionOf, guidOf } from "../kernel/ids.ts";
import type { Sim } from "../kernel/sim.ts";
import { withCustomer } from "./find.ts";

const base = { method: "GET", surface: "partner-center", access: "user" } as const;

/** What Microsoft says about the partner itself (CONTRACT 13). */
export const partnerRoutes: readonly Route[] = [
  { ...base, path: "/v1/nonMfaCompliantPartnerPrincipals", handle: principals },
  { ...base, path: "/v1/applicationmfaadoptionstatus", handle: adoption },
  { ...base, path: "/v1/partnerRequests", handle: partnerRequests },
  { ...base, path: "/v1/profiles/legalbusiness", handle: legalBusiness },
  {
    ...base,
    path: "/v1/customers/:customerId/servicerequests",
    handle: (call, sim) => withCustomer(call, sim, () => collection([])),
  },
];

const bare = (instant: Temporal.Instant): string => instant.toString({ smallestUnit: "millisecond" }).replace("Z", "");

function principals(_call: Call, sim: Sim): Reply {
  const without = sim.tables.partnerUsers.all().filter((user) => !user.mfa);
  return collection(
    without.map((user) => ({
      objectId: user.id,
      tenantId: sim.settings().partnerTenantId,
      upn: user.upn,
      lastNonMfaCompliantRequestDateTime: bare(plusDays(sim.clock.now(), -2)),
    })),
  );
}

const ADOPTION_DAYS = 7;

/** A bare array, newest day first. */
function adoption(_call: Call, sim: Sim): Reply {
  const days = Array.from({ length: ADOPTION_DAYS }, (_, back) =>
    utcDay(sim.clock.now()).subtract({ days: back }).toString(),
  );
  return okJson(
    days.map((loginDate) => {
      const totalRequestCount = 200 + Math.floor(fractionOf("adoption", loginDate) * 900);
      return {
        loginDate,
        mfaCompliantRequestCount: totalRequestCount - 3,
        totalRequestCount,
        applicationId: sim.settings().clientId,
        applicationName: "",
      };
    }),
  );
}

const REQUESTS = 12;

function partnerRequests(_call: Call, sim: Sim): Reply {
  const users = sim.tables.partnerUsers.all();
  const items = Array.from({ length: REQUESTS }, (_, n) => {
    const user = users[n % users.length];
    return {
      requestId: guidOf("partner-request", n),
      correlationId: "",
      operationName: "Get /v{version}/customers/{customer_id}/subscriptions",
      requestDateTime: bare(plusDays(sim.clock.now(), -n / 40)),
      ipAddress: user?.mfa === true ? "192.0.2.10" : "198.51.100.77",
      objectId: user?.id ?? "",
      tenantId: sim.settings().partnerTenantId,
      upn: user?.upn ?? "",
      applicationId: sim.settings().clientId,
      mfaCompliant: user?.mfa ?? false,
    };
  });
  return collection(items);
}

function legalBusiness(_call: Call, sim: Sim): Reply {
  const { partnerName, partnerCountry } = sim.settings();
  return okJson({
    companyName: partnerName,
    address: { country: partnerCountry, city: "Stockholm", addressLine1: "Skeppsbron 20", postalCode: "11130" },
    primaryContact: {
      firstName: "Karin",
      lastName: "Holm",
      email: "karin.holm@skargardcloud.example",
      phoneNumber: "+46 8 555 01 00",
    },
    companyApproverAddress: {
      country: partnerCountry,
      city: "Stockholm",
      addressLine1: "Skeppsbron 20",
      postalCode: "11130",
    },
    vettingStatus: "authorized",
    vettingSubStatus: "none",
    profileType: "partner_legal_business_profile",
    attributes: objectType("PartnerLegalBusinessProfile"),
  });
}
