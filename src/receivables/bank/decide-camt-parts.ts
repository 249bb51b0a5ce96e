import type { BankFault } from "./contract-statement.ts";
import type { XmlNode } from "./decide-xml.ts";

/** An account without blanks, whatever form it has: IBAN, BBAN, proprietary. */
export function accountOf(id: XmlNode | undefined): string | undefined {
  const found = id?.textAt("IBAN", "BBAN", "Othr/Id", "PrtryAcct/Id", "UPIC");
  const plain = found?.replaceAll(/\s/g, "").toUpperCase().slice(0, 64);
  return plain === "" ? undefined : plain;
}

export const amountFault = (amount: XmlNode, message: string): BankFault => ({
  code: "amount-unreadable",
  line: amount.line,
  path: amount.path,
  read: amount.text,
  message,
  fix: "the bank must send the amount in whole minor units of its currency",
});
