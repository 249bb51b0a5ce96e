import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { moneyToText } from "./core/money.ts";
import { isCurrency } from "./core/currency.ts";
import { readBankFile } from "./receivables/bank/read-bank-file.ts";
import { bankFileWire } from "./receivables/bank/http-bank.ts";
import { type BankDeps, commitBankFile, receiveBankFile, statementRecord } from "./receivables/bank/service-bank.ts";
import { fileWire, faultWire } from "./receivables/bank/wire-bank.ts";
import type { BankFaultWire, BankFileWire } from "./receivables/bank/contract-bank.ts";
import type { ImportDeps } from "./receivables/service-import.ts";
import { recordMoneyWith } from "./receivables/service-money.ts";
import { openReceivables } from "./receivables/service.ts";
import type { Actor } from "./store/contract.ts";

/** What bank imports ask for, from what other imports have. */
export const wireBank = ({ newId, allCustomerIds, customersByIds, deskDay, ...ledger }: ImportDeps): BankDeps => ({
  newId,
  allCustomerIds,
  customersByIds,
  deskDay,
  openReceivables,
  recordMoney: recordMoneyWith(ledger),
});

export type BankOptions = { readonly json: boolean; readonly dryRun: boolean; readonly differing?: "take" | "leave" };
const print = (json: boolean, value: unknown, text: string): void => console.log(json ? JSON.stringify(value) : text);

const amount = (minor: string, currency: string): string =>
  isCurrency(currency)
    ? `${moneyToText({ minor: BigInt(minor), currency })} ${currency}`
    : `${minor} minor ${currency}`;
const faultLine = (one: BankFaultWire): string =>
  `  ${one.line === null ? "file" : `line ${one.line}`}${one.column === null ? "" : `, column ${one.column}`}${one.path === null ? "" : ` (${one.path})`}: ${one.message}. Read: "${one.read}". ${one.fix}.`;

function textOf(file: Pick<BankFileWire, "format" | "version" | "statements" | "sums" | "ledgerCheck">): string {
  const statements = file.statements.map(
    (one) =>
      `  ${one.account} ${one.currency}: ${one.entries} entries, in ${amount(one.in.minor, one.currency)}, out ${amount(one.out.minor, one.currency)}; ${
        one.difference === null ? one.tie : `differs by ${amount(one.difference.minor, one.currency)}`
      }${one.notes.length === 0 ? "" : ` [${one.notes.map(({ code }) => code).join(", ")}]`}`,
  );
  const sums = file.sums.map(
    (one) =>
      `  ${one.state}${one.by === null ? "" : ` by ${one.by}`}: ${one.entries}, ${amount(one.amount.minor, one.amount.currency)}`,
  );
  return [`${file.format}${file.version === null ? "" : ` ${file.version}`}`, ...statements, ...sums].join("\n");
}

/** Reads a bank's file and ties it out without any database. Exit code 1 when it is refused or does not add up. */
export function checkBankFile(path: string, { json }: Pick<BankOptions, "json">): number {
  const read = readBankFile(readFileSync(path));
  if (!read.ok) {
    const faults = read.error.map(faultWire);
    print(json, { ok: false, faults }, [`refused: ${basename(path)}`, ...faults.map(faultLine)].join("\n"));
    return 1;
  }
  const { format, version, encoding, ledgerCheck } = read.value;
  const records = read.value.statements.map((one, index) => statementRecord(one, { place: index + 1, taken: false }));
  const { statements } = fileWire(BLANK, { statements: records, sums: [] });
  const check =
    ledgerCheck === undefined
      ? null
      : JSON.parse(
          JSON.stringify(ledgerCheck, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
        );
  const text =
    ledgerCheck === undefined
      ? textOf({ format, version: version ?? null, statements, sums: [], ledgerCheck: null })
      : `sie ${version ?? ""}: account ${ledgerCheck.account} of ${ledgerCheck.company} moved ${amount(ledgerCheck.movedMinor.toString(), "SEK")}, closes at ${
          ledgerCheck.closingMinor === undefined ? "unknown" : amount(ledgerCheck.closingMinor.toString(), "SEK")
        }; ${ledgerCheck.vouchers} vouchers, ${ledgerCheck.unbalanced.length} do not balance`;
  print(json, { ok: true, format, version: version ?? null, encoding, statements, ledgerCheck: check }, text);
  return statements.some(({ tie }) => tie === "differs") ? 1 : 0;
}
const BLANK = {
  bank_file_id: "",
  file_name: "",
  file_bytes: 0n,
  sha256: "",
  format: null,
  version: null,
  encoding: null,
  state: "draft",
  faults: null,
  ledger_check: null,
  created_by: "",
  created_by_id: "",
  created_at: Temporal.Instant.fromEpochMilliseconds(0),
  committed_by: null,
  committed_at: null,
} as const;

/** What `takeBankFile` needs of an open desk. */
export type BankDesk = {
  readonly deps: ImportDeps;
  readonly actor: Actor;
};
/** Takes a bank's file in from the command line. Exit code 1 when it is refused. */
export async function takeBankFile(
  path: string,
  { json, differing }: BankOptions,
  { deps, actor }: BankDesk,
): Promise<number> {
  const bank = wireBank(deps);
  const { store, clock } = deps;
  const now = clock.now();
  const received = await store.inTransaction((tx) =>
    receiveBankFile(tx, { fileName: basename(path), bytes: readFileSync(path) }, { actor, now, deps: bank }),
  );
  if (!received.ok) {
    print(json, { ok: false, refusal: received.error }, `refused (${received.error.code}): ${received.error.detail}`);
    return 1;
  }
  const { bank_file_id: id, state } = received.value;
  if (state === "draft" || state === "partly") {
    const done = await store.inTransaction((tx) =>
      commitBankFile(tx, id, {
        byName: "take",
        ...(differing !== undefined && { differing }),
        actor,
        now: clock.now(),
        deps: bank,
      }),
    );
    if (!done.ok) {
      print(json, { ok: false, refusal: done.error }, `refused (${done.error.code}): ${done.error.detail}`);
      return 1;
    }
    const wire = await bankFileWire(store.db, done.value, bank);
    print(json, { ok: true, file: wire }, textOf(wire));
    return 0;
  }
  const wire = await bankFileWire(store.db, received.value, bank);
  const isRefused = state === "refused";
  print(
    json,
    { ok: !isRefused, file: wire },
    isRefused ? ["refused", ...wire.faults.map(faultLine)].join("\n") : `${state} before\n${textOf(wire)}`,
  );
  return isRefused ? 1 : 0;
}
