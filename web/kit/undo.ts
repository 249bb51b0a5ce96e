import {
  type ChangeSet,
  type EditorSelection,
  type Extension,
  StateEffect,
  StateField,
  type Text,
} from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";

/** One thing to take back: what undoes it, and where the cursor stood. */
type Past = { readonly changes: ChangeSet; readonly selection: EditorSelection; readonly at: number };
type History = { readonly done: readonly Past[]; readonly undone: readonly Past[] };

const KEPT_MAX = 200;
/** Typing without a pause of this length is taken back as one. */
const PAUSE_MS = 500;
const moved = StateEffect.define<"undo" | "redo">();

const history = StateField.define<History>({
  create: () => ({ done: [], undone: [] }),
  update(value, transaction) {
    const move = transaction.effects.find((effect) => effect.is(moved))?.value as "undo" | "redo" | undefined;
    if (!transaction.docChanged) return value;
    const past = pastOf(transaction.changes, transaction.startState.doc, transaction.startState.selection);
    if (move === "undo") return { done: value.done.slice(0, -1), undone: [...value.undone, past] };
    if (move === "redo") return { done: [...value.done, past], undone: value.undone.slice(0, -1) };
    const last = value.done.at(-1);
    if (last !== undefined && past.at - last.at < PAUSE_MS)
      return {
        done: [...value.done.slice(0, -1), { ...last, changes: past.changes.compose(last.changes), at: past.at }],
        undone: [],
      };
    return { done: [...value.done, past].slice(-KEPT_MAX), undone: [] };
  },
});
const pastOf = (changes: ChangeSet, doc: Text, selection: EditorSelection): Past => ({
  changes: changes.invert(doc),
  selection,
  at: performance.now(),
});

const go = (which: "undo" | "redo") => (view: EditorView) => {
  const { done, undone } = view.state.field(history);
  const past = (which === "undo" ? done : undone).at(-1);
  if (past === undefined) return true;
  view.dispatch({ changes: past.changes, selection: past.selection, effects: moved.of(which), scrollIntoView: true });
  return true;
};

/** Ctrl+Z takes back, Ctrl+Y or Ctrl+Shift+Z puts back; a text that was put in from outside can be taken back too. */
export const undoable: Extension = [
  history,
  keymap.of([
    { key: "Mod-z", run: go("undo"), preventDefault: true },
    { key: "Mod-y", run: go("redo"), preventDefault: true },
    { key: "Mod-Shift-z", run: go("redo"), preventDefault: true },
  ]),
];
