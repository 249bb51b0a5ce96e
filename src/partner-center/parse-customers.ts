import type { CustomerId } from "../core/ids.ts";
import type { Address, Customer, IndirectReseller, ValidationStatus } from "./contract.ts";
import {
  anyJson,
  count,
  flag,
  guidText,
  idText,
  instant,
  items,
  listOf,
  maybe,
  ms,
  need,
  parser,
  text,
  word,
} from "./tolerant.ts";

const address = ms({
  country: text,
  region: text,
  state: text,
  city: text,
  addressLine1: text,
  addressLine2: text,
  postalCode: text,
  phoneNumber: text,
}).transform((sent): Address => ({
  country: sent.country?.toUpperCase(),
  region: sent.region ?? sent.state,
  city: sent.city,
  lines: [sent.addressLine1, sent.addressLine2].filter((line) => line !== undefined),
  postalCode: sent.postalCode,
  phone: sent.phoneNumber,
}));

const attributes = maybe(ms({ etag: text }));

const companyProfile = ms({ tenantId: idText, domain: text, companyName: text, address: maybe(address), email: text });

const billingProfile = ms({
  id: text,
  firstName: text,
  lastName: text,
  email: text,
  culture: text,
  language: text,
  companyName: text,
  defaultAddress: maybe(address),
  attributes,
});

const RELATIONSHIPS = ["reseller", "advisor", "syndication", "microsoft_support", "none", "unknown"] as const;

const customerShape = {
  companyProfile: maybe(companyProfile),
  billingProfile: maybe(billingProfile),
  relationshipToPartner: word(RELATIONSHIPS),
  associatedPartnerId: idText,
  customDomains: anyJson,
  allowDelegatedAccess: flag,
};

/** A customer as listed, read one by one, or created; the name falls back to billing name, then domain, then id. */
const customer = ms({ ...customerShape, id: need(guidText) }).transform((sent): Customer => {
  const { companyProfile: company, billingProfile: billing } = sent;
  const contact = [billing?.firstName, billing?.lastName].filter((part) => part !== undefined).join(" ");
  return {
    id: sent.id as CustomerId,
    name: company?.companyName ?? billing?.companyName ?? company?.domain ?? sent.id,
    domain: company?.domain?.toLowerCase(),
    relationship: sent.relationshipToPartner ?? "unknown",
    associatedPartnerId: sent.associatedPartnerId,
    email: company?.email ?? billing?.email,
    contactName: contact === "" ? undefined : contact,
    address: company?.address ?? billing?.defaultAddress,
    customDomains: Array.isArray(sent.customDomains) ? sent.customDomains.map(String) : undefined,
    allowDelegatedAccess: sent.allowDelegatedAccess,
    raw: withoutCredentials(sent.$raw),
  };
});

/** The one-time password of a created customer must not reach any table or log. */
function withoutCredentials(raw: Customer["raw"]): Customer["raw"] {
  if (raw === null || typeof raw !== "object" || Array.isArray(raw)) return raw;
  return Object.fromEntries(Object.entries(raw).filter(([key]) => key.toLowerCase() !== "usercredentials"));
}

export const parseCustomer = parser("customer", customer);
export const parseCustomers = items("customers", parseCustomer);

/** The answer to removing a relation or delegated access: a customer whose members are mostly null. */
export const parseCustomerChange = parser("customer change", ms({ ...customerShape, id: guidText }));
export const parseCompanyProfile = parser("company profile", companyProfile);
export const parseBillingProfile = parser("billing profile", billingProfile);
export const parseRelationshipRequest = parser("relationship request", ms({ url: need(text) }));

const reseller = ms({
  id: need(idText),
  name: text,
  mpnId: text,
  state: word(["Active"]),
  location: text,
  relationshipType: text,
});
const toReseller = parser("indirect reseller", reseller);
export const parseReseller = (value: unknown): IndirectReseller => {
  const sent = toReseller(value);
  const { id, mpnId } = sent;
  return {
    id,
    name: sent.name ?? id,
    mpnId,
    state: sent.state ?? "unknown",
    country: sent.location?.toUpperCase(),
    raw: sent.$raw,
  };
};
export const parseResellers = items("indirect resellers", parseReseller);

const VALIDATION = ["Allowed", "UnderReview", "NotAllowed", "Unknown", "Not Ready"] as const;
export const parseValidationStatus = parser(
  "validation status",
  ms({ type: text, status: need(word(VALIDATION)), lastUpdateDateTime: instant }).transform(
    (sent): ValidationStatus => ({ status: sent.status, updatedAt: sent.lastUpdateDateTime }),
  ),
);

export const parseAddressValidation = parser(
  "address validation",
  ms({
    status: need(
      word([
        "VerifiedShippable",
        "Verified",
        "InteractionRequired",
        "StreetPartial",
        "PremisesPartial",
        "Multiple",
        "None",
        "NotValidated",
      ]),
    ),
    originalAddress: maybe(address),
    suggestedAddresses: listOf(address),
    validationMessage: text,
  }),
);

const qualification = ms({
  qualification: need(word(["None", "Education", "Nonprofit", "GovernmentCommunityCloud", "StateOwnedEntity"])),
  vettingStatus: word(["Approved", "InReview", "Denied"]),
  vettingReason: text,
  // One published answer leaves out the "d".
  vettingCreatedDate: instant,
  vettingCreateDate: instant,
}).transform((sent) => ({
  qualification: sent.qualification,
  vettingStatus: sent.vettingStatus,
  vettingReason: sent.vettingReason,
  vettingCreatedAt: sent.vettingCreatedDate ?? sent.vettingCreateDate,
}));
export const parseQualification = parser("qualification", qualification);
export const parseQualifications = items("qualifications", parseQualification);

/** Users and roles of a customer's own tenant; passwords are never read. */
export const parseCustomerUser = parser(
  "customer user",
  ms({
    id: need(idText),
    userPrincipalName: need(text),
    firstName: text,
    lastName: text,
    displayName: text,
    usageLocation: text,
    userDomainType: text,
    state: word(["active", "inactive"]),
    softDeletionTime: instant,
    lastDirectorySyncTime: instant,
  }).transform(({ $raw: _secretsInside, ...user }) => user),
);
export const parseCustomerUsers = items("customer users", parseCustomerUser);
export const parseDirectoryRole = parser("directory role", ms({ id: need(idText), name: need(text) }));
export const parseDirectoryRoles = items("directory roles", parseDirectoryRole);
export const parseRoleMember = parser(
  "role member",
  ms({ id: need(idText), displayName: text, userPrincipalName: need(text), roleId: idText }),
);

/** Reports on old delegated administration, from a host of their own. */
export const parseDapCustomers = items(
  "delegated admin customers",
  parser(
    "delegated admin customer",
    ms({
      customerTenantId: need(guidText),
      organizationDisplayName: text,
      dapEnabled: flag,
      partnerSignInCount: count,
      lastSignInDateTime: instant,
    }),
  ),
);
export const parseDapStatistics = parser(
  "delegated admin statistics",
  ms({ partnerTenantId: need(guidText), totalDapCustomerCount: need(count) }),
);

export const parseServiceRequests = items(
  "service requests",
  parser(
    "service request",
    ms({ id: need(text), title: text, severity: text, status: text, createdDate: instant, lastClosedDate: instant }),
  ),
);
export const parseLegalBusinessProfile = parser(
  "legal business profile",
  ms({ companyName: need(text), address: maybe(address), vettingStatus: text, vettingSubStatus: text }),
);
