import { useEffect, useLayoutEffect } from "react";
import { PAGE_DEPTH, useKeys } from "../kit/keys.ts";
import { type Crumb, type PageKey, tellPage } from "./page.ts";

type PageProps = {
  /** The page's name: its one h1, and the browser tab's. */
  readonly title: string;
  /** What stands beside the title: the question the page answers, or a standing. */
  readonly beside?: React.ReactNode | undefined;
  /** To the right of the title: the page's actions. */
  readonly actions?: React.ReactNode | undefined;
  /** The way here, without the page itself: `[{ label: t("nav.cases"), to: "/cases" }]`. */
  readonly crumbs?: readonly Crumb[] | undefined;
  /** Keys of this page, shown in the foot bar and bound when they have an `act`. */
  readonly keys?: readonly PageKey[] | undefined;
  /** The title stands in the top bar and not in the page: for a page that has no room to lose. */
  readonly isTitleInBar?: boolean | undefined;
  readonly children: React.ReactNode;
};

/** Every page is one of these. It gives the frame its crumbs and keys and holds the page's one h1. */
export function Page({ title, beside, actions, crumbs = [], keys = [], isTitleInBar = false, children }: PageProps) {
  const told = JSON.stringify([title, crumbs, keys.map(({ keys: k, label }) => [k, label]), isTitleInBar]);
  useLayoutEffect(() => {
    tellPage({ crumbs: [...crumbs, { label: title }], keys, isTitleInBar });
    // The text above is everything that the frame shows; actions are bound below and may change at will.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [told]);
  useEffect(() => {
    document.title = `${title} · Surety`;
  }, [title]);
  useKeys(
    Object.fromEntries(keys.flatMap(({ keys: key, act }) => (act ? [[nameOf(key), act] as const] : []))),
    PAGE_DEPTH,
  );
  return (
    <>
      {!isTitleInBar && (
        <div className="title">
          <h1>{title}</h1>
          {beside && <span className="ink2 title-beside">{beside}</span>}
          {actions && <span className="push row">{actions}</span>}
        </div>
      )}
      {children}
    </>
  );
}

/** Shown as `C`, bound as `c`; `Enter`, `Escape` and `Ctrl+k` stay as they are. */
const nameOf = (key: string): string => (key.length === 1 ? key.toLowerCase() : key);
