import type { Command } from "commander";
import { type EvaluateDeps, readGiven, readPolicy } from "../evaluate/commands.ts";
import { FORMATS } from "../evaluate/read-ledger-file.ts";
import type { SimulatedAccountWire, SimulationResultWire } from "./contract-simulation.ts";
import { type ResponseModel, responseModel } from "./contract-model.ts";
import { accountWire, isDifferent } from "./decide-result.ts";
import { runSimulation } from "./run-simulation.ts";

type Options = {
  readonly ledger: string;
  readonly policy: string;
  readonly against?: string;
  readonly from: string;
  readonly to: string;
  readonly format: string;
  readonly model?: string;
  readonly json: boolean;
};
/** Customers that are printed by name. */
const NAMED_MAX = 20;

/** `surety collections simulate`: a policy, or two, over a ledger file. Needs no database. Exit code 2 when something given is wrong. */
export function simulateCommand(collections: Command, deps: EvaluateDeps, done: (code: number) => void): void {
  collections
    .command("simulate")
    .description("try a policy, or two side by side, on a ledger file")
    .requiredOption("--ledger <file>", "JSON lines or CSV, - for standard input (docs/reference/ledger-file.md)")
    .requiredOption("--policy <file>", "the policy to try, in YAML")
    .option("--against <file>", "another policy to compare it with; without it: what in fact happened")
    .requiredOption("--from <day>", "first day")
    .requiredOption("--to <day>", "last day; at least 90 days of history are needed")
    .option("--format <name>", `columns of the ledger file: ${FORMATS.join(", ")}`, "surety")
    .option("--model <json>", 'what contacts do to payments, e.g. {"letterDays":5}; the rest as assumed')
    .option("--json", "print one JSON value, with every customer", false)
    .action(async (options: Options) => done(await simulateFiles(options, deps)));
}

export async function simulateFiles(options: Options, deps: EvaluateDeps): Promise<number> {
  const model = modelOf(options.model);
  if (typeof model === "string") {
    deps.complain(`surety: --model: ${model}`);
    return 2;
  }
  const given = await readGiven(options, deps);
  if (given === undefined) return 2;
  const against = options.against === undefined ? undefined : await readPolicy(options.against, deps);
  if (options.against !== undefined && against === undefined) return 2;
  const setup = { policy: given.policy, against, from: given.from, to: given.to, model };
  const named: SimulatedAccountWire[] = [];
  if (options.json) await deps.write('{"format":"surety/simulation/1","accounts":[');
  let first = true;
  const result = await runSimulation({
    accounts: given.ledger.accounts(),
    setup,
    onBatch: async (outcomes) => {
      for (const outcome of outcomes) {
        if (options.json) await deps.write(`${first ? "" : ","}\n${JSON.stringify(accountWire(outcome))}`);
        else if (isDifferent(outcome) && named.length < NAMED_MAX) named.push(accountWire(outcome));
        first = false;
      }
      return true;
    },
  });
  if (options.json) await deps.write(`\n],"result":${JSON.stringify(result)}}\n`);
  if (typeof result === "string") {
    deps.complain(
      `surety: ${result === "too-little-history" ? "less than 90 days of history" : "there are no accounts"}`,
    );
    return 2;
  }
  if (!options.json) await deps.write(textOf(result, named, against !== undefined));
  return 0;
}

function modelOf(text: string | undefined): ResponseModel | string {
  try {
    const parsed = responseModel.safeParse(text === undefined ? {} : JSON.parse(text));
    return parsed.success
      ? parsed.data
      : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  } catch (error) {
    return (error as Error).message;
  }
}

function textOf(result: SimulationResultWire, named: readonly SimulatedAccountWire[], isCompared: boolean): string {
  const { customers } = result;
  const row = (what: string, { base, draft }: { readonly base: number | null; readonly draft: number }) =>
    `${what.padEnd(28)}${(base === null ? "not known" : String(base)).padStart(12)}${String(draft).padStart(12)}`;
  const percent = (bps: number | null) => (bps === null ? "-" : `${(bps / 100).toFixed(1)} %`);
  const curve = result.currencies[0];
  return `${[
    `${result.accounts} customers, ${result.invoices} invoices, ${result.seconds} s`,
    `${"".padEnd(28)}${(isCompared ? "against" : "observed").padStart(12)}${"policy".padStart(12)}`,
    row("customers told", customers.told),
    row("letters", result.letters),
    row("calls", result.calls),
    row("purchases frozen", customers.frozen),
    row("median days frozen", result.frozenDaysMedian),
    row("suspended", customers.suspended),
    row("handed over", customers.handed),
    row("wrongly suspended", customers.wrong),
    row("staff minutes", result.staffMinutes),
    ...(curve === undefined
      ? []
      : [
          `cash in, ${curve.currency}, by days past due: observed, simulated (range assumed)`,
          ...curve.curve
            .filter(({ days }) => days % 15 === 0)
            .map(
              (one) =>
                `  day ${String(one.days).padStart(2)} ${percent(one.observedBps).padStart(8)} ${percent(one.draftBps).padStart(8)} (${percent(one.lowBps)} to ${percent(one.highBps)})`,
            ),
        ]),
    `${customers.different} treated differently${named.length === 0 ? "" : ":"}`,
    ...named.map(
      (one) =>
        `  ${one.name.padEnd(32)} suspended ${one.base.suspendedOn ?? "-"} → ${one.draft.suspendedOn ?? "-"}, frozen ${one.base.frozenOn ?? "-"} → ${one.draft.frozenOn ?? "-"}`,
    ),
  ].join("\n")}\n`;
}
