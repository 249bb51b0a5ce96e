import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import { bankFileJson, type BankCommit } from "./contract-bank.ts";
import { bankFileWire } from "./http-bank.ts";
import { bankFreshness, commitBankFile, discardBankFile, previewBankFile, receiveBankFile } from "./service-bank.ts";
import { assignEntry, setEntryAside, suggestFor, takeEntryAnyway } from "./service-bank-entry.ts";
import { findFile } from "./store-bank.ts";
import { listEntries } from "./store-bank-entry.ts";
import { bankDesk, bgMax, camt, OWN_IBAN } from "./testing-bank.ts";

const SOLVIK = "3d5e9f0a-1111-4222-8333-444455556666";
const HAVSO = "3d5e9f0a-1111-4222-8333-444455556667";
const NORDAN = "3d5e9f0a-1111-4222-8333-444455556668";
const store = await testStore();
const { deps, invoices } = bankDesk(store, [
  { id: SOLVIK, name: "Solvik Energi AB" },
  { id: HAVSO, name: "Havsö Logistik AB" },
  { id: NORDAN, name: "Nordan Bygg AB" },
]);
const by = { actor: deps.actor, now: deps.clock.now() };

async function upload(bytes: Uint8Array, fileName = "bank.xml"): Promise<string> {
  const made = await store.inTransaction((tx) => receiveBankFile(tx, { fileName, bytes }, { ...by, deps }));
  assert.ok(made.ok, made.ok ? "" : made.error.detail);
  return made.value.bank_file_id;
}
const commit = (id: string, options: Partial<BankCommit> = {}) =>
  store.inTransaction((tx) => commitBankFile(tx, id, { byName: "take", ...options, ...by, deps }));
async function take(bytes: Uint8Array, options: Partial<BankCommit> & { readonly fileName?: string } = {}) {
  const id = await upload(bytes, options.fileName);
  const done = await commit(id, options);
  assert.ok(done.ok, done.ok ? "" : `${done.error.code}: ${done.error.detail}`);
  return entriesOf(id);
}
const entriesOf = (bankFileId: string) => listEntries(store.db, { bankFileId, limit: 500 });
const told = (rows: Awaited<ReturnType<typeof entriesOf>>) =>
  rows.map((one) => `${one.amount_minor} ${one.state}${one.matched_by === null ? "" : ` by ${one.matched_by}`}`);
async function openOf(id: string): Promise<string[]> {
  const rows = await deps.openReceivables(store.db, Temporal.PlainDate.from("2026-12-31"), [id as CustomerId]);
  return rows.map((one) => `${one.outstandingMinor} open, ${one.unappliedMinor} unapplied`);
}
const idOf = (rows: Awaited<ReturnType<typeof entriesOf>>, at = 0) => rows[at]?.entry_id ?? 0n;

test("PF-07: a file is previewed, taken in once, and a second time changes nothing", async () => {
  await invoices([["A100", SOLVIK, "2026-01-31", "1000.00", "SEK", "1000082"]]);
  const bytes = camt("053", [{ amount: "1000.00", id: "P1", details: [{ reference: "1000082" }] }], {
    opening: "50.00",
    closing: "1050.00",
  });
  const id = await upload(bytes);
  const record = await findFile(store.db, id);
  assert.ok(record);
  const draft = await previewBankFile(store.db, record, deps);
  assert.deepEqual(
    draft?.plan.map(({ state, by: why, what }) => [state, why, what]),
    [["recorded", "reference", "1000082"]],
  );
  assert.deepEqual(await openOf(SOLVIK), ["100000 open, 0 unapplied"], "a preview changes nothing");
  assert.ok((await commit(id)).ok);
  assert.deepEqual(await openOf(SOLVIK), []);
  assert.equal(await upload(bytes, "again.xml"), id);
  assert.ok((await commit(id)).ok);
  assert.deepEqual(told(await entriesOf(id)), ["100000 recorded by reference"]);
  const after = await findFile(store.db, id);
  assert.ok(after);
  const wire = bankFileJson.parse(await bankFileWire(store.db, after, deps));
  assert.equal(wire.statements[0]?.tie, "ties");
});

