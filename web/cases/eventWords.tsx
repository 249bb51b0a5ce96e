import { useFormat, useWord } from "../i18n/t.ts";

/** A row of the event log as every timeline has it. */
export type EventLike = {
  readonly type: string;
  readonly data: unknown;
  readonly actor?: { readonly name: string } | undefined;
};
export type Sentence = { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> };
type Word = ReturnType<typeof useWord>;

/** Names inside facts, put into words: an alert type, a channel, a severity. What is missing is written as a dash, never as a brace. */
function namesIn(facts: Readonly<Record<string, unknown>>, word: Word): Record<string, string> {
  const text = (value: unknown): string =>
    typeof value === "string" || typeof value === "number" ? String(value) : "–";
  const alert = text(facts["alertKind"]);
  const channel = text(facts["channel"]);
  const [reason, outcome, severity, state, step] = ["reason", "outcome", "severity", "state", "step"].map((name) =>
    text(facts[name]),
  ) as [string, string, string, string, string];
  // A rule carries its title in both languages; the words name the fact that has the reader's.
  const ruleTitle = text(facts[word("activity.finding.titleFact", {}, "title")]);
  return {
    ruleTitle: ruleTitle === "–" ? text(facts["title"]) : ruleTitle,
    alert: word(`notices.kind.${alert}`, {}, text(facts["title"]) === "–" ? alert : text(facts["title"])),
    channel: word(`notices.channel.${channel}`, {}, channel),
    reason: word(`notices.reason.${reason}`, {}, reason),
    outcome: word(`cases.outcome.${outcome}`, {}, outcome),
    severity: word(`cases.severity.${severity}`, {}, severity),
    state: word(`cases.step.${state}`, {}, state),
    step: word(`playbook.step.${step}`, {}, step),
  };
}

const plainFacts = (data: unknown): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries((data ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, string | number] => typeof entry[1] === "string" || typeof entry[1] === "number",
    ),
  );

/** Words a finding or a link of evidence: `useSentence()("finding", row)`. A new kind is shown by its name. */
export function useSentence(): (group: "finding" | "evidence", sentence: Sentence) => string {
  const word = useWord();
  return (group, { kind, facts }) => word(`${group}.${kind}`, { ...facts, ...namesIn(facts, word) }, kind);
}

/**
 * Words any event for a timeline: `useEventText()(row)`. Each slice writes its sentences as `event.<type>` in its own words; numbers
 * and texts of the event's data fill them. An event without a sentence is shown by its type, so that nothing is hidden.
 */
export function useEventText(): (event: EventLike) => string {
  const word = useWord();
  const f = useFormat();
  return ({ type, data, actor }) => {
    const facts = plainFacts(data);
    const nested = (data as { kind?: unknown; facts?: unknown } | null) ?? {};
    const finding =
      typeof nested.kind === "string" && typeof nested.facts === "object"
        ? findingIn(word, nested.kind, plainFacts(nested.facts))
        : "–";
    const minutes = facts["afterMinutes"] ?? facts["minutes"];
    // Who takes a case for oneself reads better without being named twice.
    const self = actor !== undefined && facts["to"] === actor.name ? word(`event.${type}.self`, {}, "") : "";
    if (self !== "") return self;
    const after = typeof minutes === "number" ? f.duration(minutes) : "–";
    return word(`event.${type}`, { finding, after, ...facts, ...namesIn(facts, word) }, type).replaceAll(
      /\{\w+\}/g,
      "–",
    );
  };
}

const findingIn = (word: Word, kind: string, facts: Record<string, string | number>): string =>
  word(`finding.${kind}`, { ...facts, ...namesIn(facts, word) }, kind);

const SAID_FACTS = ["alertKind", "number", "title", "channel", "by", "why", "of", "outcome", "currency"];
/** Of activity: said by the sentence, by the link to the rule and by the record. */
const ACTIVITY_FACTS = ["titleSv", "rule", "version", "runbook", "log", "actorId", "author", "license"];
const QUIET_FACTS = new Set([...SAID_FACTS, ...ACTIVITY_FACTS]);
/** Facts that are amounts: decimal text in the currency beside them, with all its digits. */
const MONEY_FACTS = new Set(["used", "budget", "forecast", "from", "to"]);

/** The facts of a sentence that it does not say itself, in one line. */
export function useFactsLine(): (sentence: Sentence) => string {
  const word = useWord();
  const f = useFormat();
  return ({ kind, facts }) => {
    const currency = facts["currency"];
    const written = (name: string, value: string | number): string | number =>
      MONEY_FACTS.has(name) &&
      typeof value === "string" &&
      typeof currency === "string" &&
      /^-?\d+(\.\d+)?$/.test(value)
        ? f.money({ minor: value.replace(".", ""), currency })
        : value;
    return (
      Object.entries(facts)
        // An event is named by its operation: said already.
        .filter(([name]) => !QUIET_FACTS.has(name) && !(name === "operation" && kind === "activity.event"))
        .map(([name, value]) => word(`fact.${name}`, { value: written(name, value) }, `${name} ${value}`))
        .join(" · ")
    );
  };
}

/** Why it happened: a person's own words as they are, the desk's reasons in the chosen language. */
export function useEventWhy(): (why: string) => string {
  const word = useWord();
  return (why) => word(`event.why.${why}`, {}, why);
}
