import { Button, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { CreditorSetting, MailSetting, SettingsWire, SmsSetting } from "../../src/access/contract-settings.ts";
import { api } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Loaded, useProblemText } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { SaveLine } from "./SaveLine.tsx";
import { useSaveSettings, useSettings } from "./use-settings.ts";

/** Who asks for money in letters, and the servers they leave by. */
export function LettersTab() {
  const t = useT();
  const settings = useSettings();
  const words = "settings.letters";
  return (
    <div className="stk">
      <Panel title={t(`${words}.creditor`)} question={t(`${words}.creditor.q`)}>
        <Loaded query={settings}>{(data) => <CreditorForm settings={data} />}</Loaded>
      </Panel>
      <Panel title={t(`${words}.mail`)} question={t(`${words}.mail.q`)}>
        <Loaded query={settings}>{(data) => <MailForm settings={data} />}</Loaded>
        <TestForm />
      </Panel>
      <Panel title={t(`${words}.sms`)} question={t(`${words}.sms.q`)}>
        <Loaded query={settings}>{(data) => <SmsForm settings={data} />}</Loaded>
      </Panel>
    </div>
  );
}

type FormProps = { readonly settings: SettingsWire };
const LINES = [
  "registrationNumber",
  "vatNumber",
  "contact",
  "email",
  "phone",
  "bankgiro",
  "plusgiro",
  "iban",
  "bic",
  "bankCode",
  "accountNumber",
  "paymentLink",
] as const;

function CreditorForm({ settings }: FormProps) {
  const t = useT();
  const old = settings.values["collections.creditor"];
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>(() => ({
    name: old?.name ?? "",
    address: old?.addressLines.join("\n") ?? "",
    reference: old?.reference ?? "",
    ...Object.fromEntries(LINES.map((name) => [name, old?.[name] ?? ""])),
  }));
  const [isChanged, change] = useState(false);
  const save = useSaveSettings(() => change(false));
  const set = (name: string, value: string) => {
    setDraft((now) => ({ ...now, [name]: value }));
    change(true);
  };
  const given = Object.fromEntries(LINES.flatMap((name) => (draft[name]?.trim() ? [[name, draft[name].trim()]] : [])));
  const body = {
    name: draft["name"]?.trim() ?? "",
    addressLines: (draft["address"] ?? "")
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean),
    ...given,
    ...((draft["reference"] ?? "") !== "" && { reference: draft["reference"] }),
  } as CreditorSetting;
  return (
    <form
      className="sec col settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ values: { "collections.creditor": body } });
      }}
    >
      <TextInput
        required
        label={t("settings.letters.name")}
        value={draft["name"] ?? ""}
        onChange={(event) => set("name", event.currentTarget.value)}
      />
      <Textarea
        label={t("settings.letters.address")}
        rows={4}
        value={draft["address"] ?? ""}
        onChange={(event) => set("address", event.currentTarget.value)}
      />
      {LINES.map((name) => (
        <TextInput
          key={name}
          label={t(`settings.letters.${name}`)}
          value={draft[name] ?? ""}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      ))}
      <Select
        label={t("settings.letters.reference")}
        description={t("settings.letters.reference.why")}
        data={[
          { value: "", label: t("settings.letters.reference.own") },
          { value: "number", label: t("settings.letters.reference.number") },
          { value: "rf", label: t("settings.letters.reference.rf") },
        ]}
        value={draft["reference"] ?? ""}
        onChange={(value) => set("reference", value ?? "")}
        allowDeselect={false}
      />
      <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
    </form>
  );
}

const TLS = ["tls", "starttls", "none"] as const;

/** The mail server as it stands in the form. */
function useMailDraft(old: MailSetting | null) {
  const [draft, setDraft] = useState({
    host: old?.host ?? "",
    port: String(old?.port ?? 587),
    tls: old?.tls ?? ("starttls" as MailSetting["tls"]),
    user: old?.user ?? "",
    from: old?.from ?? "",
    fromName: old?.fromName ?? "",
    replyTo: old?.replyTo ?? "",
  });
  const [password, setPassword] = useState("");
  const [isChanged, change] = useState(false);
  const save = useSaveSettings(() => {
    change(false);
    setPassword("");
  });
  const set = (one: Partial<typeof draft>) => {
    setDraft((now) => ({ ...now, ...one }));
    change(true);
  };
  const choosePassword = (text: string) => {
    setPassword(text);
    change(true);
  };
  return { draft, set, password, choosePassword, isChanged, save };
}

