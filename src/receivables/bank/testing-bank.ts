import type { OpenStore } from "../../store/database.ts";
import { recordMoneyWith } from "../service-money.ts";
import { openReceivables } from "../service.ts";
import { importFile } from "../import-file.ts";
import { csv, testDeps } from "../testing.ts";
import type { BankDeps } from "./service-bank.ts";

/** A desk with customers and open invoices, and what bank imports ask for. */
export type BankDesk = {
  readonly deps: BankDeps & ReturnType<typeof testDeps>;
  /** Imports invoices: number, customer id, due date, amount, currency, reference. */
  readonly invoices: (
    rows: readonly (readonly [string, string, string, string, string, string?])[],
    system?: string,
  ) => Promise<void>;
};

export function bankDesk(
  store: OpenStore,
  customers: readonly { readonly id: string; readonly name: string }[],
): BankDesk {
  const base = testDeps(store, { customers });
  const deps = { ...base, recordMoney: recordMoneyWith({ onChanged: base.onChanged }), openReceivables };
  return {
    deps,
    invoices: async (rows, system = "books") => {
      const head = ["Invoice number", "Tenant id", "Invoice date", "Due date", "Amount", "Currency", "Reference"];
      const lines = rows.map(([number, id, due, amount, currency, reference = ""]) => [
        number,
        id,
        "2026-01-01",
        due,
        amount,
        currency,
        reference,
      ]);
      const done = await importFile(
        { source: { bytes: csv(head, ...lines), fileName: "i.csv" }, actor: base.actor, mapping: { system } },
        base,
      );
      if (!done.ok || done.value.state !== "done") throw new Error(JSON.stringify(done));
    },
  };
}

export type CamtEntry = {
  readonly amount: string;
  readonly out?: boolean;
  readonly reversal?: boolean;
  readonly pending?: boolean;
  readonly id?: string;
  readonly day?: string;
  readonly details?: readonly CamtDetail[];
};
export type CamtDetail = {
  readonly amount?: string;
  readonly reference?: string;
  readonly text?: string;
  readonly name?: string;
  readonly account?: string;
  readonly endToEnd?: string;
};
const tag = (name: string, value: string | undefined): string =>
  value === undefined ? "" : `<${name}>${value}</${name}>`;

function camtEntry({
  amount,
  out = false,
  reversal = false,
  pending = false,
  id,
  day = "2026-11-16",
  details = [],
}: CamtEntry): string {
  const direction = tag("CdtDbtInd", out ? "DBIT" : "CRDT");
  const inside = details.map(
    (one) =>
      `<TxDtls>${one.endToEnd === undefined ? "" : `<Refs>${tag("EndToEndId", one.endToEnd)}</Refs>`}${
        one.amount === undefined ? "" : `<Amt Ccy="SEK">${one.amount}</Amt>${direction}`
      }<RltdPties><Dbtr>${tag("Nm", one.name)}</Dbtr><DbtrAcct><Id>${tag("IBAN", one.account)}</Id></DbtrAcct></RltdPties><RmtInf>${tag("Ustrd", one.text)}${
        one.reference === undefined
          ? ""
          : `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${one.reference}</Ref></CdtrRefInf></Strd>`
      }</RmtInf></TxDtls>`,
  );
  return `<Ntry><Amt Ccy="SEK">${amount}</Amt>${direction}<RvslInd>${reversal}</RvslInd><Sts><Cd>${pending ? "PDNG" : "BOOK"}</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt>${tag(
    "AcctSvcrRef",
    id,
  )}<NtryDtls>${inside.join("")}</NtryDtls></Ntry>`;
}

const MESSAGES = {
  "052": ["BkToCstmrAcctRpt", "Rpt"],
  "053": ["BkToCstmrStmt", "Stmt"],
  "054": ["BkToCstmrDbtCdtNtfctn", "Ntfctn"],
} as const;
export const OWN_IBAN = "SE4550000000058398257466";

/** A camt message of one statement in SEK, with balances if given. */
export function camt(
  kind: keyof typeof MESSAGES,
  entries: readonly CamtEntry[],
  options: {
    readonly opening?: string;
    readonly closing?: string;
    readonly account?: string;
    readonly id?: string;
  } = {},
): Uint8Array {
  const [message, statement] = MESSAGES[kind];
  const balance = (type: string, amount: string | undefined): string =>
    amount === undefined
      ? ""
      : `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp><Amt Ccy="SEK">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-16</Dt></Dt></Bal>`;
  return new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${kind}.001.08"><${message}><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-16T20:00:00</CreDtTm></GrpHdr>\n<${statement}><Id>${options.id ?? "S1"}</Id><CreDtTm>2026-11-16T20:00:00</CreDtTm><Acct><Id><IBAN>${options.account ?? OWN_IBAN}</IBAN></Id><Ccy>SEK</Ccy></Acct>${balance("OPBD", options.opening)}${balance("CLBD", options.closing)}\n${entries.map(camtEntry).join("\n")}</${statement}></${message}></Document>`,
  );
}

export type BgPayment = {
  readonly reference?: string;
  readonly minor: bigint;
  readonly serial?: string;
  readonly name?: string;
  readonly bankgiro?: string;
  readonly extra?: readonly { readonly reference: string; readonly minor: bigint; readonly isCredit?: boolean }[];
  readonly isDeduction?: boolean;
};
export type BgDeposit = {
  readonly currency?: string;
  readonly day?: string;
  readonly number?: string;
  readonly payments: readonly BgPayment[];
};
export const OWN_GIRO_ACCOUNT = "58398257466";

/** A BgMax file whose deposits and trailer tie. */
export function bgMax(deposits: readonly BgDeposit[], lineEnd = "\r\n"): Uint8Array {
  const lines = ["01BGMAX               0120261116173035010331P"];
  const counts = { payments: 0, deductions: 0, extra: 0 };
  for (const { currency = "SEK", day = "20261116", number = "00001", payments } of deposits) {
    lines.push(`050009912346          ${currency}`);
    let total = 0n;
    for (const [index, one] of payments.entries()) {
      const serial = one.serial ?? `${number}${String(index).padStart(7, "0")}`;
      const giro = (one.bankgiro ?? "0").padStart(10, "0");
      const record = (code: string, reference: string, minor: bigint): string =>
        `${code}${giro}${reference.padStart(25)}${minor.toString().padStart(18, "0")}23${serial.padStart(12, "0")}0`;
      lines.push(record(one.isDeduction === true ? "21" : "20", one.reference ?? "", one.minor));
      counts[one.isDeduction === true ? "deductions" : "payments"] += 1;
      total += one.isDeduction === true ? -one.minor : one.minor;
      for (const more of one.extra ?? []) {
        lines.push(record(more.isCredit === true ? "23" : "22", more.reference, more.minor));
        counts.extra += 1;
      }
      if (one.name !== undefined) lines.push(`26${one.name}`);
    }
    lines.push(
      `15${OWN_GIRO_ACCOUNT.padStart(35, "0")}${day}${number}${total.toString().padStart(18, "0")}${currency}${String(payments.length).padStart(8, "0")}`,
    );
  }
  const count = (n: number): string => String(n).padStart(8, "0");
  lines.push(`70${count(counts.payments)}${count(counts.deductions)}${count(counts.extra)}${count(deposits.length)}`);
  return Buffer.from(lines.map((line) => line.padEnd(80)).join(lineEnd), "latin1");
}
