import { ActionIcon, Button, NativeSelect, Popover, TextInput } from "@mantine/core";
import { IconPlus, IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { OUTCOMES, SOURCES } from "../../../src/activity/contract-event.ts";
import { useFormat, useT, useWord } from "../../i18n/t.ts";
import { K } from "../../kit/Bits.tsx";
import { CustomerField } from "../../kit/CustomerField.tsx";
import { DayField } from "../../kit/DayField.tsx";
import { useKeys } from "../../kit/keys.ts";
import { useRead } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { FIELDS, type FieldName, LASTS, lastOf, memberOf } from "./filters.ts";

const TYPING_PAUSE_MS = 350;

export type FilterProps = { readonly search: PageSearch; readonly set: (change: PageSearch) => void };

/** What is searched: words, time, and one chip a filter. All of it stands in the address. */
export function FilterBar({ search, set }: FilterProps) {
  const t = useT();
  const named = FIELDS.filter(({ member }) => search[member] !== undefined);
  const clear = Object.fromEntries(
    [...FIELDS.map(({ member }) => member), "text", "from", "to", "last"].map((member) => [member, undefined]),
  ) as PageSearch;
  const isAny = named.length > 0 || search.text !== undefined || search.from !== undefined || search.to !== undefined;
  return (
    <div className="sec activity-bar">
      <TextField search={search} set={set} />
      <TimeField search={search} set={set} />
      <AddFilter set={set} />
      {isAny && (
        <Button size="xs" variant="subtle" onClick={() => set(clear)}>
          {t("activity.search.clear")}
        </Button>
      )}
      {named.length > 0 && (
        <span className="chips activity-chips" role="group" aria-label={t("activity.search.filters")}>
          {named.map(({ name, member }) => (
            <FilterChip
              key={name}
              name={name}
              value={search[member] ?? ""}
              onRemove={() => set({ [member]: undefined })}
            />
          ))}
        </span>
      )}
    </div>
  );
}

function TextField({ search, set }: FilterProps) {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(search.text ?? "");
  const [kept, setKept] = useState(search.text);
  if (kept !== search.text) {
    setKept(search.text);
    if ((search.text ?? "") !== text.trim()) setText(search.text ?? "");
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeys({ "/": () => field.current?.focus() });
  const change = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set({ text: next.trim() || undefined }), TYPING_PAUSE_MS);
  };
  return (
    <TextInput
      ref={field}
      size="xs"
      className="activity-text"
      aria-label={t("activity.search.text")}
      placeholder={t("activity.search.text.hint")}
      maxLength={200}
      leftSection={<IconSearch size={14} />}
      rightSection={text === "" ? <K>/</K> : undefined}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        change("");
        event.currentTarget.blur();
      }}
    />
  );
}

const OWN = "own";

function TimeField({ search, set }: FilterProps) {
  const t = useT();
  const f = useFormat();
  const last = lastOf(search);
  const day = (iso: string | undefined) =>
    iso === undefined ? "" : Temporal.Instant.from(iso).toZonedDateTimeISO(f.zone).toPlainDate().toString();
  const start = (text: string) => Temporal.PlainDate.from(text).toZonedDateTime(f.zone).toInstant().toString();
  const today = Temporal.Instant.from(f.nowIso).toZonedDateTimeISO(f.zone).toPlainDate();
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={t("activity.search.when")}
        value={last ?? OWN}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (chosen === OWN)
            set({ from: start(today.subtract({ days: 7 }).toString()), to: undefined, last: undefined });
          else set({ from: undefined, to: undefined, last: chosen === "24h" ? undefined : chosen });
        }}
        data={[
          ...LASTS.map((one) => ({ value: one, label: t(`activity.search.last.${one}`) })),
          { value: OWN, label: t("activity.search.last.own") },
        ]}
      />
      {last === undefined && (
        <>
          <DayField
            size="xs"
            label={t("activity.search.from")}
            value={day(search.from)}
            onChange={(next) => set({ from: next === "" ? undefined : start(next) })}
          />
          <DayField
            size="xs"
            label={t("activity.search.to")}
            value={day(
              search.to === undefined
                ? undefined
                : Temporal.Instant.from(search.to).subtract({ seconds: 1 }).toString(),
            )}
            onChange={(next) =>
              set({ to: next === "" ? undefined : start(Temporal.PlainDate.from(next).add({ days: 1 }).toString()) })
            }
          />
          <span className="tiny ink3 num activity-stretch">
            {t("activity.search.stretch", {
              from: search.from === undefined ? "…" : f.moment(search.from),
              until: search.to === undefined ? f.moment(f.nowIso) : f.moment(search.to),
            })}
          </span>
        </>
      )}
    </>
  );
}

