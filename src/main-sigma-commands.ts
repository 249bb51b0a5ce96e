import { createReadStream } from "node:fs";
import type { Command } from "commander";
import type { ActivityEvent } from "./activity/contract-event.ts";
import type { MatchDeps, MatchOptions, Viewed } from "./activity/sigma/command-match.ts";
import type { SigmaEvent } from "./activity/sigma/contract.ts";
import type { Json } from "./core/canonical.ts";
import type { CustomerId } from "./core/ids.ts";

/** `surety sigma …`: works on files alone, without a database. What a command needs is loaded when it runs. */
export function sigmaCommands(program: Command): void {
  const sigma = program.commands.find((one) => one.name() === "sigma") ?? program.command("sigma");
  const done = async (code: Promise<number> | number): Promise<void> => void (process.exitCode = await code);
  sigma
    .command("match")
    .description(
      "print which rules match which events of a file of JSON lines; exit code 2 when a rule cannot be loaded",
    )
    .requiredOption("--rules <path>", "file of rules, or folder of *.yml")
    .requiredOption("--events <file>", "JSON lines, - for standard input")
    .option("--raw", "rules see the events' own fields and not the normalised ones", false)
    .option("--any-logsource", "ask every rule, whatever log source it is for", false)
    .option("--placeholders <file>", "JSON file with the values of %placeholders%")
    .option("--time-field <fields>", "fields that say when an event happened, with commas; for correlations")
    .option("--id-field <field>", "field that names an event: correlations count it once however often it comes")
    .option("--json", "one JSON value a line: rule, id, event (counted from 0)", false)
    .action(async (options: MatchOptions) =>
      done((await import("./activity/sigma/command-match.ts")).matchCommand(options, matchDeps)),
    );
  sigma
    .command("vectors")
    .description("run conformance vectors; exit code 1 when one that the specification settles fails")
    .argument("<file>")
    .option("--json", "print JSON", false)
    .action(async (file: string, options: { json: boolean }) =>
      done((await import("./activity/sigma/command-vectors.ts")).vectorsCommand(file, options, out)),
    );
  sigma
    .command("lint")
    .description("check rules: what cannot be loaded, breaks the specification or is unwise; exit code 1 on errors")
    .argument("<path>", "file of rules, or folder of *.yml")
    .option("--placeholders <file>", "JSON file with the values of %placeholders%")
    .option("--strict", "exit code 1 on warnings as well", false)
    .option("--json", "print JSON", false)
    .action(async (path: string, options: { json: boolean; strict: boolean; placeholders?: string }) =>
      done(
        (await import("./activity/sigma/command-lint.ts")).lintCommand(path, options, {
          ...out,
          isTerminal,
          fieldsOf: (await import("./activity/rules-import/known-fields.ts")).normalisedFields(),
        }),
      ),
    );
}

const isTerminal = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
const write = (text: string): Promise<void> | undefined =>
  process.stdout.write(text) ? undefined : new Promise((resolve) => void process.stdout.once("drain", resolve));
const out = { write: (text: string) => void write(text), complain: (text: string) => console.error(text) };

/** Stands for the time of receipt of records that do not say when they happened. */
const NEVER = Temporal.Instant.fromEpochMilliseconds(0);

const matchDeps: MatchDeps = {
  open: (path) => (path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1_024 * 1_024 })),
  write,
  complain: (text) => console.error(text),
  views: async () => {
    const { normalise } = await import("./activity/shapes/normalise.ts");
    const { logSourcesOf } = await import("./activity/shapes/decide-sources.ts");
    const { sigmaView } = await import("./activity/shapes/decide-view.ts");
    const viewed = (event: ActivityEvent): Omit<Viewed, "view"> => ({
      source: logSourcesOf(event),
      time: event.at === NEVER ? undefined : event.at.epochMilliseconds,
      id: event.id,
      isUnknown: event.source === "unknown",
    });
    const events = (record: SigmaEvent) => normalise(record as Json, { receivedAt: NEVER });
    return {
      // Whose an event is, only the desk knows; here its tenant stands for the customer, so that rules may group by it.
      normalised: (record) =>
        events(record).map((event) => {
          const customer = (event.tenant ?? "-") as CustomerId;
          return { ...viewed(event), view: sigmaView({ ...event, customer }) };
        }),
      // Whoever brings events of other kinds wants them matched: where nothing is known every rule is asked.
      raw: (record) =>
        events(record).map((event) => {
          const known = viewed(event);
          return { ...known, view: event.raw as SigmaEvent, source: known.isUnknown ? undefined : known.source };
        }),
    };
  },
};
