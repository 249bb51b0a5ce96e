import { setTimeout as delay } from "node:timers/promises";
import type { CustomerId } from "../core/ids.ts";
import type { Clock } from "../core/time.ts";
import type { BulkTransaction } from "../store/bulk.ts";
import { type NewEvent, type Store, SURETY, type Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import type { OnReceivablesChanged } from "./contract.ts";
import type { ImportTotals } from "./contract-import.ts";
import { tieOf } from "./decide-totals.ts";
import { type DirectoryDeps, type FactBatch, type FilePass, filePass, matcherFor, TooManyRows } from "./read-facts.ts";
import { markPresent } from "./store.ts";
import type { LedgerDeps } from "./service-money.ts";
import { allocateFor } from "./store-allocate.ts";
import { rowIds } from "./store-bulk.ts";
import {
  addProblems,
  dropImportBytes,
  findImport,
  importBytes,
  type ImportRecord,
  isKnownSystem,
  keepCustomers,
  lockLedger,
  rememberSystem,
  replaceProblems,
  updateImport,
} from "./store-import.ts";
import { applyUsed, openOfSystem, settleMissing, type UsedMoney } from "./store-open-items.ts";
import { type Judged, judgeFacts, writeJudged } from "./write-facts.ts";

export type RunDeps = DirectoryDeps & {
  readonly store: Store;
  readonly bulk: BulkTransaction;
  readonly clock: Clock;
  readonly onChanged: OnReceivablesChanged;
  readonly ledgerSettings?: LedgerDeps["ledgerSettings"];
  /** The calendar day at the desk. */
  readonly deskDay: (tx: Tx, now: Temporal.Instant) => Promise<Temporal.PlainDate>;
};

type Effect = { new: number; changed: number; same: number };
type Run = {
  readonly deps: RunDeps;
  readonly record: ImportRecord;
  readonly pass: FilePass;
  readonly today: Temporal.PlainDate;
  readonly effect: Effect;
  readonly touched: Set<CustomerId>;
  readonly changed: Map<CustomerId, string[]>;
  readonly shown: { atMs: number };
  /** Credits that the file shows used, until the invoices they paid are met. */
  used: readonly UsedMoney[];
  readonly seen: { readonly invoices: Set<bigint>; readonly payments: Set<bigint> };
};
const HAND_OVER_MS = 3;
const CHANGE_EVENTS_MAX = 500;
const CHANGED_NUMBERS_NAMED = 20;
const NO_EFFECT: Effect = { new: 0, changed: 0, same: 0 };

/** Thrown to undo a whole import because some rows cannot go in. */
class RowsRefused extends Error {}

/**
 * Carries out a committed import. Safe to repeat and to kill: all-or-nothing is one transaction; resumable commits batch by
 * batch and notes the last line with it, so that a second run goes on behind it. Gives undefined when there is nothing to do.
 */
export async function runImport(importId: string, deps: RunDeps): Promise<ImportRecord | undefined> {
  const record = await findImport(deps.store.db, importId);
  if (record === undefined || (record.state !== "queued" && record.state !== "running")) return record;
  const now = deps.clock.now();
  await updateImport(deps.store.db, record.import_no, {
    state: "running",
    started_at: record.started_at ?? now,
    ...(record.mode === "all-or-nothing" && { rows_done: 0 }),
  });
  const today = await deps.deskDay(deps.store.db, record.created_at);
  const matcher = await matcherFor(deps.store.db, record, deps);
  const pass = filePass({ record, bytes: importBytes(deps.store.db, record.import_no), matcher, today });
  const effect = record.mode === "resumable" ? { ...(record.totals?.effect ?? NO_EFFECT) } : { ...NO_EFFECT };
  const run: Run = {
    deps,
    record,
    pass,
    today,
    effect: record.lines_done > 0 ? effect : { ...NO_EFFECT },
    touched: new Set(),
    changed: new Map(),
    shown: { atMs: performance.now() },
    used: [],
    seen: { invoices: new Set(), payments: new Set() },
  };
  try {
    await (record.mode === "resumable" ? runResumable(run) : runWhole(run));
  } catch (error) {
    if (error instanceof RowsRefused || error instanceof TooManyRows) await refuseRun(run, error);
    else if (isOutage(error)) throw error;
    else await failRun(run, error);
  }
  return findImport(deps.store.db, importId);
}

/** Everything in one transaction; reading the next rows overlaps with writing the last ones. */
async function runWhole(run: Run): Promise<void> {
  const { deps, record, pass } = run;
  await deps.bulk(async (tx, copyInto) => {
    await lockLedger(tx);
    const fresh = await findImport(tx, record.import_id);
    if (fresh?.state !== "running") return;
    const options = {
      tx,
      copyInto,
      ids: rowIds(),
      origin: { importNo: record.import_no, system: record.mapping.system },
      today: run.today.toString(),
    };
    const isKnown = await isKnownSystem(tx, record.mapping.system, record.kind);
    let writing: Promise<void> = Promise.resolve();
    const write = async ({ facts }: FactBatch): Promise<void> => {
      const judged = await judgeFacts(tx, facts, { system: record.mapping.system, isKnown });
      for (const problems of judged.problems) pass.report(problems);
      // After the first refused row nothing will be kept; the rest is read only for the report.
      if (pass.keeper.rowsRefused() === 0) for (const id of await writeJudged(judged, options)) run.touched.add(id);
      count(run, judged);
    };
    for await (const batch of pass.batches()) {
      await writing;
      writing = write(batch);
      writing.catch(() => {});
      // A moment for the rows to reach PostgreSQL: it then works on them while the next ones are read here.
      await Promise.race([writing, delay(HAND_OVER_MS)]);
      await showProgress(run);
    }
    await writing;
    if (pass.keeper.rowsRefused() > 0) throw new RowsRefused(`${pass.keeper.rowsRefused()} rows cannot go in`);
    await finish(run, { ...options, touched: run.touched });
  });
}

/** Batch by batch, each in its own transaction together with the line it reached. */
async function runResumable(run: Run): Promise<void> {
  const { deps, record, pass } = run;
  let reported = 0;
  const ids = rowIds();
  const step = async (batch: FactBatch | undefined): Promise<void> => {
    await deps.bulk(async (tx, copyInto) => {
      await lockLedger(tx);
      const fresh = await findImport(tx, record.import_id, true);
      if (fresh?.state !== "running") return;
      const options = {
        tx,
        copyInto,
        ids,
        origin: { importNo: record.import_no, system: record.mapping.system },
        today: run.today.toString(),
      };
      if (batch === undefined) return finish(run, { ...options, touched: run.touched });
      // Rows that an earlier run brought in are read again for the totals, and not written again.
      const facts = batch.facts.filter(({ line }) => line > fresh.lines_done);
      const judged = await judgeFacts(tx, facts, { system: record.mapping.system, isKnown: true });
      for (const problems of judged.problems) pass.report(problems);
      const touched = await writeJudged(judged, options);
      count(run, judged);
      for (const id of touched) run.touched.add(id);
      await keepNewCustomers(tx, run);
      run.used = await applyUsed(tx, run.used, { importNo: record.import_no, ids });
      await allocateBy(run, tx, { ids, touched });
      await markPresent(tx, [...touched]);
      await deps.onChanged(tx, [...touched]);
      await rememberSystem(tx, record.mapping.system, record.kind);
      const unreported = pass.problems().slice(reported);
      await addProblems(tx, record.import_no, unreported);
      reported += unreported.length;
      await updateImport(tx, record.import_no, {
        lines_done: Math.max(batch.lastLine, fresh.lines_done),
        rows_done: rowsRead(pass),
        totals: totalsOf(run),
        problems_total: pass.problemsTotal(),
        problem_groups: pass.groups(),
      });
    });
  };
  for await (const batch of pass.batches()) await step(batch);
  await step(undefined);
}

const rowsRead = (pass: FilePass): number => pass.keeper.totals({ matched: 0, ledgerOnly: 0, unknown: 0 }, null).rows;
const totalsOf = ({ pass, effect }: Run): ImportTotals => pass.keeper.totals(pass.matcher.counts(), { ...effect });

function count(run: Run, judged: Judged): void {
  if (judged.used.length > 0) run.used = [...run.used, ...judged.used];
  if (run.record.mapping.missing === "settled") {
    for (const id of judged.seen.invoiceIds) run.seen.invoices.add(id);
    for (const id of judged.seen.paymentIds) run.seen.payments.add(id);
  }
  run.effect.new += judged.invoices.length + judged.payments.length + judged.deposits.length;
  run.effect.changed += judged.changed.length;
  run.effect.same += judged.same;
  for (const { fact } of judged.changed) {
    const numbers = run.changed.get(fact.customerId);
    if (numbers === undefined) run.changed.set(fact.customerId, [fact.number]);
    else numbers.push(fact.number);
  }
}

/** Only customers of which a row went in: a row that is refused makes nobody. */
async function keepNewCustomers(tx: Tx, { record, pass, touched }: Run): Promise<void> {
  const created = [...pass.matcher.created.values()].filter(({ customerId }) => touched.has(customerId));
  const learnt = new Map([...pass.matcher.learnt].filter(([, customerId]) => touched.has(customerId)));
  await keepCustomers(tx, record.mapping.system, { created, learnt });
}

type Finish = { readonly tx: Tx; readonly ids: ReturnType<typeof rowIds>; readonly touched: Set<CustomerId> };

/** The file's own money stays as the file has it where the mapping says so. */
async function allocateBy(
  { record, deps }: Run,
  tx: Tx,
  { ids, touched }: { readonly ids: Finish["ids"]; readonly touched: ReadonlySet<CustomerId> },
): Promise<void> {
  const { allocation: rule } = record.mapping;
  if (rule !== "none")
    await allocateFor(tx, [...touched], { rule, ids, order: (await deps.ledgerSettings?.(tx))?.order });
}

/** Closes what a complete list of open items no longer has, if the person said that it is one, and lets used credits pay. */
async function settleGone(run: Run, { tx, ids, touched }: Finish): Promise<void> {
  const { record, pass, seen } = run;
  const options = { importNo: record.import_no, ids };
  if (record.kind === "invoices" && record.mapping.missing === "settled" && pass.keeper.rowsRefused() === 0) {
    const day = record.mapping.balanceDay ?? run.today.toString();
    const gone = await settleMissing(tx, { ...options, system: record.mapping.system, seen, day });
    for (const id of gone.customers) touched.add(id);
    run.effect.changed += gone.invoices;
    run.used = [...run.used, ...gone.used];
    if (record.mode === "resumable" && gone.customers.size > 0) await run.deps.onChanged(tx, [...gone.customers]);
  }
  run.used = await applyUsed(tx, run.used, options);
}

/** The end of a run that succeeds: allocation, figures of others, report, state, events; the last thing in the transaction. */
async function finish(run: Run, { tx, ids, touched }: Finish): Promise<void> {
  const { deps, record, pass } = run;
  const now = deps.clock.now();
  await settleGone(run, { tx, ids, touched });
  const customers = [...touched];
  if (record.mode === "all-or-nothing") {
    await keepNewCustomers(tx, run);
    await allocateBy(run, tx, { ids, touched });
    await markPresent(tx, customers);
    if (customers.length > 0) await deps.onChanged(tx, customers);
    await rememberSystem(tx, record.mapping.system, record.kind);
    await replaceProblems(tx, record.import_no, pass.problems());
  }
  const totals = totalsOf(run);
  const isOpenItems = record.kind === "invoices" && record.mapping.columns.openAmount !== undefined;
  const tie = isOpenItems ? tieOf(totals, await openOfSystem(tx, record.mapping.system)) : null;
  await dropImportBytes(tx, record.import_no);
  await updateImport(tx, record.import_no, {
    state: "done",
    totals,
    tie,
    problems_total: pass.problemsTotal(),
    problem_groups: pass.groups(),
    rows_done: totals.rows,
    rows_total: totals.rows,
    finished_at: now,
    failure: null,
  });
  const actor = { kind: "person", id: record.created_by_id, name: record.created_by } as const;
  const data = {
    kind: record.kind,
    fileName: record.file_name,
    sha256: record.sha256,
    mode: record.mode,
    system: record.mapping.system,
    totals,
    ...(tie !== null && { tie }),
  };
  const finished: NewEvent = {
    type: "receivables.import-finished",
    actor,
    at: now,
    subject: { kind: "import", id: record.import_id },
    data,
  };
  await appendEvents(tx, [finished, ...changeEvents(run, now)]);
}

/** One event a customer for what changed; past the limit the import's own report tells. */
const changeEvents = ({ changed, record }: Run, at: Temporal.Instant): readonly NewEvent[] =>
  [...changed].slice(0, CHANGE_EVENTS_MAX).map(([customerId, numbers]) => ({
    type: "receivables.invoices-changed",
    actor: { kind: "person", id: record.created_by_id, name: record.created_by },
    at,
    customerId,
    subject: { kind: "import", id: record.import_id },
    data: { count: numbers.length, numbers: numbers.slice(0, CHANGED_NUMBERS_NAMED) },
  }));

/** On a connection of its own, since nothing of the transaction is visible yet. */
async function showProgress(run: Run): Promise<void> {
  const nowMs = performance.now();
  if (nowMs - run.shown.atMs < PROGRESS_EVERY_MS) return;
  run.shown.atMs = nowMs;
  await updateImport(run.deps.store.db, run.record.import_no, { rows_done: rowsRead(run.pass) });
}
const PROGRESS_EVERY_MS = 400;

async function refuseRun(run: Run, error: Error): Promise<void> {
  const { deps, record, pass } = run;
  const failure = { code: error instanceof TooManyRows ? "too-many-rows" : "rows-refused", detail: error.message };
  await deps.store.inTransaction(async (tx) => {
    await replaceProblems(tx, record.import_no, pass.problems());
    await updateImport(tx, record.import_no, {
      state: "refused",
      totals: { ...totalsOf(run), effect: null },
      problems_total: pass.problemsTotal(),
      problem_groups: pass.groups(),
      finished_at: deps.clock.now(),
      failure,
    });
    await appendEvents(tx, [
      {
        type: "receivables.import-refused",
        actor: SURETY,
        at: deps.clock.now(),
        subject: { kind: "import", id: record.import_id },
        data: { fileName: record.file_name, sha256: record.sha256, rowsRefused: pass.keeper.rowsRefused() },
      },
    ]);
  });
}

async function failRun({ deps, record }: Run, error: unknown): Promise<void> {
  const detail = error instanceof Error ? error.message.slice(0, 500) : String(error);
  await deps.store.inTransaction(async (tx) => {
    await updateImport(tx, record.import_no, {
      state: "failed",
      finished_at: deps.clock.now(),
      failure: { code: "import-failed", detail },
    });
    await appendEvents(tx, [
      {
        type: "receivables.import-failed",
        actor: SURETY,
        at: deps.clock.now(),
        subject: { kind: "import", id: record.import_id },
        data: { fileName: record.file_name, detail },
      },
    ]);
  });
}

/** A database that is away, shutting down or busy: the queue tries again later. Anything else would fail again the same way. */
function isOutage(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return (
    /^(08|57|53|40|55)/.test(code) ||
    /^E[A-Z]+$/.test(code) ||
    (error instanceof Error && /Connection terminated|timeout/i.test(error.message))
  );
}
