import { assert } from "../../core/assert.ts";
import type { Policy } from "../contract-policy.ts";
import { type Answer, compileExpression, contextOf, customerContext, type Scope } from "./decide-cel.ts";
import type { CustomerPolicyFacts, PolicyFacts } from "./decide-facts.ts";

type Exemption = Policy["exemptions"][number];

/** A policy's expressions, compiled once. */
export type CompiledConditions = {
  /** Whether the policy is for this customer; a policy without `applies` is for all. */
  readonly applies: (customer: CustomerPolicyFacts) => Answer;
  /** `when` of a step; a step without it always matches. */
  readonly step: (stepId: string, facts: PolicyFacts) => Answer;
  /** Exemptions in the order of the policy. */
  readonly exemptions: readonly { readonly exemption: Exemption; readonly ask: (facts: PolicyFacts) => Answer }[];
};

const ALWAYS: Answer = { matches: true };

/**
 * Compiles what `parsePolicy` accepted. Throws on an expression that it would have refused: a policy reaches this only
 * through the parser.
 */
export function compileConditions(policy: Policy): CompiledConditions {
  const applies = compiled(policy.applies, "customer");
  const steps = new Map(policy.steps.map((step) => [step.id, compiled(step.when, "account")]));
  return {
    applies: (customer) => applies?.ask(customerContext(customer)) ?? ALWAYS,
    step: (stepId, facts) => steps.get(stepId)?.ask(contextOf(facts)) ?? ALWAYS,
    exemptions: policy.exemptions.map((exemption) => {
      const when = compiled(exemption.when, "account");
      return { exemption, ask: (facts) => when?.ask(contextOf(facts)) ?? ALWAYS };
    }),
  };
}

function compiled(source: string | undefined, scope: Scope) {
  if (source === undefined) return undefined;
  const made = compileExpression(source, scope);
  assert(made.ok, `a policy in use has only expressions that compile: ${source}`);
  return made.value;
}
