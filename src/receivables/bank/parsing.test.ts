/** What any bank's file may throw at the parsers: round trips of generated files, and damage that must end in a reason, never in a crash. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type BankEntry, type BankStatement, XML_DEPTH_MAX } from "./contract-statement.ts";
import { readBankFile } from "./read-bank-file.ts";
import { type BgDeposit, bgMax, camt } from "./testing-bank.ts";

const digits = (length: number) => fc.stringMatching(new RegExp(`^[1-9][0-9]{0,${length - 1}}$`));
const payment = fc.record({
  minor: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  reference: digits(20),
  name: fc.constantFrom("Kalles Plåt AB", "Olles färg AB", "Å Ä Ö"),
  bankgiro: digits(8),
  extra: fc.array(fc.record({ reference: digits(15), minor: fc.bigInt({ min: 0n, max: 10n ** 9n }) }), {
    maxLength: 3,
  }),
});
const deposit: fc.Arbitrary<BgDeposit> = fc.record({
  currency: fc.constantFrom("SEK", "EUR"),
  number: fc.stringMatching(/^\d{5}$/),
  day: fc.constantFrom("20240229", "20251231", "20261116"),
  payments: fc.array(payment, { minLength: 1, maxLength: 5 }),
});

test("BgMax: what was written is what is read, to the last öre", () => {
  fc.assert(
    fc.property(fc.array(deposit, { maxLength: 4 }), fc.constantFrom("\r\n", "\n"), (deposits, lineEnd) => {
      const file = readBankFile(bgMax(deposits, lineEnd));
      assert.ok(file.ok, file.ok ? "" : (file.error[0]?.message ?? ""));
      assert.deepEqual(
        file.value.statements.map((one) => [one.currency, one.entries.map(({ amountMinor }) => amountMinor)]),
        deposits.map((one) => [one.currency, one.payments.map(({ minor }) => minor)]),
      );
      for (const [at, one] of deposits.entries())
        for (const [index, paid] of one.payments.entries()) {
          const entry: BankEntry | undefined = file.value.statements[at]?.entries[index];
          assert.equal(entry?.references[0]?.value, paid.reference);
          assert.deepEqual([entry?.counterparty.name, entry?.counterparty.account], [paid.name, `BG${paid.bankgiro}`]);
        }
    }),
    { numRuns: 150 },
  );
});

test("BgMax: a line more or less, or one digit changed in an amount, is refused", () => {
  const bytes = bgMax([{ payments: [{ minor: 100n }, { minor: 250n, extra: [{ reference: "77", minor: 0n }] }] }]);
  const lines = new TextDecoder("latin1").decode(bytes).split("\r\n");
  const refused = (changed: readonly string[]): boolean =>
    !readBankFile(Buffer.from(changed.join("\r\n"), "latin1")).ok;
  for (const at of lines.keys()) {
    assert.ok(refused(lines.toSpliced(at, 1)), `without line ${at + 1}`);
    assert.ok(refused(lines.toSpliced(at, 0, lines[at] ?? "")), `line ${at + 1} twice`);
  }
  const inAmount = lines.map((line) => (line.startsWith("20") ? `${line.slice(0, 54)}9${line.slice(55)}` : line));
  assert.ok(refused(inAmount));
});

type BaiEntry = { readonly type: string; readonly minor: bigint; readonly text: string };
function bai2(accounts: readonly { readonly opening: bigint; readonly entries: readonly BaiEntry[] }[]): Uint8Array {
  const lines: string[] = ["01,BANK,US,261116,0800,1,,,2/", "02,US,BANK,1,261116,,USD,/"];
  let total = 0n;
  for (const [at, { opening, entries }] of accounts.entries()) {
    const closing = entries.reduce((sum, { type, minor }) => sum + (type === "195" ? minor : -minor), opening);
    lines.push(`03,10000000${at},USD,010,${opening},,,015,${closing},,/`);
    const first = lines.length;
    for (const one of entries)
      lines.push(`16,${one.type},${one.minor},V,261115,,REF${first},,${one.text}`, "88,more/ of, it");
    const control = entries.reduce((sum, { minor }) => sum + minor, opening + closing);
    lines.push(`49,${control},${entries.length * 2 + 2}/`);
    total += control;
  }
  lines.push(`98,${total},${accounts.length},${lines.length}/`, `99,${total},1,${lines.length + 2}/`);
  return new TextEncoder().encode(lines.join("\n"));
}

test("BAI2: what was written is what is read; sums and counts tie", () => {
  const entry = fc.record({
    type: fc.constantFrom("195", "495"),
    minor: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    text: fc.stringMatching(/^[A-Z][A-Z ,:-]{0,30}$/),
  });
  const account = fc.record({
    opening: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    entries: fc.array(entry, { maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(account, { minLength: 1, maxLength: 4 }), (accounts) => {
      const file = readBankFile(bai2(accounts));
      assert.ok(file.ok, file.ok ? "" : (file.error[0]?.message ?? ""));
      for (const [at, one] of accounts.entries()) {
        const statement: BankStatement | undefined = file.value.statements[at];
        assert.equal(statement?.tie.kind, "ties");
        assert.deepEqual(
          statement?.entries.map(({ amountMinor }) => amountMinor),
          one.entries.map(({ type, minor }) => (type === "195" ? minor : -minor)),
        );
      }
    }),
    { numRuns: 150 },
  );
});

test("camt: entries tie for any amounts, and a digit changed in one is told to the öre", () => {
  const amounts = fc.array(fc.record({ minor: fc.integer({ min: 1, max: 99_999_999 }), out: fc.boolean() }), {
    minLength: 1,
    maxLength: 20,
  });
  const text = (minor: number): string => `${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 5_000 }), (list, off) => {
      const sum = list.reduce((total, { minor, out }) => total + (out ? -minor : minor), 0);
      const base = 10_000_000_000;
      const made = (closing: number) =>
        readBankFile(
          camt(
            "053",
            list.map(({ minor, out }) => ({ amount: text(minor), out })),
            { opening: text(base), closing: text(closing) },
          ),
        );
      const whole = made(base + sum);
      const wrong = made(base + sum + off);
      assert.ok(whole.ok && wrong.ok);
      assert.deepEqual(whole.value.statements[0]?.tie, { kind: "ties" });
      assert.deepEqual(wrong.value.statements[0]?.tie, { kind: "differs", differenceMinor: BigInt(off) });
    }),
    { numRuns: 60 },
  );
});

const SAMPLES = join(import.meta.dirname, "../../../../shared/collections/data/payments");
const skip = existsSync(SAMPLES) ? false : `the sample files are not beside this clone (${SAMPLES})`;

test(
  "no damage crashes a parser: bytes changed, cut or doubled end in statements or in faults with a fix",
  { skip },
  () => {
    const files = globSync("{camt,bgmax,mt940,bai2,sie}/*", { cwd: SAMPLES }).map((name) =>
      readFileSync(join(SAMPLES, name)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
          maxLength: 8,
        }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (file, changes, cut) => {
          const bytes = Buffer.from(file);
          for (const [where, byte] of changes) bytes[Math.floor(where * (bytes.length - 1))] = byte;
          for (const one of [bytes, bytes.subarray(0, Math.floor(cut * bytes.length)), Buffer.concat([bytes, bytes])]) {
            const read = readBankFile(one);
            if (!read.ok)
              assert.ok(read.error.length > 0 && read.error.every(({ fix, message }) => fix !== "" && message !== ""));
          }
        },
      ),
      { numRuns: 400 },
    );
  },
);

test("any bytes at all are answered", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom("", "<Document>", ":20:", "01,", "01BGMAX", "#FLAGGA 0\n"),
      (bytes, head) => {
        readBankFile(Buffer.concat([Buffer.from(head), bytes]));
      },
    ),
    { numRuns: 500 },
  );
});

const codeOf = (text: string): string | undefined => {
  const read = readBankFile(new TextEncoder().encode(text));
  return read.ok ? undefined : read.error[0]?.code;
};
test("XML: entities are not expanded, depth is limited, a cut file is named with its line", () => {
  const bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><Document>&c;</Document>';
  assert.equal(codeOf(bomb), "xml-doctype");
  assert.equal(codeOf("<a>".repeat(XML_DEPTH_MAX + 5)), "xml-too-deep");
  assert.equal(codeOf("<Document>\n<BkToCstmrStmt>\n<Stmt>"), "xml-broken");
  assert.equal(codeOf("<html><title>Sign in</title></html>"), "web-page");
  assert.equal(codeOf("Invoice;Amount\n1;2"), "not-a-bank-file");
  assert.equal(codeOf(""), "file-empty");
});

test("an amount finer than its currency is refused, one with zeros behind is exact", () => {
  const readOne = (amount: string) => readBankFile(camt("053", [{ amount }]));
  const exact = readOne("18.15000");
  assert.ok(exact.ok);
  assert.equal(exact.value.statements[0]?.entries[0]?.amountMinor, 1_815n);
  const fine = readOne("18.155");
  assert.ok(!fine.ok && fine.error[0]?.code === "amount-unreadable" && fine.error[0].path?.endsWith("Ntry/Amt"));
});
