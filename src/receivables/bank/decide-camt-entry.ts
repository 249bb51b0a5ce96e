import { parseDay } from "../../core/time.ts";
import {
  type BankEntry,
  type BankFault,
  type BankNote,
  type BankParty,
  type BankReference,
  clipReference,
  clipText,
  type EntryStatus,
  type ReferenceKind,
  REFERENCES_MAX,
} from "./contract-statement.ts";
import { minorOf } from "./decide-amount.ts";
import { accountOf, amountFault } from "./decide-camt-parts.ts";
import type { XmlNode } from "./decide-xml.ts";

type Reading = { readonly madeAt: string | undefined; readonly faults: BankFault[] };

/** Entries of a statement; an entry that is a batch of details becomes one entry for each, if they sum to it. */
export function camtEntries(statement: XmlNode, reading: Reading): readonly BankEntry[] {
  const found: BankEntry[] = [];
  for (const [index, node] of statement.all("Ntry").entries())
    for (const one of entryOf(node, reading, index + 1)) found.push({ ...one, place: found.length + 1 });
  return found;
}

function entryOf(node: XmlNode, reading: Reading, batchPlace: number): readonly Omit<BankEntry, "place">[] {
  const amount = node.first("Amt");
  const currency = (amount?.attribute("Ccy") ?? "").toUpperCase();
  const minor = minorOf(amount?.text ?? "", currency);
  const direction = node.textAt("CdtDbtInd");
  if (amount === undefined || !minor.ok || currency === "" || minor.value < 0n) {
    reading.faults.push(amountFault(amount ?? node, minor.ok ? "the amount has no currency, or a sign" : minor.error));
    return [];
  }
  if (direction !== "CRDT" && direction !== "DBIT") {
    reading.faults.push({
      code: "direction-missing",
      line: node.line,
      path: `${node.path}/CdtDbtInd`,
      read: direction ?? "",
      message: "the entry says neither CRDT (in) nor DBIT (out)",
      fix: "fetch the file from the bank again",
    });
    return [];
  }
  const notes: BankNote[] = [];
  const days = daysOf(node, reading, notes);
  if (days === undefined) return [];
  const totalMinor = direction === "DBIT" ? -minor.value : minor.value;
  if (totalMinor === 0n) notes.push({ code: "zero-amount", line: node.line, read: amount.text });
  // RvslInd does not turn the sign: CRDT and DBIT say what the account sees; it says that an earlier entry is taken back.
  const isReversal = node.textAt("RvslInd") === "true" || node.first("NtryDtls/TxDtls/RtrInf") !== undefined;
  const base = {
    line: node.line,
    path: node.path,
    ...days,
    currency,
    status: statusOf(node),
    isReversal,
    sourceId: referenceId(node.textAt("AcctSvcrRef", "NtryRef")),
  };
  const details = [...node.all("NtryDtls/TxDtls"), ...node.all("TxDtls")];
  const parts = partsOf(details, { totalMinor, currency, direction }, notes);
  const whole = { totalMinor, batchId: String(batchPlace), size: parts?.length ?? 0 };
  if (parts !== undefined && parts.length > 1)
    return parts.map(({ detail, amountMinor }, at) => ({
      ...base,
      line: detail.line,
      path: detail.path,
      amountMinor,
      ...detailFacts([detail], node, totalMinor < 0n && !isReversal),
      batch: { id: whole.batchId, place: at + 1, size: whole.size, totalMinor },
      notes,
    }));
  return [
    {
      ...base,
      amountMinor: totalMinor,
      ...detailFacts(details, node, totalMinor < 0n && !isReversal),
      batch: undefined,
      notes,
    },
  ];
}

type Whole = { readonly totalMinor: bigint; readonly currency: string; readonly direction: string };
type Part = { readonly detail: XmlNode; readonly amountMinor: bigint };

/** The details with their amounts, if they are of the entry's currency and sum to it; else undefined, with the reason in the notes. */
function partsOf(details: readonly XmlNode[], whole: Whole, notes: BankNote[]): readonly Part[] | undefined {
  const priced = details.map((detail) => ({
    detail,
    amount: detail.first("Amt") ?? detail.first("AmtDtls/TxAmt/Amt"),
  }));
  if (details.length === 0 || priced.every(({ amount }) => amount === undefined)) return undefined;
  const other = priced.find(({ amount }) => amount?.attribute("Ccy")?.toUpperCase() !== whole.currency);
  if (other !== undefined) {
    const read = other.amount === undefined ? "" : `${other.amount.text} ${other.amount.attribute("Ccy") ?? ""}`;
    notes.push({ code: "details-other-currency", line: other.detail.line, read });
    return undefined;
  }
  const parts: Part[] = [];
  for (const { detail, amount } of priced) {
    const minor = minorOf(amount?.text ?? "", whole.currency);
    if (!minor.ok) {
      notes.push({ code: "details-differ", line: detail.line, read: amount?.text ?? "" });
      return undefined;
    }
    const sign = (detail.textAt("CdtDbtInd") ?? whole.direction) === "DBIT" ? -1n : 1n;
    parts.push({ detail, amountMinor: sign * minor.value });
  }
  const sum = parts.reduce((total, one) => total + one.amountMinor, 0n);
  if (sum === whole.totalMinor) return parts;
  notes.push({
    code: "details-differ",
    line: details[0]?.line,
    read: String(details.length),
    differenceMinor: whole.totalMinor - sum,
  });
  return undefined;
}

