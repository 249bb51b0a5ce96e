import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Refusal } from "../src/core/refusal.ts";
import type { Result } from "../src/core/result.ts";
import { runImport } from "../src/receivables/run-import.ts";
import { commitImport, type ImportDeps, previewImport, receiveFile } from "../src/receivables/service-import.ts";
import { bulkTransactions } from "../src/store/bulk.ts";
import { SURETY } from "../src/store/contract.ts";
import { openStore } from "../src/store/database.ts";
import { count, median, print, timed } from "./measure.ts";
import { type Scratch, scratchDesk, scratchServer } from "./scratch-desk.ts";

const ROWS = 100_000;
const CUSTOMERS = 10_000;
const ROUNDS = 3;
/** Tables that an import of invoices writes; what is paid of them is booked as money and allocated. */
const TABLES = ["invoice", "payment", "allocation"] as const;

type File = { readonly name: string; readonly hasPaid: boolean };
const FILES: readonly File[] = [
  { name: "open invoices", hasPaid: false },
  { name: "invoices, 7 of 10 paid", hasPaid: true },
];

/** 100,000 invoices from CSV through the import service, beside COPY of the rows that it makes into tables of the same shape. */
export async function benchImport(): Promise<void> {
  const server = await scratchServer("import");
  try {
    await makeTemplate(server);
    for (const file of FILES) await benchFile(server, file);
  } finally {
    await server.stop();
  }
}

const TEMPLATE = "bench_template";

/** A migrated database with the customers that the files name. */
async function makeTemplate(server: Scratch): Promise<void> {
  await server.run(`create database ${TEMPLATE}`);
  const desk = await scratchDesk(server, TEMPLATE);
  await desk.store.pool.query(
    `with made as (
       insert into customer (id, name, name_key, search, relationship, first_seen_at, last_seen_at)
       select md5('tenant ' || n)::uuid::text, 'Customer ' || n, 'customer ' || n, 'customer ' || n, 'reseller', now(), now() from generate_series(1, ${CUSTOMERS}) n returning id)
     insert into portfolio (customer_id) select id from made`,
  );
  await desk.close();
}

type Round = { readonly wholeMs: number; readonly runMs: number; readonly copyMs: number };

async function benchFile(server: Scratch, file: File): Promise<void> {
  const bytes = csvOf(file);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const name = `bench_${file.hasPaid ? "paid" : "open"}_${round}`;
    await server.run(`create database ${name} template ${TEMPLATE}`);
    const { wholeMs, runMs } = await takeIn(server, { name, bytes });
    rounds.push({ wholeMs, runMs, copyMs: await bareCopy(server, name) });
    await server.run(`drop database ${name} with (force)`);
  }
  const of = (which: (one: Round) => number) => median(rounds.map(which));
  const speed = (took: number) => `${count((ROWS * 1_000) / took)} rows/s`;
  // The share is taken round by round: both were measured in the same seconds, so that a busy machine slows both.
  const beside = (which: (one: Round) => number) =>
    `${Math.round(of((one) => one.copyMs / which(one)) * 100)} % of bare COPY (${speed(of((one) => one.copyMs))})`;
  const [run, whole] = [(one: Round) => one.runMs, (one: Round) => one.wholeMs];
  print(`import of ${count(ROWS)} ${file.name}`, speed(of(run)), beside(run), "aim ≥ 50 %");
  print("  with upload and preview before it", speed(of(whole)), beside(whole));
}

/** Upload, preview and commit as the page asks for them, then the job. */
async function takeIn(server: Scratch, { name, bytes }: { readonly name: string; readonly bytes: Uint8Array }) {
  const desk = await scratchDesk(server, name);
  await server.run("checkpoint");
  const deps: ImportDeps = { ...desk.slices.importDeps, enqueue: async () => {} };
  const { store, clock } = deps;
  const by = { actor: SURETY, now: clock.now(), deps };
  const before = await timed(async () => {
    const kept = done(
      await store.inTransaction((tx) => receiveFile(tx, { fileName: "invoices.csv", bytes, kind: "invoices" }, by)),
    );
    const mapping = { ...kept.mapping, currency: "EUR" };
    done(await store.inTransaction((tx) => previewImport(tx, kept.import_id, { ...by, mapping })));
    done(await store.inTransaction((tx) => commitImport(tx, kept.import_id, { ...by, mode: "all-or-nothing" })));
    return kept.import_id;
  });
  const ran = await timed(() => runImport(before.value, deps));
  const made = ran.value?.totals?.effect?.new;
  if (made !== ROWS) throw new Error(`${made} rows went in instead of ${ROWS}: ${JSON.stringify(ran.value?.failure)}`);
  await desk.close();
  return { wholeMs: before.ms + ran.ms, runMs: ran.ms };
}

function done<T>(result: Result<T, Refusal>): T {
  if (!result.ok) throw new Error(`the import was refused: ${result.error.detail}`);
  return result.value;
}

/** COPY of the rows that the import made, in one transaction, into tables of the same shape with the same indexes and constraints. */
async function bareCopy(server: Scratch, database: string): Promise<number> {
  const rows: { readonly table: string; readonly columns: string[]; readonly text: string }[] = [];
  for (const table of TABLES) {
    const file = join(server.dataFolder, `${table}.copy`);
    await server.run(`create table bare_${table} (like ${table} including all); copy ${table} to '${file}'`, database);
    const { rows: columns } = await server.run(
      `select attname from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped order by attnum`,
      database,
    );
    rows.push({
      table: `bare_${table}`,
      columns: (columns as { attname: string }[]).map(({ attname }) => attname),
      text: readFileSync(file, "utf8"),
    });
  }
  await server.run(
    "alter table bare_allocation add foreign key (payment_id) references bare_payment, add foreign key (invoice_id) references bare_invoice",
    database,
  );
  const store = openStore({ ...server.connection, database });
  await server.run("checkpoint");
  const { ms } = await timed(() =>
    bulkTransactions(store.pool)(async (_tx, copyInto) => {
      for (const { text, ...target } of rows) if (text !== "") await copyInto(target, text);
    }),
  );
  await store.close();
  return ms;
}

/** What an accounting system exports: number, customer, days, amount and, where asked, what is paid. */
function csvOf({ hasPaid }: File): Uint8Array {
  const first = Temporal.PlainDate.from("2025-01-01");
  const lines = [
    "Invoice number,Customer name,Invoice date,Due date,Amount,Currency" + (hasPaid ? ",Paid amount" : ""),
  ];
  for (let row = 1; row <= ROWS; row++) {
    const issued = first.add({ days: Math.floor(row / 200) });
    const amount = `${1_000 + ((row * 7_919) % 90_000)}.${`${row % 100}`.padStart(2, "0")}`;
    const customer = 1 + ((row * 104_729) % CUSTOMERS);
    const paid = hasPaid ? `,${row % 10 < 7 ? amount : "0.00"}` : "";
    lines.push(
      `INV-${100_000 + row},Customer ${customer},${issued.toString()},${issued.add({ days: 30 }).toString()},${amount},EUR${paid}`,
    );
  }
  return new TextEncoder().encode(lines.join("\n"));
}