test("the same money in an advice and then in the statement is one; the statement confirms it", async () => {
  await invoices([
    ["B1", SOLVIK, "2026-02-28", "70.00", "SEK"],
    ["B2", HAVSO, "2026-02-28", "30.00", "SEK"],
  ]);
  const details = [
    { amount: "70.00", reference: "B1", name: "Solvik" },
    { amount: "30.00", reference: "B2" },
  ];
  const advice = await take(camt("054", [{ amount: "100.00", id: "BATCH-1", details }]));
  assert.deepEqual(told(advice), ["7000 recorded by reference", "3000 recorded by reference"]);
  const intraday = await take(camt("052", [{ amount: "100.00", id: "BATCH-1", details }], { id: "R1" }));
  assert.deepEqual(told(intraday), ["7000 shown", "3000 shown"]);
  // The statement has the batch as one sum, without details, and something new.
  const statement = await take(
    camt(
      "053",
      [
        { amount: "100.00", id: "BATCH-1" },
        { amount: "5.00", out: true, id: "FEE" },
      ],
      { opening: "0.00", closing: "95.00" },
    ),
  );
  assert.deepEqual(told(statement), ["10000 known", "-500 outgoing"]);
  assert.equal(statement[0]?.equals_id, advice[0]?.entry_id);
  const confirmed = await listEntries(store.db, { bankFileId: advice[0]?.bank_file_id, limit: 1 });
  assert.equal(confirmed[0]?.statement_id, statement[0]?.entry_id);
  // An overlapping statement of two days has the same entries again, now with their details.
  const overlap = await take(
    camt(
      "053",
      [
        { amount: "100.00", id: "BATCH-1", details },
        { amount: "5.00", out: true, id: "FEE" },
      ],
      { id: "S2" },
    ),
  );
  assert.deepEqual(told(overlap), ["7000 known", "3000 known", "-500 known"]);
  assert.deepEqual([await openOf(SOLVIK), await openOf(HAVSO)], [[], []]);
});

test("two equal payments without an id stay two, and an overlapping file brings no third", async () => {
  await invoices([["C1", NORDAN, "2026-02-28", "500.00", "SEK"]]);
  const twice = { amount: "10.00", details: [{ text: "lunch", name: "Nordan Bygg AB" }] };
  assert.deepEqual(told(await take(camt("053", [twice, twice]))), ["1000 recorded by name", "1000 recorded by name"]);
  assert.deepEqual(told(await take(camt("053", [twice, twice], { id: "S3" }))), ["1000 known", "1000 known"]);
  const one = await take(camt("053", [twice, twice, twice], { id: "S4" }));
  assert.deepEqual(told(one), ["1000 known", "1000 known", "1000 recorded by name"]);
  assert.deepEqual(await openOf(NORDAN), ["47000 open, 0 unapplied"]);
});

test("nobody is guessed: what nobody knows waits, a person says whose it is, and the next file knows the payer", async () => {
  await invoices([
    ["D1", HAVSO, "2026-03-31", "250.00", "SEK"],
    ["D2", HAVSO, "2026-04-30", "250.00", "SEK"],
  ]);
  const from = (id: string) => ({
    amount: "250.00",
    id,
    details: [{ name: "HAVSO KONCERN", account: "SE7280000810340009783242" }],
  });
  const first = await take(camt("053", [from("W1")]));
  assert.deepEqual(told(first), ["25000 waiting"]);
  const hints = await suggestFor(store.db, first[0] as never, deps);
  assert.deepEqual(
    hints.map(({ customerId, why }) => [customerId, why]),
    [[HAVSO, "amount"]],
  );
  const assigned = await store.inTransaction((tx) =>
    assignEntry(tx, idOf(first), { customerId: HAVSO as CustomerId, invoices: ["D2"], learn: true, ...by, deps }),
  );
  assert.ok(assigned.ok);
  assert.deepEqual([assigned.value.state, assigned.value.matched_by], ["recorded", "person"]);
  assert.deepEqual(await openOf(HAVSO), ["25000 open, 0 unapplied"]);
  const again = await store.inTransaction((tx) =>
    assignEntry(tx, idOf(first), { customerId: NORDAN as CustomerId, invoices: [], learn: true, ...by, deps }),
  );
  assert.ok(!again.ok && again.error.code === "entry-not-waiting");
  assert.deepEqual(told(await take(camt("053", [from("W2")], { id: "S5" }))), ["25000 recorded by payer-account"]);
  assert.deepEqual(await openOf(HAVSO), []);
});

