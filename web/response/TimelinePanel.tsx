import type { ProposalJson } from "../../src/response/contract.ts";
import { useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import type { Level } from "../kit/Risk.tsx";
import { Timeline, type TimelineItem } from "../kit/Timeline.tsx";
import { useTargetName } from "./texts.ts";

const LEVEL: Readonly<Record<string, Level>> = {
  "response.action-verified": "ok",
  "response.proposal-verified": "ok",
  "response.action-sent": "info",
  "response.action-failed": "crit",
  "response.action-unverified": "warn",
};

/** Everything the log holds about this proposal, people and machine alike. */
export function TimelinePanel({ of }: { readonly of: ProposalJson }) {
  const t = useT();
  const word = useWord();
  const nameOf = useTargetName();
  const readable = (data: Readonly<Record<string, unknown>>) => {
    const { name, targetKind } = data;
    const named = typeof name === "string" ? { name: nameOf({ kind: String(targetKind), name }) } : {};
    return { ...params(data), ...named };
  };
  const items: readonly TimelineItem[] = of.timeline.map(({ seq, at, type, actor, why, data }) => ({
    id: seq,
    at,
    level: LEVEL[type] ?? "none",
    title: word(`response.event.${type.replace("response.", "")}`, readable(data), type),
    detail: why === null ? undefined : `“${why}”`,
    by: actor.name,
  }));
  return (
    <Panel className="r-timeline" title={t("response.timeline")} question={t("response.timeline.q")}>
      <Timeline items={items} />
    </Panel>
  );
}

/** The plain members of an event's data; whole objects are not for sentences. */
const params = (data: Readonly<Record<string, unknown>>): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries(data).filter(
      (entry): entry is [string, string | number] => typeof entry[1] === "string" || typeof entry[1] === "number",
    ),
  );
