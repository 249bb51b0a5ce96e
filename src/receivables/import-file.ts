import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Actor } from "../store/contract.ts";
import {
  IMPORT_BYTES_MAX,
  type ImportField,
  type ImportKind,
  type ImportMapping,
  type ImportMode,
  type ImportWire,
} from "./contract-import.ts";
import { runImport } from "./run-import.ts";
import { commitImport, discardImport, type ImportDeps, previewImport, receiveFile } from "./service-import.ts";
import { importWire } from "./wire.ts";

export type MappingChange = Partial<Omit<ImportMapping, "columns">> & {
  readonly columns?: { readonly [Field in ImportField]?: string | null };
};
export type ImportFile = {
  readonly source: { readonly path: string } | { readonly bytes: Uint8Array; readonly fileName: string };
  readonly kind?: ImportKind | undefined;
  /** What differs from the proposed mapping, e.g. `{ currency: "USD", columns: { settledDate: null } }`; null = do not read that field. */
  readonly mapping?: MappingChange | undefined;
  readonly mode?: ImportMode | undefined;
  /** Look only: totals and problems, the ledger stays as it is. */
  readonly dryRun?: boolean | undefined;
  readonly actor: Actor;
};

/** Takes a file in from start to end, as the page does step by step. For the command line and scripts; the answer is the import with its report. */
export async function importFile(file: ImportFile, deps: ImportDeps): Promise<Result<ImportWire, Refusal>> {
  const read = await readSource(file.source);
  if (!read.ok) return read;
  const { store } = deps;
  const by = { actor: file.actor, now: deps.clock.now() };
  const received = await store.inTransaction((tx) =>
    receiveFile(tx, { ...read.value, kind: file.kind }, { ...by, deps }),
  );
  if (!received.ok) return received;
  const { import_id: importId } = received.value;
  const mapping = {
    ...received.value.mapping,
    ...file.mapping,
    columns: columnsOf(received.value.mapping.columns, file.mapping?.columns ?? {}),
  };
  const previewed = await store.inTransaction((tx) => previewImport(tx, importId, { ...by, mapping, deps }));
  if (!previewed.ok || file.dryRun === true) {
    await store.inTransaction((tx) => discardImport(tx, importId, by));
    return previewed.ok ? ok(await importWire(store.db, previewed.value)) : previewed;
  }
  // The job would do the same later; here the caller waits for the end.
  const now: ImportDeps = { ...deps, enqueue: async () => {} };
  const committed = await store.inTransaction((tx) =>
    commitImport(tx, importId, { ...by, mode: file.mode ?? "all-or-nothing", deps: now }),
  );
  if (!committed.ok) {
    const report = await importWire(store.db, previewed.value);
    const first = report.problems.find(({ severity }) => severity === "refused");
    await store.inTransaction((tx) => discardImport(tx, importId, by));
    const where =
      first === undefined
        ? ""
        : `; first: line ${first.line}${first.column === null ? "" : `, ${first.column}`} is "${first.value}": ${first.fix}`;
    return no(committed.error.kind, committed.error.code, committed.error.detail + where, {
      ...(committed.error.facts && { facts: committed.error.facts }),
    });
  }
  const done = await runImport(importId, deps);
  return done === undefined
    ? no("not-found", "import-unknown", "the import is gone")
    : ok(await importWire(store.db, done));
}

/** The proposed columns with the changes laid over them. */
function columnsOf(
  proposed: ImportMapping["columns"],
  changes: NonNullable<MappingChange["columns"]>,
): ImportMapping["columns"] {
  const read = Object.entries({ ...proposed, ...changes }).filter(
    ([, column]) => column !== null && column !== undefined,
  );
  return Object.fromEntries(read) as ImportMapping["columns"];
}

async function readSource(
  source: ImportFile["source"],
): Promise<Result<{ fileName: string; bytes: Uint8Array }, Refusal>> {
  if ("bytes" in source) return ok(source);
  try {
    const { size } = await stat(source.path);
    if (size > IMPORT_BYTES_MAX)
      return no(
        "too-large",
        "file-too-large",
        `${source.path} has ${size} bytes; at most ${IMPORT_BYTES_MAX} are taken: split it`,
      );
    return ok({ fileName: basename(source.path), bytes: await readFile(source.path) });
  } catch (error) {
    return no(
      "not-found",
      "file-unreadable",
      `${source.path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
