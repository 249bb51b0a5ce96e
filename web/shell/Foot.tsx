import { useFormat, useT } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useDesk } from "./desk.ts";
import { usePageInfo } from "./page.ts";

/** The keys that work on this page, and whether the audit chain holds. */
export function Foot() {
  const t = useT();
  const { keys } = usePageInfo();
  return (
    <footer className="foot">
      {[...keys, { keys: "?", label: t("keys.all") }].map(({ keys: names, label }) => (
        <span key={label} className="hint">
          {names.split(" ").map((name) => (
            <K key={name}>{name}</K>
          ))}
          {label}
        </span>
      ))}
      <AuditState />
    </footer>
  );
}

function AuditState() {
  const t = useT();
  const f = useFormat();
  const { audit } = useDesk();
  const level = audit === null ? "unknown" : audit.ok ? "ok" : "crit";
  const text =
    audit === null
      ? t("foot.chain.never")
      : audit.ok
        ? t("foot.chain.ok", { ago: t("kit.ago", { time: f.duration(f.minutesSince(audit.verifiedAt)) }) })
        : t("foot.chain.broken", { seq: audit.brokenSeq ?? "?" });
  return (
    <Go to="/audit" className={`push hint audit ${level === "crit" ? "crit b" : ""}`}>
      <Glyph level={level} size={12} />
      {text}
    </Go>
  );
}
