import type { BankSumWire } from "../../../src/receivables/bank/contract-bank.ts";
import type { Level } from "../../kit/Risk.tsx";

/** How each state of an entry looks. */
export const STATE_LEVEL: Readonly<Record<BankSumWire["state"], Level>> = {
  recorded: "ok",
  waiting: "warn",
  outgoing: "none",
  "set-aside": "none",
  known: "info",
  shown: "none",
};
