import { CHANNELS, NEEDS_NOTICE, type Policy, type PolicyStep } from "../contract-policy.ts";
import { PURPOSES } from "../letters/contract.ts";
import { purposeOf } from "../letters/decide-facts.ts";
import { FINDINGS, type LintFinding } from "./contract-findings.ts";
import { lintCharges } from "./decide-lint-charges.ts";
import { lintConditions } from "./decide-lint-conditions.ts";
import type { ParsedPolicy } from "./decide-parse.ts";
import type { Find, LintFacts, Linting, Placed } from "./decide-lint-shape.ts";

/** Least days between the notice and what it announces. Ours, not a law's: a letter takes days, and so does a transfer. */
export const NOTICE_DAYS_MIN = 7;
/** Which letters announce what; one of them must go out before. */
const ANNOUNCED_BY: Partial<Record<PolicyStep["effects"][number], readonly string[]>> = {
  "suspend-seats": ["suspension-notice", "final-demand"],
  "cancel-azure": ["suspension-notice", "final-demand"],
  terminate: ["final-demand", "suspension-notice"],
  "hand-over": ["final-demand", "agency-notice"],
};
const ACCESS = ["suspend-seats", "cancel-azure", "terminate"] as const;

/** What is unwise, unlawful or cannot work in a policy that can be read. In the order of the text. */
export function lintPolicy({ policy, places }: ParsedPolicy, facts: LintFacts = {}): readonly LintFinding[] {
  const find: Find = (code, path, of = {}) => ({
    ...places.of(path),
    code,
    severity: FINDINGS[code].severity,
    facts: of,
  });
  const linting = { policy, places, facts };
  const steps = policy.steps
    .map((step, index) => ({ step, index }))
    .toSorted((a, b) => a.step.daysPastDue - b.step.daysPastDue || a.index - b.index);
  return [
    ...orderFindings(policy.steps, find),
    ...steps.flatMap((one) => stepFindings(one, linting, find)),
    ...steps.flatMap((one) => noticeFindings(one, steps, find)),
    ...lateFindings(steps, policy, find),
    ...savingFindings(steps, policy, find),
    ...lintCharges(steps, linting, find),
    ...lintConditions(linting, find),
    ...(facts.holidays?.includes(policy.calendar.holidays) === false
      ? [find("holidays-unknown", ["calendar", "holidays"], { place: policy.calendar.holidays })]
      : []),
  ].toSorted((a, b) => a.from - b.from);
}

function orderFindings(steps: readonly PolicyStep[], find: Find): LintFinding[] {
  return steps.flatMap((step, index) => {
    const before = steps[index - 1];
    if (before === undefined || before.daysPastDue <= step.daysPastDue) return [];
    const facts = { step: step.id, days: step.daysPastDue, other: before.id, otherDays: before.daysPastDue };
    return [find("step-order", ["steps", index, "daysPastDue"], facts)];
  });
}

function stepFindings({ step, index }: Placed, { policy, facts }: Linting, find: Find): LintFinding[] {
  const at = ["steps", index];
  const found: LintFinding[] = [];
  const acts = step.effects.length + step.charges.length > 0;
  if (step.tell.length === 0 && !acts) found.push(find("step-empty", [...at, "id"], { step: step.id }));
  if (step.daysPastDue <= 0 && acts) found.push(find("effect-before-due", [...at, "daysPastDue"], { step: step.id }));
  if (step.daysPastDue > 0 && step.daysPastDue <= policy.graceDays)
    found.push(
      find("step-in-grace", [...at, "daysPastDue"], { step: step.id, days: step.daysPastDue, grace: policy.graceDays }),
    );
  const grave = step.effects.filter((effect) => NEEDS_NOTICE.includes(effect));
  if (grave.length > 0 && step.approve === "none")
    found.push(find("approval-missing", [...at, "effects"], { step: step.id, effects: grave.join(", ") }));
  if (step.effects.length === 0 && step.approve !== "none")
    found.push(find("approval-unused", [...at, "approve"], { step: step.id }));
  for (const [position, { channel, letter }] of step.tell.entries()) {
    const path = [...at, "tell", position, "letter"];
    // A message and a call have texts of their own, whatever letter a step names.
    const purpose = purposeOf(channel, letter, step);
    const gap = facts.incompleteLetters?.find(
      (one) => one.letter === purpose && (one.law === undefined || one.law === policy.law),
    );
    if (!(PURPOSES as readonly string[]).includes(letter)) found.push(find("letter-unknown", path, { letter }));
    else if (gap) found.push(find("letter-incomplete", path, { letter, law: policy.law, missing: gap.missing }));
  }
  return [...found, ...channelFindings({ step, index }, facts, find)];
}

