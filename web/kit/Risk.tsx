import { type Key, useT } from "../i18n/t.ts";
import "./risk.css";

/** Risk marks: a shape, a word, a colour, in that order. The shape alone must be enough. */
export type Level = "crit" | "warn" | "ok" | "none" | "unknown" | "error" | "info";

const STROKE = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.6,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;

const SHAPES: Record<Level, React.ReactNode> = {
  crit: (
    <>
      <path d="M5 1.2h6L14.8 5v6L11 14.8H5L1.2 11V5z" fill="currentColor" />
      <path d="M8 4.4v4.4M8 11.4v.1" stroke="var(--s-panel)" strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
  warn: <path d="M8 2 14.6 13.6H1.4zM8 6.6v3.2M8 11.7v.1" {...STROKE} />,
  ok: (
    <>
      <circle cx="8" cy="8" r="6.2" {...STROKE} />
      <path d="m5.2 8.2 2 2 3.6-4" {...STROKE} />
    </>
  ),
  none: <circle cx="8" cy="8" r="6.2" {...STROKE} />,
  unknown: (
    <>
      <circle cx="8" cy="8" r="6.2" {...STROKE} strokeDasharray="2.2 2.6" />
      <path d="M6.4 6.5a1.7 1.7 0 1 1 2.2 1.7c-.5.2-.6.5-.6 1M8 11.2v.1" {...STROKE} strokeWidth={1.4} />
    </>
  ),
  error: <path d="M2.4 2.4h11.2v11.2H2.4zM5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" {...STROKE} />,
  info: (
    <>
      <circle cx="8" cy="8" r="6.2" {...STROKE} />
      <path d="M8 7.4v3.6M8 5v.1" {...STROKE} />
    </>
  ),
};

type GlyphProps = { readonly level: Level; readonly size?: number; readonly label?: string };

/** The mark of a level. Give `label` only when no word stands beside it. */
export function Glyph({ level, size = 14, label }: GlyphProps) {
  const tone =
    level === "error" ? "crit" : level === "unknown" || level === "none" || level === "info" ? "ink3" : level;
  return (
    <svg
      className={`glyph ${tone}`}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      {SHAPES[level]}
    </svg>
  );
}

type TagProps = { readonly level?: Level; readonly children: React.ReactNode; readonly line?: boolean };

/** A mark and its word in a tinted box; `line` for a quieter, outlined one. */
export function Tag({ level = "none", children, line = false }: TagProps) {
  const tone = level === "error" ? "crit" : level === "unknown" || level === "none" ? "" : level;
  return (
    <span className={`tag ${tone} ${line ? "line" : ""}`}>
      {level !== "none" && <Glyph level={level} size={12} />}
      {children}
    </span>
  );
}

/** The word of a level in the chosen language. */
export function useLevelWord(): (level: Level) => string {
  const t = useT();
  return (level) => t(`kit.level.${level}` satisfies Key);
}

export const STANDINGS = ["active", "watch", "restricted", "suspended"] as const;
export type Standing = (typeof STANDINGS)[number];
export const STANDING_LEVEL: Record<Standing, Level> = {
  active: "ok",
  watch: "warn",
  restricted: "warn",
  suspended: "crit",
};

/** Where a customer stands, as a strip of four, so that the place is seen and not only the colour. */
export function StandingStrip({ standing }: { readonly standing: Standing }) {
  const t = useT();
  return (
    <span className="standing" role="img" aria-label={`${t("kit.standing")}: ${t(`kit.standing.${standing}`)}`}>
      {STANDINGS.map((one) => (
        <span key={one} className={one === standing ? `on ${STANDING_LEVEL[one]}` : ""}>
          {one === standing && <Glyph level={STANDING_LEVEL[one]} size={12} />}
          {t(`kit.standing.${one}`)}
        </span>
      ))}
    </span>
  );
}
