import { createHash } from "node:crypto";
import { canonicalJson, toJson } from "../core/canonical.ts";
import type { Currency } from "../core/currency.ts";
import type { NewId } from "../core/ids.ts";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { Enqueue } from "../worker/contract.ts";
import {
  type ColumnWire,
  type FileFormat,
  IMPORT_BYTES_MAX,
  type ImportKind,
  type ImportMapping,
  NEEDED_FIELDS,
} from "./contract-import.ts";
import { bareAmount } from "./decide-amounts.ts";
import { type Commit, controlRefusal } from "./decide-control.ts";
import { proposeMapping } from "./propose.ts";
import { filePass, matcherFor, TooManyRows } from "./read-facts.ts";
import { type Bytes, inspectFile, type Inspection } from "./read-file.ts";
import type { RunDeps } from "./run-import.ts";
import {
  countMappingUse,
  deleteMapping,
  dropImportBytes,
  findImport,
  findMapping,
  findSameFile,
  importBytes,
  type ImportRecord,
  insertImport,
  isKnownSystem,
  keepMapping,
  replaceProblems,
  updateImport,
} from "./store-import.ts";
import { judgeFacts } from "./write-facts.ts";

export const IMPORT_JOB = "receivables.import";

export type ImportDeps = RunDeps & {
  readonly newId: NewId;
  readonly enqueue: Enqueue;
  /** Proposed for files that name no currency; null asks the person. */
  readonly defaultCurrency: (tx: Tx) => Promise<Currency | null>;
};
/** Who does it and when. */
export type By = { readonly actor: Actor; readonly now: Temporal.Instant };

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
/** Two files with the same columns in the same order are read the same way. */
export const fingerprintOf = (kind: ImportKind, columns: readonly string[]): string =>
  sha256(JSON.stringify([kind, ...columns.map((name) => name.toLowerCase())]));
const mappingHash = (kind: ImportKind, mapping: ImportMapping, format: FileFormat): string =>
  sha256(canonicalJson(toJson([kind, mapping, format])));

export type Upload = { readonly fileName: string; readonly bytes: Uint8Array; readonly kind?: ImportKind | undefined };

/** Keeps a file, recognises its form and proposes how to read it: by a saved mapping of the same header, else by names and samples. */
export async function receiveFile(
  tx: Tx,
  upload: Upload,
  by: By & { readonly deps: ImportDeps },
): Promise<Result<ImportRecord, Refusal>> {
  const { deps, actor, now } = by;
  if (upload.bytes.length > IMPORT_BYTES_MAX)
    return no(
      "too-large",
      "file-too-large",
      `the file has ${upload.bytes.length} bytes; at most ${IMPORT_BYTES_MAX} are taken: split it`,
    );
  const inspected = inspectFile(upload.bytes);
  if (!inspected.ok) return no("invalid", inspected.error.code, inspected.error.detail);
  const hash = sha256(upload.bytes);
  const same = await findSameFile(tx, hash);
  const read = await howToRead(tx, inspected.value, { kind: upload.kind, deps });
  const importId = deps.newId();
  const record = {
    import_id: importId,
    file_name: upload.fileName,
    sha256: hash,
    format: inspected.value.format,
    ...read,
    same_as: same?.import_id ?? null,
    created_by: actor.name,
    created_by_id: actor.id,
    created_at: now,
  };
  await insertImport(tx, record, upload.bytes);
  await appendEvents(tx, [
    {
      type: "receivables.import-received",
      actor,
      at: now,
      subject: { kind: "import", id: importId },
      data: { fileName: upload.fileName, sha256: hash, bytes: upload.bytes.length },
    },
  ]);
  return existing(await findImport(tx, importId));
}

type HowToRead = Pick<ImportRecord, "kind" | "columns" | "mapping" | "mapping_from" | "date_orders" | "form">;
async function howToRead(
  tx: Tx,
  inspection: Inspection,
  { kind, deps }: { readonly kind: ImportKind | undefined; readonly deps: ImportDeps },
): Promise<HowToRead> {
  const proposal = proposeMapping(inspection, { kind, currency: await deps.defaultCurrency(tx) });
  const saved = await findMapping(tx, fingerprintOf(proposal.kind, inspection.columns));
  const base = {
    kind: proposal.kind,
    columns: proposal.columns,
    date_orders: proposal.dateOrders,
    form: proposal.form,
  };
  if (saved === undefined)
    return { ...base, mapping: proposal.mapping, mapping_from: { kind: "proposed", name: null } };
  const columns = proposal.columns.map((column) => {
    const field = Object.entries(saved.mapping.columns).find(([, name]) => name === column.name)?.[0];
    return { ...column, proposed: (field ?? null) as typeof column.proposed };
  });
  return { ...base, columns, mapping: saved.mapping, mapping_from: { kind: "saved", name: saved.name } };
}

const existing = (record: ImportRecord | undefined): Result<ImportRecord, Refusal> =>
  record === undefined ? no("not-found", "import-unknown", "there is no such import") : ok(record);

