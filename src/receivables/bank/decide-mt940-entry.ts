import { ok, refuse, type Result } from "../../core/result.ts";
import { type BankEntry, type BankParty, type BankReference, clipReference, clipText } from "./contract-statement.ts";
import { minorOf } from "./decide-amount.ts";

/** A `:61:` with its `:86:`, without its place in the file. `dayRead` is a value date that the calendar does not have. */
export type Movement = Pick<
  BankEntry,
  | "bookedOn"
  | "valueOn"
  | "amountMinor"
  | "status"
  | "isReversal"
  | "sourceId"
  | "detailId"
  | "references"
  | "text"
  | "counterparty"
> & { readonly dayRead: string | undefined };

/** date, booking day, mark (R = reversal, E = expected), funds code, amount, type, own reference, bank's reference. */
const LINE = /^(\d{6})(\d{4})?(R[CD]|E[CD]|[CD])([A-Z])?(\d{1,15}(?:,\d{0,5})?)([A-Z][A-Z0-9]{3})?(.*)$/s;

export function movementOf(
  value: string,
  { currency, told }: { readonly currency: string; readonly told: string },
): Result<Movement, string> {
  const [head = "", ...extra] = value.split("\n");
  const found = LINE.exec(head.trim());
  if (found === null) return refuse("the line has no date, C or D, and amount as :61: has them");
  const [, date = "", entry, mark = "", , amountText = "", , rest = ""] = found;
  const amount = minorOf(amountText, currency, ",");
  if (!amount.ok) return refuse(amount.error);
  const valued = swiftDay(date);
  if (valued === undefined) return refuse(`"${date}" is not a day such as 260331`);
  const [own = "", bank = ""] = rest.split("//", 2);
  // A reversed credit (RC) goes out, a reversed debit (RD) comes in.
  const isIn = mark === "C" || mark === "EC" || mark === "RD";
  const details = tellingOf(told);
  const supplement = extra.map((line) => line.trim()).filter((line) => line !== "");
  const ownReference = meaningful(own);
  return ok({
    bookedOn: bookedDay(valued.day, entry),
    valueOn: valued.day,
    dayRead: valued.isMoved ? date : undefined,
    amountMinor: isIn ? amount.value : -amount.value,
    status: mark.startsWith("E") ? "pending" : "booked",
    isReversal: mark.startsWith("R"),
    sourceId: meaningful(bank),
    detailId: undefined,
    references: [
      ...details.references,
      ...(ownReference === undefined ? [] : [{ kind: "end-to-end" as const, value: ownReference }]),
    ],
    text: clipText([details.text, ...supplement].filter((one) => one !== "").join(" ")),
    counterparty: details.counterparty,
  });
}

const NO_ID = /^(NONREF|NOTPROVIDED|NOREF|KREF\+|EREF\+|N|-)?$/i;
const meaningful = (text: string): string | undefined => (NO_ID.test(text.trim()) ? undefined : clipReference(text));

/** `yymmdd`; the 30th of each month exists in the 30/360 count that banks value by, so 30 February is the last of that month. */
export function swiftDay(text: string): { readonly day: Temporal.PlainDate; readonly isMoved: boolean } | undefined {
  const year = Number(text.slice(0, 2));
  const parts = {
    year: year >= 80 ? 1900 + year : 2000 + year,
    month: Number(text.slice(2, 4)),
    day: Number(text.slice(4, 6)),
  };
  if (parts.month < 1 || parts.month > 12 || parts.day < 1 || parts.day > 31) return undefined;
  const day = Temporal.PlainDate.from(parts, { overflow: "constrain" });
  if (day.day !== parts.day && (parts.month !== 2 || parts.day > 30)) return undefined;
  return { day, isMoved: day.day !== parts.day };
}

