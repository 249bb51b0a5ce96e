import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { csvReader } from "../../receivables/csv.ts";
import { allocateMoney } from "../../receivables/decide-allocation.ts";
import { simulateFiles } from "../simulation/commands.ts";
import { type EvaluateDeps, evaluateFiles } from "./commands.ts";

const folder = mkdtempSync(join(tmpdir(), "surety-evaluate-"));
after(() => rmSync(folder, { recursive: true }));
const POLICY = `format: surety/collections-policy/1
id: plain
name: { en: Plain }
law: SE
calendar: { timeZone: Europe/Stockholm, holidays: SE, dueDateOnDayOff: stays, onBusinessDaysOnly: false }
steps:
  - { id: first, name: { en: First }, daysPastDue: 7, tell: [{ channel: mail, letter: reminder }], noticeDays: 7 }
  - { id: second, name: { en: Second }, daysPastDue: 14, tell: [{ channel: mail, letter: reminder }], noticeDays: 7, effects: [freeze-purchases] }
  - { id: stop, name: { en: Stop }, daysPastDue: 30, effects: [suspend-seats], approve: one }
`;
const CSV = `type,customer,invoice,amount,currency,issued,due,day,invoices,id,reverses,kind,from,until
invoice,acme,1001,100.00,SEK,2025-12-02,2026-01-01,,,,,,,
invoice,acme,1002,50.00,SEK,2025-12-20,2026-01-19,,,,,,,
payment,acme,,120.00,SEK,,,2026-01-20,,p1,,,,
payment,acme,,-120.00,SEK,,,2026-01-25,,p2,p1,,,
invoice,bolt,2001,80.00,SEK,2025-12-02,2026-01-01,,,,,,,
hold,bolt,,,,,,,,,,manual,2026-01-05,2026-02-01
`;
const JSONL = `{"type":"invoice","customer":"acme","invoice":"1001","amount":"100.00","currency":"SEK","issued":"2025-12-02","due":"2026-01-01"}
{"type":"invoice","customer":"acme","invoice":"1002","amount":"50.00","currency":"SEK","issued":"2025-12-20","due":"2026-01-19"}
{"type":"payment","customer":"acme","id":"p1","amount":"120.00","currency":"SEK","day":"2026-01-20"}

{"type":"payment","customer":"acme","id":"p2","amount":"-120.00","currency":"SEK","day":"2026-01-25","reverses":"p1"}
{"type":"invoice","customer":"bolt","invoice":"2001","amount":"80.00","currency":"SEK","issued":"2025-12-02","due":"2026-01-01"}
{"type":"hold","customer":"bolt","kind":"manual","from":"2026-01-05","until":"2026-02-01"}
`;
const EXPECTED = [
  "2026-01-08 acme step clear → first; tell first",
  "2026-01-15 acme step first → second; tell second; do freeze-purchases",
  "2026-01-20 acme step second → clear; lift freeze-purchases",
  "2026-01-25 acme step clear → second; do freeze-purchases",
  "2026-01-31 acme step second → stop; do suspend-seats",
  "2026-01-08 bolt step clear → first",
  "2026-01-15 bolt step first → second",
  "2026-01-31 bolt step second → stop",
  "2026-02-01 bolt tell first; do freeze-purchases",
  "2026-02-08 bolt tell second",
  "2026-02-15 bolt do suspend-seats",
];