function MailForm({ settings }: FormProps) {
  const t = useT();
  const { draft, set, password, choosePassword, isChanged, save } = useMailDraft(settings.values["collections.mail"]);
  const { user, fromName, port, ...rest } = draft;
  const body: MailSetting = { ...rest, port: Number(port), ...(user && { user }), ...(fromName && { fromName }) };
  const isSet = settings.secrets["collections.mailPassword"].isSet;
  return (
    <form
      className="sec col settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          values: { "collections.mail": body },
          ...(password !== "" && { secrets: { "collections.mailPassword": password } }),
        });
      }}
    >
      <span className="row wrap top">
        <TextInput
          required
          style={{ flex: 1 }}
          label={t("settings.letters.host")}
          value={draft.host}
          onChange={(event) => set({ host: event.currentTarget.value.trim() })}
        />
        <TextInput
          required
          w={90}
          inputMode="numeric"
          label={t("settings.letters.port")}
          value={draft.port}
          onChange={(event) => set({ port: event.currentTarget.value.trim() })}
        />
      </span>
      <Select
        label={t("settings.letters.tls")}
        allowDeselect={false}
        data={TLS.map((one) => ({ value: one, label: t(`settings.letters.tls.${one}`) }))}
        value={draft.tls}
        onChange={(next) => set({ tls: TLS.find((one) => one === next) ?? "starttls" })}
      />
      <TextInput
        autoComplete="off"
        label={t("settings.letters.user")}
        value={draft.user}
        onChange={(event) => set({ user: event.currentTarget.value })}
      />
      <PasswordInput
        autoComplete="new-password"
        label={t("settings.letters.password")}
        {...(isSet && { description: t("settings.letters.password.set") })}
        value={password}
        onChange={(event) => choosePassword(event.currentTarget.value)}
      />
      <SenderFields draft={draft} set={set} />
      <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
    </form>
  );
}

type SenderProps = {
  readonly draft: { readonly from: string; readonly fromName: string; readonly replyTo: string };
  readonly set: (one: { from?: string; fromName?: string; replyTo?: string }) => void;
};

function SenderFields({ draft, set }: SenderProps) {
  const t = useT();
  return (
    <>
      <TextInput
        required
        type="email"
        label={t("settings.letters.from")}
        value={draft.from}
        onChange={(event) => set({ from: event.currentTarget.value.trim() })}
      />
      <TextInput
        label={t("settings.letters.fromName")}
        value={draft.fromName}
        onChange={(event) => set({ fromName: event.currentTarget.value })}
      />
      <TextInput
        required
        type="email"
        label={t("settings.letters.replyTo")}
        description={t("settings.letters.replyTo.text")}
        value={draft.replyTo}
        onChange={(event) => set({ replyTo: event.currentTarget.value.trim() })}
      />
    </>
  );
}

type Tested = { readonly ok: boolean; readonly answer: string };

function TestForm() {
  const t = useT();
  const problem = useProblemText();
  const [to, setTo] = useState("");
  const send = useWrite((_: null, options) => api.post<Tested>("/api/collections/mail-test", { to }, options), {
    topics: ["collections"],
  });
  return (
    <form
      className="sec col line settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate(null);
      }}
    >
      <span className="row wrap" style={{ alignItems: "flex-end" }}>
        <TextInput
          required
          type="email"
          style={{ flex: 1 }}
          label={t("settings.letters.test")}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={send.isPending}>
          {t("settings.letters.test.do")}
        </Button>
      </span>
      {send.data && (
        <span className={`small settings-break ${send.data.ok ? "ok" : "crit"}`} role="status">
          {t(send.data.ok ? "settings.letters.test.ok" : "settings.letters.test.not", { answer: send.data.answer })}
        </span>
      )}
      {send.error !== null && (
        <span className="small crit" role="alert">
          {problem(send.error)}
        </span>
      )}
    </form>
  );
}

function SmsForm({ settings }: FormProps) {
  const t = useT();
  const old = settings.values["collections.sms"];
  const [draft, setDraft] = useState({ user: old?.user ?? "", from: old?.from ?? "", password: "" });
  const [isChanged, change] = useState(false);
  const save = useSaveSettings(() => change(false));
  const set = (one: Partial<typeof draft>) => {
    setDraft((now) => ({ ...now, ...one }));
    change(true);
  };
  const body: SmsSetting = { gateway: "46elks", user: draft.user.trim(), from: draft.from.trim() };
  return (
    <form
      className="sec col settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          values: { "collections.sms": body },
          ...(draft.password !== "" && { secrets: { "collections.smsPassword": draft.password } }),
        });
      }}
    >
      <TextInput
        required
        autoComplete="off"
        label={t("settings.letters.sms.user")}
        value={draft.user}
        onChange={(event) => set({ user: event.currentTarget.value })}
      />
      <PasswordInput
        autoComplete="new-password"
        label={t("settings.letters.password")}
        {...(settings.secrets["collections.smsPassword"].isSet && { description: t("settings.letters.password.set") })}
        value={draft.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
      <TextInput
        required
        label={t("settings.letters.sms.from")}
        value={draft.from}
        onChange={(event) => set({ from: event.currentTarget.value })}
      />
      <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
    </form>
  );
}