function AddFilter({ set }: Pick<FilterProps, "set">) {
  const t = useT();
  const [isOpen, open] = useState(false);
  const [name, setName] = useState<FieldName>("operation");
  const [value, setValue] = useState("");
  useKeys({ f: () => open(true) });
  const add = (chosen: string) => {
    if (chosen.trim() === "") return;
    set({ [memberOf(name)]: chosen.trim() });
    setValue("");
    open(false);
  };
  return (
    <Popover opened={isOpen} onChange={open} trapFocus width={300} position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={13} />}
          aria-expanded={isOpen}
          onClick={() => open((was) => !was)}
        >
          {t("activity.search.add")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className="col"
          style={{ gap: 8 }}
          onSubmit={(event) => {
            event.preventDefault();
            add(value);
          }}
        >
          <NativeSelect
            size="xs"
            label={t("activity.search.add.field")}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value as FieldName);
              setValue("");
            }}
            data={FIELDS.map((field) => ({ value: field.name, label: t(`activity.field.${field.name}`) }))}
          />
          <ValueField name={name} value={value} onType={setValue} onChoose={add} />
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

type ValueProps = {
  readonly name: FieldName;
  readonly value: string;
  readonly onType: (value: string) => void;
  readonly onChoose: (value: string) => void;
};

function ValueField({ name, value, onType, onChoose }: ValueProps) {
  const t = useT();
  if (name === "source" || name === "outcome") {
    const names: readonly string[] = name === "source" ? SOURCES : OUTCOMES;
    return (
      <span className="chips">
        {names.map((one) => (
          <button key={one} type="button" className="chip" onClick={() => onChoose(one)}>
            <ValueWord name={name} value={one} />
          </button>
        ))}
      </span>
    );
  }
  if (name === "customer")
    return (
      <>
        <CustomerField
          label={t("activity.field.customer")}
          nothingFound={t("activity.search.noCustomer")}
          value={null}
          onChange={(id) => id !== null && onChoose(id)}
        />
        <button type="button" className="chip" onClick={() => onChoose("none")}>
          {t("activity.search.onlyNobody")}
        </button>
      </>
    );
  return (
    <>
      <TextInput
        size="xs"
        data-autofocus
        label={t("activity.search.add.value")}
        description={name === "country" ? "SE, NO, US" : t("activity.search.add.how")}
        maxLength={190}
        value={value}
        onChange={(event) => onType(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={value.trim() === ""}>
        {t("activity.search.add.do")}
      </Button>
    </>
  );
}

/** A value as a person reads it. */
function ValueWord({ name, value }: { readonly name: FieldName; readonly value: string }) {
  const t = useT();
  const word = useWord();
  if (name === "customer") return value === "none" ? t("activity.nobody") : <CustomerName id={value} />;
  if (name === "source" || name === "outcome")
    return value
      .split(",")
      .map((one) => word(`activity.${name}.${one}`, {}, one))
      .join(", ");
  return <span className="mono">{value}</span>;
}

function CustomerName({ id }: { readonly id: string }) {
  const found = useRead<{ readonly customer?: { readonly name: string } | null }>(
    ["activity-coverage", id],
    `/api/customers/${id}/activity-coverage`,
  );
  return <>{found.data?.customer?.name ?? id.slice(0, 8)}</>;
}

type ChipProps = { readonly name: FieldName; readonly value: string; readonly onRemove: () => void };

function FilterChip({ name, value, onRemove }: ChipProps) {
  const t = useT();
  const label = t(`activity.field.${name}`);
  return (
    <span className="tag line activity-chip">
      <span className="ink3">{label}</span> <ValueWord name={name} value={value} />
      <ActionIcon size="xs" aria-label={t("activity.search.remove", { name: label })} onClick={onRemove}>
        <IconX size={11} />
      </ActionIcon>
    </span>
  );
}
