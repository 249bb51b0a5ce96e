import { createHash } from "node:crypto";
import { isCurrency } from "../../core/currency.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import type { EntryMatchedBy, EntryState } from "./contract-bank.ts";
import type { BankEntry, BankFile, BankStatement } from "./contract-statement.ts";
import { accountKey, entryKeys, sameAccount } from "./decide-bank-key.ts";
import {
  type BankMatch,
  candidatesOf,
  type Earlier,
  type Lookup,
  matchEntry,
  type MoneyPart,
  type NamedInvoice,
  nameKey,
  payerKey,
  reversedBy,
  wordsOf,
} from "./decide-bank-match.ts";
import type { EntryRecord, Paid } from "./store-bank-entry.ts";
import {
  depositsBetween,
  invoicesNamed,
  type LiveEntry,
  liveEntries,
  payersFor,
  payersOf,
  reversible,
  waitingLumps,
} from "./store-bank-lookup.ts";

/** What becomes of an entry when its file is taken in, and why. */
export type PlannedEntry = {
  readonly statement: BankStatement;
  readonly statementPlace: number;
  readonly entry: BankEntry;
  readonly accountKey: string;
  readonly moneyKey: string;
  readonly batchKey: string | undefined;
  readonly state: EntryState;
  readonly by: EntryMatchedBy | undefined;
  readonly what: string | undefined;
  readonly parts: readonly MoneyPart[];
  readonly between: readonly CustomerId[];
  /** The stored entry, or the place in this plan, that is the same money. */
  readonly equals: LiveEntry | PlannedEntry | undefined;
  readonly reverses: Reversed | undefined;
  /** A lump sum that waits, of which this is the first payment of the deposit. */
  readonly explains: bigint | undefined;
};
/** The money a reversal takes back, as it was recorded. `entryId` is undefined when it stands in the same file. */
export type Reversed = {
  readonly entryId: bigint | undefined;
  readonly moneyKey: string;
  readonly payments: readonly Paid[];
};

export const isStored = (one: LiveEntry | PlannedEntry): one is LiveEntry => "entry_id" in one;
export const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

export type Names = ReadonlyMap<string, readonly CustomerId[]>;
type Keyed = Omit<PlannedEntry, "state" | "by" | "what" | "parts" | "between" | "equals" | "reverses" | "explains">;

/** Plans what taking in these statements would do; nothing is changed. */
export async function planFile(
  tx: Tx,
  file: BankFile,
  { places, names }: { readonly places: ReadonlySet<number>; readonly names: Names },
): Promise<readonly PlannedEntry[]> {
  const keyed = file.statements.flatMap((statement, index) =>
    places.has(index + 1) ? keyedEntries(statement, index + 1) : [],
  );
  const same = await sameMoney(tx, keyed);
  const lookup = await lookupFor(tx, keyed, names);
  const lumps = await lumpsOf(tx, file.statements, places);
  const planned: PlannedEntry[] = [];
  const firstOf = new Map<string, PlannedEntry>();
  for (const one of keyed) {
    const equals = same.get(one.moneyKey) ?? firstOf.get(one.moneyKey) ?? same.get(`deposit|${one.moneyKey}`);
    const plan: PlannedEntry = { ...judge(one, lookup, equals), explains: lumps.explained.get(depositKey(one)) };
    const hidden = lumps.hidden.get(String(one.statementPlace));
    planned.push(hidden !== undefined && plan.state !== "shown" ? { ...plan, ...KNOWN, equals: hidden } : plan);
    if (plan.state !== "known" && plan.state !== "shown") firstOf.set(one.moneyKey, plan);
  }
  return reversals(tx, planned);
}

const KNOWN = { state: "known", by: undefined, what: undefined, parts: [], between: [] } as const;
const depositKey = (one: Keyed): string =>
  one.statement.format === "bgmax" && one.entry.place === 1 ? String(one.statementPlace) : "";

function keyedEntries(statement: BankStatement, statementPlace: number): readonly Keyed[] {
  const keys = entryKeys(statement);
  return statement.entries.map((entry, index) => {
    const key = keys[index];
    return {
      statement,
      statementPlace,
      entry,
      accountKey: accountKey(statement.account),
      moneyKey: sha256(key?.money ?? ""),
      batchKey: key?.batch === undefined ? undefined : sha256(key.batch),
    };
  });
}

/** What an entry is by its sign and status; if it is a customer's, whose. Reversals are seen to afterwards. */
function judge(one: Keyed, lookup: Lookup, equals: PlannedEntry["equals"]): PlannedEntry {
  const base = {
    ...one,
    by: undefined,
    what: undefined,
    parts: [],
    between: [],
    equals: undefined,
    reverses: undefined,
  };
  const plain = { ...base, explains: undefined };
  const { entry, statement } = one;
  const isMoney = statement.use === "money" && entry.status === "booked" && isCurrency(statement.currency);
  if (!isMoney || !isCurrency(entry.currency) || entry.amountMinor === 0n) return { ...plain, state: "shown" };
  if (equals !== undefined) return { ...plain, state: "known", equals };
  if (entry.isReversal) return { ...plain, state: entry.amountMinor < 0n ? "waiting" : "outgoing" };
  if (entry.amountMinor < 0n) return { ...plain, state: "outgoing" };
  return { ...plain, ...stateOf(matchEntry(entry, lookup)) };
}
function stateOf(match: BankMatch): Pick<PlannedEntry, "state" | "by" | "what" | "parts" | "between"> {
  const nothing = { by: undefined, what: undefined, parts: [], between: [] };
  if (match.kind === "none") return { ...nothing, state: "waiting" };
  if (match.kind === "ambiguous") return { ...nothing, state: "waiting", between: match.customerIds };
  return { ...nothing, state: "recorded", by: match.by, what: match.what, parts: match.parts };
}

