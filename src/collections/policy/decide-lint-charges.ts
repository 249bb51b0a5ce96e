import type { ChargeKind } from "../contract-policy.ts";
import type { LintFinding } from "./contract-findings.ts";
import type { Find, Linting, Placed } from "./decide-lint-shape.ts";
import { agreedFeeMinor, legalFee } from "./law/decide-fees.ts";
import { missingRates, ruleOf } from "./law/decide-rates.ts";

/** Charges that the law forbids together, never allows, or gives no sum for; and rates that are missing. */
export function lintCharges(steps: readonly Placed[], linting: Linting, find: Find): LintFinding[] {
  return [
    ...steps.flatMap(({ step, index }) =>
      step.charges.flatMap((charge, position) => {
        const path = ["steps", index, "charges", position];
        return [
          ...stacking({ charge, path, at: { step, index } }, steps, find),
          ...sums({ charge, path, at: { step, index } }, linting, find),
        ];
      }),
    ),
    ...aboveLaw(linting, find),
    ...rates(linting, find),
  ];
}

type One = { readonly charge: ChargeKind; readonly path: (string | number)[]; readonly at: Placed };

function stacking({ charge, path, at }: One, steps: readonly Placed[], find: Find): LintFinding[] {
  if (charge !== "reminder-fee" && charge !== "collection-demand") return [];
  const upTo = steps.slice(0, steps.findIndex(({ index }) => index === at.index) + 1);
  const isReplaced = upTo.some(({ step }) => step.charges.includes("compensation"));
  return isReplaced ? [find("fee-stacking", path, { charge, step: at.step.id })] : [];
}

function sums({ charge, path }: One, { policy, facts }: Linting, find: Find): LintFinding[] {
  if (charge === "interest") return [];
  const day = facts.day ?? Temporal.PlainDate.from("2026-01-01");
  const legal = legalFee(policy.law, charge, day);
  const isAgreed = policy.agreedFees.some((one) => one.charge === charge);
  if (legal === undefined && !isAgreed) return [find("fee-without-sum", path, { charge, law: policy.law })];
  const needsAgreement = legal?.onlyIfAgreed ?? true;
  return needsAgreement && !policy.feesAgreed ? [find("fee-not-agreed", path, { charge })] : [];
}

function aboveLaw({ policy, facts }: Linting, find: Find): LintFinding[] {
  const day = facts.day ?? Temporal.PlainDate.from("2026-01-01");
  return policy.agreedFees.flatMap((fee, index) => {
    const legal = legalFee(policy.law, fee.charge, day);
    if (legal === undefined || legal.currency !== fee.currency) return [];
    const most = legal.bands.at(-1)?.amount ?? "0";
    // A debt of ten million is more than any band; what is above the law there is above it.
    if (agreedFeeMinor(fee, 1_000_000_000n) <= BigInt(most) * 100n) return [];
    return [find("fee-above-law", ["agreedFees", index], { charge: fee.charge, sum: `${most} ${legal.currency}` })];
  });
}

function rates({ policy, facts }: Linting, find: Find): LintFinding[] {
  if (policy.interest.by !== "statutory") return [];
  if (ruleOf(policy.law, policy.lawCountry) === undefined)
    return [find("rates-none", ["interest"], { law: policy.law })];
  if (facts.day === undefined) return [];
  const missing = missingRates({
    law: policy.law,
    country: policy.lawCountry,
    from: facts.day.subtract({ months: 6 }),
    to: facts.day,
    rates: facts.rates,
  });
  return missing.length === 0 ? [] : [find("rates-missing", ["interest"], { days: missing.join(", ") })];
}
