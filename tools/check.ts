/** `npm run check`: format, lint, types, then (unless `--static`) every test. Stops at the first that fails. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const BIN = join("node_modules", ".bin");
const paths = ["src", "test", "simulator", "bench", "tools", "web"];
const program = (name: string) => [process.execPath, join("node_modules", name)] as const;

type Step = { readonly name: string; readonly run: readonly string[] };
const STEPS: readonly Step[] = [
  { name: "format", run: [join(BIN, "oxfmt"), "--check", ...paths] },
  { name: "lint", run: [join(BIN, "oxlint"), "--type-aware", "--deny-warnings", ...paths] },
  ...["tsconfig.json", "tsconfig.pure.json", "tsconfig.web.json"].map((config) => ({
    name: `types (${config})`,
    run: [...program("typescript/bin/tsc"), "-p", config],
  })),
];
const TESTS: Step = { name: "tests", run: [process.execPath, join("tools", "test.ts")] };

for (const { name, run } of process.argv.includes("--static") ? STEPS : [...STEPS, TESTS]) {
  console.log(`── ${name}`);
  const [command = "", ...args] = run;
  // The tools' own start scripts ask for `node` on the path; ours goes first there.
  const env = { ...process.env, PATH: `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}` };
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], env });
  if (status !== 0) {
    console.error(`── ${name} failed`);
    process.exit(status ?? 1);
  }
}