export type Preview = {
  readonly kind?: ImportKind | undefined;
  readonly mapping: ImportMapping;
  readonly hasHeader?: boolean | undefined;
};
const CHANGEABLE: readonly ImportRecord["state"][] = ["draft", "refused", "failed"];

/** Reads the whole file by a mapping, changes nothing in the ledger, and keeps control totals and problems with the import. */
export async function previewImport(
  tx: Tx,
  importId: string,
  asked: Preview & By & { readonly deps: ImportDeps },
): Promise<Result<ImportRecord, Refusal>> {
  const found = await findImport(tx, importId, true);
  if (found === undefined) return existing(undefined);
  if (!CHANGEABLE.includes(found.state))
    return no(
      "conflict",
      "import-not-open",
      `the import is ${found.state}: upload the file again to read it another way`,
      { facts: { state: found.state } },
    );
  const reread = await againIfAsked(tx, found, asked);
  if (!reread.ok) return reread;
  const { format, columns } = reread.value;
  const kind = asked.kind ?? found.kind;
  const wrong = whyUnreadable(kind, asked.mapping, columns);
  if (wrong) return wrong;
  const record: ImportRecord = { ...found, kind, format, columns, mapping: asked.mapping };
  const today = await asked.deps.deskDay(tx, found.created_at);
  const pass = filePass({
    record,
    bytes: importBytes(tx, found.import_no),
    matcher: await matcherFor(tx, record, asked.deps),
    today,
  });
  const effect = { new: 0, changed: 0, same: 0 };
  const isKnown = await isKnownSystem(tx, asked.mapping.system, kind);
  try {
    for await (const { facts } of pass.batches()) {
      const judged = await judgeFacts(tx, facts, { system: asked.mapping.system, isKnown });
      for (const problems of judged.problems) pass.report(problems);
      effect.new += judged.invoices.length + judged.payments.length + judged.deposits.length;
      effect.changed += judged.changed.length;
      effect.same += judged.same;
    }
  } catch (error) {
    if (error instanceof TooManyRows) return no("too-large", "too-many-rows", error.message);
    throw error;
  }
  const totals = pass.keeper.totals(pass.matcher.counts(), effect);
  await replaceProblems(tx, found.import_no, pass.problems());
  await updateImport(tx, found.import_no, {
    kind,
    format,
    columns,
    mapping: asked.mapping,
    state: "draft",
    failure: null,
    totals,
    problems_total: pass.problemsTotal(),
    problem_groups: pass.groups(),
    tie: null,
    rows_total: totals.rows,
    rows_done: 0,
    finished_at: null,
    previewed: mappingHash(kind, asked.mapping, format),
    mapping_from: sameMapping(found, asked.mapping) ? found.mapping_from : { kind: "person", name: null },
  });
  return existing(await findImport(tx, importId));
}

const sameMapping = (found: ImportRecord, mapping: ImportMapping): boolean =>
  canonicalJson(toJson(found.mapping)) === canonicalJson(toJson(mapping));

/** The person said that the first line is (or is not) a header: the file is recognised anew. */
async function againIfAsked(
  tx: Tx,
  found: ImportRecord,
  { hasHeader }: Preview,
): Promise<Result<Pick<ImportRecord, "format" | "columns">, Refusal>> {
  if (hasHeader === undefined || hasHeader === (found.format.headerLine !== null) || found.format.kind !== "csv")
    return ok(found);
  const inspected = inspectFile(await wholeFile(importBytes(tx, found.import_no)), hasHeader);
  if (!inspected.ok) return no("invalid", inspected.error.code, inspected.error.detail);
  const { columns } = proposeMapping(inspected.value, { kind: found.kind, currency: null });
  return ok({ format: inspected.value.format, columns });
}

async function wholeFile(bytes: Bytes): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Why a mapping cannot read this file at all, told field by field. */
function whyUnreadable(
  kind: ImportKind,
  mapping: ImportMapping,
  known: readonly ColumnWire[],
): Result<never, Refusal> | undefined {
  const columns = known.map(({ name }) => name);
  const gone = Object.entries(mapping.columns).filter(([, name]) => !columns.includes(name));
  if (gone.length > 0)
    return no("invalid", "column-unknown", `the file has no column ${gone.map(([, name]) => `"${name}"`).join(", ")}`, {
      fields: gone.map(([field, name]) => ({ field, value: name, fix: `one of ${columns.slice(0, 20).join(", ")}` })),
    });
  const missing = NEEDED_FIELDS[kind].filter((choice) => !choice.some((field) => mapping.columns[field] !== undefined));
  if (missing.length > 0)
    return no(
      "invalid",
      "fields-missing",
      `choose a column for ${missing.map((choice) => choice.join(" or ")).join(", and for ")}`,
      {
        fields: missing.map((choice) => ({
          field: choice[0] ?? "",
          value: "none",
          fix: `a column for ${choice.join(" or ")}`,
        })),
      },
    );
  if (mapping.dateOrder === null)
    return no(
      "invalid",
      "date-order-needed",
      "every date in this file can be read day first and month first: choose which it is",
      {
        fields: [
          { field: "dateOrder", value: "none", fix: "dmy for 3/1/2012 = 3 January, mdy for 1/3/2012 = 3 January" },
        ],
      },
    );
  if (mapping.currency === null && !namesCurrency(mapping, known))
    return no("invalid", "currency-needed", "the file names no currency: choose the one its amounts are in", {
      fields: [{ field: "currency", value: "none", fix: "an ISO 4217 code such as SEK" }],
    });
  return undefined;
}

