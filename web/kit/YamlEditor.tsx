import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import "./yaml-editor.css";
import { undoable } from "./undo.ts";

/** Something about a stretch of the text, by offsets. */
export type EditorMark = {
  readonly severity: "error" | "warning";
  readonly text: string;
  readonly fix: string | undefined;
  readonly from: number;
  readonly to: number;
};

export type YamlEditorProps = {
  readonly text: string;
  readonly onChange: ((text: string) => void) | undefined;
  readonly marks: readonly EditorMark[];
  readonly label: string;
  /** Offset to show, with a number that changes with each wish. */
  readonly goTo: { readonly from: number; readonly nth: number } | undefined;
  /** Words that are offered while somebody writes. Stable. */
  readonly options: readonly Completion[];
};

/** What stands before the cursor as one word: a field's name has dots. */
const WORD = /[\w.|-]+/;
const completing =
  (options: readonly Completion[]) =>
  (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(WORD);
    if (word === null || (word.from === word.to && !context.explicit)) return null;
    return { from: word.from, options, validFor: WORD };
  };

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--s-accent)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--s-ink-3)", fontStyle: "italic" },
  { tag: [tags.string, tags.number, tags.content], color: "var(--s-ink)" },
]);

/** A new line starts where the one before did, as YAML wants it. */
function newLine(view: EditorView): boolean {
  const { from } = view.state.selection.main;
  const indent = /^[ ]*(- )?/.exec(view.state.doc.lineAt(from).text)?.[0].replace("-", " ") ?? "";
  view.dispatch(view.state.replaceSelection(`\n${indent}`), { scrollIntoView: true });
  return true;
}

/** A YAML text with what is wrong marked where it is. Load it lazily: the editor is large. */
export function YamlEditor({ text, onChange, marks, label, goTo, options }: YamlEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const told = useRef(onChange);
  told.current = onChange;
  const canEdit = onChange !== undefined;
  useEffect(() => {
    const made = new EditorView({
      parent: place.current ?? document.body,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          drawSelection(),
          highlightActiveLine(),
          undoable,
          keymap.of([{ key: "Enter", run: newLine }]),
          yaml(),
          syntaxHighlighting(COLOURS),
          lintGutter(),
          autocompletion({ override: [completing(options)] }),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorState.readOnly.of(!canEdit),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
    // Made anew only when it may be written or not; the text inside is its own.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [canEdit, label, options]);
  useEffect(() => {
    const now = view.current;
    if (now === undefined || now.state.doc.toString() === text) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const now = view.current;
    if (now === undefined) return;
    const most = now.state.doc.length;
    const diagnostics: Diagnostic[] = marks.map(({ from, to, severity, text: message, fix }) => ({
      from: Math.min(from, most),
      to: Math.min(Math.max(to, from), most),
      severity,
      message: fix === undefined ? message : `${message}\n${fix}`,
    }));
    now.dispatch(setDiagnostics(now.state, diagnostics));
  }, [marks]);
  useEffect(() => {
    const now = view.current;
    if (now === undefined || goTo === undefined) return;
    const anchor = Math.min(goTo.from, now.state.doc.length);
    now.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    now.focus();
  }, [goTo]);
  return <div className="yaml-editor" ref={place} />;
}
