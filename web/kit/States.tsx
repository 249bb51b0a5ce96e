import { Button, Skeleton } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Problem } from "../api.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { K } from "./Bits.tsx";
import { useKeys } from "./keys.ts";
import { Glyph, type Level } from "./Risk.tsx";

/** The states a panel can be in (PAGES section 5), each with one look everywhere. */

type EmptyStateProps = {
  /** `ok`: empty and that is good. `unknown`: nothing can arrive. `none`: a filter hides it. */
  readonly level: Extract<Level, "ok" | "unknown" | "none" | "error" | "warn" | "info">;
  readonly icon?: React.ReactNode | undefined;
  readonly title: string;
  readonly text?: React.ReactNode | undefined;
  readonly action?: React.ReactNode | undefined;
};

export function EmptyState({ level, icon, title, text, action }: EmptyStateProps) {
  return (
    <div className="message" role={level === "error" ? "alert" : undefined}>
      {icon ?? <Glyph level={level} size={20} />}
      <span className="b title">{title}</span>
      {text && <span className="small ink2">{text}</span>}
      {action && <span className="action">{action}</span>}
    </div>
  );
}

/** Nothing matches the filter: repeats it and clears it with Esc. */
export function FilteredEmpty({ filter, onClear }: { readonly filter?: string; readonly onClear: () => void }) {
  const t = useT();
  useKeys({ Escape: onClear });
  return (
    <EmptyState
      level="none"
      title={filter ? t("kit.empty.filter", { text: filter }) : t("kit.empty.filter.plain")}
      action={
        <Button variant="default" onClick={onClear}>
          {t("kit.clear")} <K>Esc</K>
        </Button>
      }
    />
  );
}

/** A refusal or failure as one sentence in the chosen language. */
export function useProblemText(): (error: unknown) => string {
  const word = useWord();
  const t = useT();
  return (error) => {
    if (!(error instanceof Problem)) return t("kit.error.title");
    return word(`problem.${error.code}`, error.facts, word(`problem.http-${error.status}`, {}, error.detail));
  };
}

type ErrorStateProps = {
  readonly error: unknown;
  /** What failed, in words: "Notices could not be loaded". */
  readonly title?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
  /** What this means for a running clock, or what to do meanwhile. */
  readonly text?: React.ReactNode | undefined;
  readonly action?: React.ReactNode | undefined;
};

export function ErrorState({ error, title, onRetry, text, action }: ErrorStateProps) {
  const t = useT();
  const problemText = useProblemText();
  const id = error instanceof Problem ? error.requestId : undefined;
  const isForbidden = error instanceof Problem && error.status === 403;
  if (isForbidden) return <NoPermission title={title ?? t("kit.permission.title")} text={problemText(error)} />;
  return (
    <EmptyState
      level="error"
      title={title ?? t("kit.error.title")}
      text={
        <>
          {problemText(error)} {text} {id && <span className="ink3">{t("kit.reference", { id })}</span>}
        </>
      }
      action={
        (onRetry || action) && (
          <span className="row">
            {onRetry && (
              <Button variant="default" onClick={onRetry}>
                {t("kit.retry")}
              </Button>
            )}
            {action}
          </span>
        )
      }
    />
  );
}

type NoPermissionProps = { readonly title: string; readonly text: React.ReactNode; readonly action?: React.ReactNode };

/** Says who may, and offers one button to reach them. */
export function NoPermission({ title, text, action }: NoPermissionProps) {
  return (
    <EmptyState level="info" icon={<IconLock size={20} stroke={1.6} />} title={title} text={text} action={action} />
  );
}

/** The age of an old figure in amber. `minutes` is its age. */
export function StaleMark({ minutes }: { readonly minutes: number }) {
  const t = useT();
  const f = useFormat();
  return (
    <span className="row warn small b nowrap" style={{ gap: 6 }}>
      <Glyph level="warn" size={13} />
      {t("kit.old", { time: f.duration(minutes) })}
    </span>
  );
}

/** Part of an answer is missing: names what did not come, beside what did. */
export function PartlyFailed({ title, children }: { readonly title: string; readonly children?: React.ReactNode }) {
  return (
    <div className="row top small sec" role="status">
      <Glyph level="error" />
      <span>
        <span className="b">{title}</span> <span className="ink2">{children}</span>
      </span>
    </div>
  );
}

/** Under a disabled button: why it is, and who or when will open it. Readable on a phone and by a screen reader. */
export function Why({ children, id }: { readonly children: React.ReactNode; readonly id?: string }) {
  return (
    <span className="small ink2 row top" style={{ gap: 6 }} id={id}>
      <span style={{ marginTop: 1 }}>
        <Glyph level="info" size={13} />
      </span>
      <span>{children}</span>
    </span>
  );
}

/** Nothing at all for this long, then a skeleton: quick answers never flicker. */
const QUIET_MS = 300;

/** Shows its children once 300 ms have passed. */
export function AfterQuiet({ children }: { readonly children: React.ReactNode }) {
  const [isShown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return isShown ? children : null;
}

const WIDTHS = ["72%", "58%", "66%", "49%", "70%", "61%"] as const;

/** Rows in the final layout, without shimmer. */
export function RowsSkeleton({ rows = 3 }: { readonly rows?: number }) {
  const t = useT();
  return (
    <div className="skeleton" aria-busy="true" role="status" aria-label={t("kit.loading")}>
      <AfterQuiet>
        {Array.from({ length: rows }, (_, i) => (
          <div key={i} className="row" style={{ gap: 12 }}>
            <Skeleton height={14} circle animate={false} />
            <span className="col" style={{ gap: 5, flex: 1 }}>
              <Skeleton h={11} w={WIDTHS[i % WIDTHS.length] ?? "60%"} animate={false} />
              <Skeleton h={9} w="38%" animate={false} />
            </span>
            <Skeleton h={11} w={64} animate={false} />
          </div>
        ))}
      </AfterQuiet>
    </div>
  );
}

type LoadedProps<Data> = {
  /** What `useRead` gave. */
  readonly query: {
    readonly data: Data | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly children: (data: Data) => React.ReactNode;
  readonly skeleton?: React.ReactNode | undefined;
  readonly title?: string | undefined;
  readonly text?: React.ReactNode | undefined;
};

/** One answer in its three states: on its way, here (kept on screen when asking again fails), or failed. */
export function Loaded<Data>({ query, children, skeleton, title, text }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    const more = { ...(title === undefined ? {} : { title }), ...(text === undefined ? {} : { text }) };
    return <ErrorState error={query.error} onRetry={() => query.refetch()} {...more} />;
  }
  return skeleton ?? <RowsSkeleton />;
}
