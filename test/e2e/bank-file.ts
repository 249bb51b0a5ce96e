/** A statement of the reseller's bank with one payment for each invoice, each naming its number. */

type Paid = { readonly number: string; readonly open: { readonly minor: string; readonly currency: string } };
type Ask = { readonly day: string; readonly payments: readonly Paid[]; readonly id: string };

const decimal = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
const OPENING = 100_000n;

/** camt.053 with balances that add up; all payments in the currency of the first. */
export function camtFile({ day, payments, id }: Ask): string {
  const currency = payments[0]?.open.currency ?? "SEK";
  const closing = payments.reduce((sum, one) => sum + BigInt(one.open.minor), OPENING);
  const amount = (minor: bigint) => `<Amt Ccy="${currency}">${decimal(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd>`;
  const balance = (code: string, minor: bigint) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(minor)}<Dt><Dt>${day}</Dt></Dt></Bal>`;
  const entries = payments.map(
    (one, at) =>
      `<Ntry>${amount(BigInt(one.open.minor))}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>REF-${id}-${at}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-${id}-${at}</EndToEndId></Refs><RmtInf><Ustrd>Faktura ${one.number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M${id}</MsgId><CreDtTm>${day}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S${id}</Id><CreDtTm>${day}T20:00:00</CreDtTm><Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id><Ccy>${currency}</Ccy></Acct>${balance("OPBD", OPENING)}${balance("CLBD", closing)}${entries.join("")}</Stmt></BkToCstmrStmt></Document>`;
}
