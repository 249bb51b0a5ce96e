import {
  type ASTNode,
  Environment,
  EvaluationError,
  ParseError,
  TypeError as CelTypeError,
} from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";
import { exponentOf } from "../../core/currency.ts";
import { type Decimal, parseDecimal } from "../../core/decimal.ts";
import type { Money } from "../../core/money.ts";
import type { FaultCode } from "./contract.ts";
import { FACTS, FUNCTIONS, type FactName, type PolicyFacts } from "./decide-facts.ts";

/** Longest expression in characters (the schema's limit) and what it may hold; together they bound its cost. */
const LIMITS = { maxAstNodes: 200, maxDepth: 24, maxListElements: 60, maxMapEntries: 1, maxCallArguments: 3 };

/** An amount as expressions see it. Compared exactly; amounts of two currencies have no order. */
class Amount {
  readonly money: Money;
  constructor(money: Money) {
    this.money = money;
  }
}
/** Thrown by a comparison of two currencies: the answer is not known. */
class CurrencyMismatch extends Error {}

const decimalOf = ({ minor, currency }: Money): Decimal => ({ units: minor, scale: exponentOf(currency) });
function compareDecimal(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.units * 10n ** BigInt(scale - a.scale);
  const right = b.units * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}
/** A literal such as 500.50 by its shortest text, so that it means what was written and not its binary neighbour. */
function numberOf(value: bigint | number): Decimal {
  if (typeof value === "bigint") return { units: value, scale: 0 };
  const parsed = parseDecimal(String(value));
  if (!parsed.ok) throw new CurrencyMismatch(parsed.error);
  return parsed.value;
}
function order(a: Amount | bigint | number, b: Amount | bigint | number): number {
  if (a instanceof Amount && b instanceof Amount && a.money.currency !== b.money.currency)
    throw new CurrencyMismatch(`${a.money.currency} against ${b.money.currency}`);
  const side = (one: Amount | bigint | number) => (one instanceof Amount ? decimalOf(one.money) : numberOf(one));
  return compareDecimal(side(a), side(b));
}

const COMPARE: Readonly<Record<string, (sign: number) => boolean>> = {
  "<": (sign) => sign < 0,
  "<=": (sign) => sign <= 0,
  ">": (sign) => sign > 0,
  ">=": (sign) => sign >= 0,
  "==": (sign) => sign === 0,
};
type Operand = Amount | bigint | number;

const patterns = new Map<string, RE2JS>();
const PATTERNS_KEPT_MAX = 500;
/** RE2: linear in the text whatever the pattern. Compiled once each. */
function pattern(source: string): RE2JS {
  const kept = patterns.get(source);
  if (kept !== undefined) return kept;
  const made = RE2JS.compile(source);
  if (patterns.size >= PATTERNS_KEPT_MAX) patterns.clear();
  patterns.set(source, made);
  return made;
}

type MacroCall = { readonly args: readonly ASTNode[] };
type Runner = { run(node: ASTNode, ctx: unknown): unknown };
type Typing = { check(node: ASTNode, ctx: unknown): unknown; getType(name: string): unknown };

/** `known(fact)`: whether reading it gives anything. */
const knownMacro = ({ args }: MacroCall) => ({
  fact: args[0] as ASTNode,
  typeCheck: (checker: Typing, macro: { fact: ASTNode }, ctx: unknown) => {
    checker.check(macro.fact, ctx);
    return checker.getType("bool");
  },
  evaluate: (runner: Runner, macro: { fact: ASTNode }, ctx: unknown) => {
    try {
      return runner.run(macro.fact, ctx) !== undefined;
    } catch {
      return false;
    }
  },
});

const CEL_TYPE = { amount: "Amount", int: "int", text: "string" } as const;

function environment(facts: readonly { name: string; type: keyof typeof CEL_TYPE }[]): Environment {
  const env = new Environment({ limits: LIMITS }).registerType("Amount", { ctor: Amount, fields: {} });
  for (const [operator, holds] of Object.entries(COMPARE))
    for (const [left, right] of [
      ["Amount", "Amount"],
      ["Amount", "int"],
      ["Amount", "double"],
      ["int", "Amount"],
      ["double", "Amount"],
    ] as const)
      if (operator !== "==" || left === "Amount")
        env.registerOperator(`${left} ${operator} ${right}`, (a: Operand, b: Operand) => holds(order(a, b)));
  env.registerFunction("known(ast): bool", knownMacro as never);
  env.registerFunction("matches(string, string): bool", (text: string, source: string) =>
    pattern(source).matcher(text).find(),
  );
  const groups = new Map<string, Record<string, string>>();
  for (const { name, type } of facts) {
    const [group = "", field] = name.split(".");
    if (field === undefined) env.registerVariable(name, CEL_TYPE[type]);
    else groups.set(group, { ...groups.get(group), [field]: CEL_TYPE[type] });
  }
  for (const [name, schema] of groups) env.registerVariable({ name, schema });
  return env;
}