function channelFindings({ step, index }: Placed, { customers, withoutAddress }: LintFacts, find: Find): LintFinding[] {
  if (customers === undefined || customers === 0) return [];
  return step.tell.flatMap(({ channel }, position) => {
    const count = withoutAddress?.[channel] ?? 0;
    if (count === 0 || !CHANNELS.includes(channel)) return [];
    const path = ["steps", index, "tell", position, "channel"];
    return [
      find(count >= customers ? "channel-unreachable" : "channel-partly-unreachable", path, {
        channel,
        count,
        all: customers,
      }),
    ];
  });
}

function noticeFindings({ step, index }: Placed, steps: readonly Placed[], find: Find): LintFinding[] {
  const before = steps.slice(
    0,
    steps.findIndex((one) => one.index === index),
  );
  const telling = before.filter(({ step: { tell, daysPastDue } }) => tell.length > 0 && daysPastDue > 0);
  const found: LintFinding[] = [];
  const last = telling.at(-1);
  if (step.tell.length > 0 && last?.step.daysPastDue === step.daysPastDue)
    found.push(find("step-gap", ["steps", index, "daysPastDue"], { step: step.id, other: last.step.id }));
  if (!step.effects.some((effect) => NEEDS_NOTICE.includes(effect))) return found;
  const at = ["steps", index, "effects"];
  if (last === undefined) return [...found, find("notice-missing", at, { step: step.id })];
  return [...found, ...announced({ step, index }, telling, find), ...delays({ step, index }, telling, find)];
}

/** The letter that announces it, and the days it runs. */
function announced({ step, index }: Placed, telling: readonly Placed[], find: Find): LintFinding[] {
  const wanted = step.effects.flatMap((effect) => ANNOUNCED_BY[effect] ?? []);
  if (wanted.length === 0) return [];
  const unsaid = step.effects.filter((effect) => {
    const letters = ANNOUNCED_BY[effect];
    return (
      letters !== undefined && !telling.some((one) => one.step.tell.some(({ letter }) => letters.includes(letter)))
    );
  });
  if (unsaid.length > 0) {
    const letters = [...new Set(unsaid.flatMap((effect) => ANNOUNCED_BY[effect] ?? []))].join(" / ");
    return [find("letter-statements", ["steps", index, "effects"], { step: step.id, letters })];
  }
  const notice = telling.findLast((one) => one.step.tell.some(({ letter }) => wanted.includes(letter)));
  if (notice === undefined || notice.step.noticeDays >= NOTICE_DAYS_MIN) return [];
  const facts = { step: step.id, days: notice.step.noticeDays, most: NOTICE_DAYS_MIN };
  return [find("notice-short", ["steps", notice.index, "noticeDays"], facts)];
}
function delays({ step, index }: Placed, telling: readonly Placed[], find: Find): LintFinding[] {
  const longest = telling
    .map((one) => ({ id: one.step.id, until: one.step.daysPastDue + one.step.noticeDays }))
    .toSorted((a, b) => b.until - a.until)[0];
  if (longest === undefined || longest.until <= step.daysPastDue) return [];
  const facts = { step: step.id, days: step.daysPastDue, other: longest.id, until: longest.until };
  return [find("notice-delays", ["steps", index, "daysPastDue"], facts)];
}

function lateFindings(steps: readonly Placed[], { partnerDays }: Policy, find: Find): LintFinding[] {
  const first = steps.find(({ step }) => step.effects.some((effect) => (ACCESS as readonly string[]).includes(effect)));
  if (first === undefined || first.step.daysPastDue <= partnerDays) return [];
  return [
    find("suspension-late", ["steps", first.index, "daysPastDue"], { days: first.step.daysPastDue, partnerDays }),
  ];
}

const SAVING =
  /\bsav(e|es|ing|ings)\b|\bcut(s|ting)? (the )?cost|\bstops? (the )?(cost|billing)|\bspar(a|ar|as)\b|besparing|minskar? kostnad|slipper (vi )?betala/i;
function savingFindings(steps: readonly Placed[], policy: Policy, find: Find): LintFinding[] {
  const first = steps.find(({ step }) => step.effects.includes("suspend-seats"));
  if (first === undefined) return [];
  const found: LintFinding[] = [];
  for (const language of ["en", "sv"] as const) {
    if (SAVING.test(policy.about?.[language] ?? "")) found.push(find("suspension-as-saving", ["about", language]));
    for (const { step, index } of steps)
      if (step.effects.includes("suspend-seats") && SAVING.test(step.name[language] ?? ""))
        found.push(find("suspension-as-saving", ["steps", index, "name", language]));
  }
  const isOff = steps.some(
    ({ step }) => step.effects.includes("auto-renew-off") && step.daysPastDue <= first.step.daysPastDue,
  );
  return isOff
    ? found
    : [...found, find("suspension-bills-on", ["steps", first.index, "effects"], { step: first.step.id })];
}
