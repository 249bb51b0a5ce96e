import { Button } from "@mantine/core";
import type { RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import type { HitWire } from "../../../src/activity/watch/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { type Level, Tag } from "../../kit/Risk.tsx";
import { EmptyState, ErrorState, RowsSkeleton } from "../../kit/States.tsx";
import { useList } from "../../query.ts";
import { factsText } from "./ExplainDetector.tsx";
import { LevelTag } from "./parts.tsx";

const STATE_LEVEL: Record<HitWire["state"], Level> = {
  told: "warn",
  shadow: "info",
  suppressed: "none",
  inhibited: "none",
  nobody: "unknown",
  counted: "none",
  retracted: "none",
};

/** The newest hits with what became of them: what is looked at before a shadow is switched on. */
export function LatestPanel({ rule }: { readonly rule: RuleWire }) {
  const t = useT();
  const list = useList<HitWire>("activity", "/api/activity/hits", { rule: rule.ruleId, limit: 10 });
  return (
    <Panel title={t("rule.latest")} question={t("rule.latest.q")}>
      {list.error !== null && list.rows.length === 0 ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.isLoading ? (
        <RowsSkeleton rows={3} />
      ) : list.rows.length === 0 ? (
        <EmptyState level="none" title={t("rule.latest.none")} />
      ) : (
        <>
          <ul className="rule-matches">
            {list.rows.map((hit) => (
              <HitLine key={hit.id} hit={hit} ruleId={rule.ruleId} />
            ))}
          </ul>
          {list.hasMore && (
            <div className="data-more">
              <Button variant="default" size="xs" loading={list.isLoadingMore} onClick={list.loadMore}>
                {t("rule.latest.more")}
              </Button>
            </div>
          )}
        </>
      )}
    </Panel>
  );
}

function HitLine({ hit, ruleId }: { readonly hit: HitWire; readonly ruleId: string }) {
  const t = useT();
  const f = useFormat();
  const last = hit.events.at(-1);
  return (
    <li>
      <span className="row wrap">
        <span className="num small ink2 nowrap">{f.moment(hit.at)}</span>
        <Tag level={STATE_LEVEL[hit.state]}>{t(`rule.latest.${hit.state}`)}</Tag>
        <LevelTag level={hit.level} />
        {hit.customer !== null && (
          <Go className="more" to={`/customers/${hit.customer.id}`}>
            {hit.customer.name ?? hit.customer.id}
          </Go>
        )}
        <span className="push row small">
          {hit.caseId !== null && (
            <Go className="more" to={`/cases/${hit.caseId}`}>
              {t("rule.latest.case")}
            </Go>
          )}
          {last !== undefined && (
            <Go className="more" to={`/activity/rules/${ruleId}?tab=explain&event=${encodeURIComponent(last)}`}>
              {t("lab.try.why")}
            </Go>
          )}
        </span>
      </span>
      <span className="small ink2">{factsText(hit.facts)}</span>
    </li>
  );
}
