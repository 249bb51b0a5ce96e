import { CHANNELS, CHARGES, CUSTOMER_CLASSES, EFFECTS } from "../contract-policy.ts";
import { PURPOSES } from "../letters/contract.ts";
import { FINDINGS } from "./contract-findings.ts";
import { FACTS, FUNCTIONS } from "./decide-facts.ts";
import { LEGAL_FEES } from "./law/decide-fees.ts";
import { NATIONAL_NOTES, NATIONAL_RULES, REFERENCE_RATES } from "./law/decide-rates.ts";

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((one) => one.replaceAll("|", "\\|")).join(" | ")} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => "---")), ...rows].join("\n");
const code = (text: string): string => `\`${text}\``;
const TYPES = { amount: "amount", int: "whole number", text: "text" } as const;

/** docs/reference/policy-facts.md, made from the tables that the parser, the linter and the law read; a test keeps it current. */
export function factsDocument(): string {
  return `# What a collections policy can say

Made from the source by \`UPDATE=1 npm test -- src/collections/policy/facts-doc.test.ts\`; do not edit by hand.

## Facts

Conditions (\`when\`, \`applies\`) are written in [CEL](https://cel.dev) over these facts. \`applies\` may use those of \`customer\` only. Conditions are
read once per currency. An amount compares exactly with a number (\`netOverdue > 500.50\`); amounts of two currencies have no order. A fact that is
not known is neither false nor zero: an expression whose answer depends on it does not match, and says which fact was missing.

${table(
  ["fact", "type", "means", "from", "example"],
  FACTS.map((one) =>
    row(
      code(one.name),
      "values" in one ? one.values.map(code).join(" ") : TYPES[one.type],
      one.means,
      one.from,
      code(one.example),
    ),
  ),
)}

## Functions

Besides \`&&\`, \`||\`, \`!\`, \`? :\`, comparisons and \`in [..]\`. There are no loops: an expression has at most 500 characters and 200 parts.

${table(
  ["form", "means"],
  FUNCTIONS.map(({ form, means }) => row(code(form), means)),
)}

## Words

- channels: ${CHANNELS.map(code).join(", ")}
- letters: ${PURPOSES.map(code).join(", ")}
- charges: ${CHARGES.map(code).join(", ")}
- effects: ${EFFECTS.map(code).join(", ")}
- classes of customers: ${CUSTOMER_CLASSES.map(code).join(", ")}

## What the linter finds

An error keeps a policy from being asked for; a warning is shown and may stand.

${table(
  ["finding", "severity", "says"],
  Object.entries(FINDINGS).map(([name, { severity, en }]) => row(code(name), severity, en)),
)}

${lawDocument()}`;
}

const lawDocument = (): string => `## Reference rates

Percent a year by half-year. What is not here is not known, and interest over it is not charged until the desk adds the rate with its source.

${table(
  ["series", "from", "percent", "standing", "source"],
  REFERENCE_RATES.map((one) => row(one.series, one.from, one.percent, one.standing, one.source)),
)}

National rules within EU law (\`lawCountry\`):

${table(
  ["country", "points over", "over time", "source"],
  NATIONAL_RULES.map((one) =>
    row(
      one.country,
      String(one.pointsOver),
      one.over + (one.roundsUpToHalf ? ", rounded up to half points" : ""),
      one.source,
    ),
  ),
)}

${NATIONAL_NOTES.map(({ country, note }) => `- ${country}: ${note}`).join("\n")}

## Sums that the law allows

${table(
  ["law", "charge", "from", "sum", "only if agreed", "only between businesses", "source"],
  LEGAL_FEES.map((one) =>
    row(
      one.law,
      code(one.charge),
      one.from,
      `${one.bands.map(({ debtFrom, amount }) => (one.bands.length > 1 ? `${amount} from ${debtFrom}` : amount)).join(", ")} ${one.currency}`,
      one.onlyIfAgreed ? "yes" : "no",
      one.onlyBetweenBusinesses ? "yes" : "no",
      one.source,
    ),
  ),
)}
`;