test("one invoice number at two customers decides nothing, unless the open amount does", async () => {
  await invoices([["77001", SOLVIK, "2026-03-31", "10.00", "SEK"]], "one");
  await invoices([["77001", NORDAN, "2026-03-31", "20.00", "SEK"]], "two");
  const rows = await take(
    camt("053", [
      { amount: "15.00", id: "X1", details: [{ reference: "77001" }] },
      { amount: "20.00", id: "X2", details: [{ text: "betalar 77001 tack" }] },
    ]),
  );
  assert.deepEqual(told(rows), ["1500 waiting", "2000 recorded by text"]);
  assert.equal(rows[1]?.customer_id, NORDAN);
});

test("a reversal takes back the money it reverses, from the same file or an earlier one", async () => {
  await invoices([
    ["E1", SOLVIK, "2026-03-31", "400.00", "SEK"],
    ["E2", SOLVIK, "2026-03-31", "60.00", "SEK"],
  ]);
  const before = await openOf(SOLVIK);
  const paid = { amount: "400.00", id: "E-1", details: [{ reference: "E1", name: "Solvik" }] };
  await take(camt("053", [paid]));
  const back = await take(
    camt(
      "053",
      [
        { amount: "60.00", id: "E-2", details: [{ reference: "E2" }] },
        { amount: "60.00", id: "E-3", out: true, reversal: true, details: [{ reference: "E2" }] },
        { ...paid, id: "E-9", out: true, reversal: true },
        { amount: "31.00", id: "E-4", out: true, reversal: true },
      ],
      { id: "S6" },
    ),
  );
  assert.deepEqual(told(back), [
    "6000 recorded by reference",
    "-6000 recorded by reversal",
    "-40000 recorded by reversal",
    "-3100 waiting",
  ]);
  assert.deepEqual(await openOf(SOLVIK), before);
  const nothing = await store.inTransaction((tx) =>
    assignEntry(tx, idOf(back, 3), { customerId: SOLVIK as CustomerId, invoices: [], learn: true, ...by, deps }),
  );
  assert.ok(!nothing.ok && nothing.error.code === "nothing-to-reverse");
});

test("a giro's deposit and its lump sum on the account are one money, whichever file comes first", async () => {
  await invoices([
    ["F1", SOLVIK, "2026-03-31", "11.00", "SEK", "F1"],
    ["F2", HAVSO, "2026-03-31", "22.00", "SEK", "F2"],
  ]);
  const payments = [
    { reference: "F1", minor: 1_100n, bankgiro: "3783511" },
    { reference: "F2", minor: 2_200n },
  ];
  assert.deepEqual(told(await take(bgMax([{ payments }]), { fileName: "bgmax.txt" })), [
    "1100 recorded by reference",
    "2200 recorded by reference",
  ]);
  assert.deepEqual(told(await take(camt("053", [{ amount: "33.00", id: "BGMAX-1" }], { id: "S7" }))), ["3300 known"]);
  const lump = await take(camt("053", [{ amount: "44.00", id: "BGMAX-2" }], { id: "S8" }));
  assert.deepEqual(told(lump), ["4400 waiting"]);
  const details = bgMax([{ number: "00002", payments: [{ minor: 4_400n, name: "Solvik Energi AB" }] }]);
  assert.deepEqual(told(await take(details)), ["4400 recorded by name"]);
  assert.deepEqual(told(await entriesOf(lump[0]?.bank_file_id ?? "")), ["4400 known"]);
});

