import { ok, refuse, type Result } from "../../core/result.ts";
import { camtEntries } from "./decide-camt-entry.ts";
import {
  type BankFault,
  type BankFile,
  type BankFormat,
  type BankNote,
  type BankStatement,
  ENTRIES_MAX,
  STATEMENTS_MAX,
} from "./contract-statement.ts";
import { balanceNotes, minorOf, tieOf } from "./decide-amount.ts";
import { accountOf, amountFault } from "./decide-camt-parts.ts";
import { readXml, type XmlNode } from "./decide-xml.ts";

/** What each message is called inside, and what its statements are called. Version 1 put the version behind the name. */
const MESSAGES = [
  { element: "BkToCstmrAcctRpt", format: "camt.052", statement: "Rpt" },
  { element: "BkToCstmrStmt", format: "camt.053", statement: "Stmt" },
  { element: "BkToCstmrDbtCdtNtfctn", format: "camt.054", statement: "Ntfctn" },
] as const satisfies readonly { readonly element: string; readonly format: BankFormat; readonly statement: string }[];

/** Reads camt.052, 053 and 054 of any version. Source: the ISO 20022 message definitions as the samples use them. */
export function readCamt(text: string, encoding: string): Result<BankFile, readonly BankFault[]> {
  const xml = readXml(text);
  if (!xml.ok) return refuse([xml.error]);
  const root = xml.value.first("Document");
  const message = MESSAGES.flatMap(({ element, ...rest }) =>
    [element, `${element}V01`].flatMap((name) => {
      const node = root?.first(name);
      return node === undefined ? [] : [{ node, ...rest }];
    }),
  )[0];
  if (message === undefined)
    return refuse([
      {
        code: "not-a-bank-file",
        line: 1,
        read: text.trim().slice(0, 80),
        message: "the XML is no camt.052, camt.053 or camt.054 message",
        fix: "ask the bank for account statements in camt.053, or advices in camt.054",
      },
    ]);
  const nodes = message.node.all(message.statement);
  const wrong = countFault(message, nodes);
  if (wrong !== undefined) return refuse([wrong]);
  const faults: BankFault[] = [];
  const statements = nodes.map((node) => statementOf(node, message.format, faults));
  if (faults.length > 0) return refuse(faults);
  return ok({
    format: message.format,
    version: /camt\.05[234]\.(\d{3}\.\d{2})/.exec(text.slice(0, 4_000))?.[1],
    encoding,
    statements,
  });
}

function countFault(
  message: { readonly node: XmlNode; readonly format: BankFormat; readonly statement: string },
  nodes: readonly XmlNode[],
): BankFault | undefined {
  const base = { line: message.node.line, path: message.node.path };
  if (nodes.length === 0)
    return {
      ...base,
      code: "no-statement",
      read: message.node.path,
      message: `the ${message.format} message has no ${message.statement} element: there is nothing in it`,
      fix: "the file was cut, or the bank had nothing to tell: fetch it from the bank again",
    };
  const entries = nodes.reduce((sum, node) => sum + node.all("Ntry").length, 0);
  if (nodes.length > STATEMENTS_MAX || entries > ENTRIES_MAX)
    return {
      ...base,
      code: "too-many-entries",
      read: `${nodes.length} statements, ${entries} entries`,
      message: `at most ${STATEMENTS_MAX} statements and ${ENTRIES_MAX} entries are taken at once`,
      fix: "ask the bank for a shorter period",
    };
  return undefined;
}

type Balance = { readonly minor: bigint; readonly currency: string };

