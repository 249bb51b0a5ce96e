import { Checkbox, PasswordInput } from "@mantine/core";
import { useState } from "react";
import type { SettingsWire } from "../../src/access/contract-settings.ts";
import { STRIPE_EVENTS, STRIPE_WEBHOOK_PATH, type StripeStateWire } from "../../src/receivables/contract-stripe.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Facts } from "../kit/Bits.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { SaveLine } from "./SaveLine.tsx";
import { useSaveSettings, useSettings } from "./use-settings.ts";

/** How Stripe reaches the desk: what to enter there, and what comes back from there. */
export function StripeTab() {
  const t = useT();
  const settings = useSettings();
  return (
    <div className="stk">
      <Panel title={t("settings.stripe")} question={t("settings.stripe.q")}>
        <SetUp />
        <Loaded query={settings}>{(data) => <StripeForm settings={data} />}</Loaded>
      </Panel>
      <Arrivals />
    </div>
  );
}

function SetUp() {
  const t = useT();
  return (
    <div className="sec col settings-form">
      <Facts
        rows={[
          [
            t("settings.stripe.url"),
            <span key="url" className="mono settings-break">{`${location.origin}${STRIPE_WEBHOOK_PATH}`}</span>,
          ],
        ]}
      />
      <span className="small ink2">{t("settings.stripe.how")}</span>
      <details className="small">
        <summary>{t("settings.stripe.events", { n: STRIPE_EVENTS.length })}</summary>
        <p className="mono ink2 settings-break">{STRIPE_EVENTS.join(", ")}</p>
      </details>
      <span className="small ink2">{t("settings.stripe.who")}</span>
    </div>
  );
}

function StripeForm({ settings }: { readonly settings: SettingsWire }) {
  const t = useT();
  const f = useFormat();
  const was = settings.values["stripe.testEvents"] === true;
  const [secrets, setSecrets] = useState("");
  const [isTest, setTest] = useState(was);
  const save = useSaveSettings(() => setSecrets(""));
  const kept = settings.secrets["stripe.webhookSecrets"];
  const placeholder =
    kept.isSet && kept.changedAt !== null
      ? t("settings.secret.set", { at: f.moment(kept.changedAt) })
      : t("settings.secret.unset");
  return (
    <form
      className="sec col settings-form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          values: isTest === was ? {} : { "stripe.testEvents": isTest },
          secrets: secrets.trim() === "" ? {} : { "stripe.webhookSecrets": secrets.trim() },
        });
      }}
    >
      <PasswordInput
        label={t("settings.stripe.secret")}
        description={t("settings.stripe.secret.text")}
        placeholder={placeholder}
        autoComplete="new-password"
        value={secrets}
        onChange={(event) => setSecrets(event.currentTarget.value)}
      />
      <Checkbox
        label={t("settings.stripe.test")}
        description={t("settings.stripe.test.text")}
        checked={isTest}
        onChange={(event) => setTest(event.currentTarget.checked)}
      />
      <SaveLine
        isChanged={secrets.trim() !== "" || isTest !== was}
        isBusy={save.isPending}
        isSaved={save.isSuccess}
        error={save.error}
      />
    </form>
  );
}

/** What came so far: an endpoint that is set up and silent looks like one that works. */
function Arrivals() {
  const t = useT();
  const f = useFormat();
  const state = useRead<StripeStateWire>(["receivables", "stripe"], "/api/stripe");
  return (
    <Panel title={t("settings.stripe.came")} question={t("settings.stripe.came.q")}>
      <Loaded query={state}>
        {({ lastAt, counts, refused }) => (
          <div className="sec col settings-form small">
            <span className="row top" style={{ gap: 6 }}>
              <Glyph level={lastAt === null ? "unknown" : "ok"} size={14} />
              {lastAt === null ? t("settings.stripe.never") : t("settings.stripe.last", { at: f.moment(lastAt) })}
            </span>
            <Facts
              rows={(["done", "waiting", "older", "unused", "refused"] as const).map((name) => [
                t(`settings.stripe.state.${name}`),
                f.count(counts[name]),
              ])}
            />
            {refused.map(({ id, type, why }) => (
              <span key={id} className="row top crit" style={{ gap: 6 }}>
                <Glyph level="error" size={13} />
                <span className="settings-break">{`${type}: ${why}`}</span>
              </span>
            ))}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
