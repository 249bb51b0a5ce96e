import { badInput, member, okJson, refused, textMember } from "../http/replies.ts";
import type { Call, Reply, Route } from "../http/route.ts";
import { iso, plusHours } from "../kernel/clock.ts";
import type { CustomerRow } from "../kernel/rows.ts";
import { type Sim, nowIso } from "../kernel/sim.ts";
import { COUNTRIES } from "../world/context.ts";
import { writeActivity } from "./activity.ts";
import { customerJson } from "./customer-json.ts";

const base = { surface: "partner-center", access: "both" } as const;

/** Creating a customer and the checks before it (CONTRACT 3.3, 3.4). */
export const onboardingRoutes: readonly Route[] = [
  { ...base, method: "POST", path: "/v1/customers", handle: create },
  { ...base, method: "POST", path: "/v1/validations/address", handle: validateAddress },
  { ...base, method: "GET", path: "/v1/countries/:country", handle: country },
];

/** Markets here in which a registration number is mandatory; the real list is longer. */
const NEEDS_NUMBER: ReadonlySet<string> = new Set(["NO", "DK", "FI", "DE", "NL", "EE"]);

function create(call: Call, sim: Sim): Reply {
  const company = member(call.body, "companyProfile");
  const billing = member(call.body, "billingProfile");
  const address = member(billing, "defaultAddress");
  const [domain, name, land] = [
    textMember(company, "domain")?.toLowerCase(),
    textMember(billing, "companyName"),
    textMember(address, "country")?.toUpperCase(),
  ];
  if (domain === undefined || name === undefined || land === undefined)
    return badInput("domain, companyName and defaultAddress.country are needed.");
  if (sim.tables.customers.all().some((one) => one.domain === domain))
    return refused(400, "600048", "The domain is taken.");
  const number = textMember(company, "organizationRegistrationNumber") ?? "";
  const phone = textMember(address, "phoneNumber") ?? "";
  if (NEEDS_NUMBER.has(land) && number === "") return refused(400, "600049", "A registration number is needed.");
  if (number !== "" && !/^[A-Z0-9 -]{5,20}$/i.test(number))
    return refused(400, "600050", "The registration number has the wrong form.");
  if (NEEDS_NUMBER.has(land) && phone === "") return refused(400, "600051", "A phone number is needed.");
  const row = newCustomer(sim, { body: call.body, domain, name, land, number });
  sim.tables.customers.put(row);
  walkVetting(sim, row);
  writeActivity(sim, {
    customerId: row.id,
    operation: "add_customer",
    resourceType: "customer",
    by: call.caller,
    after: customerJson(sim, row),
  });
  const userCredentials = { userName: "admin", password: `Once-${sim.newId().slice(0, 8)}` };
  return {
    status: 201,
    headers: { Location: `/v1/customers/${row.id}` },
    body: { ...customerJson(sim, row), userCredentials },
  };
}

type Given = {
  readonly body: unknown;
  readonly domain: string;
  readonly name: string;
  readonly land: string;
  readonly number: string;
};

function newCustomer(sim: Sim, { body, domain, name, land, number }: Given): CustomerRow {
  const billing = member(body, "billingProfile");
  const address = member(billing, "defaultAddress");
  const country = COUNTRIES[land as keyof typeof COUNTRIES] ?? COUNTRIES.SE;
  const id = sim.newId();
  return {
    id,
    key: id.slice(0, 8),
    says: "Created through the API.",
    name,
    domain,
    country: land,
    city: textMember(address, "city") ?? "",
    street: textMember(address, "addressLine1") ?? "",
    postalCode: textMember(address, "postalCode") ?? "",
    phone: textMember(address, "phoneNumber") ?? "",
    email: textMember(billing, "email") ?? "",
    contact: [textMember(billing, "firstName") ?? "", textMember(billing, "lastName") ?? ""],
    culture: textMember(billing, "culture") ?? country.culture,
    currency: country.currency,
    orgNumber: number,
    commerceId: sim.newId(),
    profileVersion: 1,
    relationship: "reseller",
    resellerId: textMember(body, "associatedPartnerId") ?? null,
    since: nowIso(sim),
    dap: false,
    vetting: { status: "Not Ready", at: nowIso(sim) },
    budget: null,
    overBudgetSentFor: null,
    mfa: { admins: 1, compliantAdmins: 0, users: 1, compliantNonAdmins: 0, securityDefaults: "enabled" },
  };
}

/** Microsoft looks at a new account within the hour, and mostly lets it pass a day later. */
function walkVetting(sim: Sim, row: CustomerRow): void {
  sim.schedule.add({
    id: `vetting ${row.id}`,
    at: iso(plusHours(sim.clock.now(), 1)),
    kind: "vetting",
    facts: { customer: row.id, status: "UnderReview" },
  });
}

const POSTAL_CODES: Readonly<Record<string, RegExp>> = {
  SE: /^\d{3} ?\d{2}$/,
  NO: /^\d{4}$/,
  DK: /^\d{4}$/,
  FI: /^\d{5}$/,
  DE: /^\d{5}$/,
  NL: /^\d{4} ?[A-Z]{2}$/i,
  EE: /^\d{5}$/,
  US: /^\d{5}(-\d{4})?$/,
};

/** Good when street, number and postal code have the country's form; partial without a number, nothing without a street. */
function validateAddress(call: Call): Reply {
  const [line, city, code, land] = ["AddressLine1", "City", "PostalCode", "Country"].map(
    (name) => textMember(call.body, name) ?? "",
  );
  const original = { country: land, city, addressLine1: line, postalCode: code };
  const answer = (status: string, validationMessage?: string): Reply =>
    okJson({
      originalAddress: original,
      suggestedAddresses:
        status === "InteractionRequired" ? [{ ...original, postalCode: code?.replaceAll(" ", "") }] : [],
      status,
      ...(validationMessage === undefined ? {} : { validationMessage }),
    });
  if (land === undefined || land === "" || city === "") return badInput("City and Country are needed.");
  if (line === "" || line === undefined) return answer("None", "No street was given.");
  if (!/\d/.test(line)) return answer("StreetPartial", "The house number is missing.");
  const form = POSTAL_CODES[land.toUpperCase()];
  if (form === undefined) return answer("NotValidated");
  return form.test(code ?? "")
    ? answer("VerifiedShippable")
    : answer("InteractionRequired", "The postal code was corrected.");
}

function country(call: Call): Reply {
  const iso2 = (call.params["country"] ?? "").toUpperCase();
  const known = COUNTRIES[iso2 as keyof typeof COUNTRIES];
  if (known === undefined) return refused(404, "404", "The country was not found.");
  return okJson({
    iso2Code: iso2,
    defaultCulture: known.culture,
    isStateRequired: false,
    supportedLanguagesList: [known.culture.slice(0, 2), "en"],
    postalCodeRegex: POSTAL_CODES[iso2]?.source ?? "",
    isRegistrationNumberRequired: NEEDS_NUMBER.has(iso2),
    isPostalCodeRequired: true,
    attributes: { objectType: "CountryValidationRules" },
  });
}
