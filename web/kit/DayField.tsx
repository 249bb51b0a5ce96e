import { TextInput } from "@mantine/core";
import { useState } from "react";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const EXAMPLE = "2026-11-17";

const isDay = (text: string): boolean => {
  try {
    return DAY.test(text) && Temporal.PlainDate.from(text, { overflow: "reject" }) !== undefined;
  } catch {
    return false;
  }
};

type DayFieldProps = {
  readonly label: string;
  /** ISO day, or "" for none. */
  readonly value: string;
  /** Told only of whole days, and of "" when the field was emptied. */
  readonly onChange: (day: string) => void;
  readonly size?: "xs" | "sm";
};

/** A day written as 2026-11-17: a browser's own day field would write it by its own country's custom. */
export function DayField({ label, value, onChange, size = "sm" }: DayFieldProps) {
  const [text, setText] = useState(value);
  const [kept, setKept] = useState(value);
  if (kept !== value) {
    setKept(value);
    setText(value);
  }
  const change = (next: string) => {
    setText(next);
    if (next.trim() === "" || isDay(next.trim())) onChange(next.trim());
  };
  return (
    <TextInput
      size={size}
      label={label}
      placeholder={EXAMPLE}
      inputMode="numeric"
      maxLength={10}
      w={size === "xs" ? 112 : 132}
      error={text !== "" && text.length >= EXAMPLE.length && !isDay(text.trim())}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
