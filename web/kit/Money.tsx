import type { MoneyWire } from "../../src/core/wire.ts";
import type { MoneyStyle } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Fig, type Figure } from "./Fig.tsx";

type MoneyProps = MoneyStyle & {
  /** `null` or `undefined` is unknown: it is written as such and never as 0. */
  readonly value: MoneyWire | null | undefined;
  /** Off when the column header carries the code. */
  readonly code?: boolean | undefined;
  /** After the code: `/h`. */
  readonly per?: string | undefined;
  /** Makes it a figure that opens. */
  readonly opens?: (Figure | (() => React.ReactNode)) | undefined;
  /** What the amount is, for a screen reader, when it opens. */
  readonly label?: string | undefined;
  readonly className?: string | undefined;
};

/** Amount first so digits line up, ISO code after it, small and grey. */
export function Money({ value, code = true, per, opens, label, className = "", ...style }: MoneyProps) {
  const f = useFormat();
  const t = useT();
  if (value === null || value === undefined) return <span className={`ink3 ${className}`}>{t("kit.unknown")}</span>;
  const body = (
    <>
      {f.amount(value, style)}
      {code && (
        <span className="cur">
          {value.currency}
          {per}
        </span>
      )}
    </>
  );
  if (opens === undefined) return <span className={`num ${className}`}>{body}</span>;
  return (
    <Fig opens={opens} className={className} {...(label === undefined ? {} : { label })}>
      {body}
    </Fig>
  );
}
