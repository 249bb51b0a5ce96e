import { type PriorityJson, priorityOf } from "../../cases/contract-priority.ts";
import type { Money } from "../../core/money.ts";
import type { Level } from "../sigma/contract.ts";

/** Severity times exposure: what the hit itself puts at risk, else all that the customer owes and may come to owe. */
export function decidePriority(of: {
  readonly level: Level;
  readonly atRisk: Money | undefined;
  readonly exposure: Money | undefined;
}): PriorityJson {
  const { level, atRisk, exposure } = of;
  return atRisk === undefined
    ? priorityOf({ level, amount: exposure, stake: "exposure" })
    : priorityOf({ level, amount: atRisk, stake: "at-risk" });
}
