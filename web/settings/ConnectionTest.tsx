import { Button } from "@mantine/core";
import { useState } from "react";
import type { ConnectionTestWire } from "../../src/access/contract-settings.ts";
import { api } from "../api.ts";
import { Failure } from "../access/Failure.tsx";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Facts } from "../kit/Bits.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";

/** Tries the saved connection and says what Microsoft answered. */
export function ConnectionTest() {
  const t = useT();
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<ConnectionTestWire | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const run = () => {
    setBusy(true);
    setError(undefined);
    setResult(undefined);
    api
      .get<ConnectionTestWire>("/api/settings/partner-center/test")
      .then(setResult)
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <Panel
      title={t("settings.test")}
      question={t("settings.test.q")}
      aside={
        <Button variant="default" size="compact-xs" loading={isBusy} onClick={run}>
          {t("settings.test.do")}
        </Button>
      }
    >
      <div className="sec" aria-live="polite">
        {result && <TestResult result={result} />}
        <Failure error={error} />
        {!result && !error && <span className="small ink2">{t("settings.test.text")}</span>}
      </div>
    </Panel>
  );
}

function TestResult({ result }: { readonly result: ConnectionTestWire }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const mfa = result.mfaCompliant === null ? "unknown" : result.mfaCompliant ? "yes" : "no";
  return (
    <div className="col" style={{ gap: 8 }}>
      <span className={`row b ${result.ok ? "" : "crit"}`}>
        <Glyph level={result.ok ? "ok" : "crit"} size={16} />
        {t(result.ok ? "settings.test.ok" : "settings.test.failed")}
      </span>
      {result.problem && (
        <span className="small">
          {result.problem.detail} <span className="b">{word(`advice.${result.problem.advice}`, {}, "")}</span>
        </span>
      )}
      <Facts
        rows={[
          [
            t("settings.test.customers"),
            result.customersSeen === null ? t("settings.unknown") : f.count(result.customersSeen),
          ],
          [t("settings.test.mfa"), t(`settings.test.mfa.${mfa}`)],
          [t("settings.test.took"), `${f.count(result.tookMs)} ms`],
          ...(result.problem
            ? [
                [
                  t("settings.test.correlation"),
                  <span key="id" className="mono">
                    {result.problem.correlationId}
                  </span>,
                ] as const,
              ]
            : []),
        ]}
      />
    </div>
  );
}