/** "account": every fact; "customer": only those of `applies`. Made once: an environment is dear, an expression is not. */
export type Scope = "account" | "customer";
const made = new Map<Scope, Environment>();
function environmentOf(scope: Scope): Environment {
  const env =
    made.get(scope) ?? environment(FACTS.filter(({ name }) => scope === "account" || name.startsWith("customer.")));
  made.set(scope, env);
  return env;
}

/** What is wrong with an expression, and where in it. */
export type ExpressionFault = {
  readonly code: FaultCode;
  readonly message: string;
  readonly fix: string;
  readonly from: number;
  readonly to: number;
};

/** Whether an expression matches; if that depends on facts that are not known it does not, and they are named. */
export type Answer = { readonly matches: true } | { readonly matches: false; readonly unknown: readonly FactName[] };

export type Expression = {
  readonly source: string;
  readonly ast: ASTNode;
  readonly facts: readonly FactName[];
  readonly ask: (context: Readonly<Record<string, unknown>>) => Answer;
};

/** Checks and compiles; every fault with its place. Source of the language: cel-spec, here without loops and time. */
export function compileExpression(
  source: string,
  scope: Scope,
): { readonly ok: true; readonly value: Expression } | { readonly ok: false; readonly fault: ExpressionFault } {
  const env = environmentOf(scope);
  try {
    const parsed = env.parse(source);
    const nodes = flatten(parsed.ast);
    const fault = nodes.map(nodeFault).find((one) => one !== undefined);
    if (fault !== undefined) return { ok: false, fault };
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, fault: faultOf(checked.error, source, scope) };
    if (checked.type !== "bool")
      return {
        ok: false,
        fault: {
          code: "expression-type",
          message: `the expression gives ${checked.type ?? "something"}, not yes or no`,
          fix: "compare it with something, e.g. invoices >= 3",
          from: 0,
          to: source.length,
        },
      };
    const run = env.parse(rewritten(source, nodes));
    const facts = factsIn(nodes);
    return { ok: true, value: { source, ast: parsed.ast, facts, ask: (context) => answer(run, facts, context) } };
  } catch (error) {
    if (error instanceof ParseError || error instanceof CelTypeError)
      return { ok: false, fault: faultOf(error, source, scope) };
    throw error;
  }
}

function answer(
  run: (context: never) => unknown,
  facts: readonly FactName[],
  context: Readonly<Record<string, unknown>>,
): Answer {
  try {
    return run(context as never) === true ? { matches: true } : { matches: false, unknown: [] };
  } catch (error) {
    const cause = error instanceof EvaluationError ? (error as Error).cause : error;
    const missing = facts.filter((name) => valueOf(context, name) === undefined);
    if (missing.length > 0) return { matches: false, unknown: missing };
    if (cause instanceof CurrencyMismatch) return { matches: false, unknown: facts.filter((name) => isAmount(name)) };
    throw error;
  }
}
const isAmount = (name: FactName) => FACTS.some((one) => one.name === name && one.type === "amount");
function valueOf(context: Readonly<Record<string, unknown>>, name: FactName): unknown {
  const [group = "", field] = name.split(".");
  const value = context[group];
  return field === undefined ? value : (value as Record<string, unknown> | undefined)?.[field];
}

/** Facts as an expression reads them; what is not known is left out, so that reading it is an error and not a guess. */
export function contextOf(facts: PolicyFacts): Readonly<Record<string, unknown>> {
  const own = (minor: bigint) => new Amount({ minor, currency: facts.currency });
  const priced = (name: string, money: Money | undefined) => (money === undefined ? {} : { [name]: new Amount(money) });
  return {
    currency: facts.currency,
    overdue: own(facts.overdueMinor),
    credits: own(facts.creditsMinor),
    netOverdue: own(facts.netOverdueMinor),
    notDue: own(facts.notDueMinor),
    invoices: BigInt(facts.invoices),
    daysPastDue: BigInt(facts.daysPastDue),
    ...customerContext(facts.customer),
    promises: { broken: BigInt(facts.promises.broken) },
    payments: facts.payments.lastFailure === undefined ? {} : { lastFailure: facts.payments.lastFailure },
    ...priced("exposure", facts.exposure),
    ...priced("deposit", facts.deposit),
    ...priced("limit", facts.limit),
  };
}
export function customerContext(customer: PolicyFacts["customer"]): Readonly<Record<string, unknown>> {
  return {
    customer: {
      ...(customer.class !== undefined && { class: customer.class }),
      ...(customer.country !== undefined && { country: customer.country }),
      ...(customer.daysKnown !== undefined && { daysKnown: BigInt(customer.daysKnown) }),
      customers: BigInt(customer.customers),
    },
  };
}

