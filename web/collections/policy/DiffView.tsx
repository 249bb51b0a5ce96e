import type { VersionWire } from "../../../src/collections/policy/contract-wire.ts";
import { useT } from "../../i18n/t.ts";
import { TextDiff } from "../../kit/TextDiff.tsx";

type Props = { readonly before: VersionWire["before"]; readonly text: string };

/** What this version changes in the one before. */
export function DiffView({ before, text }: Props) {
  const t = useT();
  if (before === null) return <div className="sec ink3">{t("policy.diff.none")}</div>;
  return (
    <>
      {before.text !== text && (
        <div className="sec small ink3">{t("policy.diff.against", { version: before.version })}</div>
      )}
      <TextDiff before={before.text} after={text} label={t("policy.view.diff")} same={t("policy.diff.same")} />
    </>
  );
}
