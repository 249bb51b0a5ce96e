import { useT } from "../i18n/t.ts";

/** A key of the keyboard. */
export function K({ children }: { readonly children: React.ReactNode }) {
  return <kbd className="k">{children}</kbd>;
}

const initials = (name: string): string => {
  const parts = name.trim().split(/\s+/);
  const letters = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : [parts[0]];
  return letters.map((part) => part?.charAt(0).toUpperCase() ?? "").join("");
};

/** A person as their initials; `null` is nobody. `label` off when the name stands beside it. */
export function Ava({ name, label = true }: { readonly name: string | null; readonly label?: boolean }) {
  const t = useT();
  const title = name ?? t("kit.nobody");
  const named = label ? ({ role: "img", "aria-label": title, title } as const) : ({ "aria-hidden": true } as const);
  return (
    <span className={`ava ${name === null ? "none" : ""}`} {...named}>
      {name === null ? "–" : initials(name)}
    </span>
  );
}

type BarProps = {
  /** 0 to 1; more than 1 is drawn as full. */
  readonly share: number;
  readonly tone?: string | undefined;
  /** A mark across the bar, 0 to 1: a limit or a budget. */
  readonly mark?: number | undefined;
  readonly height?: number | undefined;
};

/** A plain bar. Decorative: its figure stands beside it. */
export function Bar({ share, tone = "var(--s-data-3)", mark, height = 6 }: BarProps) {
  const width = Math.max(0, Math.min(1, share));
  return (
    <div className="bar" style={{ height }} aria-hidden="true">
      <i style={{ width: `${width * 100}%`, background: tone }} />
      {mark !== undefined && <i className="mark" style={{ left: `${Math.min(1, mark) * 100}%` }} />}
    </div>
  );
}

/** Colour of a bar that fills toward a limit: amber from 90 %, red over it. */
export const limitTone = (share: number): string =>
  share > 1 ? "var(--s-crit)" : share > 0.9 ? "var(--s-warn-fill)" : "var(--s-data-3)";

/** How many of the needed approvals are there. */
export function Approvals({ have, need }: { readonly have: number; readonly need: number }) {
  const t = useT();
  return (
    <span className="row" style={{ gap: 3 }} role="img" aria-label={t("kit.approvals", { have, need })}>
      {Array.from({ length: need }, (_, i) => (
        <span key={i} className={`dot ${i < have ? "full" : "open"}`} />
      ))}
    </span>
  );
}

export type Fact = readonly [term: string, fact: React.ReactNode];

/** Terms and facts in two columns. */
export function Facts({ rows }: { readonly rows: readonly Fact[] }) {
  return (
    <dl className="facts small">
      {rows.map(([term, fact]) => (
        <div key={term} className="fact">
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

export type LegendItem = {
  readonly label: string;
  readonly tone: string;
  readonly kind?: "area" | "line" | "dashed" | "hatch";
};

/** What the colours and lines of a chart mean. */
export function Legend({ items }: { readonly items: readonly LegendItem[] }) {
  return (
    <ul className="legend tiny ink2">
      {items.map(({ label, tone, kind = "area" }) => (
        <li key={label}>
          <span
            aria-hidden="true"
            className={kind === "area" ? "key" : kind === "hatch" ? "key hatch" : `key-line ${kind}`}
            style={kind === "area" ? { background: tone } : kind === "hatch" ? undefined : { borderColor: tone }}
          />
          {label}
        </li>
      ))}
    </ul>
  );
}

type ProgressProps = { readonly done: number; readonly total: number; readonly label: string };

/** Work in progress with its count in words: never a bare spinner. */
export function ProgressBar({ done, total, label }: ProgressProps) {
  const share = total === 0 ? 0 : done / total;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <Bar share={share} tone="var(--s-accent)" />
    </div>
  );
}