type Ran = { readonly code: number; readonly out: string; readonly said: string };
async function run(
  files: { readonly ledger: string; readonly policy?: string; readonly piped?: boolean },
  more: object = {},
): Promise<Ran> {
  let [out, said] = ["", ""];
  const policy = join(folder, "policy.yaml");
  const ledger = join(folder, "ledger");
  writeFileSync(policy, files.policy ?? POLICY);
  writeFileSync(ledger, files.ledger);
  const deps: EvaluateDeps = {
    allocate: allocateMoney,
    csv: csvReader,
    // Cut anywhere, in the middle of letters too.
    stdin: (async function* () {
      const bytes = new TextEncoder().encode(files.ledger);
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    })(),
    write: (text) => void (out += text),
    complain: (text) => void (said += `${text}\n`),
  };
  const options = {
    ledger: files.piped === true ? "-" : ledger,
    policy,
    from: "2026-01-01",
    to: "2026-02-28",
    format: "surety",
    notices: "assume-sent",
    effects: "assume-done",
    json: false,
    ...more,
  };
  const code = await evaluateFiles(options, deps);
  return { code, out, said: said.replaceAll(folder, "") };
}
const short = (out: string): readonly string[] =>
  out.trim().split("\n").map((line) => line.replace(/^(\S+)\s+(\S+)\s+\d*\s+(?:\S+ SEK)?\s*/, "$1 $2 ").replace(/ \(mail\)/g, "")); // prettier-ignore

for (const [name, ledger] of [
  ["CSV", CSV],
  ["JSON lines", JSONL],
  ["CSV with semicolons", CSV.replaceAll(",", ";")],
] as const)
  // prettier-ignore
  for (const piped of [false, true])
    test(`${name}${piped ? " from a pipe" : ""}: what happens on which day`, async () => {
      const { code, out, said } = await run({ ledger, piped });
      assert.deepEqual([code, said], [0, ""]);
      assert.deepEqual(short(out), EXPECTED);
    });

test("--json prints one value: every day of every account, with what was asked and found", async () => {
  const { out } = await run({ ledger: CSV }, { json: true, to: "2026-01-15" });
  type Day = {
    day: string;
    account: string;
    step: string | null;
    steps: { step: string; because: { found: string }[] }[];
    effects: { kind: string }[];
  };
  const value = JSON.parse(out) as { format: string; days: Day[] };
  assert.equal(value.format, "surety/evaluation/1");
  assert.equal(value.days.length, 30);
  const last = value.days.find(({ day, account }) => day === "2026-01-15" && account === "acme");
  assert.equal(last?.step, "second");
  assert.equal(last.steps[1]?.because[0]?.found, "14");
  assert.deepEqual(
    last.effects.map(({ kind }) => kind),
    ["freeze-purchases"],
  );
});

test("--notices from-file: what nobody sent does not count, so nothing on access happens", async () => {
  const { out } = await run({ ledger: CSV }, { notices: "from-file" });
  assert.ok(!out.includes("do suspend-seats"));
  const told = `${CSV.split("\n")[0]},step,channel,sent\n${CSV.trim().split("\n").slice(1).map((line) => `${line},,,`).join("\n")}
notice,acme,,,,,,,1001,,,,,,first,mail,2026-01-08
notice,acme,,,,,,,1001,,,,,,second,mail,2026-01-15
`; // prettier-ignore
  assert.ok((await run({ ledger: told }, { notices: "from-file" })).out.includes("do suspend-seats"));
});

const HEAD = "type,customer,invoice,amount,currency,issued,due\n";
for (const [says, ledger, expected] of [
  [
    "a day that is none",
    `${HEAD}invoice,a,1,10,SEK,2026-01-01,2026-02-30\n`,
    '/ledger:2:7: due is "2026-02-30": "2026-02-30" is not a day in the calendar',
  ],
  [
    "a missing cell",
    `${HEAD}invoice,a,1,,SEK,2026-01-01,2026-02-01\n`,
    "/ledger:2:4: amount: is missing: a row of type invoice needs it",
  ],
  [
    "an unknown type",
    `${HEAD}bill,a,1,10,SEK,2026-01-01,2026-02-01\n`,
    '/ledger:2:1: type is "bill": must be one of customer, invoice',
  ],
  [
    "a misspelt column",
    "type,customer,invoice,amount,currency,issued,due,dueday\ninvoice,a,1,10,SEK,2026-01-01,2026-02-01,x\n",
    '/ledger:2:8: dueday is "x": is not a column of invoice rows',
  ],
  [
    "too many decimals",
    `${HEAD}invoice,a,1,10.001,SEK,2026-01-01,2026-02-01\n`,
    '/ledger:2:4: amount is "10.001": SEK has 2 decimals',
  ],
  ["more cells than columns", `${HEAD}invoice,a,1,10,SEK,2026-01-01,2026-02-01,x\n`, "8 cells under 7 columns"],
  ["broken JSON", '{"type":"invoice"\n', "/ledger:1:"],
  ["a truth where a text belongs", '{"type":"invoice","amount":true}\n', "must be text"],
  ["an empty file", "", "the file has no rows"],
  [
    "money out of nowhere",
    "type,customer,amount,currency,day\npayment,a,-10,SEK,2026-01-01\n",
    "names the payment it takes back",
  ],
] as const)
  // prettier-ignore
  test(`refused with its place: ${says}`, async () => {
    const { code, out, said } = await run({ ledger });
    assert.deepEqual([code, out], [2, ""]);
    assert.ok(said.includes(expected), said);
  });
