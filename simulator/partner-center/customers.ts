import { continued, queryOf } from "../http/paging.ts";
import {
  badInput,
  collection,
  hasMember,
  link,
  member,
  objectType,
  okJson,
  refused,
  refusedByService,
  textMember,
} from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";
import { writeActivity } from "./activity.ts";
import {
  billingProfileJson,
  companyProfileJson,
  customerJson,
  hasDelegatedRights,
  listedCustomerJson,
  profileEtag,
} from "./customer-json.ts";
import { withCustomer } from "./find.ts";

const base = { surface: "partner-center", access: "both" } as const;

export const customerRoutes: readonly Route[] = [
  { ...base, method: "GET", path: "/v1/customers", counts: "customer", handle: listCustomers },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId",
    counts: "customer",
    handle: (call, sim) => withCustomer(call, sim, (customer) => okJson(customerJson(sim, customer))),
  },
  { ...base, method: "PATCH", path: "/v1/customers/:customerId", access: "user", handle: changeCustomer },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/profiles/company",
    access: "user",
    handle: (call, sim) =>
      withCustomer(call, sim, (customer) => okJson(companyProfileJson(customer, hasDelegatedRights(sim, customer)))),
  },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/profiles/billing",
    handle: (call, sim) =>
      withCustomer(call, sim, (customer) => okJson(billingProfileJson(customer, hasDelegatedRights(sim, customer)))),
  },
  { ...base, method: "PUT", path: "/v1/customers/:customerId/profiles/billing", handle: putBillingProfile },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/validationStatus",
    access: "user",
    handle: validationStatus,
  },
  {
    ...base,
    method: "GET",
    path: "/v1/customers/:customerId/qualifications",
    handle: (call, sim) => withCustomer(call, sim, () => okJson([])),
  },
  { ...base, method: "GET", path: "/v1/customers/:customerId/relationships", handle: customerRelationships },
  { ...base, method: "GET", path: "/v1/customers/relationshiprequests", access: "user", handle: invite },
  { ...base, method: "GET", path: "/v1/relationships", handle: indirectResellers },
  { ...base, method: "HEAD", path: "/v1/domains/:domain", handle: domainTaken },
];

const ours = (sim: Sim): CustomerRow[] => sim.tables.customers.all().filter((one) => one.relationship !== "none");

function listCustomers(call: Call, sim: Sim): Reply {
  const filter = queryOf(call, "filter");
  let rows = ours(sim);
  if (filter !== undefined) {
    const wanted = parseFilter(filter);
    if (wanted === undefined) return badInput("The filter is not valid.");
    const matches = matcher(sim, wanted);
    if (matches === undefined) return badInput(`Field ${wanted.field} cannot be filtered by.`);
    rows = rows.filter(matches);
  }
  const rules = { rowsMax: sim.settings().pageRowsMax, zeroMeansAll: true };
  return continued(call, rows, { shape: listedCustomerJson, rules });
}

function parseFilter(text: string): { field: string; value: string } | undefined {
  try {
    const filter: unknown = JSON.parse(text);
    const field = textMember(filter, "Field");
    const value = textMember(filter, "Value");
    const operator = textMember(filter, "Operator")?.toLowerCase();
    return field === undefined || value === undefined || operator !== "starts_with"
      ? undefined
      : { field: field.toLowerCase(), value: value.toLowerCase() };
  } catch {
    return undefined;
  }
}

function matcher(
  sim: Sim,
  { field, value }: { field: string; value: string },
): ((row: CustomerRow) => boolean) | undefined {
  if (field === "companyname") return (row) => row.name.toLowerCase().startsWith(value);
  if (field === "domain") return (row) => row.domain.toLowerCase().startsWith(value);
  if (field === "indirectreseller" || field === "indirectcloudsolutionprovider")
    return (row) => {
      const reseller = sim.tables.resellers.get(row.resellerId ?? "");
      return (
        reseller !== undefined &&
        [reseller.id, reseller.mpnId, reseller.name.toLowerCase()].some((text) => text.startsWith(value))
      );
    };
  return undefined;
}