/** Whether a column, or a code beside the amounts, says what currency the file is in. */
function namesCurrency({ columns }: ImportMapping, known: readonly ColumnWire[]): boolean {
  const amounts = known.find(({ name }) => name === (columns.amount ?? columns.openAmount))?.samples ?? [];
  return columns.currency !== undefined || amounts.some((text) => bareAmount(text).currency !== undefined);
}

/** Takes the previewed import into the ledger: queues it, so that it goes on whatever happens to the page. */
export async function commitImport(
  tx: Tx,
  importId: string,
  asked: Commit & By & { readonly deps: ImportDeps },
): Promise<Result<ImportRecord, Refusal>> {
  const found = await findImport(tx, importId, true);
  if (found === undefined) return existing(undefined);
  if (!CHANGEABLE.includes(found.state))
    return no("conflict", "import-not-open", `the import is ${found.state}`, { facts: { state: found.state } });
  if (found.totals === null || found.previewed !== mappingHash(found.kind, found.mapping, found.format))
    return no("conflict", "preview-first", "look at the preview of this mapping before taking it in");
  const { rowsRefused, rowsGood } = found.totals;
  if (asked.mode === "all-or-nothing" && rowsRefused > 0)
    return no(
      "conflict",
      "rows-refused",
      `${rowsRefused} rows cannot go in: mend the file, or choose to take in the rest`,
      { facts: { rowsRefused } },
    );
  const apart = controlRefusal(asked.controlTotals ?? [], found.kind, found.totals);
  if (apart !== undefined) return apart;
  if (rowsGood === 0) return no("conflict", "nothing-to-import", "no row of the file can go in");
  const { actor, now, deps } = asked;
  const fingerprint = fingerprintOf(
    found.kind,
    found.columns.map(({ name }) => name),
  );
  if (asked.saveMappingAs !== undefined)
    await saveMapping(tx, { found, fingerprint, name: asked.saveMappingAs, by: { actor, now }, deps });
  else if (found.mapping_from.kind === "saved") await countMappingUse(tx, fingerprint, now);
  await updateImport(tx, found.import_no, {
    state: "queued",
    mode: asked.mode,
    rows_done: 0,
    lines_done: 0,
    failure: null,
    started_at: null,
  });
  await deps.enqueue(tx, IMPORT_JOB, { importId }, { singletonKey: importId });
  await appendEvents(tx, [
    {
      type: "receivables.import-committed",
      actor,
      at: now,
      subject: { kind: "import", id: importId },
      data: { fileName: found.file_name, sha256: found.sha256, mode: asked.mode, totals: found.totals },
    },
  ]);
  return existing(await findImport(tx, importId));
}

type Saving = {
  readonly found: ImportRecord;
  readonly fingerprint: string;
  readonly name: string;
  readonly by: By;
  readonly deps: ImportDeps;
};
async function saveMapping(tx: Tx, { found, fingerprint, name, by, deps }: Saving): Promise<void> {
  await keepMapping(tx, {
    mapping_id: deps.newId(),
    name,
    kind: found.kind,
    fingerprint,
    columns: found.columns.map((column) => column.name),
    mapping: found.mapping,
    created_by: by.actor.name,
    created_at: by.now,
  });
  await appendEvents(tx, [
    {
      type: "receivables.mapping-saved",
      actor: by.actor,
      at: by.now,
      subject: { kind: "import", id: found.import_id },
      data: { name, mapping: found.mapping },
    },
  ]);
}

/** Throws a draft away with its file. What is in the ledger stays there. */
export async function discardImport(
  tx: Tx,
  importId: string,
  { actor, now }: By,
): Promise<Result<ImportRecord, Refusal>> {
  const found = await findImport(tx, importId, true);
  if (found === undefined) return existing(undefined);
  if (!CHANGEABLE.includes(found.state))
    return no("conflict", "import-not-open", `the import is ${found.state}`, { facts: { state: found.state } });
  await dropImportBytes(tx, found.import_no);
  await updateImport(tx, found.import_no, { state: "discarded", finished_at: now });
  await appendEvents(tx, [
    {
      type: "receivables.import-discarded",
      actor,
      at: now,
      subject: { kind: "import", id: importId },
      data: { fileName: found.file_name, sha256: found.sha256 },
    },
  ]);
  return existing(await findImport(tx, importId));
}

export async function forgetMapping(
  tx: Tx,
  mappingId: string,
  { actor, now }: By,
): Promise<Result<{ name: string }, Refusal>> {
  const name = await deleteMapping(tx, mappingId);
  if (name === undefined) return no("not-found", "mapping-unknown", "there is no such saved mapping");
  await appendEvents(tx, [
    {
      type: "receivables.mapping-deleted",
      actor,
      at: now,
      subject: { kind: "mapping", id: mappingId },
      data: { name },
    },
  ]);
  return ok({ name });
}
