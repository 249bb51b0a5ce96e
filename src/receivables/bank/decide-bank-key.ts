import type { BankEntry, BankStatement } from "./contract-statement.ts";

const ACCOUNT_TAIL = 10;
const ACCOUNT_DIGITS_MIN = 6;

/**
 * The same for one account in every format: banks write it as IBAN, with a bank code before it, or bare, but its last digits
 * stay. Together with an id, an amount and a day that is enough to tell money apart.
 */
export function accountKey(account: string): string {
  const digits = account.replaceAll(/\D/g, "");
  return digits.length < ACCOUNT_DIGITS_MIN ? account : digits.slice(-ACCOUNT_TAIL);
}

const TAIL_MIN = 7;
/** Whether two spellings mean one account: the shorter one, without leading zeros, ends the longer one. */
export function sameAccount(a: string, b: string): boolean {
  const [one = "", other = ""] = [a, b]
    .map((text) => text.replaceAll(/\D/g, "").replace(/^0+/, ""))
    .sort((x, y) => x.length - y.length);
  return one.length >= TAIL_MIN && other.endsWith(one);
}

export type EntryKeys = { readonly money: string; readonly batch: string | undefined };

/**
 * Texts that are equal for the same money in two files: by the bank's own id, amount and day where it gives one, else by
 * everything the entry says. What is still alike within one statement is numbered, so two equal payments stay two.
 */
export function entryKeys(statement: BankStatement): readonly EntryKeys[] {
  const seen = new Map<string, number>();
  return statement.entries.map((entry) => {
    const base = baseKey(statement, entry);
    const nth = (seen.get(base.money) ?? 0) + 1;
    seen.set(base.money, nth);
    return { money: nth === 1 ? base.money : `${base.money}|#${nth}`, batch: base.batch };
  });
}

function baseKey(statement: BankStatement, entry: BankEntry): EntryKeys {
  const account = accountKey(statement.account);
  const head = [account, entry.currency, entry.bookedOn.toString()];
  // A giro's deposit is no entry of the bank: there each payment has its own id.
  const batch = statement.format === "bgmax" ? undefined : entry.batch;
  const total = batch?.totalMinor ?? entry.amountMinor;
  const id = entry.sourceId ?? (batch === undefined ? entry.detailId : undefined);
  if (id !== undefined) {
    const whole = ["id", ...head, id, total].join("|");
    return { money: batch === undefined ? whole : `${whole}|${batch.place}`, batch: whole };
  }
  const { name, account: payer, orgNumber } = entry.counterparty;
  const content = [
    "content",
    ...head,
    entry.amountMinor,
    entry.valueOn?.toString() ?? "",
    entry.references.map(({ value }) => value).join(","),
    name ?? "",
    payer ?? "",
    orgNumber ?? "",
    entry.text,
  ];
  return { money: content.join("|"), batch: undefined };
}

/** Number of the money in the ledger: the bank's id for people, and enough of the key to be the only one. */
export const paymentNumber = (sourceId: string | undefined, moneyKey: string, part?: number): string =>
  `${(sourceId ?? "bank").slice(0, 100)} ${moneyKey.slice(0, 12)}${part === undefined ? "" : `/${part}`}`;
