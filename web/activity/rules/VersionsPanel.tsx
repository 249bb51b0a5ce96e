import { Button } from "@mantine/core";
import { useState } from "react";
import type { RuleWire, VersionRowWire, VersionWire } from "../../../src/activity/lab/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { Tag } from "../../kit/Risk.tsx";
import { Loaded } from "../../kit/States.tsx";
import { TextDiff } from "../../kit/TextDiff.tsx";
import { useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { whyText } from "./parts.tsx";
import { SwitchDialog } from "./SwitchDialog.tsx";

/** Every version with its author and reason; any of them can be put in use again. */
export function VersionsPanel({ rule }: { readonly rule: RuleWire }) {
  const t = useT();
  const can = useMay();
  const [shown, show] = useState<number | undefined>();
  const [wanted, want] = useState<number | undefined>();
  return (
    <Panel title={t("rule.versions")} question={t("rule.versions.q")}>
      <ul className="rule-versions">
        {rule.versions.map((one) => (
          <li key={one.version}>
            <VersionLine rule={rule} one={one} />
            {rule.text !== null && one.version !== rule.version && (
              <span className="row wrap">
                <button
                  type="button"
                  className="linkish small"
                  aria-expanded={shown === one.version}
                  onClick={() => show(shown === one.version ? undefined : one.version)}
                >
                  {t("rule.versions.show")}
                </button>
                {can("activity.rules") && (
                  <Button size="compact-xs" variant="default" onClick={() => want(one.version)}>
                    {t("rule.versions.use", { n: one.version })}
                  </Button>
                )}
              </span>
            )}
            {shown === one.version && <Diff rule={rule} version={one.version} />}
          </li>
        ))}
      </ul>
      {wanted !== undefined && (
        <SwitchDialog rule={rule} state={rule.state} version={wanted} onClose={() => want(undefined)} />
      )}
    </Panel>
  );
}

function VersionLine({ rule, one }: { readonly rule: RuleWire; readonly one: VersionRowWire }) {
  const t = useT();
  const f = useFormat();
  const isDraft = one.version > rule.version && !one.isUpstream;
  return (
    <span className="col" style={{ gap: 2 }}>
      <span className="row wrap">
        <span className="b num">{one.version}</span>
        {one.version === rule.version && <Tag level="ok">{t("rule.versions.inUse")}</Tag>}
        {one.isUpstream && (
          <Tag line>{t(rule.origin === "own" ? "rule.versions.shipped" : "rules.origin.imported")}</Tag>
        )}
        {isDraft && <Tag level="info">{t("rule.versions.later")}</Tag>}
        {one.isTried && <Tag line>{t("rule.versions.tried")}</Tag>}
        <span className="small ink3">
          {one.author}, {f.moment(one.at)}
        </span>
      </span>
      <span className="small ink2">
        {whyText(one.why, t)}
        {one.tests !== null &&
          ` · ${t("rule.versions.tests", { passed: one.tests.passed, n: one.tests.passed + one.tests.failed })}`}
      </span>
    </span>
  );
}

/** What a version changes in the one in use. */
function Diff({ rule, version }: { readonly rule: RuleWire; readonly version: number }) {
  const t = useT();
  const read = useRead<VersionWire>(
    ["activity", "rule-version", rule.ruleId, version],
    `/api/activity/rules/${rule.ruleId}/versions/${version}`,
    { refetchInterval: false },
  );
  return (
    <Loaded query={read}>
      {(one) => (
        <TextDiff
          before={rule.text ?? ""}
          after={one.text ?? ""}
          label={t("rule.versions.diff", { a: rule.version, b: version })}
          same={t("rule.versions.same")}
        />
      )}
    </Loaded>
  );
}
