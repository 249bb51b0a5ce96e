import { useSyncExternalStore } from "react";

/** What a page tells the frame: its place, its name and its keys. */
export type Crumb = { readonly label: string; readonly to?: string };
/** A key of the page; without `act` it is only shown (the table or dialog binds it). */
export type PageKey = { readonly keys: string; readonly label: string; readonly act?: () => void };
export type PageInfo = {
  readonly crumbs: readonly Crumb[];
  readonly keys: readonly PageKey[];
  /** True when the last crumb is the page's own h1. */
  readonly isTitleInBar: boolean;
};

const NONE: PageInfo = { crumbs: [], keys: [], isTitleInBar: false };
const listeners = new Set<() => void>();
let current = NONE;

export function tellPage(info: PageInfo): void {
  current = info;
  for (const tell of listeners) tell();
}
const subscribe = (tell: () => void) => {
  listeners.add(tell);
  return () => listeners.delete(tell);
};
export const usePageInfo = (): PageInfo => useSyncExternalStore(subscribe, () => current);
