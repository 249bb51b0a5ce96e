import { dayIn } from "./decide-figures.ts";
import type { Block, FactName, LetterDocument, LetterFacts } from "./decide-model.ts";
import { amountsText, statement } from "./decide-statements.ts";
import { fill, isPlain, type Piece, pieces, type Template } from "./decide-template.ts";
import { LETTER_WORDS } from "./decide-words.ts";

const SUBJECT_CHARS_MAX = 200;

/** Puts facts into a template: the letter as blocks, before it is drawn. */
export function makeDocument(template: Template, facts: LetterFacts): LetterDocument {
  const values = factValues(facts);
  const blocks = pieces(template.body, values)
    .reduce<(Block | Piece)[]>(joinText, [])
    .flatMap((piece) => {
      if (piece.kind !== "statement") return piece.kind === "text" ? paragraphs(piece.text) : [piece];
      return statement(piece.name, facts);
    });
  const subject = fill(template.subject, values).replaceAll(/\s+/g, " ").trim().slice(0, SUBJECT_CHARS_MAX);
  const first = blocks.find((block) => block.kind === "text" || block.kind === "heading");
  const name = subject || (first && isPlain(facts.purpose) ? first.text.slice(0, SUBJECT_CHARS_MAX) : facts.purpose);
  return { language: facts.language, place: facts.place, subject: name, blocks, facts };
}

function joinText(all: (Block | Piece)[], piece: Piece): (Block | Piece)[] {
  const last = all[all.length - 1];
  if (piece.kind === "text" && last?.kind === "text")
    return [...all.slice(0, -1), { kind: "text", text: last.text + piece.text }];
  return [...all, piece];
}

/** Headings, lists and paragraphs of plain text. */
function paragraphs(text: string): readonly Block[] {
  return text.split(/\n\s*\n/).flatMap((part): readonly Block[] => {
    const lines = part
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    if (lines.length === 0) return [];
    const [first = ""] = lines;
    if (first.startsWith("# "))
      return [{ kind: "heading", text: first.slice(2) }, ...paragraphs(lines.slice(1).join("\n"))];
    if (lines.every((line) => line.startsWith("- ")))
      return [{ kind: "list", items: lines.map((line) => line.slice(2)) }];
    return [{ kind: "text", text: lines.join(" ") }];
  });
}

/** Every fact as text; "" is "not there". */
export function factValues(facts: LetterFacts): Readonly<Record<FactName, string>> {
  const words = LETTER_WORDS[facts.language];
  const { creditor, totals } = facts;
  const oldest = facts.items.find((item) => item.role === "counted") ?? facts.items[0];
  const sums = (member: "overdueMinor" | "claimsMinor" | "creditsMinor" | "toPayMinor") =>
    amountsText(
      facts,
      totals
        .filter((total) => total[member] !== "0")
        .map((total) => ({ minor: total[member], currency: total.currency })),
    );
  const next = facts.consequences.find(({ kind }) => kind !== "reminder" && kind !== "fee") ?? facts.consequences[0];
  const ways = [creditor.bankgiro && `Bankgiro ${creditor.bankgiro}`, creditor.iban && `IBAN ${creditor.iban}`];
  return {
    "creditor.name": creditor.name,
    "creditor.contact": creditor.contact ?? creditor.name,
    "creditor.phone": creditor.phone ?? creditor.email ?? "",
    "creditor.email": creditor.email ?? "",
    "customer.name": facts.customer.name,
    "letter.number": facts.number,
    "letter.day": dayIn(facts, facts.day),
    "letter.payBy": dayIn(facts, facts.payBy),
    "letter.days": words.days(daysLeft(facts)),
    "items.count": String(facts.items.length),
    "items.one": facts.items.length === 1 ? "1" : "",
    "oldest.number": oldest?.number ?? "",
    "oldest.dueDay": oldest === undefined ? "" : dayIn(facts, oldest.dueDay),
    "oldest.days": oldest === undefined ? "" : words.days(Math.max(0, oldest.daysPastDue)),
    "total.text": totals.length === 0 ? "" : sums("toPayMinor") || amountsText(facts, totals.slice(0, 1).map(zeroOf)),
    "overdue.text": sums("overdueMinor"),
    "credits.text": sums("creditsMinor"),
    "claims.text": sums("claimsMinor"),
    "step.name": facts.stepName,
    "next.what": next === undefined ? "" : words.what[next.kind],
    "next.day": next?.day === undefined ? "" : dayIn(facts, next.day),
    "promise.amount": facts.promise
      ? amountsText(facts, [{ minor: facts.promise.amountMinor, currency: facts.promise.currency }])
      : "",
    "promise.day": facts.promise ? dayIn(facts, facts.promise.dueOn) : "",
    "payment.short": ways.find((way) => way !== undefined && way !== "") ?? "",
  };
}

const zeroOf = ({ currency }: { readonly currency: string }) => ({ minor: "0", currency });
const daysLeft = ({ day, payBy }: LetterFacts): number =>
  Temporal.PlainDate.from(day).until(Temporal.PlainDate.from(payBy), { largestUnit: "days" }).days;
