import { Button, Chip, MultiSelect, NumberInput, Select } from "@mantine/core";
import { CHANNELS, CHARGES, EFFECTS, type Policy, type PolicyStep } from "../../../src/collections/contract-policy.ts";
import { PURPOSES } from "../../../src/collections/letters/contract.ts";
import { useT } from "../../i18n/t.ts";
import { AmountsField, PolicyFields } from "./PolicyFields.tsx";
import { Later } from "./Later.tsx";
import { addStep, removeStep, setValue } from "./edit.ts";

type FormProps = {
  readonly policy: Policy;
  readonly text: string;
  readonly onChange: ((text: string) => void) | undefined;
};

/** The steps as fields, for people who do not write YAML; it writes the same text, comments kept. */
export function StepForm({ policy, text, onChange }: FormProps) {
  const t = useT();
  const last = policy.steps.at(-1)?.daysPastDue ?? 0;
  return (
    <>
      <PolicyFields policy={policy} text={text} onChange={onChange} />
      {policy.steps.map((step, index) => (
        <StepFields
          key={index}
          step={step}
          index={index}
          set={onChange && ((member, value) => onChange(setValue(text, ["steps", index, ...member], value)))}
          remove={onChange && policy.steps.length > 1 ? () => onChange(removeStep(text, index)) : undefined}
        />
      ))}
      {onChange && policy.steps.length < 30 && (
        <div className="sec">
          <Button variant="default" onClick={() => onChange(addStep(text, last + 5))}>
            {t("policy.form.add")}
          </Button>
        </div>
      )}
    </>
  );
}

type StepProps = {
  readonly step: PolicyStep;
  readonly index: number;
  readonly set: ((member: readonly string[], value: unknown) => void) | undefined;
  readonly remove: (() => void) | undefined;
};

function StepFields({ step, index, set, remove }: StepProps) {
  const t = useT();
  const isFixed = set === undefined;
  const whole = (member: string) => (value: string | number) => typeof value === "number" && set?.([member], value);
  return (
    <fieldset className="pol-form" style={{ border: 0, margin: 0 }} disabled={isFixed}>
      <legend className="b" style={{ padding: "12px 14px 0" }}>
        {t("policy.form.step", { n: index + 1 })} <span className="ink3 mono">{step.id}</span>
      </legend>
      <Later label={t("policy.form.name.en")} value={step.name.en} onDone={(value) => set?.(["name", "en"], value)} />
      <Later
        label={t("policy.form.name.sv")}
        value={step.name.sv ?? ""}
        onDone={(value) => set?.(["name", "sv"], value)}
      />
      <NumberInput
        label={t("policy.form.days")}
        value={step.daysPastDue}
        onChange={whole("daysPastDue")}
        min={-60}
        max={730}
        allowDecimal={false}
      />
      <NumberInput
        label={t("policy.form.notice")}
        value={step.noticeDays}
        onChange={whole("noticeDays")}
        min={0}
        max={120}
        allowDecimal={false}
      />
      <Channels step={step} set={set} />
      <MultiSelect
        className="wide"
        label={t("policy.form.charges")}
        data={CHARGES.map((value) => ({ value, label: t(`collections.charge.${value}`) }))}
        value={step.charges}
        onChange={(value) => set?.(["charges"], value)}
      />
      <MultiSelect
        className="wide"
        label={t("policy.form.effects")}
        data={EFFECTS.map((value) => ({ value, label: t(`collections.effect.${value}`) }))}
        value={step.effects}
        onChange={(value) => set?.(["effects"], value)}
      />
      <Select
        label={t("policy.form.approve")}
        data={(["none", "one", "two"] as const).map((value) => ({ value, label: t(`policy.form.approve.${value}`) }))}
        value={step.approve}
        onChange={(value) => value !== null && set?.(["approve"], value)}
        allowDeselect={false}
      />
      <Conditions step={step} set={set} />
      {remove && (
        <Button variant="subtle" color="red" onClick={remove} style={{ alignSelf: "end", justifySelf: "start" }}>
          {t("policy.form.remove")}
        </Button>
      )}
    </fieldset>
  );
}

function Channels({ step, set }: Pick<StepProps, "step" | "set">) {
  const t = useT();
  const letter = step.tell[0]?.letter ?? "reminder";
  const chosen = step.tell.map(({ channel }) => channel);
  const write = (channels: readonly string[], of: string) =>
    set?.(
      ["tell"],
      CHANNELS.filter((one) => channels.includes(one)).map((channel) => ({
        channel,
        letter:
          step.tell.find((one) => one.channel === channel && of === letter)?.letter ??
          (channel === "call" ? "call-script" : channel === "sms" ? "sms" : of),
      })),
    );
  return (
    <div className="full row wrap" style={{ gap: 12, alignItems: "end" }}>
      <div role="group" aria-label={t("policy.form.tell")}>
        <span className="small">{t("policy.form.tell")}</span>
        <Chip.Group multiple value={chosen} onChange={(value) => write(value, letter)}>
          <div className="row wrap" style={{ gap: 6 }}>
            {CHANNELS.map((channel) => (
              <Chip key={channel} value={channel} size="xs">
                {t(`collections.channel.${channel}`)}
              </Chip>
            ))}
          </div>
        </Chip.Group>
      </div>
      {chosen.length > 0 && (
        <Select
          label={t("policy.form.letter")}
          data={[...PURPOSES]}
          value={letter}
          onChange={(value) => value !== null && write(chosen, value)}
          allowDeselect={false}
        />
      )}
    </div>
  );
}

/** What must hold besides the days. */
function Conditions({ step, set }: Pick<StepProps, "step" | "set">) {
  const t = useT();
  return (
    <>
      <div className="wide">
        <AmountsField
          label={t("policy.form.minimum")}
          amounts={step.minimumOverdue ?? {}}
          onDone={(amounts) => set?.(["minimumOverdue"], amounts)}
        />
      </div>
      <div className="wide">
        <Later label={t("policy.form.when")} value={step.when ?? ""} onDone={(value) => set?.(["when"], value)} />
      </div>
    </>
  );
}
