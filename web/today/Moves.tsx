import type { MovementWire } from "../../src/exposure/contract.ts";
import { shareOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Money } from "../kit/Money.tsx";

type MovesProps = { readonly movement: MovementWire; readonly asOf: string | null };

const size = (minor: string): bigint => {
  const value = BigInt(minor);
  return value < 0n ? -value : value;
};

/** Why exposure moved since yesterday, largest cause first; more to the right, less to the left. */
export function Moves({ movement }: MovesProps) {
  const t = useT();
  const f = useFormat();
  const causes = movement.causes
    .filter(({ amount }) => BigInt(amount.minor) !== 0n)
    .toSorted((a, b) => (size(a.amount.minor) < size(b.amount.minor) ? 1 : -1));
  const widest = causes.reduce((most, { amount }) => (size(amount.minor) > most ? size(amount.minor) : most), 0n);
  return (
    <>
      <span className="label">
        {t("money.why")} · {f.day(movement.from)} – {f.day(movement.to)}
      </span>
      <dl className="moves">
        {causes.map(({ cause, amount }) => {
          const isMore = BigInt(amount.minor) > 0n;
          return (
            <div key={cause} className="move small">
              <dt className="ink2 cut">{t(`money.cause.${cause}`)}</dt>
              <span className="swing" aria-hidden="true">
                <i
                  className={isMore ? "more" : "less"}
                  style={{ width: `${shareOf(size(amount.minor), widest) * 50}%` }}
                />
              </span>
              <dd className="right">
                <Money value={amount} code={false} signed />
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}