/* ---- the tree ---- */

const isNode = (value: unknown): value is ASTNode => typeof value === "object" && value !== null && "op" in value;
function childrenOf(node: ASTNode): readonly ASTNode[] {
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  return args.flat(2).filter(isNode);
}
/** The node and everything under it, outermost first. */
export const flatten = (node: ASTNode): readonly ASTNode[] => [node, ...childrenOf(node).flatMap(flatten)];

/** `customer.class` of `id` and `.` nodes; undefined for anything else. */
export function pathOf(node: ASTNode): string | undefined {
  if (node.op === "id") return node.args;
  if (node.op !== ".") return undefined;
  const inner = pathOf(node.args[0]);
  return inner === undefined ? undefined : `${inner}.${node.args[1]}`;
}
const factsIn = (nodes: readonly ASTNode[]): readonly FactName[] => [
  ...new Set(nodes.map(pathOf).filter((path): path is FactName => FACTS.some(({ name }) => name === path))),
];

const ALLOWED: ReadonlySet<string> = new Set(FUNCTIONS.map(({ name }) => name));
function nodeFault(node: ASTNode): ExpressionFault | undefined {
  const at = { from: node.start, to: node.end };
  if (node.op !== "call" && node.op !== "rcall") return undefined;
  const name = node.args[0];
  if (!ALLOWED.has(name))
    return {
      ...at,
      code: "expression-call",
      message: `${name}() may not be used in a policy`,
      fix: `use one of ${[...ALLOWED].join(", ")}`,
    };
  if (name !== "matches") return undefined;
  const [text, source] = node.op === "rcall" ? [node.args[1], node.args[2][0]] : node.args[1];
  if (
    text === undefined ||
    source === undefined ||
    pathOf(text) === undefined ||
    typeof source.args !== "string" ||
    source.op !== "value"
  )
    return {
      ...at,
      code: "expression-pattern",
      message: "matches() takes a fact and a pattern in quotes",
      fix: 'write customer.country.matches("^(SE|NO)$")',
    };
  try {
    pattern(source.args);
    return undefined;
  } catch (error) {
    return {
      from: source.start,
      to: source.end,
      code: "expression-pattern",
      message: `"${source.args}" is not a pattern: ${(error as Error).message}`,
      fix: "use RE2 syntax: no look-around, no back-references",
    };
  }
}

/** `a.matches(p)` is turned into `matches(a, p)`: the library's own would run a backtracking engine. */
function rewritten(source: string, nodes: readonly ASTNode[]): string {
  const calls = nodes
    .filter((node) => node.op === "rcall" && node.args[0] === "matches")
    .sort((a, b) => b.start - a.start);
  return calls.reduce((text, node) => {
    if (node.op !== "rcall") return text;
    const [, receiver, [argument]] = node.args;
    const part = (one: ASTNode | undefined) => (one === undefined ? "" : source.slice(one.start, one.end));
    return `${text.slice(0, node.start)}matches(${part(receiver)}, ${part(argument)})${text.slice(node.end)}`;
  }, source);
}

function faultOf(error: unknown, source: string, scope: Scope): ExpressionFault {
  const {
    code = "",
    summary = "",
    range,
  } = (error ?? {}) as { code?: string; summary?: string; range?: { start: number; end: number } };
  const from = Math.min(range?.start ?? 0, source.length);
  const at = { from, to: Math.max(range?.end ?? source.length, from) };
  if (code === "unknown_variable" || code === "no_such_key") {
    const names = FACTS.map(({ name }) => name).filter((name) => scope === "account" || name.startsWith("customer."));
    return {
      ...at,
      code: "expression-fact",
      message: `there is no such fact: ${source.slice(at.from, at.to)}`,
      fix: `use one of ${names.join(", ")}`,
    };
  }
  if (error instanceof ParseError)
    return { ...at, code: "expression", message: summary, fix: "see docs/reference/policy-facts.md for the language" };
  return {
    ...at,
    code: "expression-type",
    message: summary,
    fix: "compare amounts with numbers, texts with texts in quotes",
  };
}
