import { Problem } from "../api.ts";
import { useWord } from "../i18n/t.ts";
import { Glyph } from "../kit/Risk.tsx";
import { useProblemText } from "../kit/States.tsx";

/** Why a form was not accepted, beside its button and read out at once. */
export function Failure({ error }: { readonly error: unknown }) {
  const problemText = useProblemText();
  const word = useWord();
  if (!error) return null;
  const advice = error instanceof Problem ? error.facts["advice"] : undefined;
  return (
    <p className="row top small crit failure" role="alert">
      <span style={{ marginTop: 1 }}>
        <Glyph level="error" size={13} />
      </span>
      <span>
        {problemText(error)} {advice !== undefined && word(`strength.${advice}`, {}, "")}
      </span>
    </p>
  );
}