/** The booking day has no year: the one nearest to the value date is meant. */
function bookedDay(valueOn: Temporal.PlainDate, entry: string | undefined): Temporal.PlainDate {
  const month = Number(entry?.slice(0, 2) ?? 0);
  const day = Number(entry?.slice(2, 4) ?? 0);
  if (entry === undefined || month < 1 || month > 12 || day < 1 || day > 31) return valueOn;
  const candidates = [-1, 0, 1].map((shift) =>
    Temporal.PlainDate.from({ year: valueOn.year + shift, month, day }, { overflow: "constrain" }),
  );
  const distance = (one: Temporal.PlainDate): number => Math.abs(valueOn.until(one, { largestUnit: "days" }).days);
  return candidates.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

type Telling = {
  readonly references: readonly BankReference[];
  readonly text: string;
  readonly counterparty: BankParty;
};

/** `:86:` in one of three forms: subfields ?20…?33, code words between slashes, or free text. */
function tellingOf(value: string): Telling {
  const joined = value.replaceAll("\n", "");
  if (/^\s*\d{3}\?\d\d/.test(joined)) return fromSubfields(joined.trim());
  if (/^\s*\/(EREF|REMI|TRTP|CNTP|NAME|IBAN|ORDP|BENM|MARF|PREF|RTRN|CSID|SVCL|TRCD|EREF)\//.test(joined))
    return fromCodeWords(joined.trim());
  return {
    references: [],
    text: clipText(value.replaceAll("\n", " ")),
    counterparty: { name: undefined, account: undefined, orgNumber: undefined },
  };
}

/** Marks inside the purpose; `MTLG:` is what the bank itself adds. */
const SEPA = /(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|PREF|RREF|IBAN|BIC|MTLG)[+:]/;

function fromSubfields(text: string): Telling {
  const fields = new Map<string, string>();
  const pieces = text.split(/\?(\d\d)/);
  for (let at = 1; at < pieces.length; at += 2) {
    const key = pieces[at] ?? "";
    fields.set(key, (fields.get(key) ?? "") + (pieces[at + 1] ?? ""));
  }
  const of = (keys: readonly string[]): string => keys.map((key) => fields.get(key) ?? "").join("");
  const purpose = of(["20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "60", "61", "62", "63"]);
  const parts = purpose.split(SEPA);
  const sepa = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) sepa.set(parts[at] ?? "", (parts[at + 1] ?? "").trim());
  const chosen = meaningful(sepa.get("EREF") ?? "");
  const words = [fields.get("00") ?? "", (parts[0] ?? "").trim(), sepa.get("SVWZ") ?? "", sepa.get("MTLG") ?? ""];
  return {
    references: chosen === undefined ? [] : [{ kind: "end-to-end", value: chosen }],
    text: clipText(words.filter((one) => one !== "").join(" ")),
    counterparty: {
      name: clipText(of(["32", "33"])) || undefined,
      account: of(["31"]).replaceAll(/\s/g, "").slice(0, 64) || undefined,
      orgNumber: undefined,
    },
  };
}

function fromCodeWords(text: string): Telling {
  const words = new Map<string, string>();
  const pieces = text.split(
    /\/(EREF|REMI|TRTP|CNTP|NAME|IBAN|BIC|ORDP|BENM|MARF|PREF|RTRN|CSID|SVCL|TRCD|ISDT|PURP)\//,
  );
  for (let at = 1; at < pieces.length; at += 2) words.set(pieces[at] ?? "", (pieces[at + 1] ?? "").trim());
  const [account, , name] = (words.get("CNTP") ?? "").split("/");
  const chosen = meaningful(words.get("EREF") ?? "");
  const remittance = (words.get("REMI") ?? "").replace(/^(USTD|STRD)\/\//, "").replace(/^\/+/, "");
  return {
    references: chosen === undefined ? [] : [{ kind: "end-to-end", value: chosen }],
    text: clipText(remittance),
    counterparty: {
      name: clipText(words.get("NAME") ?? name ?? "") || undefined,
      account: (words.get("IBAN") ?? account ?? "").replaceAll(/\s/g, "").slice(0, 64) || undefined,
      orgNumber: undefined,
    },
  };
}
