/** The house rules, checked on the source itself: who may import whom, what pure code may use, how long things grow. */
import assert from "node:assert/strict";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

/** May import anything; nobody imports them but through their contract. */
const SHELLS = ["http", "worker", "cli"];
const FILE_LINES_MAX = 400;
/** Fewer files than this means the checks looked at the wrong place. */
const FILES_SEEN_MIN = 150;
const MAP = /(<!-- map:start -->\n)([\s\S]*?)(<!-- map:end -->)/;

type Import = { readonly file: string; readonly target: string };

const tidy = (path: string) => path.replaceAll("\\", "/");
const code = globSync([
  "src/**/*.ts",
  "simulator/**/*.ts",
  "web/**/*.{ts,tsx}",
  "test/**/*.ts",
  "bench/**/*.ts",
  "tools/**/*.ts",
])
  .map(tidy)
  .sort();
const text = new Map(code.map((file) => [file, readFileSync(file, "utf8")]));
const isTest = (file: string) => /\.test\.tsx?$|\/testing[^/]*\.ts$|^test\/|^bench\/|^tools\//.test(file);
const isMain = (file: string) => /^src\/(main[^/]*|settings)\.ts$/.test(file);

const imports: readonly Import[] = code.flatMap((file) =>
  [...(text.get(file) ?? "").matchAll(/^\s*(?:import|export)\s+(?:[\w*{}\s,$]+\sfrom\s+)?["']([^"']+)["']/gm)].map(
    ([, spec = ""]) => ({
      file,
      target: spec.startsWith(".") ? tidy(join(dirname(file), spec)) : spec,
    }),
  ),
);
const sliceOf = (path: string) =>
  path.startsWith("src/") ? (path.split("/")[1] ?? "").replace(/\.ts$/, "") : (path.split("/")[0] ?? "");
const inSource = (path: string) => path.startsWith("src/");
const isContract = (path: string) => /\/contract(-[a-z]+)?\.ts$/.test(path);

/** Each rule gives the reason why an import is wrong, or undefined. */
const RULES: ReadonlyArray<(one: Import) => string | undefined> = [
  ({ file, target }) =>
    file.startsWith("src/core/") && !isTest(file) && !target.startsWith("src/core/") && target !== "zod"
      ? "core imports only core (and zod for wire forms)"
      : undefined,
  ({ file, target }) =>
    inSource(file) &&
    inSource(target) &&
    !isMain(file) &&
    !isTest(file) &&
    sliceOf(file) !== sliceOf(target) &&
    !["core", "store"].includes(sliceOf(target)) &&
    !isContract(target)
      ? "slices meet only at contract.ts"
      : undefined,
  ({ file, target }) =>
    inSource(target) &&
    SHELLS.includes(sliceOf(target)) &&
    sliceOf(file) !== sliceOf(target) &&
    !isContract(target) &&
    !isMain(file) &&
    !isTest(file)
      ? "nothing imports the shells"
      : undefined,
  ({ file, target }) =>
    /^src\/main/.test(target) && !isMain(file) && !isTest(file) ? "nothing imports main" : undefined,
  ({ file, target }) =>
    /^(kysely|pg|pg-copy-streams)$/.test(target) &&
    inSource(file) &&
    !isTest(file) &&
    !/^src\/store\/|\/store[^/]*\.ts$/.test(file) &&
    !/^import type/m.test(lineOf(file, target)) &&
    !ADAPTERS.includes(file)
      ? "SQL lives in store.ts"
      : undefined,
  ({ file, target }) =>
    file.startsWith("web/") && !isTest(file) && inSource(target) && !isContract(target) && sliceOf(target) !== "core"
      ? "the page imports only core, contracts and itself"
      : undefined,
  ({ file, target }) =>
    file.startsWith("simulator/") && !isTest(file) && inSource(target) && sliceOf(target) !== "core"
      ? "the simulator shares nothing with the desk but core"
      : undefined,
];
/** Adapters to libraries that bring their own database access. */
const ADAPTERS: readonly string[] = ["src/worker/queue.ts", "src/access/better-auth.ts"];
const lineOf = (file: string, target: string) =>
  (text.get(file) ?? "").split("\n").find((line) => line.includes(`"${target}"`)) ?? "";

