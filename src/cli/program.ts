import { Command, InvalidArgumentError, Option } from "commander";

/** What the commands do; main.ts hands in the doing. Each returns the process's exit code. */
export type Commands = {
  serve(): Promise<number>;
  link(options: { json: boolean }): Promise<number>;
  importFile(file: string, options: ImportOptions): Promise<number>;
  bankFile(file: string, options: BankFileOptions): Promise<number>;
  sync(feeds: readonly string[], options: { json: boolean }): Promise<number>;
  auditVerify(options: { json: boolean; file?: string }): Promise<number>;
  auditExport(options: { out: string }): Promise<number>;
  openApi(): Promise<number>;
  importRules(folder: string, options: { json: boolean }): Promise<number>;
  lintPolicy(file: string, options: LintOptions): Promise<number>;
};

/** `json` prints one value; findings are worded in `language`. */
export type LintOptions = { readonly json: boolean; readonly language: "en" | "sv" };

export type ImportOptions = {
  readonly kind: "invoices" | "payments" | "deposits";
  readonly mapping?: string;
  readonly resumable: boolean;
  readonly dryRun: boolean;
  readonly createCustomers: boolean;
  readonly currency?: string;
  readonly json: boolean;
};

export type BankFileOptions = {
  readonly dryRun: boolean;
  readonly differing?: "take" | "leave";
  readonly json: boolean;
};

const KINDS = ["invoices", "payments", "deposits"] as const;
const kind = (text: string): (typeof KINDS)[number] => {
  const found = KINDS.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`must be ${KINDS.join(", ")}`);
  return found;
};

const language = (text: string): "en" | "sv" => {
  if (text !== "en" && text !== "sv") throw new InvalidArgumentError("must be en or sv");
  return text;
};

/** The command line: `npm run -s surety -- …` from a clone. `--json` prints one JSON value on stdout and nothing else. */
export function createProgram(commands: Commands, version: string): Command {
  const program = new Command("surety")
    .description("The risk desk for cloud resellers")
    .version(version)
    .showHelpAfterError();
  const done = (code: Promise<number>) => code.then((value) => void (process.exitCode = value));
  program
    .command("serve", { isDefault: true })
    .description("start the desk")
    .action(() => done(commands.serve()));
  program
    .command("link")
    .description("print a new first-run link (only while nobody has signed up), or a demo sign-in link")
    .option("--json", "print JSON", false)
    .action((options: { json: boolean }) => done(commands.link(options)));
  program
    .command("import")
    .description("import invoices, payments or deposits from a CSV or JSON file")
    .argument("<file>")
    .option("--kind <kind>", "invoices, payments or deposits", kind, "invoices")
    .option("--mapping <file>", "JSON file with the column mapping; without it the saved or proposed mapping is used")
    .option("--currency <code>", "currency of the amounts when no column says")
    .option("--create-customers", "make customers that are only in this file, instead of refusing their rows", false)
    .option("--resumable", "keep good rows and report bad ones, instead of all or nothing", false)
    .option("--dry-run", "say what would happen and keep nothing", false)
    .option("--json", "print JSON", false)
    .action((file: string, options: ImportOptions) => done(commands.importFile(file, options)));
  const receivables = program.command("receivables").description("who owes us what");
  receivables
    .command("bank")
    .description("take in a bank's file: camt.052/053/054, BgMax, MT940, BAI2; SIE is compared")
    .argument("<file>")
    .option("--dry-run", "read it and check that it adds up, without a database", false)
    .addOption(new Option("--differing <what>", "statements that do not add up").choices(["take", "leave"]))
    .option("--json", "print JSON", false)
    .action((file: string, options: BankFileOptions) => done(commands.bankFile(file, options)));
  program
    .command("sync")
    .description("read from Partner Center now")
    .argument("[feeds...]", "which feeds; all unless told")
    .option("--json", "print JSON", false)
    .action((feeds: string[], options: { json: boolean }) => done(commands.sync(feeds, options)));
  const audit = program.command("audit").description("the event log");
  audit
    .command("verify")
    .description("recompute the chain and name the first broken row")
    .option("--file <file>", "verify an exported file instead of the database")
    .option("--json", "print JSON", false)
    .action((options: { json: boolean; file?: string }) => done(commands.auditVerify(options)));
  audit
    .command("export")
    .description("write the event log as JSON lines that can be verified offline")
    .requiredOption("--out <file>", "file to write, - for standard output")
    .action((options: { out: string }) => done(commands.auditExport(options)));
  addCollections(program, commands, done);
  addActivity(program, commands, done);
  program.command("sigma").description("Sigma rules: match them with events, check them, run conformance vectors");
  program
    .command("openapi")
    .description("print the OpenAPI document")
    .action(() => done(commands.openApi()));
  program
    .command("simulator")
    .description("run the Partner Center simulator (see npm run simulator)")
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false);
  return program;
}

function addCollections(program: Command, commands: Commands, done: (code: Promise<number>) => Promise<void>): void {
  const collections = program.command("collections").description("collections: the policy and what follows from it");
  collections
    .command("lint")
    .description("check a policy in YAML: what cannot be read, what is unwise or unlawful; exit code 1 on errors")
    .argument("<file>")
    .option("--json", "print JSON", false)
    .option("--language <code>", "language of the findings, en or sv", language, "en")
    .action((file: string, options: LintOptions) => done(commands.lintPolicy(file, options)));
}

function addActivity(program: Command, commands: Commands, done: (code: Promise<number>) => Promise<void>): void {
  const activity =
    program.commands.find((one) => one.name() === "activity") ??
    program.command("activity").description("logs, rules over them and what they find");
  const rules = activity.command("rules").description("rules that are run over what comes in");
  rules
    .command("import")
    .description("take in Sigma rules of a file or folder; they run as shadow until somebody switches them on")
    .argument("<path>", "file of rules, or folder of *.yml")
    .option("--json", "print JSON", false)
    .action((path: string, options: { json: boolean }) => done(commands.importRules(path, options)));
}
