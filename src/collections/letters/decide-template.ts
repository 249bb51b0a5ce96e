import type { Purpose, TemplateFault } from "./contract.ts";
import { TEMPLATE_CHARS_MAX } from "./contract.ts";
import {
  FACT_NAMES,
  type FactName,
  isFact,
  isStatement,
  REQUIRED,
  STATEMENT_NAMES,
  type StatementName,
} from "./decide-model.ts";

/**
 * The language of letters: text, three tags and nothing that runs.
 * `{{fact}}` puts in a fact. `{{#fact}}…{{/fact}}` stays only if the fact is there, `{{^fact}}…{{/fact}}` only if not.
 * `{{> statement}}` on a line of its own puts in a statement that law or practice asks for, worded for language and country.
 * The first line is `Subject: …`. `# ` begins a heading, `- ` a list item; an empty line ends a paragraph.
 */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "fact"; readonly name: FactName }
  | { readonly kind: "when"; readonly name: FactName; readonly isThere: boolean; readonly body: readonly Node[] }
  | { readonly kind: "statement"; readonly name: StatementName };
export type Template = { readonly subject: readonly Node[]; readonly body: readonly Node[] };
export type Parsed = { readonly template: Template; readonly faults: readonly TemplateFault[] };

const TAG = /\{\{\s*([#^/>]?)\s*([^{}]*?)\s*\}\}/g;
type Open = { readonly name: string; readonly isThere: boolean; readonly at: number; readonly body: Node[] };

/** Reads a template and everything that is wrong with it; with no faults it renders whatever the facts are. */
export function parseTemplate(text: string, purpose: Purpose): Parsed {
  const faults: TemplateFault[] = [];
  const fault = (at: number, code: TemplateFault["code"], name: string) =>
    faults.push({ ...placeOf(text, at), code, name });
  if (text.length > TEMPLATE_CHARS_MAX) {
    fault(0, "too-long", String(TEMPLATE_CHARS_MAX));
    return { template: { subject: [], body: [] }, faults };
  }
  const body = parseNodes(text, fault);
  const template = splitSubject(body);
  if (template.subject.length === 0 && !isPlain(purpose)) fault(0, "no-subject", "Subject:");
  for (const { at, word } of purpose === "call-script" ? [] : threatsIn(text)) fault(at, "threat", word);
  for (const name of missingOf(body, purpose)) fault(text.length, "missing-statement", name);
  return { template, faults };
}

/** Measures are announced by the policy (`{{> consequences}}`, `{{next.what}}`), never by a template's own words. */
const THREATS =
  /suspen|terminat|shut\s?down|cut off|legal action|lawsuit|\bcourt|bailiff|collection agency|debt collector|kronofogd|inkasso|stämning|rättslig|stänga?s? av|avslutas|pausa/gi;
const threatsIn = (text: string) =>
  [...text.replaceAll(TAG, (tag) => " ".repeat(tag.length)).matchAll(THREATS)].map((match) => ({
    at: match.index,
    word: match[0],
  }));

/** Messages without a subject: a text message and what a person says on the telephone. */
export const isPlain = (purpose: Purpose): boolean => purpose === "sms" || purpose === "call-script";

function parseNodes(text: string, fault: (at: number, code: TemplateFault["code"], name: string) => void): Node[] {
  const root: Open = { name: "", isThere: true, at: 0, body: [] };
  const open: Open[] = [root];
  const top = () => open[open.length - 1] ?? root;
  let from = 0;
  const say = (to: number) => {
    const words = text.slice(from, to);
    const stray = words.search(/\{\{|\}\}/);
    if (stray >= 0) fault(from + stray, "bad-tag", words.slice(stray, stray + 20));
    if (words !== "") top().body.push({ kind: "text", text: words });
  };
  for (const match of text.matchAll(TAG)) {
    const [whole, mark = "", name = ""] = match;
    say(match.index);
    from = match.index + whole.length;
    if (mark === ">") {
      if (!isStatement(name)) fault(match.index, "unknown-statement", name);
      else if (!isAlone(text, match.index, from)) fault(match.index, "statement-not-alone", name);
      else top().body.push({ kind: "statement", name });
    } else if (mark === "/") {
      const last = open.length > 1 ? open.pop() : undefined;
      if (last === undefined || last.name !== name) fault(match.index, "not-opened", name);
      if (last !== undefined && isFact(last.name))
        top().body.push({ kind: "when", name: last.name, isThere: last.isThere, body: last.body });
    } else {
      if (!isFact(name)) fault(match.index, "unknown-fact", name);
      if (mark !== "") open.push({ name, isThere: mark === "#", at: match.index, body: [] });
      else if (isFact(name)) top().body.push({ kind: "fact", name });
    }
  }
  say(text.length);
  for (const left of open.slice(1)) fault(left.at, "not-closed", left.name);
  return root.body;
}

const isAlone = (text: string, from: number, to: number): boolean =>
  /(^|\n)[ \t]*$/.test(text.slice(0, from)) && /^[ \t]*(\r?\n|$)/.test(text.slice(to));

const placeOf = (text: string, at: number) => {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before[before.length - 1] ?? "").length + 1 };
};

/** The subject is the first line; it may hold facts and conditions, and nothing else. */
function splitSubject(nodes: readonly Node[]): Template {
  const [first, ...rest] = nodes;
  if (first?.kind !== "text" || !/^Subject:/.test(first.text)) return { subject: [], body: nodes };
  const subject: Node[] = [];
  const left = [{ kind: "text" as const, text: first.text.replace(/^Subject:[ \t]*/, "") }, ...rest];
  for (const [at, node] of left.entries()) {
    if (node.kind === "text" && node.text.includes("\n")) {
      const cut = node.text.indexOf("\n");
      subject.push({ kind: "text", text: node.text.slice(0, cut) });
      return { subject, body: [{ kind: "text", text: node.text.slice(cut + 1) }, ...left.slice(at + 1)] };
    }
    subject.push(node);
  }
  return { subject, body: [] };
}

/** What must be there whatever the facts are: inside a condition it could be left out, so it does not count. */
function missingOf(nodes: readonly Node[], purpose: Purpose): readonly string[] {
  const always = new Set(
    nodes.flatMap((node) => (node.kind === "statement" || node.kind === "fact" ? [node.name] : [])),
  );
  return REQUIRED[purpose].filter((name) => !always.has(name));
}

export type FactValues = Readonly<Record<FactName, string>>;

/** The words of a part of a template with the facts in it, statements left out. */
export function fill(nodes: readonly Node[], facts: FactValues): string {
  return nodes
    .map((node) => {
      if (node.kind === "text") return node.text;
      if (node.kind === "fact") return facts[node.name];
      if (node.kind === "when") return (facts[node.name] !== "") === node.isThere ? fill(node.body, facts) : "";
      return "";
    })
    .join("");
}

/** Text and statements in their order, conditions decided. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "statement"; readonly name: StatementName };
export function pieces(nodes: readonly Node[], facts: FactValues): readonly Piece[] {
  return nodes.flatMap((node): readonly Piece[] => {
    if (node.kind === "statement") return [node];
    if (node.kind === "when") return (facts[node.name] !== "") === node.isThere ? pieces(node.body, facts) : [];
    return [{ kind: "text", text: node.kind === "fact" ? facts[node.name].replaceAll(/[\r\n]+/g, " ") : node.text }];
  });
}

export const KNOWN_FACTS: readonly string[] = FACT_NAMES;
export const KNOWN_STATEMENTS: readonly string[] = STATEMENT_NAMES;