test("the checks see the source", () => assert.ok(code.length >= FILES_SEEN_MIN, `${code.length} files seen`));

test("every import obeys the dependency rules", () => {
  const wrong = imports.flatMap((one) =>
    RULES.flatMap((rule) => rule(one) ?? []).map((why) => `${one.file} -> ${one.target}: ${why}`),
  );
  assert.deepEqual(wrong, []);
});

test("no import cycles between slices' files", () => {
  const edges = new Map<string, string[]>();
  for (const { file, target } of imports) if (text.has(target)) edges.set(file, [...(edges.get(file) ?? []), target]);
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of code) walk(file, []);
  assert.deepEqual(cycles, []);
});

test("pure code asks nobody for time, chance or floating point", () => {
  const pure = code.filter((file) => /^src\/(core\/|[^/]+\/(contract|decide)[^/]*\.ts)/.test(file) && !isTest(file));
  assert.ok(pure.length >= 20, `${pure.length} pure files seen`);
  const bare = (file: string) => (text.get(file) ?? "").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  const wrong = pure.filter((file) =>
    /\bnew Date\b|\bDate\.|Math\.random|parseFloat|Temporal\.Now|\bprocess\.|from "node:/.test(bare(file)),
  );
  assert.deepEqual(wrong, []);
});

test("SQL text stands only in store files", () => {
  const wrong = code.filter(
    (file) =>
      inSource(file) &&
      !isTest(file) &&
      !/^src\/store\/|\/store[^/]*\.ts$/.test(file) &&
      !ADAPTERS.includes(file) &&
      /\bsql(<[^`]*>)?`/.test(text.get(file) ?? ""),
  );
  assert.deepEqual(wrong, []);
});

test("the network is touched only by its adapters", () => {
  const wrong = code.filter(
    (file) =>
      inSource(file) &&
      !isTest(file) &&
      !/^src\/(partner-center|http|demo)\/|^src\/main/.test(file) &&
      /(await|return|=>)\s+(globalThis\.)?fetch\(|from "node:(http|https|net|tls)"/.test(text.get(file) ?? ""),
  );
  assert.deepEqual(wrong, []);
});

test("no default exports, no barrels", () => {
  const wrong = code.filter(
    (file) =>
      file !== "web/vite.config.ts" &&
      (/^export default/m.test(text.get(file) ?? "") || /(^|\/)index\.tsx?$/.test(file)),
  );
  assert.deepEqual(wrong, []);
});

test(`no file is longer than ${FILE_LINES_MAX} lines`, () => {
  const long = code.filter((file) => (text.get(file) ?? "").split("\n").length > FILE_LINES_MAX + 1);
  assert.deepEqual(long, []);
});

test("every slice says what its question is", () => {
  const slices = globSync("src/*/")
    .map((path) => sliceOf(`${tidy(path)}/`))
    .filter((name) => !["core", ...SHELLS].includes(name));
  const silent = slices.filter((name) => !globSync(`src/${name}/README.md`).length);
  assert.deepEqual(silent, []);
});

test("the map in ARCHITECTURE.md is the real one (UPDATE=1 rewrites it)", () => {
  const edges = imports
    .filter(
      ({ file, target }) =>
        inSource(file) &&
        inSource(target) &&
        !isTest(file) &&
        !isMain(file) &&
        sliceOf(file) !== sliceOf(target) &&
        sliceOf(target) !== "core",
    )
    .map(({ file, target }) => `    ${sliceOf(file)} --> ${sliceOf(target)}`);
  const map = ["```mermaid", "graph LR", ...[...new Set(edges)].sort(), "```", ""].join("\n");
  const document = readFileSync("ARCHITECTURE.md", "utf8");
  if (process.env["UPDATE"]) writeFileSync("ARCHITECTURE.md", document.replace(MAP, `$1${map}$3`));
  else assert.equal(MAP.exec(document)?.[2], map);
});
