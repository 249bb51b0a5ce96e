import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Placeholders, SigmaDocument, SigmaFault } from "./contract.ts";
import { loadSigma } from "./load.ts";

/** Files of rules in a folder, at most; SigmaHQ has some four thousand. */
const FILES_MAX = 100_000;
/** Folders that hold no rules of their own: workflows, what git keeps, packages. */
const isFollowed = (folder: string): boolean => !folder.startsWith(".") && folder !== "node_modules";

export type RuleFile = { readonly file: string; readonly text: string };

/** A file as it is, or all `*.yml` and `*.yaml` below a folder, in the order of their names. */
export function readRuleFiles(path: string): readonly RuleFile[] {
  const files = statSync(path).isDirectory() ? filesBelow(path) : [path];
  if (files.length > FILES_MAX) throw new Error(`${path} holds more than ${FILES_MAX} files of rules`);
  return files.map((file) => ({ file, text: readFileSync(file, "utf8") }));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return isFollowed(entry.name) ? filesBelow(path) : [];
      return entry.isFile() && /\.ya?ml$/i.test(entry.name) ? [path] : [];
    });
}

/** The rules of all files together; a folder without any is a fault of its own. */
export function loadRules(
  path: string,
  placeholders: Placeholders,
): { readonly documents: readonly SigmaDocument[]; readonly faults: readonly SigmaFault[] } {
  const documents: SigmaDocument[] = [];
  const faults: SigmaFault[] = [];
  for (const { file, text } of readRuleFiles(path)) {
    const loaded = loadSigma(text, { file, placeholders });
    documents.push(...loaded.documents);
    faults.push(...loaded.faults);
  }
  if (documents.length === 0 && faults.length === 0)
    faults.push({
      file: path,
      line: 1,
      column: 1,
      rule: undefined,
      code: "no-rule",
      message: "there is no rule in it",
    });
  return { documents, faults };
}

const placeholdersFile = z.record(z.string(), z.union([z.string().transform((one) => [one]), z.array(z.string())]));

/** What `%name%` stands for: a JSON file `{"name": ["a", "b"]}`. */
export const readPlaceholders = (path: string | undefined): Placeholders =>
  path === undefined
    ? new Map()
    : new Map(Object.entries(placeholdersFile.parse(JSON.parse(readFileSync(path, "utf8")))));