function statusOf(node: XmlNode): EntryStatus {
  const told = node.textAt("Sts/Cd", "Sts/Prtry", "Sts");
  return told === "PDNG" || told === "FUTR" ? "pending" : told === "INFO" ? "info" : "booked";
}

type Days = { readonly bookedOn: Temporal.PlainDate; readonly valueOn: Temporal.PlainDate | undefined };
function daysOf(node: XmlNode, reading: Reading, notes: BankNote[]): Days | undefined {
  const booked = dayAt(node, "BookgDt");
  const valued = dayAt(node, "ValDt");
  const made = reading.madeAt === undefined ? undefined : dayIn(reading.madeAt);
  const bookedOn = booked ?? valued ?? made;
  if (bookedOn === undefined) {
    reading.faults.push({
      code: "day-missing",
      line: node.line,
      path: `${node.path}/BookgDt`,
      read: node.textAt("BookgDt/Dt", "BookgDt/DtTm") ?? "",
      message: "the entry has no day of booking that can be read",
      fix: "the bank must send BookgDt as 2026-03-31",
    });
    return undefined;
  }
  if (booked === undefined) notes.push({ code: "day-missing", line: node.line, read: bookedOn.toString() });
  return { bookedOn, valueOn: valued };
}
const dayAt = (node: XmlNode, name: string): Temporal.PlainDate | undefined =>
  dayIn(node.textAt(`${name}/Dt`, `${name}/DtTm`) ?? "");
/** The day of a date or a moment, in the zone it was written in: the bank's own. */
function dayIn(text: string): Temporal.PlainDate | undefined {
  const day = parseDay(text.slice(0, 10));
  return day.ok ? day.value : undefined;
}

type DetailFacts = Pick<BankEntry, "detailId" | "references" | "text" | "counterparty">;
/** What the details say of who paid and for what; with none, what the entry says itself. */
function detailFacts(details: readonly XmlNode[], entry: XmlNode, isOut: boolean): DetailFacts {
  const texts = details.flatMap((one) => one.all("RmtInf/Ustrd").map(({ text }) => text));
  const extra = details.flatMap((one) => one.all("AddtlTxInf").map(({ text }) => text));
  const own = entry.textAt("AddtlNtryInf");
  const one = details.length === 1 ? details[0] : undefined;
  return {
    detailId: referenceId(one?.textAt("Refs/AcctSvcrRef", "Refs/UETR", "Refs/TxId", "Refs/InstrId", "Refs/Prtry/Ref")),
    references: details.flatMap(referencesOf).slice(0, REFERENCES_MAX),
    text: clipText([...texts, ...extra, ...(texts.length === 0 && own !== undefined ? [own] : [])].join(" ")),
    counterparty: details.length === 1 && one !== undefined ? partyOf(one, isOut) : NOBODY,
  };
}
const NOBODY: BankParty = { name: undefined, account: undefined, orgNumber: undefined };
const NO_ID = /^(NONREF|NOTPROVIDED|NOT PROVIDED|NONE|-)?$/i;
const referenceId = (text: string | undefined): string | undefined =>
  text === undefined || NO_ID.test(text) ? undefined : clipReference(text);

function referencesOf(detail: XmlNode): BankReference[] {
  const found: BankReference[] = [];
  for (const structured of detail.all("RmtInf/Strd")) {
    const info = structured.first("CdtrRefInf");
    const value = info?.textAt("Ref", "CdtrRef");
    const kind = kindOf(
      info?.textAt("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "CdtrRefTp/Cd", "CdtrRefTp/Prtry"),
      value,
    );
    if (value !== undefined) found.push({ kind, value: clipReference(value) });
    for (const document of structured.all("RfrdDocInf")) {
      const number = document.textAt("Nb", "RfrdDocNb");
      if (number !== undefined) found.push({ kind: "invoice", value: clipReference(number) });
    }
  }
  const chosen = referenceId(detail.textAt("Refs/EndToEndId"));
  if (chosen !== undefined) found.push({ kind: "end-to-end", value: chosen });
  return found;
}

function kindOf(told: string | undefined, value: string | undefined): ReferenceKind {
  const type = (told ?? "").toUpperCase();
  if (/^RF\d\d/i.test(value ?? "") || type === "SCOR") return "scor";
  if (type.includes("QRR")) return "qrr";
  if (type.includes("ISR")) return "isr";
  return type.includes("OCR") ? "ocr" : "structured";
}

/** Who stands on the other side: the debtor of money in, the creditor of money out. */
function partyOf(detail: XmlNode, isOut: boolean): BankParty {
  const [role, ultimate] = isOut ? ["Cdtr", "UltmtCdtr"] : ["Dbtr", "UltmtDbtr"];
  const parties = `RltdPties/${role}`;
  const last = `RltdPties/${ultimate}`;
  return {
    name: clipName(detail.textAt(`${parties}/Nm`, `${parties}/Pty/Nm`, `${last}/Nm`, `${last}/Pty/Nm`)),
    account: accountOf(detail.first(`RltdPties/${role}Acct/Id`)),
    orgNumber: clipName(
      detail.textAt(`${parties}/Id/OrgId/Othr/Id`, `${parties}/Pty/Id/OrgId/Othr/Id`, `${parties}/Id/OrgId/PrtryId/Id`),
    ),
  };
}
const clipName = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : clipText(text).slice(0, 140) || undefined;
