import { isMap } from "yaml";
import { within } from "./decide-window.ts";
import type { Operator } from "./contract.ts";
import type { Linting } from "./lint-tell.ts";
import { memberOf, membersOf, textOf, textsOf } from "./yaml.ts";

const LONG_DAYS = 30;
const DAYS: Readonly<Record<string, number>> = { s: 1 / 86_400, m: 1 / 1_440, h: 1 / 24, d: 1, w: 7, M: 30, y: 365 };

/** What loads as a correlation and still is not what was meant. */
export function lintCorrelation({ tell, document: { root } }: Linting): void {
  const node = memberOf(root, "correlation");
  if (!isMap(node)) return;
  const type = textOf(memberOf(node, "type")) ?? "";
  const rules = textsOf(memberOf(node, "rules")) ?? [];
  const groupBy = textsOf(memberOf(node, "group-by")) ?? [];
  if (groupBy.length === 0)
    tell(node, {
      severity: "warning",
      code: "no-group-by",
      message: "it counts all events of a customer together",
      fix: "add group-by with what the events must share, such as actor.id",
    });
  const span = /^(\d+)([smhdwMy])$/.exec(textOf(memberOf(node, "timespan")) ?? "");
  if (span !== null && Number(span[1]) * (DAYS[span[2] ?? ""] ?? 0) > LONG_DAYS)
    tell(memberOf(node, "timespan"), {
      severity: "warning",
      code: "long-timespan",
      message: `all matching events of more than ${LONG_DAYS} days are kept in memory`,
      fix: "shorten the timespan, or write a detector",
    });
  if ((type === "temporal" || type === "temporal_ordered") && rules.length < 2)
    tell(memberOf(node, "rules"), {
      severity: "warning",
      code: "temporal-of-one",
      message: "a temporal correlation of one rule is that rule",
      fix: "name a second rule, or count with event_count",
    });
  lintThresholds(memberOf(node, "condition"), { type, tell });
  for (const { key, keyNode, value } of membersOf(memberOf(node, "aliases"))) {
    if (!groupBy.includes(key))
      tell(keyNode, {
        severity: "warning",
        code: "alias-unused",
        message: `alias ${key} is not in group-by`,
        fix: "group by it or leave it out",
      });
    for (const member of membersOf(value))
      if (!rules.includes(member.key))
        tell(member.keyNode, {
          severity: "error",
          code: "alias-rule",
          message: `"${member.key}" is none of its rules`,
          fix: `write one of ${rules.join(", ")}`,
        });
  }
}

function lintThresholds(
  node: unknown,
  { type, tell }: { readonly type: string; readonly tell: Linting["tell"] },
): void {
  if (!isMap(node)) return;
  const thresholds = membersOf(node)
    .filter(({ key }) => ["gt", "gte", "lt", "lte", "eq", "neq"].includes(key))
    .map(({ key, value }) => ({ by: key as Operator, value: Number(textOf(value)) }));
  const isCount = type === "event_count" || type === "value_count";
  const figures = thresholds.flatMap(({ value }) => [value - 1, value - 0.5, value, value + 0.5, value + 1]);
  const possible = figures.filter((one) => !isCount || (one >= 0 && Number.isInteger(one)));
  if (thresholds.length > 0 && !possible.some((figure) => within(figure, thresholds)))
    tell(node, {
      severity: "error",
      code: "never-true",
      message: "no figure fulfils this condition",
      fix: "mend the comparisons: all of them must hold",
    });
  else if (isCount && thresholds.length > 0 && within(1, thresholds))
    tell(node, {
      severity: "warning",
      code: "true-of-one",
      message: "one event fulfils this condition",
      fix: "ask for more with gt or gte: a window always holds the event that ends it",
    });
}
