import { useMemo } from "react";
import type { VersionWire } from "../../../src/collections/policy/contract-wire.ts";
import { useT } from "../../i18n/t.ts";
import { diffLines, folded } from "./diff.ts";

type Props = { readonly before: VersionWire["before"]; readonly text: string };

/** What this version changes in the one before. */
export function DiffView({ before, text }: Props) {
  const t = useT();
  const lines = useMemo(() => (before === null ? [] : folded(diffLines(before.text, text))), [before, text]);
  if (before === null) return <div className="sec ink3">{t("policy.diff.none")}</div>;
  if (lines.length === 0) return <div className="sec ink3">{t("policy.diff.same")}</div>;
  return (
    <>
      <div className="sec small ink3">{t("policy.diff.against", { version: before.version })}</div>
      {/* A long diff scrolls: the keyboard must reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="pol-diff" role="region" aria-label={t("policy.view.diff")} tabIndex={0}>
        {lines.map((line, index) =>
          line === null ? (
            <div key={index} className="ink3">
              ⋯
            </div>
          ) : (
            <div key={index} className={line.kind}>
              {line.kind !== "same" && (
                <span className="sr">{t(line.kind === "add" ? "policy.diff.added" : "policy.diff.removed")}: </span>
              )}
              <span aria-hidden="true">{line.kind === "add" ? "+ " : line.kind === "del" ? "− " : "  "}</span>
              {line.text}
            </div>
          ),
        )}
      </div>
    </>
  );
}