function statementOf(node: XmlNode, format: BankFormat, faults: BankFault[]): BankStatement {
  const opening = balanceOf(node, ["OPBD", "PRCD"], faults);
  const closing = balanceOf(node, ["CLBD"], faults);
  const firstCurrency = (path: string) => node.first(path)?.attribute("Ccy");
  const currency = (
    node.textAt("Acct/Ccy") ??
    opening?.currency ??
    closing?.currency ??
    firstCurrency("Ntry/Amt") ??
    firstCurrency("Bal/Amt") ??
    ""
  ).toUpperCase();
  const account = accountOf(node.first("Acct/Id"));
  if (account === undefined)
    faults.push({
      code: "account-missing",
      line: node.line,
      path: `${node.path}/Acct/Id`,
      read: node.textAt("Id") ?? "",
      message: "the statement does not say which account it is of",
      fix: "ask the bank for the statement with its account",
    });
  const madeAt = node.textAt("CreDtTm");
  const entries = camtEntries(node, { madeAt, faults });
  const comparable = closing === undefined || closing.currency === currency;
  const balances = {
    currency,
    openingMinor: opening?.currency === currency ? opening.minor : undefined,
    closingMinor: closing?.currency === currency ? closing.minor : undefined,
  };
  const tie = tieOf({ ...balances, entries });
  const notes: BankNote[] = format === "camt.053" ? balanceNotes(tie, { currency, line: node.line }) : [];
  if (!comparable && closing !== undefined)
    notes.push({ code: "balance-other-currency", line: node.line, read: closing.currency });
  if (format === "camt.052") notes.push({ code: "intraday", line: node.line, read: "" });
  if (entries.length === 0) notes.push({ code: "without-entries", line: node.line, read: "" });
  notes.push(...summaryNotes(node, currency));
  return {
    format,
    line: node.line,
    account: account ?? "",
    accountName: node.textAt("Acct/Nm", "Acct/Ownr/Nm", "Acct/Ownr/Pty/Nm"),
    statementId: node.textAt("Id"),
    madeAt,
    ...balances,
    // Only an end-of-day statement claims to be whole; advices and reports have no balances to tie.
    tie: format === "camt.053" ? tie : { kind: "unknown" },
    use: format === "camt.052" ? "shown" : "money",
    entries,
    notes,
  };
}

/** The first balance of one of these types, by its `CdtDbtInd` signed. */
function balanceOf(node: XmlNode, types: readonly string[], faults: BankFault[]): Balance | undefined {
  const found = types.flatMap((type) =>
    node.all("Bal").filter((one) => one.textAt("Tp/CdOrPrtry/Cd", "Tp/Cd") === type),
  )[0];
  const amount = found?.first("Amt");
  if (found === undefined || amount === undefined) return undefined;
  const currency = (amount.attribute("Ccy") ?? "").toUpperCase();
  const minor = minorOf(amount.text, currency);
  if (!minor.ok) {
    faults.push(amountFault(amount, minor.error));
    return undefined;
  }
  return { minor: found.textAt("CdtDbtInd") === "DBIT" ? -minor.value : minor.value, currency };
}

/** The bank's own count and sums of entries (`TxsSummry`), where it gives them. */
function summaryNotes(node: XmlNode, currency: string): BankNote[] {
  const summary = node.first("TxsSummry");
  if (summary === undefined) return [];
  const notes: BankNote[] = [];
  const entries = node.all("Ntry");
  const count = summary.textAt("TtlNtries/NbOfNtries");
  if (count !== undefined && Number(count) !== entries.length)
    notes.push({ code: "summary-differs", line: summary.line, read: `${count} entries` });
  for (const [path, sign] of [
    ["TtlCdtNtries/Sum", "CRDT"],
    ["TtlDbtNtries/Sum", "DBIT"],
  ] as const) {
    const told = summary.textAt(path);
    const sum = told === undefined ? undefined : minorOf(told, currency);
    if (sum === undefined || !sum.ok) continue;
    const own = entries
      .filter((one) => one.textAt("CdtDbtInd") === sign)
      .map((one) => minorOf(one.textAt("Amt") ?? "0", currency))
      .reduce((total, one) => total + (one.ok ? one.value : 0n), 0n);
    if (own !== sum.value)
      notes.push({ code: "summary-differs", line: summary.line, read: told ?? "", differenceMinor: sum.value - own });
  }
  return notes;
}
