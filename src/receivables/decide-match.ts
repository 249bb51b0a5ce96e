import { type CustomerId, guid } from "../core/ids.ts";
import type { ImportMapping } from "./contract-import.ts";
import type { CustomerKeys, Match, MatchCustomer } from "./decide-cells.ts";

export type Directory = readonly {
  readonly id: CustomerId;
  readonly name: string;
  readonly domain: string | undefined;
}[];
/** A customer that the import must make, since the person allowed it. */
export type NewLedgerCustomer = {
  readonly customerId: CustomerId;
  readonly number: string | null;
  readonly name: string;
  readonly domain: string | null;
};

export type Matcher = {
  readonly match: MatchCustomer;
  /** Customers to create and numbers to remember, as met so far. */
  readonly created: ReadonlyMap<CustomerId, NewLedgerCustomer>;
  readonly learnt: ReadonlyMap<string, CustomerId>;
  readonly counts: () => { readonly matched: number; readonly ledgerOnly: number; readonly unknown: number };
};

export type MatcherOptions = {
  readonly directory: Directory;
  /** Own customer numbers of this system that are known already. */
  readonly numbers: ReadonlyMap<string, CustomerId>;
  readonly mapping: Pick<ImportMapping, "system" | "unknownCustomers">;
  /** Makes the id of a ledger-only customer from its key: the same key always gives the same id. */
  readonly ledgerId: (key: string) => CustomerId;
  readonly isLedgerOnly: (id: CustomerId) => boolean;
  /** Ledger-only customers that went over to a tenant: whatever finds them finds the tenant. */
  readonly mergedInto?: ReadonlyMap<CustomerId, CustomerId>;
};

/** Case, blanks and the form of company do not tell two customers apart less than people think: only case and blanks are evened out. */
export const sameName = (name: string): string => name.trim().replaceAll(/\s+/g, " ").toLowerCase();

/**
 * Finds the customer of a row: by tenant id, then own customer number, then domain, then exact name.
 * What a tenant id or number says wins over a name that says otherwise.
 */
export function customerMatcher(options: MatcherOptions): Matcher {
  const { numbers, mapping, ledgerId, isLedgerOnly, mergedInto } = options;
  const directory = options.directory.filter(({ id }) => mergedInto?.has(id) !== true);
  const byId = new Set(directory.map((one) => one.id as string));
  const byName = index(directory, (one) => sameName(one.name));
  const byDomain = index(directory, (one) => one.domain?.toLowerCase());
  const created = new Map<CustomerId, NewLedgerCustomer>();
  const learnt = new Map<string, CustomerId>();
  const seen = { matched: new Set<string>(), ledger: new Set<string>(), unknown: new Set<string>() };
  const memo = new Map<string, Match>();
  const numberMemo = new Map<string, Match>();
  const tenantMemo = new Map<string, Match>();
  const nameMemo = new Map<string, Match>();

  function find(keys: CustomerKeys): Match {
    const tenant = keys.tenantId === "" ? undefined : guid(keys.tenantId);
    if (tenant !== undefined && byId.has(tenant)) return { kind: "matched", customerId: tenant as CustomerId };
    const numbered = keys.number === "" ? undefined : numbers.get(keys.number);
    if (numbered !== undefined) return { kind: isLedgerOnly(numbered) ? "ledger" : "matched", customerId: numbered };
    const asTenant = guid(keys.number);
    if (asTenant !== undefined && byId.has(asTenant)) return { kind: "matched", customerId: asTenant as CustomerId };
    const domain = keys.domain === "" ? [] : (byDomain.get(keys.domain.toLowerCase()) ?? []);
    if (domain[0] !== undefined && domain.length === 1) return { kind: "matched", customerId: domain[0] };
    const named = keys.name === "" ? [] : (byName.get(sameName(keys.name)) ?? []);
    if (named[0] !== undefined && named.length === 1) return { kind: "matched", customerId: named[0] };
    if (named.length > 1 && keys.number === "") return { kind: "ambiguous", by: "customerName" };
    const made = create(keys);
    if (made.kind === "ledger" && mapping.unknownCustomers === "refuse") {
      created.delete(made.customerId);
      return { kind: "unknown" };
    }
    return made;
  }

  function create(keys: CustomerKeys): Match {
    const customerId = ledgerId(`${mapping.system}|${ledgerKey(keys)}`);
    const tenant = mergedInto?.get(customerId);
    if (tenant !== undefined) return { kind: "matched", customerId: tenant };
    created.set(customerId, {
      customerId,
      number: keys.number || null,
      domain: keys.domain || null,
      name: (keys.name || keys.number || keys.domain || keys.tenantId).slice(0, 300),
    });
    return { kind: "ledger", customerId };
  }

  const match: MatchCustomer = (keys) => {
    const soleNumber = keys.tenantId === "" && keys.name === "" && keys.domain === "";
    const soleTenant = keys.number === "" && keys.name === "" && keys.domain === "";
    // Most files name the customer by one column: then its own text is the key, and nothing has to be put together.
    const soleName = keys.tenantId === "" && keys.number === "" && keys.domain === "";
    const known = soleNumber ? numberMemo : soleTenant ? tenantMemo : soleName ? nameMemo : memo;
    const key = soleNumber ? keys.number : soleTenant ? keys.tenantId : soleName ? keys.name : memoKey(keys);
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = find(keys);
    known.set(key, found);
    if (found.kind === "matched" || found.kind === "ledger") {
      (found.kind === "matched" ? seen.matched : seen.ledger).add(found.customerId);
      if (keys.number !== "" && keys.number.length <= 100 && numbers.get(keys.number) === undefined)
        learnt.set(keys.number, found.customerId);
    } else seen.unknown.add(keys.number || keys.tenantId || keys.name || keys.domain);
    return found;
  };
  return {
    match,
    created,
    learnt,
    counts: () => ({ matched: seen.matched.size, ledgerOnly: seen.ledger.size, unknown: seen.unknown.size }),
  };
}

/** What tells a customer of the ledger from others: the first that is given of number, tenant, domain and name. */
const ledgerKey = (keys: CustomerKeys): string =>
  keys.number !== ""
    ? `number:${keys.number}`
    : keys.tenantId !== ""
      ? `tenant:${keys.tenantId.toLowerCase()}`
      : keys.domain !== ""
        ? `domain:${keys.domain.toLowerCase()}`
        : `name:${sameName(keys.name)}`;

const memoKey = ({ tenantId, number, name, domain }: CustomerKeys): string =>
  `${tenantId}\u0000${number}\u0000${name}\u0000${domain}`;

function index(
  directory: Directory,
  keyOf: (one: Directory[number]) => string | undefined,
): ReadonlyMap<string, readonly CustomerId[]> {
  const found = new Map<string, CustomerId[]>();
  for (const one of directory) {
    const key = keyOf(one);
    if (key !== undefined && key !== "") found.set(key, [...(found.get(key) ?? []), one.id]);
  }
  return found;
}
