import { z } from "zod";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import { pageOf, pageQuery } from "../../core/wire.ts";
import { route, type Route, uploadRoute } from "../../http/contract.ts";
import type { Tx } from "../../store/contract.ts";
import {
  assignBody,
  bankAccountJson,
  bankCommitBody,
  bankEntryJson,
  bankFileJson,
  bankFileRowJson,
  type BankFileWire,
  bankSumJson,
  bankUploadQuery,
  ENTRY_STATES,
  setAsideBody,
  suggestionJson,
} from "./contract-bank.ts";
import { BANK_BYTES_MAX } from "./contract-statement.ts";
import { type BankDeps, commitBankFile, discardBankFile, previewBankFile, receiveBankFile } from "./service-bank.ts";
import { assignEntry, setEntryAside, suggestFor, takeEntryAnyway } from "./service-bank-entry.ts";
import { countFiles, type FileRecord, findFile, listFiles, loadAccounts, statementsOf } from "./store-bank.ts";
import { findEntry, listEntries, sumStates } from "./store-bank-entry.ts";
import { accountWire, entriesWire, fileRowWire, fileWire, plannedWire, planSums, sumWire } from "./wire-bank.ts";

const fileParams = z.strictObject({ bankFileId: z.uuid() });
const entryParams = z.strictObject({ entryId: z.string().regex(/^\d{1,18}$/) });

/** Money from banks: files, what is in them, and entries that wait for a person. */
export const bankRoutes = (deps: BankDeps): Route[] => [
  ...fileRoutes(deps),
  ...fileReadRoutes(deps),
  ...entryRoutes(deps),
  ...entryReadRoutes(deps),
];

/** A file with its statements and sums: of what was taken in, and of what committing would do. */
export async function bankFileWire(tx: Tx, record: FileRecord, deps: BankDeps): Promise<BankFileWire> {
  const stored = (await sumStates(tx, record.bank_file_id)).map(sumWire);
  if (record.state !== "draft" && record.state !== "partly")
    return fileWire(record, { statements: await statementsOf(tx, record.bank_file_id), sums: stored });
  const draft = await previewBankFile(tx, record, deps);
  if (draft === undefined) return fileWire(record, { statements: [], sums: stored });
  return fileWire(record, {
    statements: draft.statements,
    sums: record.state === "draft" ? planSums(draft.plan) : stored,
  });
}
const answered = async (
  tx: Tx,
  record: Result<FileRecord, Refusal>,
  deps: BankDeps,
): Promise<Result<BankFileWire, Refusal>> => (record.ok ? ok(await bankFileWire(tx, record.value, deps)) : record);

const fileRoutes = (deps: BankDeps): Route[] => [
  uploadRoute({
    method: "POST",
    path: "/api/bank-files",
    permission: "receivables.import",
    summary: "Upload a bank's file (camt, BgMax, MT940, BAI2, SIE): recognised and previewed, not yet taken in",
    query: bankUploadQuery,
    bodyBytesMax: BANK_BYTES_MAX + 1,
    response: bankFileJson,
    handle: async ({ tx, query, body, actor, now }) =>
      answered(tx, await receiveBankFile(tx, { fileName: query.fileName, bytes: body }, { actor, now, deps }), deps),
  }),
  route({
    method: "POST",
    path: "/api/bank-files/:bankFileId/commit",
    permission: "receivables.import",
    summary: "Take the previewed file in: what is matched becomes customers' money",
    params: fileParams,
    body: bankCommitBody,
    response: bankFileJson,
    handle: async ({ tx, params, body, actor, now }) =>
      answered(tx, await commitBankFile(tx, params.bankFileId, { ...body, actor, now, deps }), deps),
  }),
  route({
    method: "DELETE",
    path: "/api/bank-files/:bankFileId",
    permission: "receivables.import",
    summary: "Throw away a file that was not taken in",
    params: fileParams,
    response: bankFileJson,
    handle: async ({ tx, params, actor, now }) =>
      answered(tx, await discardBankFile(tx, params.bankFileId, { actor, now }), deps),
  }),
];

const fileReadRoutes = (deps: BankDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/bank-files",
    permission: "receivables.read",
    summary: "Bank files, newest first",
    query: z.strictObject(pageQuery),
    response: pageOf(bankFileRowJson),
    handle: async ({ tx, query }) => {
      if (query.cursor !== undefined && !/^\S{20,40} [0-9a-f-]{36}$/.test(query.cursor))
        return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
      const rows = await listFiles(tx, { before: query.cursor, limit: query.limit + 1 });
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      const more = rows.length > query.limit && last !== undefined;
      return ok({
        rows: shown.map(fileRowWire),
        nextCursor: more ? `${last.created_at.toString()} ${last.bank_file_id}` : null,
        total: await countFiles(tx),
      });
    },
  }),
  route({
    method: "GET",
    path: "/api/bank-files/:bankFileId",
    permission: "receivables.read",
    summary: "A bank file with its statements, totals and what became (or would become) of it",
    params: fileParams,
    response: bankFileJson,
    handle: async ({ tx, params }) => {
      const found = await findFile(tx, params.bankFileId);
      return found === undefined
        ? no("not-found", "bank-file-unknown", "there is no such bank file")
        : ok(await bankFileWire(tx, found, deps));
    },
  }),
  route({
    method: "GET",
    path: "/api/bank-files/:bankFileId/entries",
    permission: "receivables.read",
    summary: "Entries of a bank file in its order; of a draft, what would become of each and why",
    params: fileParams,
    query: z.strictObject({ ...pageQuery, state: z.enum(ENTRY_STATES).optional() }),
    response: pageOf(bankEntryJson),
    handle: async ({ tx, params, query }) => {
      const record = await findFile(tx, params.bankFileId);
      if (record === undefined) return no("not-found", "bank-file-unknown", "there is no such bank file");
      if (query.cursor !== undefined && !/^\d{1,18}$/.test(query.cursor))
        return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
      if (record.state === "draft") return draftPage(tx, record, { ...query, deps });
      return storedPage(tx, { ...query, bankFileId: params.bankFileId, deps });
    },
  }),
  route({
    method: "GET",
    path: "/api/bank-accounts",
    permission: "receivables.read",
    summary: "Our own bank accounts, and up to when each is known",
    response: z.object({ rows: z.array(bankAccountJson) }),
    handle: async ({ tx }) => ok({ rows: (await loadAccounts(tx)).map(accountWire) }),
  }),
];

