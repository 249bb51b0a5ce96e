import { Button, MultiSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { EFFECTS, type Policy } from "../../../src/collections/contract-policy.ts";
import { useT } from "../../i18n/t.ts";
import { amountsIn, amountsText } from "./amounts.ts";
import { setValue } from "./edit.ts";
import { Later } from "./Later.tsx";

type Props = {
  readonly policy: Policy;
  readonly text: string;
  readonly onChange: ((text: string) => void) | undefined;
};
type Exemption = Policy["exemptions"][number];

/** What holds for the whole policy: what is left alone, and who is spared what. */
export function PolicyFields({ policy, text, onChange }: Props) {
  const t = useT();
  const set =
    onChange && ((path: readonly (string | number)[], value: unknown) => onChange(setValue(text, path, value)));
  const { exemptions } = policy;
  const add: Exemption = {
    when: 'customer.class == "public"',
    from: ["suspend-seats"],
    because: { en: "Reason" },
  };
  return (
    <fieldset className="pol-form" style={{ border: 0, margin: 0 }} disabled={set === undefined}>
      <legend className="b" style={{ padding: "12px 14px 0" }}>
        {t("policy.form.all")}
      </legend>
      <div className="wide">
        <AmountsField
          label={t("policy.form.tolerance")}
          amounts={policy.tolerance}
          onDone={(amounts) => set?.(["tolerance"], amounts)}
        />
      </div>
      {exemptions.map((one, index) => (
        <ExemptionFields
          key={index}
          one={one}
          set={(member, value) => set?.(["exemptions", index, ...member], value)}
          remove={() => set?.(["exemptions"], exemptions.toSpliced(index, 1))}
        />
      ))}
      {set && exemptions.length < 20 && (
        <Button variant="default" onClick={() => set(["exemptions"], [...exemptions, add])}>
          {t("policy.form.exempt.add")}
        </Button>
      )}
    </fieldset>
  );
}

type ExemptionProps = {
  readonly one: Exemption;
  readonly set: (member: readonly string[], value: unknown) => void;
  readonly remove: () => void;
};
function ExemptionFields({ one, set, remove }: ExemptionProps) {
  const t = useT();
  const label = (value: string) =>
    value === "letters" || value === "charges"
      ? t(`policy.form.exempt.${value}`)
      : t(`collections.effect.${value as (typeof EFFECTS)[number]}`);
  return (
    <>
      <div className="wide">
        <Later
          label={t("policy.form.exempt.when")}
          value={one.when}
          onDone={(value) => value !== "" && set(["when"], value)}
        />
      </div>
      <MultiSelect
        className="wide"
        label={t("policy.form.exempt.from")}
        data={[...EFFECTS, "letters", "charges"].map((value) => ({ value, label: label(value) }))}
        value={one.from}
        onChange={(value) => value.length > 0 && set(["from"], value)}
      />
      <Later
        label={t("policy.form.exempt.because.en")}
        value={one.because.en}
        onDone={(value) => value !== "" && set(["because", "en"], value)}
      />
      <Later
        label={t("policy.form.exempt.because.sv")}
        value={one.because.sv ?? ""}
        onDone={(value) => set(["because", "sv"], value)}
      />
      <Button variant="subtle" color="red" onClick={remove} style={{ alignSelf: "end", justifySelf: "start" }}>
        {t("policy.form.exempt.remove")}
      </Button>
    </>
  );
}

type AmountsProps = {
  readonly label: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly onDone: (amounts: Readonly<Record<string, string>> | undefined) => void;
};
/** Amounts by currency in one line; written once it can be read and the field is left. */
export function AmountsField({ label, amounts, onDone }: AmountsProps) {
  const t = useT();
  const shown = amountsText(amounts);
  const [isWrong, setWrong] = useState(false);
  return (
    <TextInput
      key={shown}
      label={label}
      description={t("policy.form.amounts")}
      defaultValue={shown}
      error={isWrong ? t("policy.form.amounts.unread") : undefined}
      onBlur={(event) => {
        const next = event.currentTarget.value.trim();
        const read = amountsIn(next);
        setWrong(read === undefined);
        if (read !== undefined && amountsText(read) !== shown)
          onDone(Object.keys(read).length === 0 ? undefined : read);
      }}
    />
  );
}
