import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "./cli/program.ts";
import { auditExport, auditVerify, importFile, link, openApiText, syncNow } from "./main-commands.ts";
import { serve } from "./main-serve.ts";
import { readSettings, ROOT } from "./settings.ts";

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

const settings = readSettings(process.env);
if (!settings.ok) {
  console.error(`surety cannot start:\n${settings.error}\nAll settings: docs/guide/settings.md`);
  process.exit(2);
}
const desk = { settings: settings.value, version };

const program = createProgram(
  {
    serve: () => serve(desk.settings, version),
    link: (options) => link(desk, options),
    importFile: (file, options) => importFile(desk, { file, ...options }),
    sync: (feeds, options) => syncNow(desk, { feeds, ...options }),
    auditVerify: (options) => auditVerify(desk, options),
    auditExport: (options) => auditExport(desk, options),
    openApi: () => openApiText(desk),
  },
  version,
);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  console.error(`surety: ${error instanceof Error ? error.message : String(error)}`);
  if (desk.settings.logLevel === "debug" && error instanceof Error) console.error(error.stack);
  process.exitCode = 1;
}
