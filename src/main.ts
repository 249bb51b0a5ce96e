import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "./cli/program.ts";
import { readSettings, ROOT } from "./settings.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

const settings = readSettings(process.env);
if (!settings.ok) {
  console.error(`surety cannot start:\n${settings.error}\nAll settings: docs/guide/settings.md`);
  process.exit(2);
}
const desk = { settings: settings.value, version };

/** Loaded when asked for: the desk starts its database before it loads itself, and help needs neither. */
const commands = () => import("./main-commands.ts");

const program = createProgram(
  {
    serve: async () => (await import("./main-serve.ts")).serve(desk.settings, version),
    link: async (options) => (await commands()).link(desk, options),
    importFile: async (file, options) => (await commands()).importFile(desk, { file, ...options }),
    bankFile: async (file, options) =>
      options.dryRun
        ? (await import("./main-bank.ts")).checkBankFile(file, options)
        : (await commands()).bankFile(desk, { file, ...options }),
    sync: async (feeds, options) => (await commands()).syncNow(desk, { feeds, ...options }),
    auditVerify: async (options) => (await commands()).auditVerify(desk, options),
    auditExport: async (options) => (await commands()).auditExport(desk, options),
    lintPolicy: async (file, options) =>
      (await import("./collections/policy/commands.ts")).lintFile(file, options, { line: (text) => console.log(text) }),
    importRules: async (folder, options) => (await commands()).importRules(desk, { folder, ...options }),
    openApi: async () => (await commands()).openApiText(desk),
  },
  version,
);

if (process.argv[2] === "collections" || process.argv[2] === "help")
  (await import("./main-collections-commands.ts")).collectionsFileCommands(program, async (options) =>
    (await commands()).trainNow(desk, options),
  );

if (process.argv[2] === "sigma" || process.argv[2] === "help")
  (await import("./main-sigma-commands.ts")).sigmaCommands(program);

if (process.argv[2] === "activity" || process.argv[2] === "help")
  (await import("./main-activity-commands.ts")).activityCommands(program, async (work) =>
    (await commands()).withDesk(desk, work),
  );

// Whoever reads may stop reading: `surety … | head` is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

try {
  await program.parseAsync(process.argv);
} catch (error) {
  console.error(`surety: ${error instanceof Error ? error.message : String(error)}`);
  if (desk.settings.logLevel === "debug" && error instanceof Error) console.error(error.stack);
  process.exitCode = 1;
}
