import { TextInput } from "@mantine/core";

type LaterProps = { readonly label: string; readonly value: string; readonly onDone: (value: string) => void };
/** A text that counts once it is left: half a word is no policy. */
export function Later({ label, value, onDone }: LaterProps) {
  return (
    <TextInput
      key={value}
      label={label}
      defaultValue={value}
      onBlur={(event) => {
        const next = event.currentTarget.value.trim();
        if (next !== value) onDone(next);
      }}
    />
  );
}
