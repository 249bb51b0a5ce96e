import type { RuleSet } from "../sigma/rule-set.ts";

export type Merged = {
  readonly set: RuleSet;
  /** By place in the merged set: which of the given sets it came from. */
  readonly ruleOf: readonly number[];
  readonly correlationOf: readonly number[];
};

/**
 * Sets side by side, each linked within itself: two rules may carry copies of one base rule, even differing ones, without meeting.
 * One Matcher and one Correlator over the whole say what each set would say alone.
 */
export function mergeRuleSets(sets: readonly RuleSet[]): Merged {
  const rules: RuleSet["rules"][number][] = [];
  const correlations: RuleSet["correlations"][number][] = [];
  const alerting: boolean[] = [];
  const alertingCorrelations: boolean[] = [];
  const faults: RuleSet["faults"][number][] = [];
  const ruleOf: number[] = [];
  const correlationOf: number[] = [];
  sets.forEach((set, owner) => {
    const rulesBefore = rules.length;
    const correlationsBefore = correlations.length;
    for (const rule of set.rules) {
      rules.push(rule);
      ruleOf.push(owner);
    }
    for (const { correlation, of } of set.correlations) {
      correlations.push({
        correlation,
        of: of.map((link) => ({
          written: link.written,
          rule: link.rule === undefined ? undefined : link.rule + rulesBefore,
          correlation: link.correlation === undefined ? undefined : link.correlation + correlationsBefore,
        })),
      });
      correlationOf.push(owner);
    }
    alerting.push(...set.alerting);
    alertingCorrelations.push(...set.alertingCorrelations);
    faults.push(...set.faults);
  });
  return { set: { rules, correlations, alerting, alertingCorrelations, faults }, ruleOf, correlationOf };
}
