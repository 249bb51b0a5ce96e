import type { ExplainedNode, ExplainWire } from "../../../src/activity/lab/contract-wire.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { type Fact, Facts } from "../../kit/Bits.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { Holds, spanText } from "./parts.tsx";

/** A condition with each part's answer, as the rule is written: selections by name, comparisons with what the event has. */
export function NodeView({ node }: { readonly node: ExplainedNode }) {
  const t = useT();
  const mark = (
    <Glyph level={node.holds ? "ok" : "error"} label={t(node.holds ? "lab.explain.true" : "lab.explain.false")} />
  );
  if (node.test !== null)
    return (
      <li>
        <span className="explain-line">
          {mark}
          <span>
            <span className="mono small">{node.test.field === "" ? t("lab.explain.everything") : node.test.field}</span>{" "}
            <span className="small ink2">{node.test.wanted}</span>
            <Found test={node.test} />
          </span>
        </span>
      </li>
    );
  return (
    <li>
      <span className="explain-line">
        {mark}
        <span className="small">
          {node.label !== null && <span className="mono b">{node.label} </span>}
          <span className="ink3">{t(`lab.explain.${node.kind === "test" ? "and" : node.kind}`)}</span>
        </span>
      </span>
      <ul>
        {node.of.map((one, at) => (
          <NodeView key={at} node={one} />
        ))}
      </ul>
    </li>
  );
}

function Found({ test }: { readonly test: NonNullable<ExplainedNode["test"]> }) {
  const t = useT();
  const says = [
    ...(test.found.length > 0 ? [t("lab.explain.has", { found: test.found.join(", ") })] : []),
    ...(test.whyNot === null || (test.whyNot === "value" && test.found.length > 0)
      ? []
      : [t(`lab.explain.why.${test.whyNot}`)]),
  ];
  return says.length === 0 ? null : (
    <span className={`small explain-found ${test.whyNot === null ? "ink3" : "warn"}`}>{says.join("; ")}</span>
  );
}

type Correlation = ExplainWire["correlations"][number];

/** What was in the window that ends with the event, and what was missing. */
export function CorrelationView({ one }: { readonly one: Correlation }) {
  const t = useT();
  const f = useFormat();
  const { window } = one;
  return (
    <Panel
      className="rule-long"
      title={one.title}
      question={t("rule.card.window.whole", { type: one.type, span: spanText(one.timespanMs) })}
      aside={<Holds holds={one.holds} />}
    >
      <div className="sec">
        <Facts rows={factsOf(one, t)} />
      </div>
      {window !== null && window.events.length > 0 && (
        <>
          <div className="sec label">
            {t("lab.explain.window.events", { n: window.seen.reduce((n, { count }) => n + count, 0) })}
          </div>
          <ul className="rule-matches">
            {window.events.map(({ rule, event }, at) => (
              <li key={at}>
                <span className="row wrap">
                  <span className="num small ink2 nowrap">{f.moment(event.at)}</span>
                  <span className="mono small">{event.operation}</span>
                  <span className="small ink3">{rule}</span>
                </span>
                <span className="small ink2">
                  {[event.actor, event.ip, event.resource].filter(Boolean).join(" · ")}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function factsOf({ reachedBy, group, window }: Correlation, t: T): readonly Fact[] {
  const grouped: readonly Fact[] =
    group.length === 0
      ? []
      : [
          [
            t("lab.explain.group"),
            <ul key="g" className="rule-lines">
              {group.map(({ field, value }) => (
                <li key={field} className="small">
                  <span className="mono">{field}</span>{" "}
                  {value === null ? (
                    <span className="warn">{t("lab.explain.group.absent")}</span>
                  ) : (
                    <span className="ink2">{value}</span>
                  )}
                </li>
              ))}
            </ul>,
          ],
        ];
  const reached: Fact = [
    t("lab.explain.event"),
    reachedBy.length === 0 ? t("lab.explain.unreached") : t("lab.explain.reached", { rules: reachedBy.join(", ") }),
  ];
  if (window === null) return [reached, ...grouped];
  const { figure, thresholds, seen, missing, values } = window;
  const says = [
    t("lab.explain.window.figure", { figure: figure ?? "–", asked: thresholds.join(", ") }),
    ...(seen.length > 1 ? seen.map(({ rule, count }) => t("lab.explain.window.seen", { rule, n: count })) : []),
    ...(missing.length > 0 ? [t("lab.explain.window.missing", { rules: missing.join(", ") })] : []),
    ...(values.length > 0 ? [valuesText(values)] : []),
  ];
  return [reached, ...grouped, [t("lab.explain.window"), says.join("; ")]];
}

const VALUES_SHOWN = 6;
/** Counted values, of ids only their end: the start is the same in most. */
function valuesText(values: readonly string[]): string {
  const short = values
    .slice(0, VALUES_SHOWN)
    .map((value) => (value.startsWith("/") ? `…/${value.split("/").at(-1)}` : value));
  return `${short.join(", ")}${values.length > VALUES_SHOWN ? ", …" : ""}`;
}
