import { NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import type { Settings, SettingsWire } from "../../src/access/contract-settings.ts";
import { ALLOCATION_ORDERS } from "../../src/receivables/contract-ledger.ts";
import { useT } from "../i18n/t.ts";
import { SaveLine } from "./SaveLine.tsx";
import { useSaveSettings } from "./use-settings.ts";

type Draft = Pick<Settings, "receivables.allocationOrder" | "receivables.writeOffAlone">;
const draftOf = ({ values }: SettingsWire): Draft => ({
  "receivables.allocationOrder": values["receivables.allocationOrder"] ?? "costs-interest-principal",
  "receivables.writeOffAlone": values["receivables.writeOffAlone"] ?? 0,
});
const WRITE_OFF_MAX = 1_000_000_000;

/** What money pays first, and how much one person may write off. */
export function LedgerForm({ settings }: { readonly settings: SettingsWire }) {
  const t = useT();
  const [draft, setDraft] = useState(() => draftOf(settings));
  const save = useSaveSettings();
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(settings));
  return (
    <form
      className="sec col settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ values: draft });
      }}
    >
      <Select
        label={t("settings.ledger.order")}
        description={t("settings.ledger.order.text")}
        data={ALLOCATION_ORDERS.map((value) => ({ value, label: t(`settings.ledger.order.${value}`) }))}
        value={draft["receivables.allocationOrder"]}
        allowDeselect={false}
        onChange={(order) => order !== null && setDraft({ ...draft, "receivables.allocationOrder": order })}
      />
      <NumberInput
        label={t("settings.ledger.alone")}
        description={t("settings.ledger.alone.text")}
        value={draft["receivables.writeOffAlone"]}
        min={0}
        max={WRITE_OFF_MAX}
        allowDecimal={false}
        thousandSeparator=" "
        onChange={(value) => typeof value === "number" && setDraft({ ...draft, "receivables.writeOffAlone": value })}
      />
      <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
    </form>
  );
}
