import type { ASTNode } from "@marcbachmann/cel-js";
import { pathOf } from "./decide-cel.ts";
import { factOf } from "./decide-facts.ts";

/** One thing an expression asks: a fact against a value, or anything else by its text. Amounts and numbers as numbers: this only looks for contradictions. */
type Atom =
  | {
      readonly kind: "number";
      readonly fact: string;
      readonly op: "<" | "<=" | ">" | ">=" | "==" | "!=";
      readonly value: number;
    }
  | { readonly kind: "text"; readonly fact: string; readonly isIn: boolean; readonly values: readonly string[] }
  | { readonly kind: "constant"; readonly holds: boolean }
  | { readonly kind: "other"; readonly text: string; readonly holds: boolean; readonly facts: readonly string[] };
export type Clause = readonly Atom[];

/** An expression as alternatives of things that must all hold; undefined when there are too many to look at. */
const CLAUSES_MAX = 64;
const FLIP = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=" } as const;
const NOT = { "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==" } as const;
type Op = keyof typeof NOT;
const isOp = (op: string): op is Op => op in NOT;

/** The alternatives of an expression, or of its opposite. */
export function clausesOf(node: ASTNode, negate = false): readonly Clause[] | undefined {
  if (node.op === "!_") return clausesOf(node.args, !negate);
  if (node.op === "&&" || node.op === "||") {
    const left = clausesOf(node.args[0], negate);
    const right = clausesOf(node.args[1], negate);
    if (left === undefined || right === undefined) return undefined;
    const all = (node.op === "&&") === negate ? [...left, ...right] : crossed(left, right);
    return all.length > CLAUSES_MAX ? undefined : all;
  }
  return [[atomOf(node, negate)]];
}
export const crossed = (left: readonly Clause[], right: readonly Clause[]): readonly Clause[] =>
  left.flatMap((one) => right.map((other) => [...one, ...other]));

function atomOf(node: ASTNode, negate: boolean): Atom {
  const holds = !negate;
  if (node.op === "value" && typeof node.args === "boolean") return { kind: "constant", holds: node.args !== negate };
  return (
    comparison(node, negate) ??
    membership(node, holds) ?? {
      kind: "other",
      text: node.input.slice(node.start, node.end),
      holds,
      facts: factsUnder(node),
    }
  );
}

function comparison(node: ASTNode, negate: boolean): Atom | undefined {
  if (!isOp(node.op) || !Array.isArray(node.args)) return undefined;
  const [left, right] = node.args as [ASTNode, ASTNode];
  const isFlipped = right.op !== "value";
  const fact = pathOf(isFlipped ? right : left);
  const value = isFlipped ? literal(left) : literal(right);
  if (fact === undefined || value === undefined || factOf(fact) === undefined) return undefined;
  const op = negate ? NOT[node.op] : node.op;
  if (typeof value === "number") return { kind: "number", fact, op: isFlipped ? FLIP[op] : op, value };
  return op === "==" || op === "!=" ? { kind: "text", fact, isIn: op === "==", values: [value] } : undefined;
}
function membership(node: ASTNode, holds: boolean): Atom | undefined {
  if (node.op !== "in") return undefined;
  const [left, right] = node.args;
  const fact = pathOf(left);
  const values = right.op === "list" ? right.args.map(literal) : [];
  if (fact === undefined || values.length === 0 || values.some((one) => typeof one !== "string")) return undefined;
  return { kind: "text", fact, isIn: holds, values: values as string[] };
}
function literal(node: ASTNode): number | string | undefined {
  if (node.op === "-_") {
    const value = literal(node.args);
    return typeof value === "number" ? -value : undefined;
  }
  if (node.op !== "value") return undefined;
  const value = node.args;
  return typeof value === "bigint"
    ? Number(value)
    : typeof value === "number" || typeof value === "string"
      ? value
      : undefined;
}
function factsUnder(node: ASTNode): readonly string[] {
  const path = pathOf(node);
  if (path !== undefined && factOf(path) !== undefined) return [path];
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  return args
    .flat(2)
    .filter((one): one is ASTNode => typeof one === "object" && one !== null && "op" in one)
    .flatMap(factsUnder);
}

/** Facts a clause cannot be decided without; a guard such as known(limit) asks nothing of the fact. */
export const factsNeeded = (clause: Clause): readonly string[] =>
  clause.flatMap((atom) =>
    atom.kind === "constant"
      ? []
      : atom.kind === "other"
        ? /^(known|has)\(/.test(atom.text)
          ? []
          : atom.facts
        : [atom.fact],
  );

/** Whether any state of the world satisfies the clause, as far as its facts one by one can tell. */
export function isPossible(clause: Clause): boolean {
  if (clause.some((atom) => atom.kind === "constant" && !atom.holds)) return false;
  const others = clause.filter((atom) => atom.kind === "other");
  if (others.some((one) => others.some((other) => other.text === one.text && other.holds !== one.holds))) return false;
  const facts = new Set(clause.flatMap((atom) => ("fact" in atom ? [atom.fact] : [])));
  return [...facts].every((fact) => isFactPossible(fact, clause));
}

function isFactPossible(name: string, clause: Clause): boolean {
  const fact = factOf(name);
  const texts = clause.filter((atom) => atom.kind === "text").filter((atom) => atom.fact === name);
  let allowed: readonly string[] | undefined = fact?.values;
  for (const { isIn, values } of texts)
    if (isIn) allowed = allowed === undefined ? values : allowed.filter((one) => values.includes(one));
  for (const { isIn, values } of texts) if (!isIn) allowed = allowed?.filter((one) => !values.includes(one));
  if (allowed?.length === 0 && texts.length > 0) return false;
  return isRangePossible(name, clause);
}

function isRangePossible(name: string, clause: Clause): boolean {
  const fact = factOf(name);
  const isWhole = fact?.type === "int";
  let least = fact?.min ?? -Infinity;
  let most = Infinity;
  let isLeastOpen = false;
  let isMostOpen = false;
  const unequal = new Set<number>();
  for (const atom of clause) {
    if (atom.kind !== "number" || atom.fact !== name) continue;
    const { op, value } = atom;
    if (op === "!=") unequal.add(value);
    if ((op === ">" || op === ">=" || op === "==") && (value > least || (value === least && op === ">"))) {
      least = isWhole && op === ">" ? value + 1 : value;
      isLeastOpen = !isWhole && op === ">";
    }
    if ((op === "<" || op === "<=" || op === "==") && (value < most || (value === most && op === "<"))) {
      most = isWhole && op === "<" ? value - 1 : value;
      isMostOpen = !isWhole && op === "<";
    }
  }
  if (least > most || (least === most && (isLeastOpen || isMostOpen || unequal.has(least)))) return false;
  return true;
}

/** "at least" as an atom, for what a step asks besides its expression. */
export const atLeast = (fact: string, value: number): Atom => ({ kind: "number", fact, op: ">=", value });