type Ask = {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly state?: (typeof ENTRY_STATES)[number] | undefined;
  readonly deps: BankDeps;
};
async function draftPage(tx: Tx, record: FileRecord, { cursor, limit, state, deps }: Ask) {
  const draft = await previewBankFile(tx, record, deps);
  const all = (draft?.plan ?? []).filter((one) => state === undefined || one.state === state);
  const from = Number(cursor ?? 0);
  const shown = all.slice(from, from + limit);
  return ok({
    rows: await plannedWire(tx, { record, plan: shown }, deps),
    nextCursor: from + limit < all.length ? String(from + limit) : null,
    total: all.length,
  });
}
async function storedPage(tx: Tx, { cursor, limit, state, bankFileId, deps }: Ask & { readonly bankFileId?: string }) {
  const after = cursor === undefined ? undefined : BigInt(cursor);
  const rows = await listEntries(tx, { bankFileId, state, after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const sums = await sumStates(tx, bankFileId);
  const total = sums.reduce(
    (sum, one) => (state === undefined || one.state === state ? sum + Number(one.entries) : sum),
    0,
  );
  return ok({
    rows: await entriesWire(tx, shown, deps),
    nextCursor: rows.length > limit ? String(shown.at(-1)?.entry_id) : null,
    total,
  });
}

const entryRoutes = (deps: BankDeps): Route[] => [
  route({
    method: "POST",
    path: "/api/bank-entries/:entryId/assign",
    permission: "receivables.import",
    summary: "Say whose money an entry is: it is recorded, and the payer is remembered",
    params: entryParams,
    body: assignBody,
    response: bankEntryJson,
    handle: async ({ tx, params, body, actor, now }) => {
      const done = await assignEntry(tx, BigInt(params.entryId), { ...body, actor, now, deps });
      return done.ok ? one(await entriesWire(tx, [done.value], deps)) : done;
    },
  }),
  route({
    method: "POST",
    path: "/api/bank-entries/:entryId/set-aside",
    permission: "receivables.import",
    summary: "Say that an entry is not a customer's payment, and why",
    params: entryParams,
    body: setAsideBody,
    response: bankEntryJson,
    handle: async ({ tx, params, body, actor, now }) => {
      const done = await setEntryAside(tx, BigInt(params.entryId), { ...body, actor, now });
      return done.ok ? one(await entriesWire(tx, [done.value], deps)) : done;
    },
  }),
  route({
    method: "POST",
    path: "/api/bank-entries/:entryId/keep-apart",
    permission: "receivables.import",
    summary: "Say that an entry is other money than the one it was recognised as",
    params: entryParams,
    body: setAsideBody,
    response: bankEntryJson,
    handle: async ({ tx, params, body, actor, now }) => {
      const done = await takeEntryAnyway(tx, BigInt(params.entryId), { ...body, actor, now });
      return done.ok ? one(await entriesWire(tx, [done.value], deps)) : done;
    },
  }),
];
const one = <T>(rows: readonly T[]) =>
  rows[0] === undefined ? no("not-found", "bank-entry-unknown", "there is no such bank entry") : ok(rows[0]);

const entryReadRoutes = (deps: BankDeps): Route[] => [
  route({
    method: "GET",
    path: "/api/bank-entries",
    permission: "receivables.read",
    summary: "Entries of all files that wait for a person, newest first",
    query: z.strictObject(pageQuery),
    response: pageOf(bankEntryJson),
    handle: async ({ tx, query }) => {
      if (query.cursor !== undefined && !/^\d{1,18}$/.test(query.cursor))
        return no("invalid", "cursor-unknown", "use the nextCursor of the page before");
      return storedPage(tx, { ...query, state: "waiting", deps });
    },
  }),
  route({
    method: "GET",
    path: "/api/bank-entries/waiting-sums",
    permission: "receivables.read",
    summary: "How many entries wait, and their sum in each currency",
    response: z.object({ rows: z.array(bankSumJson) }),
    handle: async ({ tx }) => ok({ rows: (await sumStates(tx)).map(sumWire) }),
  }),
  route({
    method: "GET",
    path: "/api/bank-entries/:entryId/suggestions",
    permission: "receivables.read",
    summary: "Customers that a waiting entry may be from, with the reason for each",
    params: entryParams,
    response: z.object({ rows: z.array(suggestionJson) }),
    handle: async ({ tx, params }) => {
      const entry = await findEntry(tx, BigInt(params.entryId));
      return entry === undefined
        ? no("not-found", "bank-entry-unknown", "there is no such bank entry")
        : ok({ rows: [...(await suggestFor(tx, entry, deps))] });
    },
  }),
];
