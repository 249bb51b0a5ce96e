import { useWord } from "../../i18n/t.ts";

type Reason = { readonly kind: string; readonly facts: Readonly<Record<string, string | number>> };

/** Reasons of a chance or a limit in words; points that raise it carry a plus. */
export function useReasonText(): (reason: Reason) => string {
  const word = useWord();
  return ({ kind, facts }) => {
    const { points } = facts;
    const signed = typeof points === "number" ? { ...facts, points: signedPoints(points) } : facts;
    return word(`prediction.reason.${kind}`, signed, kind);
  };
}

const signedPoints = (points: number): string => `${points > 0 ? "+" : "−"}${Math.abs(points)}`;

/** Reasons that name a fact of the customer; the others only say what was looked at, so their points are their sense. */
const TELLING = new Set([
  "chance.history",
  "chance.overdue",
  "chance.recent",
  "chance.promises",
  "chance.quiet",
  "chance.known",
  "chance.nothing-known",
]);
const SHORT_REASONS_MAX = 2;

/** The heaviest reasons that speak for themselves, as one line without their points; without any, the heaviest with them. */
export function useShortReasons(): (reasons: readonly Reason[]) => string {
  const text = useReasonText();
  return (reasons) => {
    const telling = reasons.filter(({ kind }) => TELLING.has(kind)).slice(0, SHORT_REASONS_MAX);
    const [heaviest] = reasons;
    if (telling.length === 0) return heaviest === undefined ? "" : text(heaviest);
    return telling
      .map((reason) => {
        const { points } = reason.facts;
        const words = text(reason);
        return typeof points === "number" ? words.replace(` (${signedPoints(points)})`, "") : words;
      })
      .join(". ");
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
