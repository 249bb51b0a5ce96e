import { useEffect, useRef } from "react";
import { currentChoices } from "../i18n/settings.ts";

/**
 * Keys of the page. Names: one letter (`c`), a pair (`g t`), `Enter`, `Escape`, `/`, `?`, `Ctrl+k`.
 * Letters rest while somebody types, while a dialog is open, and when a person switched them off (WCAG 2.1.4).
 */
export type Keymap = Readonly<Record<string, () => void>>;
type Layer = { readonly keys: { readonly current: Keymap }; readonly depth: number };

/** Of two for one key the deeper wins: the frame, then the page, then what is inside it. */
export const FRAME_DEPTH = 0;
export const PAGE_DEPTH = 1;
const INNER_DEPTH = 2;

const layers: Layer[] = [];
/** How long the first letter of a pair waits for the second. */
const PAIR_MS = 1500;
let pairStarted: { letter: string; atMs: number } | undefined;

const TYPING =
  "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]";
const PRESSABLE = "a[href], button, summary, [role=button], [role=menuitem], [role=option]";
const DIALOG = "[role=dialog][aria-modal=true]";
/** What takes keys for itself while the focus is in it. */
const POPUP = "[role=dialog], [role=menu], [role=listbox]";

function press(name: string): boolean {
  const bound = layers.filter(({ keys }) => keys.current[name] !== undefined);
  const deepest = Math.max(...bound.map(({ depth }) => depth));
  const act = bound.findLast(({ depth }) => depth === deepest)?.keys.current[name];
  act?.();
  return act !== undefined;
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const name = nameOf(event);
  const target = event.target instanceof Element ? event.target : document.body;
  const isCtrl = name.startsWith("Ctrl+");
  if (!isCtrl) {
    if (target.closest(TYPING) || target.closest(POPUP) || document.querySelector(DIALOG)) return;
    if (name.length === 1 && !currentChoices().keys) return;
    if (name === "Enter" && target.closest(PRESSABLE)) return;
  }
  const first = pairStarted;
  pairStarted = undefined;
  const isPair = first !== undefined && performance.now() - first.atMs < PAIR_MS;
  const wasPair = isPair && press(`${first.letter} ${name}`);
  const done = wasPair || press(name);
  if (done) event.preventDefault();
  else if (startsPair(name)) pairStarted = { letter: name, atMs: performance.now() };
}

const startsPair = (name: string): boolean =>
  layers.some(({ keys }) => Object.keys(keys.current).some((one) => one.startsWith(`${name} `)));

/** Binds keys while the component is shown. Of two equally deep for one key the one shown last wins. */
export function useKeys(keys: Keymap, depth: number = INNER_DEPTH): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    if (layers.length === 0) window.addEventListener("keydown", onKeyDown);
    const layer: Layer = { keys: current, depth };
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) window.removeEventListener("keydown", onKeyDown);
    };
  }, [depth]);
}
