import type { LaddersWire } from "../../src/collections/contract-wire.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Go, useGo } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState, Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { Ladder } from "./ladder/Ladder.tsx";
import { useStepName } from "./steps.ts";

/** Every policy in force, drawn with where today's accounts stand on it. */
export function LaddersPanel() {
  const t = useT();
  const ladders = useRead<LaddersWire>(["collections", "ladder"], "/api/collections/ladder");
  return (
    <Loaded query={ladders}>
      {({ policies, noPolicy }) =>
        policies.length === 0 ? (
          <Panel title={t("collections.ladders")} question={t("collections.ladders.q")}>
            <EmptyState
              level="unknown"
              title={t("collections.ladders.none")}
              text={t("collections.ladders.none.text")}
              action={
                <Go className="more" to="/collections/policies">
                  {t("collections.ladders.choose")}
                </Go>
              }
            />
          </Panel>
        ) : (
          <>
            {policies.map((policy, at) => (
              <PolicyPanel key={policy.id} policy={policy} noPolicy={at === 0 ? noPolicy : 0} />
            ))}
          </>
        )
      }
    </Loaded>
  );
}

type PolicyProps = { readonly policy: LaddersWire["policies"][number]; readonly noPolicy: number };

function PolicyPanel({ policy, noPolicy }: PolicyProps) {
  const t = useT();
  const f = useFormat();
  const go = useGo();
  const name = useStepName();
  return (
    <Panel
      title={t("collections.policyVersion", { name: name(policy.name), version: policy.version })}
      question={t("collections.ladders.q")}
      aside={
        <>
          {policy.inForceSince && (
            <span className="ink3 hide-sm">{t("collections.ladders.since", { day: f.day(policy.inForceSince) })}</span>
          )}
          <Go className="more" to={`/collections/policies/${policy.id}`}>
            {t("collections.ladders.accounts", { n: policy.accounts })}
          </Go>
        </>
      }
    >
      <div className="sec">
        <Ladder steps={policy.steps} onStep={() => go("/collections?only=overdue&sort=-days")} />
      </div>
      <div className="sec small ink2 row wrap" style={{ gap: 18 }}>
        <span>
          <span className="asks">{t("collections.asks")}</span> {t("collections.ladders.rule.asks")}
        </span>
        <span>{t("collections.ladders.rule.notice")}</span>
        <span>{t("collections.ladders.rule.rest")}</span>
        {noPolicy > 0 && (
          <Go className="more" to="/collections?only=no-policy">
            {t("collections.ladders.noPolicy", { n: noPolicy })}
          </Go>
        )}
      </div>
    </Panel>
  );
}
