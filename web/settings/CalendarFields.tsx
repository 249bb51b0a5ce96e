import { Checkbox, TagsInput, TextInput } from "@mantine/core";
import type { CalendarSetting } from "../../src/access/contract-settings.ts";
import { useChoices } from "../i18n/settings.ts";
import { useT } from "../i18n/t.ts";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
/** A Monday, to name the days of the week by. */
const MONDAY = "2026-11-16";
const DAY = /^\d{4}-\d{2}-\d{2}$/;

type CalendarFieldsProps = {
  readonly calendar: CalendarSetting;
  readonly onChange: (calendar: CalendarSetting) => void;
};

/** When somebody is at the desk. Outside it the Today page speaks of "overnight". */
export function CalendarFields({ calendar, onChange }: CalendarFieldsProps) {
  const t = useT();
  const { language } = useChoices();
  const set = (change: Partial<CalendarSetting>) => onChange({ ...calendar, ...change });
  const nameOf = (weekday: number) =>
    Temporal.PlainDate.from(MONDAY)
      .add({ days: weekday - 1 })
      .toLocaleString(language, { weekday: "long" });
  return (
    <>
      <Checkbox.Group
        label={t("settings.hours.days")}
        value={calendar.weekdays.map(String)}
        onChange={(days) => set({ weekdays: days.map(Number).sort((a, b) => a - b) })}
      >
        <span className="row wrap settings-days">
          {WEEKDAYS.map((weekday) => (
            <Checkbox key={weekday} value={String(weekday)} label={nameOf(weekday)} />
          ))}
        </span>
      </Checkbox.Group>
      <span className="row wrap">
        <TextInput
          type="time"
          required
          label={t("settings.hours.opens")}
          value={calendar.opens}
          onChange={(event) => set({ opens: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          required
          label={t("settings.hours.closes")}
          value={calendar.closes}
          onChange={(event) => set({ closes: event.currentTarget.value })}
        />
      </span>
      <TagsInput
        label={t("settings.hours.holidays")}
        description={t("settings.hours.holidays.text")}
        value={calendar.holidays}
        isDuplicate={(value, all) => all.includes(value) || !DAY.test(value)}
        onChange={(holidays) => set({ holidays: holidays.filter((day) => DAY.test(day)).sort() })}
      />
    </>
  );
}
