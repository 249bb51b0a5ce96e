import type { PreflightJson } from "../../src/response/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Glyph, useLevelWord } from "../kit/Risk.tsx";

/** What could stand in the way, each with its mark; unknown is its own mark and never a tick. */
export function Preflight({ items }: { readonly items: readonly PreflightJson[] }) {
  const t = useT();
  const text = usePreflightText();
  const levelWord = useLevelWord();
  return (
    <div className="sec">
      <span className="label">{t("response.preflight")}</span>
      <ul className="pre-list small">
        {items.map((item) => (
          <li key={item.kind} className="row top" style={{ gap: 7 }}>
            <span style={{ marginTop: 1 }}>
              <Glyph level={item.level} size={13} label={levelWord(item.level)} />
            </span>
            <span>{text(item)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function usePreflightText(): (item: PreflightJson) => string {
  const word = useWord();
  const f = useFormat();
  return ({ kind, code, facts }) => {
    const { day, at, roles } = facts;
    const readable = {
      ...facts,
      ...(typeof day === "string" && { day: f.moment(day) }),
      ...(typeof at === "string" && { at: f.moment(at) }),
      ...(typeof roles === "string" && {
        roles: roles
          .split(",")
          .map((role) => word(`role.${role}`, {}, role))
          .join(", "),
      }),
    };
    return word(`response.preflight.${kind}.${code}`, readable, `${kind}: ${code}`);
  };
}
