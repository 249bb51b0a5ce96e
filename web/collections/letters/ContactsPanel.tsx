import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { LANGUAGES } from "../../../src/access/contract.ts";
import { type Channel, CHANNELS, CUSTOMER_CLASSES } from "../../../src/collections/contract-policy.ts";
import type { AccountSettingsWire, ContactWire } from "../../../src/collections/letters/contract.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { Loaded, useProblemText } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { SaveLine } from "../../settings/SaveLine.tsx";
import { useMay } from "../../shell/desk.ts";
import "./letters.css";

const TOPICS = { topics: ["collections"] } as const;

/** How an account is reached, and what was chosen for it: for the passport and the account's page. */
export function ContactsPanel({ accountId }: { readonly accountId: string }) {
  const t = useT();
  const can = useMay();
  const path = `/api/collections/accounts/${accountId}/contacts`;
  const account = useRead<AccountSettingsWire>(["collections", "contacts", accountId], path);
  return (
    <Panel title={t("contacts.title")} question={t("contacts.q")}>
      <Loaded query={account}>
        {(data) => (
          <>
            {data.contacts.length === 0 && (
              <p className="sec small row top">
                <Glyph level="warn" />
                {t("contacts.none")}
              </p>
            )}
            <ul className="letters-rows small">
              {data.contacts.map((one) => (
                <Contact key={one.contactId} contact={one} path={path} />
              ))}
            </ul>
            {can("collections.work") && (
              <>
                <NewContact path={path} />
                <Chosen account={data} path={path} />
              </>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Contact({ contact, path }: { readonly contact: ContactWire; readonly path: string }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const problem = useProblemText();
  const { channel, address, name } = contact;
  const remove = useWrite((_: null, options) => api.delete(`${path}/${contact.contactId}`, options), TOPICS);
  const again = useWrite((_: null, options) => api.post(path, { channel, address, name }, options), TOPICS);
  return (
    <li className="row top wrap">
      <span className="col letters-break" style={{ flex: 1 }}>
        <span className="tiny ink3">
          {[t(`letters.channel.${channel}`), name, t("contacts.since", { day: f.day(contact.since) })]
            .filter(Boolean)
            .join(", ")}
        </span>
        <span className="letters-address">{address}</span>
        {contact.badSince !== null && (
          <span className="tiny warn row top" style={{ gap: 4 }}>
            <Glyph level="warn" size={12} />
            {t("contacts.bad", { day: f.day(contact.badSince), why: contact.badWhy ?? "" })}
          </span>
        )}
        {(remove.error ?? again.error) !== null && (
          <span className="tiny crit" role="alert">
            {problem(remove.error ?? again.error)}
          </span>
        )}
      </span>
      {can("collections.work") && (
        <span className="row">
          {contact.badSince !== null && (
            <Button size="compact-xs" variant="default" loading={again.isPending} onClick={() => again.mutate(null)}>
              {t("contacts.again")}
            </Button>
          )}
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={t("contacts.remove", { address })}
            loading={remove.isPending}
            onClick={() => remove.mutate(null)}
          >
            ×
          </Button>
        </span>
      )}
    </li>
  );
}

function NewContact({ path }: { readonly path: string }) {
  const t = useT();
  const [channel, setChannel] = useState<Channel>("mail");
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const add = useWrite((_: null, options) => api.post(path, { channel, address, name: name.trim() || null }, options), {
    ...TOPICS,
    onDone: () => {
      setAddress("");
      setName("");
    },
  });
  const isPaper = channel === "letter";
  return (
    <form
      className="sec col line"
      style={{ gap: 10 }}
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(null);
      }}
    >
      <span className="row wrap top">
        <Select
          w={140}
          label={t("contacts.channel")}
          allowDeselect={false}
          data={CHANNELS.map((one) => ({ value: one, label: t(`letters.channel.${one}`) }))}
          value={channel}
          onChange={(next) => setChannel(CHANNELS.find((one) => one === next) ?? "mail")}
        />
        {isPaper ? (
          <Textarea
            style={{ flex: 1, minWidth: 200 }}
            label={t("contacts.address.letter")}
            rows={4}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            style={{ flex: 1, minWidth: 200 }}
            label={t("contacts.address")}
            type={channel === "mail" ? "email" : "tel"}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        )}
        <TextInput
          style={{ minWidth: 160 }}
          label={t("contacts.person")}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </span>
      <SaveLine
        isChanged={address.trim().length > 2}
        isBusy={add.isPending}
        isSaved={add.isSuccess}
        error={add.error}
        action={t("contacts.add")}
      />
    </form>
  );
}

function Chosen({ account, path }: { readonly account: AccountSettingsWire; readonly path: string }) {
  const t = useT();
  const old = {
    customerClass: account.customerClass,
    language: account.language,
    timeZone: account.timeZone,
    country: account.country,
  };
  const [draft, setDraft] = useState(old);
  const save = useWrite((_: null, options) => api.put(`${path}/settings`, draft, options), TOPICS);
  const none = { value: "", label: t("contacts.notChosen") };
  return (
    <form
      className="sec col line"
      style={{ gap: 10 }}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(null);
      }}
    >
      <span className="small b">{t("contacts.settings")}</span>
      <span className="row wrap top">
        <Select
          w={150}
          label={t("contacts.class")}
          allowDeselect={false}
          data={[none, ...CUSTOMER_CLASSES.map((one) => ({ value: one, label: t(`contacts.class.${one}`) }))]}
          value={draft.customerClass ?? ""}
          onChange={(next) =>
            setDraft({ ...draft, customerClass: CUSTOMER_CLASSES.find((one) => one === next) ?? null })
          }
        />
        <Select
          w={130}
          label={t("contacts.language")}
          allowDeselect={false}
          data={[none, ...LANGUAGES.map((one) => ({ value: one, label: t(`contacts.language.${one}`) }))]}
          value={draft.language ?? ""}
          onChange={(next) => setDraft({ ...draft, language: LANGUAGES.find((one) => one === next) ?? null })}
        />
        <TextInput
          w={170}
          label={t("contacts.zone")}
          placeholder="Europe/Stockholm"
          value={draft.timeZone ?? ""}
          onChange={(event) => setDraft({ ...draft, timeZone: event.currentTarget.value.trim() || null })}
        />
        <TextInput
          w={150}
          label={t("contacts.country")}
          placeholder="SE"
          maxLength={2}
          value={draft.country ?? ""}
          onChange={(event) => setDraft({ ...draft, country: event.currentTarget.value.toUpperCase() || null })}
        />
      </span>
      <SaveLine
        isChanged={JSON.stringify(draft) !== JSON.stringify(old)}
        isBusy={save.isPending}
        isSaved={save.isSuccess}
        error={save.error}
      />
    </form>
  );
}
