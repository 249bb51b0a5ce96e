import type { Policy } from "../contract-policy.ts";
import type { LintFinding } from "./contract-findings.ts";
import type { PolicyFault } from "./contract.ts";
import { lintPolicy } from "./decide-lint.ts";
import type { LintFacts } from "./decide-lint-shape.ts";
import { parsePolicyText } from "./decide-parse.ts";

/** What a text is: either its faults, or the policy with what the linter finds in it. The editor, the desk and the command line ask the same. */
export type CheckedPolicy = {
  readonly policy: Policy | undefined;
  readonly faults: readonly PolicyFault[];
  readonly findings: readonly LintFinding[];
};

export function checkPolicyText(text: string, facts: LintFacts = {}): CheckedPolicy {
  const parsed = parsePolicyText(text);
  if (!parsed.ok) return { policy: undefined, faults: parsed.error, findings: [] };
  return { policy: parsed.value.policy, faults: [], findings: lintPolicy(parsed.value, facts) };
}

/** Whether it may be asked for: it can be read, and no finding is an error. */
export const isPublishable = ({ policy, findings }: CheckedPolicy): boolean =>
  policy !== undefined && findings.every(({ severity }) => severity !== "error");
