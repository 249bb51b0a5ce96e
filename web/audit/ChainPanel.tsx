import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type AuditCheckWire, PERMISSIONS } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { ErrorState, Loaded, Why } from "../kit/States.tsx";
import { invalidateTopics, useRead } from "../query.ts";
import { useMay } from "../shell/desk.ts";
import { useRoleNames } from "../settings/roles.ts";

/** Whether the chain holds, checked every ten minutes and whenever somebody asks. */
export function ChainPanel() {
  const t = useT();
  const check = useRead<AuditCheckWire | null>(["audit", "check"], "/api/audit/check");
  const { isBusy, error, run } = useVerify();
  return (
    <Panel
      title={t("audit.chain")}
      question={t("audit.chain.q")}
      aside={
        <Button variant="default" size="compact-xs" loading={isBusy} onClick={run}>
          {t("audit.verify")}
        </Button>
      }
    >
      {error !== undefined && <ErrorState error={error} onRetry={run} />}
      <Loaded query={check}>{(last) => <ChainState check={last} />}</Loaded>
      <ExportLine />
    </Panel>
  );
}

/** A check only reads, but takes as long as the log is long: it is asked for, not fetched again by itself. */
function useVerify() {
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const run = () => {
    setBusy(true);
    setError(undefined);
    api
      .get<AuditCheckWire>("/api/audit/verify")
      .then(() => invalidateTopics(client, ["audit", "desk"]))
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return { isBusy, error, run };
}

function ChainState({ check }: { readonly check: AuditCheckWire | null }) {
  const t = useT();
  const f = useFormat();
  if (check === null)
    return (
      <div className="sec row top">
        <Glyph level="unknown" size={18} />
        <span className="col">
          <span className="b">{t("audit.chain.never")}</span>
          <span className="small ink2">{t("audit.chain.never.text")}</span>
        </span>
      </div>
    );
  const ago = t("kit.ago", { time: f.duration(f.minutesSince(check.verifiedAt)) });
  return (
    <div className={`sec row top ${check.ok ? "" : "crit"}`} role={check.ok ? undefined : "alert"}>
      <Glyph level={check.ok ? "ok" : "crit"} size={18} />
      <span className="col" style={{ gap: 2 }}>
        <span className="b">
          {check.ok
            ? t("audit.chain.good", { n: check.rows })
            : t("audit.chain.broken", { seq: check.brokenSeq ?? "?" })}
        </span>
        {!check.ok && <span className="small">{t("audit.chain.what", { why: check.why ?? "" })}</span>}
        <span className="small ink2">{t("audit.chain.at", { ago })}</span>
        {check.lastHash && (
          <span className="tiny ink3 hide-sm">
            {t("audit.chain.hash")} <span className="mono">{check.lastHash}</span>
          </span>
        )}
      </span>
    </div>
  );
}

function ExportLine() {
  const t = useT();
  const can = useMay();
  const roleNames = useRoleNames();
  if (!can("audit.export"))
    return (
      <div className="sec">
        <Why>{t("audit.export.whynot", { who: roleNames(PERMISSIONS["audit.export"]) })}</Why>
      </div>
    );
  return (
    <div className="sec row wrap">
      <span className="small ink2">{t("audit.export.text")}</span>
      <Button className="push" component="a" href="/api/audit/export" download variant="default" size="compact-xs">
        {t("audit.export")}
      </Button>
    </div>
  );
}