test("BgMax: a payment with an amount for each reference is split between customers; without amounts by open balance", async () => {
  await invoices([
    ["90011", SOLVIK, "2026-05-31", "100.00", "SEK"],
    ["90012", HAVSO, "2026-05-31", "50.00", "SEK"],
    ["90013", NORDAN, "2026-05-31", "40.00", "SEK"],
    ["90014", NORDAN, "2026-05-31", "60.00", "SEK"],
  ]);
  const rows = await take(
    bgMax([
      {
        number: "00003",
        payments: [
          {
            minor: 15_000n,
            extra: [
              { reference: "90011", minor: 10_000n },
              { reference: "90012", minor: 5_000n },
            ],
          },
          {
            minor: 7_000n,
            extra: [
              { reference: "90014", minor: 0n },
              { reference: "90013", minor: 0n },
            ],
          },
        ],
      },
    ]),
  );
  assert.deepEqual(told(rows), ["15000 recorded by reference", "7000 recorded by reference"]);
  assert.deepEqual(
    rows[0]?.payments.map(({ customerId, amountMinor }) => [customerId, amountMinor]),
    [
      [SOLVIK, "10000"],
      [HAVSO, "5000"],
    ],
  );
  const open = await store.db
    .withTables<{ invoice: { number: string; amount_minor: bigint; paid_minor: bigint } }>()
    .selectFrom("invoice")
    .select(["number", "amount_minor", "paid_minor"])
    .where("number", "in", ["90013", "90014"])
    .orderBy("number")
    .execute();
  assert.deepEqual(
    open.map((one) => one.amount_minor - one.paid_minor),
    [3_000n, 0n],
    "in the order in which the payer named them",
  );
});

test("a statement that does not add up goes in only if a person says so, and can be taken later", async () => {
  const bytes = camt("053", [{ amount: "12.00", id: "G1" }], { opening: "0.00", closing: "13.00" });
  const id = await upload(bytes);
  const asked = await commit(id);
  assert.ok(!asked.ok && asked.error.code === "balance-differs");
  assert.ok((await commit(id, { differing: "leave" })).ok);
  const left = await findFile(store.db, id);
  assert.deepEqual([left?.state, (await entriesOf(id)).length], ["partly", 0]);
  assert.ok((await commit(id, { differing: "take" })).ok);
  const taken = await findFile(store.db, id);
  assert.deepEqual([taken?.state, told(await entriesOf(id))], ["committed", ["1200 waiting"]]);
});

test("pending money is shown and never taken; by name it can be left for a person", async () => {
  const pending = { amount: "1.00", pending: true, details: [{ name: "Solvik Energi AB" }] };
  const named = { amount: "2.00", id: "H2", details: [{ name: "Solvik Energi AB" }] };
  assert.deepEqual(told(await take(camt("053", [pending, named]), { byName: "wait" })), ["100 shown", "200 waiting"]);
});

test("two commits at once take the money once", async () => {
  await invoices([["K1", NORDAN, "2026-06-30", "88.00", "SEK"]]);
  const before = await openOf(NORDAN);
  const entry = { amount: "88.00", id: "K-1", details: [{ reference: "K1" }] };
  const ids = await Promise.all([upload(camt("053", [entry], { id: "S9" })), upload(camt("054", [entry]))]);
  const done = await Promise.all([...ids, ...ids].map((id) => commit(id)));
  assert.ok(done.every((one) => one.ok));
  const states = (await Promise.all(ids.map(entriesOf)))
    .flat()
    .map(({ state }) => state)
    .sort();
  assert.deepEqual(states, ["known", "recorded"]);
  assert.notDeepEqual(await openOf(NORDAN), before);
});

test("what was recognised as known can be kept apart, what is no customer's set aside; both with a reason in the log", async () => {
  const one = { amount: "3.00", details: [{ text: "swish", name: "Okänd" }] };
  await take(camt("053", [one], { id: "S10" }));
  const known = await take(camt("053", [one], { id: "S11" }));
  assert.deepEqual(told(known), ["300 known"]);
  const apart = await store.inTransaction((tx) =>
    takeEntryAnyway(tx, idOf(known), { reason: "two guests paid the same", ...by }),
  );
  assert.ok(apart.ok && apart.value.state === "waiting");
  const aside = await store.inTransaction((tx) =>
    setEntryAside(tx, idOf(known), { reason: "interest of the bank", ...by }),
  );
  assert.ok(aside.ok && aside.value.state === "set-aside");
  const events = await readEvents(store.db, { limit: 1_000 });
  const types = new Set(events.map(({ type }) => type));
  for (const type of [
    "bank-file-received",
    "bank-file-committed",
    "bank-entry-assigned",
    "bank-entry-set-aside",
    "bank-entry-kept-apart",
  ])
    assert.ok(types.has(`receivables.${type}`), type);
});

