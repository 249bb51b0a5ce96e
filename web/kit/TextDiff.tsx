import { useMemo } from "react";
import { useT } from "../i18n/t.ts";
import { diffLines, folded } from "./diff.ts";
import "./text-diff.css";

type Props = {
  readonly before: string;
  readonly after: string;
  /** What is compared, read out. */
  readonly label: string;
  /** Shown when nothing differs. */
  readonly same: string;
};

/** What changed between two texts, line by line. */
export function TextDiff({ before, after, label, same }: Props) {
  const t = useT();
  const lines = useMemo(() => folded(diffLines(before, after)), [before, after]);
  if (lines.length === 0) return <div className="sec ink3">{same}</div>;
  return (
    // A long diff scrolls: the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="text-diff" role="region" aria-label={label} tabIndex={0}>
      {lines.map((line, index) =>
        line === null ? (
          <div key={index} className="ink3">
            ⋯
          </div>
        ) : (
          <div key={index} className={line.kind}>
            {line.kind !== "same" && (
              <span className="sr">{t(line.kind === "add" ? "kit.diff.added" : "kit.diff.removed")}: </span>
            )}
            <span aria-hidden="true">{line.kind === "add" ? "+ " : line.kind === "del" ? "− " : "  "}</span>
            {line.text}
          </div>
        ),
      )}
    </div>
  );
}
