import { Button, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { ExplainWire, RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph, Tag } from "../../kit/Risk.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { CorrelationView, NodeView } from "./ExplainTree.tsx";
import { Holds } from "./parts.tsx";
import { DetectorView } from "./ExplainDetector.tsx";

type Props = {
  readonly rule: RuleWire;
  /** The text as it stands in the editor, when it differs from the one in use. */
  readonly text: string | undefined;
};

/** Why the rule fires on one event, or not; the event stands in the address, so that findings and search can point here. */
export function ExplainTab({ rule, text }: Props) {
  const t = useT();
  const navigate = useNavigate();
  const { event = "" } = useSearch({ from: "/desk/activity/rules/$ruleId" });
  const [asked, setAsked] = useState(event);
  const [pasted, setPasted] = useState<string | undefined>();
  const wanted = pasted ?? event;
  const ask = () => {
    const given = asked.trim();
    const isJson = /^[[{]/.test(given);
    setPasted(isJson ? given : undefined);
    if (!isJson)
      void navigate({
        to: "/activity/rules/$ruleId",
        params: { ruleId: rule.ruleId },
        search: { tab: "explain", event: given || undefined },
        replace: true,
      });
  };
  return (
    <div className="stk">
      <Panel title={t("lab.explain")} question={t("lab.explain.q")}>
        <form
          className="sec row wrap explain-ask"
          onSubmit={(submitted) => {
            submitted.preventDefault();
            ask();
          }}
        >
          <Textarea
            className="explain-event"
            label={t("lab.explain.event")}
            description={t("lab.explain.event.hint")}
            value={asked}
            onChange={(changed) => setAsked(changed.currentTarget.value)}
            autosize
            maxRows={8}
            maxLength={500_000}
            classNames={{ input: "mono" }}
          />
          <Button type="submit" disabled={asked.trim() === ""}>
            {t("lab.explain.ask")}
          </Button>
        </form>
        {wanted === "" && <EmptyState level="none" title={t("lab.explain.none")} />}
      </Panel>
      {wanted !== "" && <Answer key={wanted} rule={rule} text={text} event={wanted} />}
    </div>
  );
}

function Answer({ rule, text, event }: Props & { readonly event: string }) {
  const t = useT();
  const read = useQuery<ExplainWire>({
    queryKey: ["activity", "explain", rule.ruleId, rule.version, text ?? "", event],
    queryFn: ({ signal }) =>
      api.post<ExplainWire>(
        "/api/activity/rules/explain",
        { ...(text === undefined ? { ruleId: rule.ruleId } : { text }), event: eventOf(event) },
        { idempotencyKey: crypto.randomUUID(), signal },
      ),
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return (
    <Loaded query={read}>
      {(answer) => (
        <>
          <Verdict answer={answer} />
          {/* The alerting one first, then what it is made of. */}
          {answer.correlations.toReversed().map((one) => (
            <CorrelationView key={one.title} one={one} />
          ))}
          {answer.rules.map((one) => (
            <Panel
              key={one.title}
              className="rule-long"
              title={one.title}
              question={t(one.isAlerting ? "lab.explain.alert" : "lab.explain.base")}
              aside={<Holds holds={one.holds} />}
            >
              <div className="sec small row wrap">
                <span className="ink3">{t("lab.explain.source")}</span>
                <span className="mono">{one.logsource.wanted}</span>
                <Glyph level={one.logsource.fits ? "ok" : "error"} />
                <span>
                  {one.logsource.fits
                    ? t("lab.explain.source.fits")
                    : t("lab.explain.source.misfits", { found: one.logsource.found.join(", ") })}
                </span>
              </div>
              <ul className="explain-tree">
                <NodeView node={one.tree} />
              </ul>
            </Panel>
          ))}
          {answer.detector !== null && <DetectorView detector={answer.detector} />}
        </>
      )}
    </Loaded>
  );
}

const eventOf = (text: string) => {
  if (/^[[{]/.test(text)) return { json: text };
  const at = text.indexOf("|");
  return { source: text.slice(0, at).trim(), id: text.slice(at + 1).trim() };
};

function Verdict({ answer }: { readonly answer: ExplainWire }) {
  const t = useT();
  const f = useFormat();
  const { event, fires, filteredBy, looked, faults } = answer;
  return (
    <Panel>
      <div className="sec row wrap" role="status">
        <Tag level={fires ? "warn" : "none"}>{t(fires ? "lab.explain.fires" : "lab.explain.silent")}</Tag>
        <span className="num small">{f.moment(event.at)}</span>
        <span className="mono small">{event.operation}</span>
        <span className="small ink2">
          {[event.outcome, event.actor, event.ip, event.resource].filter(Boolean).join(" · ")}
        </span>
      </div>
      {filteredBy !== null && (
        <div className="sec row warn small">
          <Glyph level="warn" /> {t("lab.explain.filtered", { name: filteredBy })}
        </div>
      )}
      {faults.map(({ line, column, message }) => (
        <div key={`${line}:${column}`} className="sec row crit small">
          <Glyph level="error" /> {t("lab.findings.place", { line, column })}: {message}
        </div>
      ))}
      {looked.events > 0 && (
        <div className="sec small ink3">
          {t("lab.explain.looked", { n: looked.events })}
          {looked.isCut && `; ${t("lab.explain.cut")}`}
        </div>
      )}
    </Panel>
  );
}
