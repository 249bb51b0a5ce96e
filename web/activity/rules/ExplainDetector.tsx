import type { ExplainWire } from "../../../src/activity/lab/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { LevelTag } from "./parts.tsx";

type Detector = NonNullable<ExplainWire["detector"]>;

/** What a detector kept of an event, what else is in its group, and what it decides. */
export function DetectorView({ detector }: { readonly detector: Detector }) {
  const t = useT();
  const settings = Object.entries(detector.settings).map(([name, value]) => `${name} ${value}`);
  if (detector.groups.length === 0)
    return (
      <Panel>
        <EmptyState level="none" title={t("lab.explain.detector.nothing")} />
      </Panel>
    );
  return (
    <>
      {detector.groups.map((group) => (
        <GroupView key={group.group} group={group} />
      ))}
      <Panel>
        {settings.length > 0 && (
          <div className="sec small ink2">{t("lab.explain.detector.settings", { text: settings.join(", ") })}</div>
        )}
        {!detector.portfolioKnown && <div className="sec small ink2">{t("lab.explain.detector.unknown")}</div>}
      </Panel>
    </>
  );
}

function GroupView({ group }: { readonly group: Detector["groups"][number] }) {
  const t = useT();
  const f = useFormat();
  return (
    <Panel
      className="rule-long"
      title={t("lab.explain.detector.group", { name: group.group })}
      question={t("lab.explain.detector.kept", { n: group.keptCount })}
    >
      <div className="sec label">{t("lab.explain.detector.hits")}</div>
      {group.hits.length === 0 ? (
        <div className="sec ink3">{t("lab.explain.detector.nohits")}</div>
      ) : (
        <ul className="rule-matches">
          {group.hits.map((hit, at) => (
            <li key={at}>
              <span className="row wrap">
                <span className="num small ink2 nowrap">{f.moment(hit.at)}</span>
                <LevelTag level={hit.level} />
                {hit.hasThis && <span className="small b">{t("lab.explain.detector.this")}</span>}
              </span>
              <span className="small ink2">{factsText(hit.facts)}</span>
            </li>
          ))}
        </ul>
      )}
      <ul className="rule-matches">
        {group.kept.map((one, at) => (
          <li key={at} className={one.isThis ? "this" : ""}>
            <span className="row wrap">
              <span className="num small ink2 nowrap">{f.moment(one.at)}</span>
              {one.isThis && <span className="small b">{t("lab.explain.detector.this")}</span>}
            </span>
            <span className="mono tiny">{factsText(one.facts)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export const factsText = (facts: Readonly<Record<string, unknown>>): string =>
  Object.entries(facts)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(
      ([name, value]) =>
        `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value as string | number)}`,
    )
    .join(" · ");
