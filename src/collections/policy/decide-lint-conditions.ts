import type { PolicyStep } from "../contract-policy.ts";
import type { LintFinding } from "./contract-findings.ts";
import { compileExpression, type Expression, flatten, pathOf, type Scope } from "./decide-cel.ts";
import { factOf } from "./decide-facts.ts";
import type { Find, Linting } from "./decide-lint-shape.ts";
import type { Path } from "./decide-place.ts";
import { atLeast, type Clause, clausesOf, crossed, factsNeeded, isPossible } from "./decide-satisfy.ts";

/** Conditions that nothing satisfies, facts nobody tells, exemptions that leave nothing, limits that say nothing. */
export function lintConditions(linting: Linting, find: Find): LintFinding[] {
  const { policy } = linting;
  return [
    ...one({ source: policy.applies, path: ["applies"], scope: "customer" }, linting, find),
    ...policy.exemptions.flatMap(({ when }, index) =>
      one({ source: when, path: ["exemptions", index, "when"], scope: "account" }, linting, find),
    ),
    ...policy.steps.flatMap((step, index) => [
      ...one({ source: step.when, path: ["steps", index, "when"], scope: "account", step }, linting, find),
      ...swallowed(step, index, { linting, find }),
      ...limits(step, index, { linting, find }),
    ]),
    ...currencies(Object.keys(policy.tolerance), ["tolerance"], { linting, find }),
  ];
}

type One = {
  readonly source: string | undefined;
  readonly path: Path;
  readonly scope: Scope;
  readonly step?: PolicyStep;
};

function one({ source, path, scope, step }: One, { facts }: Linting, find: Find): LintFinding[] {
  const expression = compiled(source, scope);
  if (expression === undefined) return [];
  const condition = expression.source.replaceAll(/\s+/g, " ");
  const own = clausesOf(expression.ast);
  if (own === undefined) return [];
  if (!own.some(isPossible)) return [find("condition-impossible", path, { condition })];
  const withStep = step === undefined ? own : crossed(own, [baseOf(step)]);
  if (step !== undefined && !withStep.some(isPossible))
    return [find("step-unreachable", path, { step: step.id, condition })];
  return [
    ...feeds(own.filter(isPossible), facts.feeds, (code, names) => find(code, path, { facts: names })),
    ...bare(expression, () => find("amount-without-currency", path, { condition })),
  ];
}

/** What a step asks besides its expression. */
const baseOf = (step: PolicyStep): Clause => [
  atLeast("daysPastDue", step.daysPastDue),
  ...(step.daysPastDue > 0 ? [atLeast("invoices", step.invoices ?? 1)] : []),
];

function feeds(
  clauses: readonly Clause[],
  running: Linting["facts"]["feeds"],
  found: (code: "fact-without-feed" | "fact-partly-without-feed", names: string) => LintFinding,
): LintFinding[] {
  if (running === undefined) return [];
  const silent = (clause: Clause) =>
    factsNeeded(clause).filter((name) => {
      const feed = factOf(name)?.feed;
      return feed !== undefined && !running.includes(feed);
    });
  const dead = clauses.filter((clause) => silent(clause).length > 0);
  if (dead.length === 0) return [];
  const names = [...new Set(dead.flatMap(silent))].join(", ");
  return [found(dead.length === clauses.length ? "fact-without-feed" : "fact-partly-without-feed", names)];
}

/** An amount compared with a plain number, and nothing says in which currency. */
function bare({ ast, facts }: Expression, found: () => LintFinding): LintFinding[] {
  if (facts.includes("currency")) return [];
  const isBare = flatten(ast).some(
    (node) =>
      ["<", "<=", ">", ">=", "=="].includes(node.op) &&
      Array.isArray(node.args) &&
      node.args.some((side) => isAmountNode(side)) &&
      node.args.some((side) => isNumber(side)),
  );
  return isBare ? [found()] : [];
}
type Side = Parameters<typeof pathOf>[0] | string | readonly unknown[];
const isSide = (side: Side): side is Parameters<typeof pathOf>[0] => typeof side === "object" && "op" in side;
const isAmountNode = (side: Side): boolean => isSide(side) && factOf(pathOf(side) ?? "")?.type === "amount";
const isNumber = (side: Side): boolean =>
  isSide(side) &&
  side.op === "value" &&
  (typeof side.args === "number" || (typeof side.args === "bigint" && side.args !== 0n));

type Tools = { readonly linting: Linting; readonly find: Find };

/** An exemption that holds for every account that reaches the step, from everything the step does. */
function swallowed(step: PolicyStep, index: number, { linting: { policy }, find }: Tools): LintFinding[] {
  const when = compiled(step.when, "account");
  const reached = when === undefined ? [baseOf(step)] : clausesOf(when.ast);
  if (reached === undefined) return [];
  return policy.exemptions.flatMap((exemption) => {
    const from: readonly string[] = exemption.from;
    const isAll =
      step.effects.every((effect) => from.includes(effect)) &&
      (step.tell.length === 0 || from.includes("letters")) &&
      (step.charges.length === 0 || from.includes("charges")) &&
      step.effects.length + step.tell.length + step.charges.length > 0;
    const opposite = compiled(exemption.when, "account");
    const clauses = opposite === undefined ? undefined : clausesOf(opposite.ast, true);
    if (!isAll || clauses === undefined) return [];
    const escapes = crossed(crossed(clauses, reached), [baseOf(step)]);
    if (escapes.some(isPossible)) return [];
    return [find("exemption-swallows", ["steps", index, "id"], { step: step.id, condition: exemption.when })];
  });
}

function limits(step: PolicyStep, index: number, tools: Tools): LintFinding[] {
  const { linting, find } = tools;
  if (step.minimumOverdue === undefined) return [];
  const path = ["steps", index, "minimumOverdue"];
  const low = Object.entries(step.minimumOverdue).flatMap(([currency, minimum]) => {
    const tolerance = linting.policy.tolerance[currency];
    if (tolerance === undefined || Number(tolerance) < Number(minimum)) return [];
    return [find("tolerance-above-minimum", [...path, currency], { currency, tolerance, minimum })];
  });
  return [...low, ...currencies(Object.keys(step.minimumOverdue), path, tools)];
}

function currencies(named: readonly string[], path: Path, { linting: { facts }, find }: Tools): LintFinding[] {
  const missing = named.length === 0 ? [] : (facts.currencies ?? []).filter((one) => !named.includes(one));
  return missing.length === 0 ? [] : [find("currency-missing", path, { currencies: missing.join(", ") })];
}

function compiled(source: string | undefined, scope: Scope): Expression | undefined {
  const made = source === undefined ? undefined : compileExpression(source, scope);
  return made?.ok === true ? made.value : undefined;
}
