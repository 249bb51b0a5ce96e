import type { MoneyWire } from "../../src/core/wire.ts";
import { shareOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import type { Figure } from "./Fig.tsx";
import { Money } from "./Money.tsx";

/** Not due is neutral; past due darkens with age. */
const TONES = [
  "var(--s-data-4)",
  "color-mix(in srgb, var(--s-warn-fill) 45%, var(--s-panel))",
  "color-mix(in srgb, var(--s-warn-fill) 75%, var(--s-panel))",
  "var(--s-warn-fill)",
  "color-mix(in srgb, var(--s-crit) 65%, var(--s-warn-fill))",
  "var(--s-crit)",
];
const LABELS = ["kit.age.0", "kit.age.1", "kit.age.2", "kit.age.3", "kit.age.4", "kit.age.5"] as const;

type AgeingBarProps = {
  /** Six amounts of one currency: not due, 1–30, 31–60, 61–90, 91–120, over 120 days past due. They sum to the outstanding. */
  readonly buckets: readonly MoneyWire[];
  /** What the first bucket is called, when age does not count from the due date. */
  readonly first?: string | undefined;
  /** What a bucket opens to; plain text without. */
  readonly opens?: ((bucket: number) => Figure | (() => React.ReactNode)) | undefined;
};

export function AgeingBar({ buckets, first, opens }: AgeingBarProps) {
  const t = useT();
  const f = useFormat();
  const total = buckets.reduce((sum, bucket) => sum + BigInt(bucket.minor), 0n);
  const label = (i: number) => (i === 0 && first !== undefined ? first : t(LABELS[i] ?? "kit.age.5"));
  return (
    <div>
      <div className="stack" aria-hidden="true">
        {buckets.map((bucket, i) =>
          BigInt(bucket.minor) > 0n ? (
            <i
              key={label(i)}
              style={{ width: `${shareOf(BigInt(bucket.minor), total) * 100}%`, background: TONES[i] }}
            />
          ) : null,
        )}
      </div>
      <dl className="ages">
        {buckets.map((bucket, i) => (
          <div key={label(i)} className="col tiny">
            <dt className="row ink3" style={{ gap: 4 }}>
              <span className="key" style={{ background: TONES[i], width: 7, height: 7 }} aria-hidden="true" />
              <span className="cut">{label(i)}</span>
            </dt>
            <dd className="col">
              <span>
                <Money
                  value={bucket}
                  code={false}
                  label={label(i)}
                  {...(opens && BigInt(bucket.minor) !== 0n ? { opens: opens(i) } : {})}
                />
              </span>
              <span className="ink3 num">
                {f.percent(shareOf(BigInt(bucket.minor), total), total === BigInt(bucket.minor) ? 0 : 1)}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