test("refused: a policy with a fault, a day that is none, a file that is not there", async () => {
  assert.match(
    (await run({ ledger: CSV, policy: POLICY.replace("law: SE", "law: XX") })).said,
    /policy\.yaml:4:6: choice/,
  );
  assert.match((await run({ ledger: CSV }, { from: "2026-13-01" })).said, /--from/);
  assert.match((await run({ ledger: CSV }, { to: "2025-01-01" })).said, /--to/);
  const gone = await run({ ledger: CSV }, { ledger: join(folder, "gone") });
  assert.deepEqual([gone.code, /ENOENT/.test(gone.said)], [2, true]);
});

const DATA = join(import.meta.dirname, "../../../../shared/collections/data");
for (const [format, file, from, to] of [
  ["ibm", "ibm_accounts_receivable.train.csv", "2012-02-01", "2012-03-31"],
  ["highradius", "highradius_receivables.train.csv", "2019-03-01", "2019-03-07"],
] as const)
  test(
    `the ${format} sample set is read by its own columns`,
    { skip: existsSync(DATA) ? false : "the reference library is not beside the repository" },
    async () => {
      const { code, out, said } = await run({ ledger: "" }, { ledger: join(DATA, file), format, from, to });
      assert.deepEqual([code, said], [0, ""]);
      assert.match(out, /tell first/);
    },
  );

test("simulate: a table for people, one JSON value for programs, 2 for what is wrong", async () => {
  const ledger = join(folder, "simulated");
  const rows = Array.from({ length: 30 }, (_, n) => {
    const issued = Temporal.PlainDate.from("2026-01-01").add({ days: n * 5 });
    const due = issued.add({ days: 30 });
    return `invoice,c${n % 3},${n},100,SEK,${issued.toString()},${due.toString()},${due.add({ days: n % 45 }).toString()}`;
  });
  writeFileSync(ledger, `type,customer,invoice,amount,currency,issued,due,paid\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "policy.yaml"), POLICY);
  let [out, said] = ["", ""];
  const deps: EvaluateDeps = {
    allocate: allocateMoney,
    csv: csvReader,
    stdin: (async function* () {})(),
    write: (text) => void (out += text),
    complain: (text) => void (said += text),
  };
  const given = { ledger, policy: join(folder, "policy.yaml"), from: "2026-01-01", to: "2026-08-31", format: "surety" };
  assert.equal(await simulateFiles({ ...given, json: true }, deps), 0);
  const value = JSON.parse(out) as {
    accounts: unknown[];
    result: { accounts: number; customers: { told: { base: null; draft: number } } };
  };
  assert.deepEqual([value.accounts.length, value.result.accounts, value.result.customers.told.base], [3, 3, null]);
  assert.ok(value.result.customers.told.draft > 0);
  out = "";
  assert.equal(await simulateFiles({ ...given, against: given.policy, json: false }, deps), 0);
  assert.match(out, /0 treated differently/);
  assert.equal(await simulateFiles({ ...given, model: '{"letterDays":-1}', json: false }, deps), 2);
  assert.equal(await simulateFiles({ ...given, to: "2026-02-01", json: false }, deps), 2);
  assert.match(said, /letterDays.*90 days/s);
});
