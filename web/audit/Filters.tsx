import { ActionIcon, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useT } from "../i18n/t.ts";
import { DayField } from "../kit/DayField.tsx";
import type { AuditProps, AuditSearch } from "./search.ts";

const AREAS = [
  "access",
  "activity",
  "cases",
  "customers",
  "exposure",
  "notices",
  "partner-center",
  "receivables",
  "response",
  "spending",
  "sync",
] as const;

/** Area and days are chosen here; a person, customer or case by pressing it in a row. */
export function Filters({ search, set }: AuditProps) {
  const t = useT();
  const areas = AREAS.map((area) => ({ value: area, label: t(`audit.area.${area}`) }));
  const day = (name: "from" | "to") => (
    <DayField
      size="xs"
      label={t(`audit.${name}`)}
      value={search[name] ?? ""}
      onChange={(next) => set({ [name]: next || undefined })}
    />
  );
  return (
    <div className="sec audit-filters">
      <Select
        size="xs"
        label={t("audit.area")}
        placeholder={t("audit.area.all")}
        data={areas}
        value={search.kind ?? null}
        onChange={(kind) => set({ kind: kind ?? undefined })}
        clearable
      />
      {day("from")}
      {day("to")}
      <Chip search={search} set={set} name="owner" label={t("audit.by", { name: search.owner ?? "" })} />
      <Chip search={search} set={set} name="customer" label={t("audit.customer", { id: short(search.customer) })} />
      <Chip search={search} set={set} name="q" label={t("audit.case", { id: short(search.q) })} />
    </div>
  );
}

const ID_CHARS_SHOWN = 8;
const short = (id: string | undefined): string => (id ?? "").slice(0, ID_CHARS_SHOWN);

type ChipProps = AuditProps & { readonly name: keyof AuditSearch; readonly label: string };

function Chip({ search, set, name, label }: ChipProps) {
  const t = useT();
  if (search[name] === undefined) return null;
  return (
    <span className="tag line audit-chip">
      {label}
      <ActionIcon size="xs" aria-label={t("audit.remove", { name: label })} onClick={() => set({ [name]: undefined })}>
        <IconX size={11} />
      </ActionIcon>
    </span>
  );
}
