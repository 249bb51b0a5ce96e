import { PasswordInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { type SecretName, type SettingsBody, type SettingsWire } from "../../src/access/contract-settings.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Loaded, Why } from "../kit/States.tsx";
import { useDesk } from "../shell/desk.ts";
import { ConnectionTest } from "./ConnectionTest.tsx";
import { SaveLine } from "./SaveLine.tsx";
import { useSaveSettings, useSettings } from "./use-settings.ts";
import { WebhookPanel } from "./WebhookPanel.tsx";

/** How the desk speaks with Microsoft. */
export function ConnectionTab() {
  const t = useT();
  const settings = useSettings();
  return (
    <div className="stk">
      <Panel title={t("settings.pc")} question={t("settings.pc.q")}>
        <Loaded query={settings}>{(data) => <ConnectionForm settings={data} />}</Loaded>
      </Panel>
      <ConnectionTest />
      <WebhookPanel />
    </div>
  );
}

type Draft = { cloud: string; tenantId: string; appId: string; clientSecret: string; refreshToken: string };
const draftOf = ({ values }: SettingsWire): Draft => ({
  cloud: values["partner-center.cloud"] ?? "commercial",
  tenantId: values["partner-center.tenantId"] ?? "",
  appId: values["partner-center.appId"] ?? "",
  clientSecret: "",
  refreshToken: "",
});

/** Only what was changed is sent; a secret field that stays empty keeps the secret. */
function bodyOf(draft: Draft, settings: SettingsWire): SettingsBody {
  const old = draftOf(settings);
  const text = (value: string) => value.trim() || null;
  return {
    values: {
      ...(draft.cloud !== old.cloud && { "partner-center.cloud": draft.cloud as "commercial" | "us-government" }),
      ...(draft.tenantId !== old.tenantId && { "partner-center.tenantId": text(draft.tenantId) }),
      ...(draft.appId !== old.appId && { "partner-center.appId": text(draft.appId) }),
    },
    secrets: {
      ...(draft.clientSecret !== "" && { "partner-center.clientSecret": draft.clientSecret.trim() }),
      ...(draft.refreshToken !== "" && { "partner-center.refreshToken": draft.refreshToken.trim() }),
    },
  };
}

function ConnectionForm({ settings }: { readonly settings: SettingsWire }) {
  const t = useT();
  const { demo } = useDesk();
  const [draft, setDraft] = useState(() => draftOf(settings));
  const save = useSaveSettings(() => setDraft((now) => ({ ...now, clientSecret: "", refreshToken: "" })));
  const set = (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change }));
  const body = bodyOf(draft, settings);
  const isChanged = Object.keys({ ...body.values, ...body.secrets }).length > 0;
  const secret = (name: SecretName) => settings.secrets[name];
  return (
    <form
      className="sec col settings-form"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(body);
      }}
    >
      {demo && <Why>{t("settings.pc.demo")}</Why>}
      <Select
        label={t("settings.pc.cloud")}
        data={(["commercial", "us-government"] as const).map((cloud) => ({
          value: cloud,
          label: t(`settings.pc.cloud.${cloud}`),
        }))}
        value={draft.cloud}
        allowDeselect={false}
        onChange={(cloud) => cloud !== null && set({ cloud })}
      />
      <TextInput
        label={t("settings.pc.tenant")}
        description={t("settings.pc.tenant.text")}
        classNames={{ input: "mono" }}
        value={draft.tenantId}
        onChange={(event) => set({ tenantId: event.currentTarget.value })}
      />
      <TextInput
        label={t("settings.pc.app")}
        description={t("settings.pc.app.text")}
        classNames={{ input: "mono" }}
        value={draft.appId}
        onChange={(event) => set({ appId: event.currentTarget.value })}
      />
      <SecretField
        label={t("settings.pc.secret")}
        text={t("settings.pc.secret.text")}
        state={secret("partner-center.clientSecret")}
        value={draft.clientSecret}
        onChange={(clientSecret) => set({ clientSecret })}
      />
      <SecretField
        label={t("settings.pc.token")}
        text={t("settings.pc.token.text")}
        state={secret("partner-center.refreshToken")}
        value={draft.refreshToken}
        onChange={(refreshToken) => set({ refreshToken })}
      />
      <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
    </form>
  );
}

type SecretFieldProps = {
  readonly label: string;
  readonly text: string;
  readonly state: { readonly isSet: boolean; readonly changedAt: string | null };
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** Takes a secret and never shows the one that is kept. */
function SecretField({ label, text, state, value, onChange }: SecretFieldProps) {
  const t = useT();
  const f = useFormat();
  const kept =
    state.isSet && state.changedAt !== null
      ? t("settings.secret.set", { at: f.moment(state.changedAt) })
      : t("settings.secret.unset");
  return (
    <PasswordInput
      label={label}
      description={text}
      placeholder={kept}
      autoComplete="new-password"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
