import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a bench has started or made and must be gone when it ends, however it ends. */
const undo: (() => void | Promise<void>)[] = [];

/** Names something to be undone at the end; gives a function that undoes it now. */
export function leave(again: () => void | Promise<void>): () => Promise<void> {
  undo.push(again);
  return async () => {
    const at = undo.indexOf(again);
    if (at >= 0) undo.splice(at, 1);
    await again();
  };
}

/** Undoes what is left, newest first. */
export async function leaveAll(): Promise<void> {
  for (let next = undo.pop(); next !== undefined; next = undo.pop())
    await Promise.resolve(next()).catch((error: unknown) => console.error(error));
}

/** An empty folder that the server account may enter, and that is gone at the end. */
export function scratchFolder(name: string): { readonly path: string; remove(): Promise<void> } {
  const path = mkdtempSync(join(tmpdir(), `surety-bench-${name}-`));
  // As root PostgreSQL runs under another account, which must be able to walk in.
  chmodSync(path, 0o755);
  return { path, remove: leave(() => rmSync(path, { recursive: true, force: true })) };
}

export const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));