/** Stored entries that are the same money: by the key of the money, or by a whole batch whose details sum to it. */
async function sameMoney(tx: Tx, keyed: readonly Keyed[]): Promise<ReadonlyMap<string, LiveEntry>> {
  const live = await liveEntries(tx, {
    money: keyed.map(({ moneyKey }) => moneyKey),
    batch: [...new Set(keyed.flatMap(({ batchKey }) => batchKey ?? []))],
  });
  const byMoney = new Map(live.map((one) => [one.money_key, one]));
  const byBatch = Map.groupBy(
    live.filter(({ batch_key }) => batch_key !== null),
    ({ batch_key }) => batch_key,
  );
  const found = new Map<string, LiveEntry>();
  for (const one of keyed) {
    const exact = byMoney.get(one.moneyKey);
    const batch = byBatch.get(one.batchKey ?? "") ?? [];
    const total = batch.reduce((sum, { amount_minor }) => sum + amount_minor, 0n);
    const isWhole = total === (one.entry.batch?.totalMinor ?? one.entry.amountMinor);
    const equal = exact ?? (isWhole ? batch[0] : undefined);
    if (equal !== undefined) found.set(one.moneyKey, equal);
  }
  for (const [key, deposit] of await depositsAsLumps(tx, keyed)) if (!found.has(key)) found.set(key, deposit);
  return found;
}

const DEPOSIT_DAYS = 3;
/** A credit without details on the account that a giro's deposit went to, of its amount, within days of it: the same money. */
async function depositsAsLumps(tx: Tx, keyed: readonly Keyed[]): Promise<readonly (readonly [string, LiveEntry])[]> {
  const lumps = keyed.filter(
    ({ statement, entry }) => statement.format !== "bgmax" && entry.amountMinor > 0n && entry.batch === undefined,
  );
  const days = lumps.map(({ entry }) => entry.bookedOn).sort(Temporal.PlainDate.compare);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const found: (readonly [string, LiveEntry])[] = [];
  for (const currency of new Set(lumps.map(({ entry }) => entry.currency))) {
    const deposits = await depositsBetween(tx, { currency, from: first.subtract({ days: DEPOSIT_DAYS }), to: last });
    for (const { statement, entry, moneyKey } of lumps) {
      const deposit = deposits.find(
        (one) =>
          entry.currency === currency &&
          one.in_minor + one.out_minor === entry.amountMinor &&
          sameAccount(one.paid_into, statement.account) &&
          Temporal.PlainDate.compare(one.to_day, entry.bookedOn) <= 0 &&
          one.to_day.until(entry.bookedOn, { largestUnit: "days" }).days <= DEPOSIT_DAYS,
      );
      if (deposit !== undefined)
        found.push([
          moneyKey,
          {
            entry_id: deposit.first_id,
            money_key: "",
            batch_key: null,
            amount_minor: entry.amountMinor,
            state: "recorded",
            booked_on: deposit.to_day,
            line: deposit.line,
            statement_id: null,
            format: "bgmax",
            file_name: deposit.file_name,
          },
        ]);
    }
  }
  return found;
}

type Lumps = {
  /** By place of the deposit: the lump sum that waits and is explained by it. */
  readonly explained: ReadonlyMap<string, bigint>;
  /** By place of the deposit: a lump sum that a person gave to a customer already. */
  readonly hidden: ReadonlyMap<string, LiveEntry>;
};
/** The other way round: a giro's deposit whose lump sum came first, in a statement of the account. */
async function lumpsOf(tx: Tx, statements: readonly BankStatement[], places: ReadonlySet<number>): Promise<Lumps> {
  const explained = new Map<string, bigint>();
  const hidden = new Map<string, LiveEntry>();
  for (const [index, one] of statements.entries()) {
    const day = one.entries[0]?.bookedOn;
    if (one.format !== "bgmax" || one.paidInto === undefined || day === undefined || !places.has(index + 1)) continue;
    const minor = one.entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    const lumps = await waitingLumps(tx, {
      currency: one.currency,
      minor,
      from: day,
      to: day.add({ days: DEPOSIT_DAYS }),
    });
    const lump = lumps.find(({ account }) => sameAccount(account, one.paidInto ?? ""));
    if (lump?.state === "waiting") explained.set(String(index + 1), lump.entry_id);
    if (lump?.state === "recorded")
      hidden.set(String(index + 1), {
        entry_id: lump.entry_id,
        money_key: "",
        batch_key: null,
        amount_minor: minor,
        state: "recorded",
        booked_on: day,
        line: 0,
        statement_id: null,
        format: "camt.053",
        file_name: "",
      });
  }
  return { explained, hidden };
}

