import { PasswordInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { PASSWORD_CHARS_MAX } from "../../src/access/contract.ts";
import { useT } from "../i18n/t.ts";
import { type Strength, strengthOf } from "./strength.ts";

type NewPasswordProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Name and address: a password may not contain them. */
  readonly own: readonly string[];
};

/** A field for a new password with its strength in a bar and in a word. */
export function NewPassword({ label, value, onChange, own }: NewPasswordProps) {
  const t = useT();
  const strength = useStrength(value, own.join("\n"));
  return (
    <div className="col" style={{ gap: 6 }}>
      <PasswordInput
        label={label}
        description={t("welcome.password.help")}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        autoComplete="new-password"
        maxLength={PASSWORD_CHARS_MAX}
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": t("password.show") }}
      />
      <div className="row small" style={{ minHeight: 18 }}>
        {strength && (
          <>
            <span className="strength" aria-hidden="true">
              {[1, 2, 3, 4].map((step) => (
                <i key={step} className={step <= strength.score ? toneOf(strength.score) : ""} />
              ))}
            </span>
            <span className="ink2" role="status">
              {strength.missing > 0
                ? t("strength.short", { n: strength.missing })
                : t("strength.label", { word: t(`strength.${strength.score}`) })}
            </span>
          </>
        )}
      </div>
    </div>
  );
}

const toneOf = (score: Strength["score"]): string => (score >= 3 ? "ok" : score === 2 ? "warn" : "crit");
const PAUSE_MS = 120;

function useStrength(password: string, own: string): Strength | undefined {
  const [strength, set] = useState<Strength | undefined>(undefined);
  useEffect(() => {
    if (password === "") return undefined;
    let isOld = false;
    const timer = setTimeout(() => {
      void strengthOf(password, own.split("\n")).then((found) => {
        if (!isOld) set(found);
      });
    }, PAUSE_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [password, own]);
  return password === "" ? undefined : strength;
}