test("a file that cannot be read is kept as refused with its faults, and may come again corrected", async () => {
  const id = await upload(
    new TextEncoder().encode("<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>"),
    "cut.xml",
  );
  const record = await findFile(store.db, id);
  assert.deepEqual([record?.state, record?.faults?.[0]?.code], ["refused", "no-statement"]);
  const done = await commit(id);
  assert.ok(!done.ok && done.error.code === "bank-file-not-open");
});

test("a draft can be thrown away and brought again", async () => {
  const bytes = camt("053", [{ amount: "4.00", id: "N1" }], { id: "S12" });
  const id = await upload(bytes);
  const gone = await store.inTransaction((tx) => discardBankFile(tx, id, by));
  assert.ok(gone.ok);
  assert.equal(await upload(bytes), id);
  assert.equal((await findFile(store.db, id))?.state, "draft");
});

test("SIE is compared with the ledger and brings no items", async () => {
  const sie =
    '#FLAGGA 0\n#SIETYP 4\n#FNAMN "Vi AB"\n#RAR 0 20260101 20261231\n#UB 0 1510 100.00\n#VER A 1 20260301 "F"\n{\n#TRANS 1510 {} 100.00\n#TRANS 3010 {} -99.00\n}\n';
  const id = await upload(new TextEncoder().encode(sie), "bok.se");
  const record = await findFile(store.db, id);
  assert.equal(record?.state, "checked");
  assert.deepEqual(record?.ledger_check?.closing, { minor: "10000", currency: "SEK" });
  assert.deepEqual(
    record?.ledger_check?.unbalanced.map(({ difference }) => difference.minor),
    ["100"],
  );
  const ledger = BigInt(record?.ledger_check?.ledger.minor ?? 0);
  assert.equal(record?.ledger_check?.difference?.minor, (10_000n - ledger).toString());
});

test("own accounts are known with their last file", async () => {
  const rows = await bankFreshness(store.db);
  assert.deepEqual(rows.map(({ account, currency }) => `${account} ${currency}`).sort(), [
    "9912346 SEK",
    `${OWN_IBAN} SEK`,
  ]);
  assert.ok(rows.every(({ coversTo }) => coversTo?.toString() === "2026-11-16"));
});

test("invoices of customers for whom one pays are that one's payment", async () => {
  await invoices([
    ["R1", HAVSO, "2026-07-31", "10.00", "SEK"],
    ["R2", NORDAN, "2026-07-31", "20.00", "SEK"],
  ]);
  const entry = (id: string) => ({ amount: "30.00", id, details: [{ reference: "R1", endToEnd: "R2" }] });
  assert.deepEqual(told(await take(camt("053", [entry("R-1")], { id: "S14" }))), ["3000 waiting"]);
  for (const id of [HAVSO, NORDAN])
    await sql`insert into payer_link (link_id, customer_id, payer_id, from_day, reason, set_by, set_at)
      values (${deps.newId()}, ${id}, ${SOLVIK}, '2026-01-01', 'group', 'test', now())`.execute(store.db);
  await sql`update invoice set payment_reference = '5551119' where number = 'R1'`.execute(store.db);
  const byOcr = { amount: "1.00", id: "R-3", details: [{ reference: "5551119" }] };
  assert.deepEqual(told(await take(camt("053", [byOcr], { id: "S16" }))), ["100 recorded by reference"]);
  const rows = await take(camt("053", [entry("R-2")], { id: "S15" }));
  assert.deepEqual([told(rows), rows[0]?.customer_id], [["3000 recorded by reference"], SOLVIK]);
});
