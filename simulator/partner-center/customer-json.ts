import { link, objectType } from "../http/replies.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import type { Sim } from "../kernel/sim.ts";

/** Whether the partner holds delegated rights in the tenant: without them address, mail and domains are left out. */
export const hasDelegatedRights = (sim: Sim, customer: CustomerRow): boolean =>
  customer.dap ||
  sim.tables.gdap.where("customer", customer.id).some((one) => one.status === "active" || one.status === "expiring");

export function listedCustomerJson(customer: CustomerRow) {
  return {
    id: customer.id,
    companyProfile: {
      tenantId: customer.id,
      domain: customer.domain,
      companyName: customer.name,
      attributes: objectType("CustomerCompanyProfile"),
    },
    relationshipToPartner: customer.relationship,
    ...(customer.resellerId === null ? {} : { associatedPartnerId: customer.resellerId }),
    attributes: objectType("Customer"),
  };
}

export function customerJson(sim: Sim, customer: CustomerRow) {
  const rights = hasDelegatedRights(sim, customer);
  return {
    id: customer.id,
    commerceId: customer.commerceId,
    companyProfile: companyProfileJson(customer, rights),
    billingProfile: billingProfileJson(customer, rights),
    relationshipToPartner: customer.relationship,
    allowDelegatedAccess: customer.dap,
    ...(rights ? { customDomains: [customer.domain] } : {}),
    ...(customer.resellerId === null ? {} : { associatedPartnerId: customer.resellerId }),
    links: { self: link(`/customers/${customer.id}`) },
    attributes: objectType("Customer"),
  };
}

export function companyProfileJson(customer: CustomerRow, rights: boolean) {
  return {
    tenantId: customer.id,
    domain: customer.domain,
    companyName: customer.name,
    ...(rights
      ? {
          address: {
            country: customer.country,
            city: customer.city,
            addressLine1: customer.street,
            postalCode: customer.postalCode,
            phoneNumber: customer.phone,
          },
          email: customer.email,
        }
      : {}),
    links: { self: link(`/customers/${customer.id}/profiles/company`) },
    attributes: objectType("CustomerCompanyProfile"),
  };
}

export const profileEtag = (customer: CustomerRow): string =>
  Buffer.from(`${customer.id}:${customer.profileVersion}`).toString("base64");

export function billingProfileJson(customer: CustomerRow, rights: boolean) {
  const [firstName, lastName] = customer.contact;
  return {
    id: customer.commerceId,
    firstName,
    lastName,
    ...(rights ? { email: customer.email } : {}),
    culture: customer.culture,
    language: customer.culture.slice(0, 2),
    companyName: customer.name,
    ...(rights
      ? {
          defaultAddress: {
            country: customer.country,
            city: customer.city,
            addressLine1: customer.street,
            postalCode: customer.postalCode,
            firstName,
            lastName,
            phoneNumber: customer.phone,
          },
        }
      : {}),
    links: { self: link(`/customers/${customer.id}/profiles/billing`) },
    attributes: objectType("CustomerBillingProfile", profileEtag(customer)),
  };
}
