import { Button, NativeSelect, SegmentedControl, Textarea } from "@mantine/core";
import type { RuleWire, TryWire } from "../../../src/activity/lab/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { EmptyState, useProblemText, Why } from "../../kit/States.tsx";
import type { Tried, TryOn } from "./use-try.ts";

const KINDS = ["stored", "json", "examples"] as const;
const HOURS = [1, 24, 24 * 7, 24 * 30] as const;

type Props = {
  readonly rule: RuleWire | undefined;
  readonly tried: Tried;
  readonly on: TryOn;
  readonly onChange: (on: TryOn) => void;
};

/** The text in the editor, run on stored or pasted events a moment after each change. */
export function TryPanel({ rule, tried, on, onChange }: Props) {
  const t = useT();
  const problem = useProblemText();
  const pick = (kind: string) =>
    onChange(kind === "json" ? { kind, json: "" } : kind === "examples" ? { kind } : { kind: "stored", hours: 24 });
  return (
    <Panel
      title={t("lab.try")}
      question={t("lab.try.q")}
      aside={
        <Button size="compact-xs" variant="default" onClick={tried.again} loading={tried.isBusy}>
          {t("lab.try.again")}
        </Button>
      }
    >
      <div className="sec row wrap">
        <SegmentedControl
          size="xs"
          aria-label={t("lab.try.on")}
          value={on.kind}
          onChange={pick}
          data={KINDS.map((value) => ({ value, label: t(`lab.try.on.${value}`) }))}
        />
        {on.kind === "stored" && <Hours hours={on.hours} onChange={(hours) => onChange({ kind: "stored", hours })} />}
      </div>
      {on.kind === "json" && (
        <div className="sec">
          <Textarea
            label={t("lab.try.json")}
            value={on.json}
            onChange={(event) => onChange({ kind: "json", json: event.currentTarget.value })}
            minRows={4}
            maxRows={10}
            autosize
            maxLength={900_000}
            classNames={{ input: "mono" }}
          />
        </div>
      )}
      {tried.error !== null ? (
        <div className="sec">
          <Why>{problem(tried.error)}</Why>
        </div>
      ) : (
        tried.data !== undefined && <Found found={tried.data} on={on} rule={rule} />
      )}
    </Panel>
  );
}

function Hours({ hours, onChange }: { readonly hours: number; readonly onChange: (hours: number) => void }) {
  const t = useT();
  return (
    <NativeSelect
      size="xs"
      aria-label={t("lab.try.hours")}
      value={String(hours)}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
      data={HOURS.map((n) => ({
        value: String(n),
        label: n < 48 ? t("lab.try.hours.n", { n }) : t("lab.try.days.n", { n: n / 24 }),
      }))}
    />
  );
}

type FoundProps = { readonly found: TryWire; readonly on: TryOn; readonly rule: RuleWire | undefined };

function Found({ found, on, rule }: FoundProps) {
  const t = useT();
  const f = useFormat();
  if (found.faults.length > 0) return <div className="sec ink3">{t("lab.faulty")}</div>;
  if (on.kind === "examples") return <Examples found={found} />;
  const says = [
    t("lab.try.seen", { n: found.seen, ms: f.count(found.ms) }),
    ...(found.unread > 0 ? [t("lab.try.unread", { n: found.unread })] : []),
    ...(found.cut === "none" ? [] : [t(`lab.try.cut.${found.cut}`)]),
  ];
  return (
    <>
      <div className="sec row wrap" role="status">
        <span className="b">{t("lab.try.hits", { n: found.hits })}</span>
        <span className="small ink2">{says.join(" · ")}</span>
      </div>
      {found.hits === 0 ? (
        <EmptyState
          level={found.seen === 0 ? "unknown" : "none"}
          title={t(found.seen === 0 ? "lab.try.noevents" : "lab.try.none")}
          text={found.seen === 0 ? undefined : t("lab.try.none.text")}
        />
      ) : (
        // A long list scrolls beside the editor: the keyboard must reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="rule-scroll" role="region" aria-label={t("lab.try.hits", { n: found.hits })} tabIndex={0}>
          <ul className="rule-matches">
            {found.matches.map((match, at) => (
              <Match key={at} match={match} rule={rule} />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Match({ match, rule }: { readonly match: TryWire["matches"][number]; readonly rule: RuleWire | undefined }) {
  const t = useT();
  const f = useFormat();
  const { event, because, of } = match;
  return (
    <li>
      <span className="row wrap">
        <span className="num small ink2 nowrap">{f.moment(event.at)}</span>
        <span className="mono small">{event.operation}</span>
        {of > 1 && <span className="small ink2">{t("lab.try.of", { n: of })}</span>}
        {rule !== undefined && (
          <Go
            className="more push small"
            to={`/activity/rules/${rule.ruleId}?tab=explain&event=${encodeURIComponent(`${event.source}|${event.id}`)}`}
          >
            {t("lab.try.why")}
          </Go>
        )}
      </span>
      <span className="small ink2">{[event.actor, event.ip, event.resource].filter(Boolean).join(" · ")}</span>
      <span className="rule-because">
        {because.map(({ field, found }) => (
          <span key={field} className="mono tiny">
            {field}: {found.join(", ")}
          </span>
        ))}
      </span>
    </li>
  );
}

function Examples({ found }: { readonly found: TryWire }) {
  const t = useT();
  if (found.examples.length === 0) return <EmptyState level="unknown" title={t("rule.examples.none")} />;
  return (
    <ul className="rule-examples">
      {found.examples.map(({ name, wanted, got }) => (
        <li key={name} className="row top">
          <Glyph
            level={wanted === got ? "ok" : "error"}
            label={t(wanted === got ? "rule.examples.right" : "rule.examples.wrong")}
          />
          <span>
            {name} <span className="ink3 small">{t(wanted ? "rule.examples.hits" : "rule.examples.nohit")}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