/** Removing the relation, or dropping delegated admin rights (3.7, 3.8). */
function changeCustomer(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    if (member(call.body, "AllowDelegatedAccess") === false) {
      sim.tables.customers.put({ ...customer, dap: false });
      writeActivity(sim, {
        customerId: customer.id,
        operation: "dap_admin_relationship_terminated",
        resourceType: "partner_customer_dap",
        by: call.caller,
      });
      return { status: 200 };
    }
    if (textMember(call.body, "RelationshipToPartner")?.toLowerCase() !== "none")
      return badInput("Nothing to change was given.");
    const active = sim.tables.subscriptions.where("customer", customer.id).filter((one) => one.status === "active");
    if (active.length > 0) return refused(400, "800096", "Suspend every active subscription of the customer first.");
    sim.tables.customers.put({ ...customer, relationship: "none" });
    writeActivity(sim, {
      customerId: customer.id,
      operation: "remove_partner_customer_relationship",
      resourceType: "partner_customer_relationship",
      by: call.caller,
    });
    const names = [
      "Id",
      "CommerceId",
      "CompanyProfile",
      "BillingProfile",
      "AllowDelegatedAccess",
      "UserCredentials",
      "CustomDomains",
      "AssociatedPartnerId",
    ];
    return okJson({
      ...Object.fromEntries(names.map((name) => [name, null])),
      RelationshipToPartner: "none",
      Attributes: { ObjectType: "Customer" },
    });
  });
}

function putBillingProfile(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) => {
    if (call.headers["if-match"] !== profileEtag(customer)) return refused(400, "2055", "Etag is no longer valid");
    if (!hasMember(call.body, "companyName") || !hasMember(call.body, "defaultAddress"))
      return badInput("The whole billing profile is needed.");
    const next: CustomerRow = {
      ...customer,
      contact: [textMember(call.body, "firstName") ?? "", textMember(call.body, "lastName") ?? ""],
      email: textMember(call.body, "email") ?? customer.email,
      profileVersion: customer.profileVersion + 1,
    };
    sim.tables.customers.put(next);
    writeActivity(sim, {
      customerId: customer.id,
      operation: "update_customer_billing_profile",
      resourceType: "customer",
      by: call.caller,
      before: billingProfileJson(customer, true),
      after: billingProfileJson(next, true),
    });
    return okJson(billingProfileJson(next, true));
  });
}

function validationStatus(call: Call, sim: Sim): Reply {
  if (queryOf(call, "type")?.toLowerCase() !== "account") return badInput("type=account is needed.");
  return withCustomer(call, sim, ({ id, vetting }) => {
    const text = `Account Status for the customer, ${id} was not found.`;
    if (vetting === null) return refusedByService(404, 600074, { name: "AccountStatusNotFound", text });
    return okJson({ type: "account", status: vetting.status, lastUpdateDateTime: vetting.at.slice(0, 19) });
  });
}

const relationshipJson = (sim: Sim, id: string) => {
  const reseller = sim.tables.resellers.get(id);
  return {
    id,
    name: reseller?.name ?? "",
    relationshipType: "is_indirect_cloud_solution_provider_of",
    state: "Active",
    mpnId: reseller?.mpnId ?? "",
    location: reseller?.country ?? "",
    attributes: objectType("PartnerRelationship"),
  };
};

function customerRelationships(call: Call, sim: Sim): Reply {
  return withCustomer(call, sim, (customer) =>
    collection(
      customer.resellerId === null ? [] : [relationshipJson(sim, customer.resellerId)],
      `/customers/${customer.id}/relationships`,
    ),
  );
}

function indirectResellers(call: Call, sim: Sim): Reply {
  const kind = queryOf(call, "relationship_type")?.toLowerCase();
  if (kind !== "isindirectcloudsolutionproviderof")
    return kind === undefined ? badInput("relationship_type is needed.") : collection([]);
  return collection(sim.tables.resellers.all().map((one) => relationshipJson(sim, one.id)));
}

function invite(_call: Call, sim: Sim): Reply {
  const url = `https://admin.microsoft.com/Adminportal/Home?invType=ResellerRelationship&partnerId=${sim.settings().partnerTenantId}&msppId=0&DAP=false#/BillingAccounts/partner-invitation`;
  return okJson({
    url,
    links: { self: link("/customers/relationshiprequests") },
    attributes: objectType("RelationshipRequest"),
  });
}

function domainTaken(call: Call, sim: Sim): Reply {
  const domain = call.params["domain"]?.toLowerCase();
  return { status: sim.tables.customers.all().some((one) => one.domain === domain) ? 200 : 404 };
}
