import { useWord } from "../../i18n/t.ts";

type Reason = { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> };

/** Reasons of a chance or a limit in words; points that raise it carry a plus. */
export function useReasonText(): (reason: Reason) => string {
  const word = useWord();
  return ({ kind, facts }) => {
    const { points } = facts;
    const signed =
      typeof points === "number" ? { ...facts, points: `${points > 0 ? "+" : "−"}${Math.abs(points)}` } : facts;
    return word(`prediction.reason.${kind}`, signed, kind);
  };
}

export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  const text = useReasonText();
  return (
    <ul className="small ink2">
      {reasons.map((reason) => (
        <li key={reason.kind}>{text(reason)}</li>
      ))}
    </ul>
  );
}
