import { Button, Drawer } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { EventDetail } from "../../../src/activity/stream/contract.ts";
import { query } from "../../api.ts";
import { useFormat, useT, useWord } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { type Level, Tag } from "../../kit/Risk.tsx";
import { Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { Suppress } from "../findings/FindingLinks.tsx";
import type { SuppressValue } from "../suppressions/SuppressDialog.tsx";
import { exactValue, type FieldName, memberOf } from "./filters.ts";

type Props = {
  /** `source|id` */
  readonly event: string;
  readonly onClose: () => void;
  readonly onFind: (change: PageSearch) => void;
};

/** One event: its fields, what it changed, the record as it came, and the rules that saw it. */
export function EventDrawer({ event, onClose, onFind }: Props) {
  const t = useT();
  const at = event.indexOf("|");
  const ref = { source: event.slice(0, at), id: event.slice(at + 1) };
  const detail = useRead<EventDetail>(["activity", "event", event], `/api/activity/event${query(ref)}`);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={560}
      title={<span className="mono activity-wrap">{detail.data?.operation || t("activity.event")}</span>}
    >
      <Loaded query={detail} title={t("activity.event.gone")}>
        {(data) => <Detail detail={data} onFind={onFind} />}
      </Loaded>
    </Drawer>
  );
}

type DetailProps = { readonly detail: EventDetail; readonly onFind: Props["onFind"] };

function Detail({ detail, onFind }: DetailProps) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  return (
    <div className="col activity-detail" style={{ gap: 16 }}>
      <div className="col" style={{ gap: 4 }}>
        <span className="row wrap">
          <Tag level={detail.outcome === "failure" ? "warn" : "none"}>
            {word(`activity.outcome.${detail.outcome}`, {}, detail.outcome)}
          </Tag>
          <Tag line>{word(`activity.source.${detail.source}`, {}, detail.source)}</Tag>
          {detail.customer === null ? (
            <span className="ink3">{t("activity.nobody")}</span>
          ) : (
            <Go to={`/customers/${detail.customer.id}`} title={t("activity.event.openCustomer")}>
              {detail.customer.name}
            </Go>
          )}
        </span>
        <span className="tiny ink3 num">
          <span title={detail.at}>{f.moment(detail.at)}</span> ·{" "}
          {t("activity.event.received", { when: f.moment(detail.receivedAt), intake: detail.intake })}
        </span>
        {detail.filed !== null && <span className="small warn">{t(`activity.event.filed.${detail.filed}`)}</span>}
      </div>
      <Hits detail={detail} />
      <Fields detail={detail} onFind={onFind} />
      {detail.changes.length > 0 && <Changes changes={detail.changes} />}
      <Raw raw={detail.raw} />
    </div>
  );
}

const LEVEL: Readonly<Record<string, Level>> = { critical: "crit", high: "crit", medium: "warn", low: "info" };

function Hits({ detail }: Pick<DetailProps, "detail">) {
  const t = useT();
  const f = useFormat();
  return (
    <section>
      <h3 className="label">{t("activity.event.hits")}</h3>
      {detail.hits.length === 0 && <span className="small ink3">{t("activity.event.hits.none")}</span>}
      <ul className="activity-hits">
        {detail.hits.map((hit) => (
          <li key={`${hit.ruleId} ${hit.at}`} className="row wrap">
            <Tag level={hit.shadow ? "none" : (LEVEL[hit.level] ?? "none")}>{hit.level}</Tag>
            <Go to={`/activity/rules/${hit.ruleId}`}>{f.language === "sv" ? (hit.titleSv ?? hit.title) : hit.title}</Go>
            {hit.shadow && <span className="tiny ink3">{t("activity.event.shadow")}</span>}
            {hit.caseId !== null && <Go to={`/cases/${hit.caseId}`}>{t("activity.event.case")}</Go>}
            <Suppress rule={{ id: hit.ruleId, title: hit.title }} values={valuesOf(detail)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a suppression of this event's like would name. */
const valuesOf = ({ fields }: EventDetail): readonly SuppressValue[] =>
  (["actor.id", "ip", "customer"] as const).flatMap((field) => {
    const value = fields.find(({ name }) => name === field)?.value;
    return value === undefined ? [] : [{ field, value }];
  });

/** Fields that the search knows by name. */
const SEARCHED: Readonly<Record<string, FieldName>> = {
  source: "source",
  subscription: "subscription",
  operation: "operation",
  outcome: "outcome",
  ip: "ip",
  country: "country",
  "actor.id": "actor",
  "actor.name": "actor",
  "resource.id": "resource",
  "resource.type": "resourceType",
  "resource.region": "region",
};

/** Names that are ours alone: no record holds them as text. */
const OURS = /^(at|shape|logsource\..*|actor\.kind|category|service)$/;

function Fields({ detail, onFind }: DetailProps) {
  const t = useT();
  return (
    <section>
      <h3 className="label">{t("activity.event.fields")}</h3>
      <dl className="activity-fields small">
        {detail.fields.map(({ name, value }) => {
          const field = SEARCHED[name];
          const change: PageSearch =
            field === undefined ? { text: phrase(value) } : { [memberOf(field)]: exactValue(field, value) };
          return (
            <div key={name}>
              <dt className="ink3">{name}</dt>
              <dd className="mono">{value}</dd>
              {(field !== undefined || !OURS.test(name)) && (
                <button
                  type="button"
                  className="activity-find"
                  aria-label={t("activity.event.find", { value: value.slice(0, 60) })}
                  title={t("activity.event.find", { value: value.slice(0, 60) })}
                  onClick={() => onFind(change)}
                >
                  <IconSearch size={12} aria-hidden="true" />
                </button>
              )}
            </div>
          );
        })}
      </dl>
    </section>
  );
}
const PHRASE_MAX = 100;
/** Quotes inside a phrase would end it; what stands before the first is enough to find it by. */
const phrase = (value: string): string =>
  `"${(value.split('"').find((piece) => piece.trim() !== "") ?? value).slice(0, PHRASE_MAX)}"`;

function Changes({ changes }: { readonly changes: EventDetail["changes"] }) {
  const t = useT();
  return (
    <section>
      <h3 className="label">{t("activity.event.changes")}</h3>
      <ul className="activity-changes small">
        {changes.map((change, n) => (
          <li key={`${change.name} ${n}`}>
            <span className="b">{change.name}</span>
            <span className="mono activity-wrap">
              <span className="sr">{t("activity.event.before")}</span> {change.before ?? "–"} →{" "}
              <span className="sr">{t("activity.event.after")}</span> {change.after ?? "–"}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Raw({ raw }: { readonly raw: unknown }) {
  const t = useT();
  const [isCopied, setCopied] = useState(false);
  const text = JSON.stringify(raw, undefined, 2);
  return (
    <section>
      <span className="row">
        <h3 className="label">{t("activity.event.raw")}</h3>
        <Button
          size="compact-xs"
          variant="default"
          className="push"
          onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
        >
          {t(isCopied ? "activity.event.copied" : "activity.event.copy")}
        </Button>
      </span>
      {/* A part that scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="activity-raw mono" tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}