/** Everything that could be asked about these entries, asked at once. */
export async function lookupFor(
  tx: Tx,
  entries: readonly { readonly entry: BankEntry }[],
  names: Names,
): Promise<Lookup> {
  const asked = entries.filter(({ entry }) => entry.amountMinor > 0n);
  const words = new Set(
    asked.flatMap(({ entry }) => [...entry.references.flatMap(candidatesOf), ...wordsOf(entry.text)]),
  );
  const invoices = new Map<string, NamedInvoice[]>();
  for (const one of await invoicesNamed(tx, [...words]))
    for (const name of new Set([one.number, one.reference, one.paymentReference].map((text) => text?.toLowerCase())))
      if (name !== undefined) invoices.set(name, [...(invoices.get(name) ?? []), one]);
  const payers = new Map<string, CustomerId[]>();
  for (const one of await payersOf(
    tx,
    asked.flatMap(({ entry }) => payerKeysOf(entry.counterparty)),
  ))
    payers.set(`${one.kind}|${one.value}`, [...(payers.get(`${one.kind}|${one.value}`) ?? []), one.customerId]);
  const owners = [...new Set([...invoices.values()].flat().map(({ customerId }) => customerId))];
  return { invoices, payers, names, payerOf: await payersFor(tx, owners) };
}

type Payer = { readonly account: string | undefined; readonly orgNumber: string | undefined };
/** How a payer is remembered: evened out, so that blanks and dashes do not tell two apart. */
export const payerKeysOf = ({ account, orgNumber }: Payer): readonly { kind: "account" | "org"; value: string }[] =>
  (
    [
      ["account", account],
      ["org", orgNumber],
    ] as const
  ).flatMap(([kind, value]) =>
    value === undefined || value === "" ? [] : [{ kind, value: payerKey(kind, value).slice(kind.length + 1) }],
  );

/** Reversals look for the money they take back: stored before, or earlier in this file. */
async function reversals(tx: Tx, planned: readonly PlannedEntry[]): Promise<readonly PlannedEntry[]> {
  const open = planned.filter(({ state, entry }) => state === "waiting" && entry.isReversal);
  if (open.length === 0) return planned;
  const stored = await reversible(
    tx,
    open.map(({ accountKey: key, entry }) => ({ accountKey: key, minor: -entry.amountMinor })),
  );
  const known = new Map<string, Reversed & { readonly earlier: Earlier; readonly customerId: CustomerId }>();
  for (const one of stored) {
    const customerId = one.customer_id;
    if (customerId !== null) known.set(one.money_key, { ...storedReversed(one), customerId });
  }
  for (const one of planned) {
    const customerId = one.parts[0]?.customerId;
    if (one.state === "recorded" && customerId !== undefined)
      known.set(one.moneyKey, { ...plannedReversed(one), customerId });
  }
  return planned.map((one) => {
    if (one.state !== "waiting" || !one.entry.isReversal) return one;
    const found = reversedBy(
      one.entry,
      [...known.values()].map(({ earlier }) => earlier),
    );
    const taken = found === undefined ? undefined : known.get(found.id);
    if (taken === undefined) return one;
    known.delete(taken.moneyKey);
    const { earlier: _earlier, customerId, ...reverses } = taken;
    const parts = [{ customerId, amountMinor: one.entry.amountMinor, names: [] }];
    return {
      ...one,
      state: "recorded",
      by: "reversal",
      what: found?.sourceId ?? found?.bookedOn.toString(),
      parts,
      reverses,
    };
  });
}

const storedReversed = (one: EntryRecord): Reversed & { readonly earlier: Earlier } => ({
  entryId: one.entry_id,
  moneyKey: one.money_key,
  payments: one.payments,
  earlier: {
    id: one.money_key,
    amountMinor: one.amount_minor,
    currency: one.currency,
    bookedOn: one.booked_on,
    sourceId: one.source_id ?? undefined,
    references: one.refs.map(({ value }) => value),
    payerAccount: one.payer_account ?? undefined,
    payerName: one.payer_name ?? undefined,
  },
});
const plannedReversed = ({ entry, moneyKey }: PlannedEntry): Reversed & { readonly earlier: Earlier } => ({
  entryId: undefined,
  moneyKey,
  payments: [],
  earlier: {
    id: moneyKey,
    amountMinor: entry.amountMinor,
    currency: entry.currency,
    bookedOn: entry.bookedOn,
    sourceId: entry.sourceId,
    references: entry.references.map(({ value }) => value),
    payerAccount: entry.counterparty.account,
    payerName: entry.counterparty.name,
  },
});

/** Customers by name; what two share decides nothing. */
export function namesOf(directory: Iterable<{ readonly id: CustomerId; readonly name: string }>): Names {
  const names = new Map<string, CustomerId[]>();
  for (const one of directory) names.set(nameKey(one.name), [...(names.get(nameKey(one.name)) ?? []), one.id]);
  return names;
}
