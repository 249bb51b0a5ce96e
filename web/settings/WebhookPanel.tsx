import { Button } from "@mantine/core";
import { useState } from "react";
import type { WebhookWire } from "../../src/access/contract-settings.ts";
import { api } from "../api.ts";
import { Failure } from "../access/Failure.tsx";
import { useFormat, useT } from "../i18n/t.ts";
import { Facts } from "../kit/Bits.tsx";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { Loaded, Why } from "../kit/States.tsx";
import { useRead, useWrite } from "../query.ts";

const PATH = "/api/settings/partner-center/webhook";
/** While a registration is on its way its end is asked for this often. */
const WAITING_MS = 2_000;

/** Where Microsoft sends its events. */
export function WebhookPanel() {
  const t = useT();
  const [isWaiting, setWaiting] = useState(false);
  const state = useRead<WebhookWire>(["settings", "webhook"], PATH, {
    refetchInterval: isWaiting ? WAITING_MS : false,
  });
  if (state.data !== undefined && state.data.isAsked !== isWaiting) setWaiting(state.data.isAsked);
  return (
    <Panel title={t("settings.webhook")} question={t("settings.webhook.q")}>
      <Loaded query={state}>{(data) => <Registration state={data} />}</Loaded>
    </Panel>
  );
}

function Registration({ state }: { readonly state: WebhookWire }) {
  const t = useT();
  const f = useFormat();
  const [isReplacing, setReplacing] = useState(false);
  const ask = useWrite(
    (body: { readonly replaceForeign: boolean }, options) => api.post<WebhookWire>(PATH, body, options),
    {
      topics: ["settings"],
      onDone: () => setReplacing(false),
    },
  );
  const { last, ourUrl, isAsked } = state;
  const isForeign = last?.problem?.kind === "not-allowed-now";
  const address = ourUrl === null ? t("settings.webhook.none") : <span className="mono settings-break">{ourUrl}</span>;
  return (
    <div className="sec col settings-form">
      <Facts rows={[[t("settings.webhook.url"), address]]} />
      {last && (
        <span className={`row top small ${last.ok ? "" : "crit"}`}>
          <Glyph level={last.ok ? "ok" : "error"} size={14} />
          {last.ok
            ? t("settings.webhook.ok", { at: f.moment(last.at) })
            : t("settings.webhook.failed", { at: f.moment(last.at), detail: last.problem?.detail ?? "" })}
        </span>
      )}
      {ourUrl === null ? (
        <Why>{t("settings.webhook.why")}</Why>
      ) : (
        <span className="row wrap">
          <Button
            variant="default"
            loading={ask.isPending || isAsked}
            onClick={() => ask.mutate({ replaceForeign: false })}
          >
            {t("settings.webhook.do")}
          </Button>
          {isForeign && (
            <Button variant="default" onClick={() => setReplacing(true)}>
              {t("settings.webhook.replace")}
            </Button>
          )}
        </span>
      )}
      <span className="small ink2">{t("settings.webhook.text")}</span>
      <Failure error={ask.error} />
      <ConfirmDialog
        isOpen={isReplacing}
        onClose={() => setReplacing(false)}
        title={t("settings.webhook.replace")}
        action={t("settings.webhook.replace")}
        effects={[{ text: t("settings.webhook.replace.effect"), isReversible: false }]}
        isBusy={ask.isPending}
        error={ask.error}
        onConfirm={() => ask.mutate({ replaceForeign: true })}
      />
    </div>
  );
}
