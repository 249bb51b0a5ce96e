import { z } from "zod";
import { no } from "../core/refusal.ts";
import { ok } from "../core/result.ts";
import { pageOf, pageQuery } from "../core/wire.ts";
import { route, type Route, uploadRoute } from "../http/contract.ts";
import {
  commitBody,
  IMPORT_BYTES_MAX,
  importJson,
  importRowJson,
  previewBody,
  savedMappingJson,
  uploadQuery,
} from "./contract-import.ts";
import {
  commitImport,
  discardImport,
  forgetMapping,
  type ImportDeps,
  previewImport,
  receiveFile,
} from "./service-import.ts";
import { countImports, findImport, listImports, listMappings } from "./store-import.ts";
import { importRowWire, importWire, mappingWire } from "./wire.ts";

const importParams = z.strictObject({ importId: z.uuid() });

/** Files on their way into the ledger. */
export const importRoutes = (deps: ImportDeps): Route[] => [
  ...importWriteRoutes(deps),
  ...importReadRoutes(),
  ...mappingRoutes(),
];

const importWriteRoutes = (deps: ImportDeps): Route[] => [
  uploadRoute({
    method: "POST",
    path: "/api/imports",
    permission: "receivables.import",
    summary: "Upload a file of invoices, payments or deposits: recognised, not yet taken in",
    query: uploadQuery,
    bodyBytesMax: IMPORT_BYTES_MAX + 1,
    response: importJson,
    handle: async ({ tx, query, body, actor, now }) => {
      const received = await receiveFile(
        tx,
        { fileName: query.fileName, kind: query.kind, bytes: body },
        { actor, now, deps },
      );
      return received.ok ? ok(await importWire(tx, received.value)) : received;
    },
  }),
  route({
    method: "POST",
    path: "/api/imports/:importId/preview",
    permission: "receivables.import",
    summary: "Read the whole file by a mapping: control totals and problems, nothing is taken in",
    params: importParams,
    body: previewBody,
    response: importJson,
    handle: async ({ tx, params, body, actor, now }) => {
      const previewed = await previewImport(tx, params.importId, { ...body, actor, now, deps });
      return previewed.ok ? ok(await importWire(tx, previewed.value)) : previewed;
    },
  }),
  route({
    method: "POST",
    path: "/api/imports/:importId/commit",
    permission: "receivables.import",
    summary: "Take the previewed import into the ledger",
    params: importParams,
    body: commitBody,
    response: importJson,
    handle: async ({ tx, params, body, actor, now }) => {
      const committed = await commitImport(tx, params.importId, { ...body, actor, now, deps });
      return committed.ok ? ok(await importWire(tx, committed.value)) : committed;
    },
  }),
  route({
    method: "DELETE",
    path: "/api/imports/:importId",
    permission: "receivables.import",
    summary: "Throw away an import that was not taken in",
    params: importParams,
    response: importJson,
    handle: async ({ tx, params, actor, now }) => {
      const discarded = await discardImport(tx, params.importId, { actor, now });
      return discarded.ok ? ok(await importWire(tx, discarded.value)) : discarded;
    },
  }),
];

const importReadRoutes = (): Route[] => [
  route({
    method: "GET",
    path: "/api/imports/:importId",
    permission: "receivables.read",
    summary: "An import with its progress, totals and first problems",
    params: importParams,
    response: importJson,
    handle: async ({ tx, params }) => {
      const found = await findImport(tx, params.importId);
      return found === undefined
        ? no("not-found", "import-unknown", "there is no such import")
        : ok(await importWire(tx, found));
    },
  }),
  route({
    method: "GET",
    path: "/api/imports",
    permission: "receivables.read",
    summary: "Imports, newest first",
    query: z.strictObject(pageQuery),
    response: pageOf(importRowJson),
    handle: async ({ tx, query }) => {
      if (query.cursor !== undefined && !/^\d{1,9}$/.test(query.cursor))
        return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
      const rows = await listImports(tx, {
        before: query.cursor === undefined ? undefined : Number(query.cursor),
        limit: query.limit + 1,
      });
      const shown = rows.slice(0, query.limit);
      return ok({
        rows: shown.map(importRowWire),
        nextCursor: rows.length > query.limit ? String(shown.at(-1)?.import_no) : null,
        total: await countImports(tx),
      });
    },
  }),
];

const mappingRoutes = (): Route[] => [
  route({
    method: "GET",
    path: "/api/import-mappings",
    permission: "receivables.read",
    summary: "Saved ways of reading files",
    response: z.object({ rows: z.array(savedMappingJson) }),
    handle: async ({ tx }) => ok({ rows: (await listMappings(tx)).map(mappingWire) }),
  }),
  route({
    method: "DELETE",
    path: "/api/import-mappings/:mappingId",
    permission: "receivables.import",
    summary: "Forget a saved way of reading files",
    params: z.strictObject({ mappingId: z.uuid() }),
    response: z.object({ name: z.string() }),
    handle: ({ tx, params, actor, now }) => forgetMapping(tx, params.mappingId, { actor, now }),
  }),
];
