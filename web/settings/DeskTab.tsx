import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { CalendarSetting, Settings, SettingsWire } from "../../src/access/contract-settings.ts";
import { CURRENCIES } from "../../src/core/currency.ts";
import { LANGUAGES } from "../../src/access/contract.ts";
import { useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Loaded } from "../kit/States.tsx";
import { CalendarFields } from "./CalendarFields.tsx";
import { LedgerForm } from "./LedgerForm.tsx";
import { SaveLine } from "./SaveLine.tsx";
import { useSaveSettings, useSettings } from "./use-settings.ts";

/** What the desk is called, where it stands and when it is staffed. */
export function DeskTab() {
  const t = useT();
  const settings = useSettings();
  return (
    <div className="stk">
      <Panel title={t("settings.desk")} question={t("settings.desk.q")}>
        <Loaded query={settings}>{(data) => <DeskForm settings={data} />}</Loaded>
      </Panel>
      <Panel title={t("settings.hours")} question={t("settings.hours.q")}>
        <Loaded query={settings}>{(data) => <HoursForm settings={data} />}</Loaded>
      </Panel>
      <Panel title={t("settings.ledger")} question={t("settings.ledger.q")}>
        <Loaded query={settings}>{(data) => <LedgerForm settings={data} />}</Loaded>
      </Panel>
      <Panel title={t("settings.mappings")} question={t("settings.mappings.q")}>
        <div className="sec row">
          <span className="small ink2">{t("settings.mappings.text")}</span>
          <Go className="more push" to="/import">
            {t("settings.mappings.open")}
          </Go>
        </div>
      </Panel>
    </div>
  );
}

type Draft = Pick<Settings, "desk.name" | "desk.zone" | "desk.currency" | "desk.language">;
const draftOf = ({ values }: SettingsWire): Draft => ({
  "desk.name": values["desk.name"] ?? "",
  "desk.zone": values["desk.zone"] ?? "UTC",
  "desk.currency": values["desk.currency"] ?? "EUR",
  "desk.language": values["desk.language"] ?? "en",
});
const LANGUAGE_NAME = { en: "English", sv: "Svenska" } as const;

function DeskForm({ settings }: { readonly settings: SettingsWire }) {
  const t = useT();
  const [draft, setDraft] = useState(() => draftOf(settings));
  const save = useSaveSettings();
  const set = (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change }));
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(settings));
  return (
    <form
      className="sec col settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ values: draft });
      }}
    >
      <TextInput
        required
        label={t("settings.desk.name")}
        description={t("settings.desk.name.text")}
        value={draft["desk.name"]}
        onChange={(event) => set({ "desk.name": event.currentTarget.value })}
      />
      <Select
        searchable
        label={t("settings.desk.zone")}
        description={t("settings.desk.zone.text")}
        data={Intl.supportedValuesOf("timeZone")}
        value={draft["desk.zone"]}
        allowDeselect={false}
        onChange={(zone) => zone !== null && set({ "desk.zone": zone })}
      />
      <Select
        searchable
        label={t("settings.desk.currency")}
        description={t("settings.desk.currency.text")}
        data={[...CURRENCIES]}
        value={draft["desk.currency"]}
        allowDeselect={false}
        onChange={(currency) => currency !== null && set({ "desk.currency": currency })}
      />
      <Select
        label={t("settings.desk.language")}
        description={t("settings.desk.language.text")}
        data={LANGUAGES.map((one) => ({ value: one, label: LANGUAGE_NAME[one] }))}
        value={draft["desk.language"]}
        allowDeselect={false}
        onChange={(language) => language !== null && set({ "desk.language": language as Draft["desk.language"] })}
      />
      <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
    </form>
  );
}

const ALWAYS: CalendarSetting = { weekdays: [1, 2, 3, 4, 5], opens: "08:00", closes: "17:00", holidays: [] };

function HoursForm({ settings }: { readonly settings: SettingsWire }) {
  const kept = settings.values["desk.calendar"] ?? ALWAYS;
  const [draft, setDraft] = useState(kept);
  const save = useSaveSettings();
  return (
    <form
      className="sec col settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ values: { "desk.calendar": draft } });
      }}
    >
      <CalendarFields calendar={draft} onChange={setDraft} />
      <SaveLine
        isChanged={JSON.stringify(draft) !== JSON.stringify(kept)}
        isBusy={save.isPending}
        isSaved={save.isSuccess}
        error={save.error}
      />
    </form>
  );
}
