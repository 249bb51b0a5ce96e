import type {
  Effect,
  Facts,
  OptionJson,
  ProposalKind,
  ProposalRowJson,
  WhyNotJson,
} from "../../src/response/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { useProposalName } from "../today/proposal-words.ts";

/** Kinds and facts of the server as sentences in the chosen language. */

export const numberOf = (number: number): string => `P-${String(number).padStart(4, "0")}`;

/** Facts made readable: days, moments and role names. */
function useFacts(): (facts: Facts) => Facts {
  const f = useFormat();
  const word = useWord();
  return (facts) =>
    Object.fromEntries(
      Object.entries(facts).map(([name, value]) => {
        if (typeof value !== "string") return [name, value];
        if (name === "day") return [name, f.day(value)];
        if (name === "at") return [name, f.moment(value)];
        if (name === "roles")
          return [
            name,
            value
              .split(",")
              .map((role) => word(`role.${role}`, {}, role))
              .join(", "),
          ];
        return [name, value];
      }),
    );
}

/** Why something may not be done. */
export function useWhyText(): (why: WhyNotJson) => string {
  const word = useWord();
  const readable = useFacts();
  return ({ code, facts }) => word(`problem.${code}`, readable(facts), code);
}

/** One effect as a sentence with its facts. */
export function useEffectText(): (effect: Pick<Effect, "kind" | "facts">) => string {
  const word = useWord();
  const readable = useFacts();
  return ({ kind, facts }) => {
    const count = facts["seats"] ?? facts["count"] ?? 0;
    const lacksDay = kind === "bills-on" && facts["day"] === undefined;
    const lacksSeats = kind === "users-blocked" && facts["seats"] === 0;
    const key = lacksDay ? `${kind}.open` : lacksSeats ? `${kind}.none` : kind;
    return word(`response.effect.${key}`, { day: "…", ...readable(facts), n: count }, kind);
  };
}

type Named = Pick<ProposalRowJson, "kind" | "targets"> & { readonly answer?: ProposalRowJson["answer"] };

/** A proposal or option named by its effect; an answer by what Microsoft is told. */
export function useActionName(): (of: Named) => string {
  const t = useT();
  const name = useProposalName();
  return (of) => {
    if (of.kind !== "answer-alert" || of.answer === undefined || of.answer === null) return name(of);
    return t(of.answer.reason === null ? "response.alert.investigating" : `response.alert.${of.answer.reason}`);
  };
}

/** The answer an option card stands for: its key ends in it. */
export const answerOf = (option: Pick<OptionJson, "kind" | "key">): ProposalRowJson["answer"] => {
  const reason = option.key.split(":")[1];
  if (option.kind !== "answer-alert" || (reason !== "fraud" && reason !== "legitimate" && reason !== "ignore"))
    return null;
  return { status: "resolved", reason };
};

export function useRoleNames(): (roles: readonly string[]) => string {
  const word = useWord();
  return (roles) => roles.map((role) => word(`role.${role}`, {}, role)).join(", ");
}

/** How it is taken back, until when, in one sentence. */
export function useUndoText(): (undo: ProposalRowJson["undo"]) => string {
  const t = useT();
  const f = useFormat();
  return (undo) => {
    if (!undo.possible || undo.by === null) return t("response.undo.none");
    const how = t("response.undo.possible", { action: t(`response.kind.${undo.by satisfies ProposalKind}`) });
    if (undo.untilDay !== null) return `${how}, ${t("response.undo.untilDay", { day: f.day(undo.untilDay) })}`;
    return undo.withinDays === null ? how : `${how}, ${t("response.undo.withinDays", { n: undo.withinDays })}`;
  };
}

/** The name of what a step changes; an alert by its kind in words. */
export function useTargetName(): (target: { readonly kind: string; readonly name: string }) => string {
  const word = useWord();
  return ({ kind, name }) => (kind === "alert" ? word(`notices.kind.${name}`, {}, name) : name);
}
