import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { parseDay } from "../../core/time.ts";
import type { AccountHistory } from "../contract-history.ts";
import { LEARN_MIN, MODEL_KINDS, type ModelKind } from "./decide-model.ts";
import { dayOfEpoch, epochDay, type PastInvoice } from "./decide-payer.ts";
import { toPast } from "./decide-score.ts";
import { judgeAgainst } from "./decide-champion.ts";
import type { Learnt } from "./service.ts";
import { judgedWire } from "./service-read.ts";

export type TrainOptions = {
  readonly ledger?: string;
  readonly format: string;
  readonly asOf?: Temporal.PlainDate;
  readonly evaluateOnly: boolean;
  readonly json: boolean;
};

const day = (text: string): Temporal.PlainDate => {
  const parsed = parseDay(text);
  if (!parsed.ok) throw new InvalidArgumentError(parsed.error);
  return parsed.value;
};

/** `surety collections train`: learns from the desk's ledger, or judges on a file without a database. `evaluate` is the ladder's. */
export function trainCommand(collections: Command, run: (options: TrainOptions) => Promise<void>): void {
  collections
    .command("train")
    .description("learn from the ledger how customers pay; keeps the model when the newest slice says it is better")
    .option(
      "--ledger <file>",
      "judge on a ledger file (as of `collections evaluate`) and keep nothing; needs no database",
    )
    .option("--format <name>", "form of the file: surety, ibm or highradius", "surety")
    .option("--as-of <day>", "know nothing on or after this day; today unless told", day)
    .option("--evaluate-only", "judge and keep nothing", false)
    .option("--json", "print JSON", false)
    .action((options: TrainOptions) => run(options));
}

/** Judges on the accounts of a ledger file. Without a day everything that has come true by the last payment is known. */
export function judgeFile(accounts: Iterable<AccountHistory>, asOf: Temporal.PlainDate | undefined): readonly Learnt[] {
  const invoices: PastInvoice[] = [];
  for (const { account, invoices: all } of accounts)
    for (const one of all)
      if (one.claim === undefined)
        invoices.push(toPast({ ...one, dueChanges: one.dueChanges ?? [] }, account.accountId));
  const last = invoices.reduce((newest, one) => Math.max(newest, one.settledDay ?? one.issuedDay), 0) + 1;
  const asOfDay = asOf === undefined ? last : epochDay(asOf);
  return MODEL_KINDS.map((kind) => ({
    kind,
    number: undefined,
    outcome: judgeAgainst(invoices, { kind, asOfDay, champion: undefined }),
  }));
}

const ASKS: Readonly<Record<ModelKind, string>> = {
  late: "paid after its due date, asked when issued",
  paid: "paid within 30 days, asked while open",
};

/** The report as lines for a person. Exit code 1 when nothing could be learnt. */
export function trainReport(learnt: readonly Learnt[]): { readonly lines: readonly string[]; readonly code: number } {
  const lines = learnt.flatMap(({ kind, outcome, number }) => {
    if (!outcome.ok)
      return `${kind}: too little to learn from: ${outcome.error.rows} rows of ${outcome.error.payers} payers; ${LEARN_MIN.rows} rows of ${LEARN_MIN.payers} payers with both outcomes are needed`;
    const { model, champion, isBetter } = outcome.value;
    const { judged } = model;
    return [
      `${kind} (${ASKS[kind]}): ${model.invoices} invoices of ${model.payers} payers, ${model.rows} rows, as of ${dayOfEpoch(model.asOfDay).toString()}`,
      `  on the newest ${judged.rows} rows, ${dayOfEpoch(judged.fromDay).toString()} to ${dayOfEpoch(judged.toDay).toString()}: AUC ${judged.auc.toFixed(3)} (without history ${judged.aucWithoutHistory.toFixed(3)}), Brier ${judged.brier.toFixed(3)}, off by ${(100 * judged.calibrationGap).toFixed(1)} points`,
      `  log loss ${judged.logLoss.toFixed(4)}, everyone the same ${judged.baseLogLoss.toFixed(4)}${champion === undefined ? "" : `, the model in use ${champion.logLoss.toFixed(4)}`}: ${verdict(isBetter, number)}`,
    ];
  });
  return { lines, code: learnt.some(({ outcome }) => outcome.ok) ? 0 : 1 };
}
function verdict(isBetter: boolean, number: number | undefined): string {
  if (number === undefined) return isBetter ? "would be used" : "would not be used";
  return isBetter ? `in use as number ${number}` : `kept as number ${number}, not used`;
}

/** The same for programs: the figures without coefficients. */
export const trainJson = (learnt: readonly Learnt[]) =>
  learnt.map(({ kind, outcome, number }) =>
    outcome.ok
      ? {
          kind,
          ok: true,
          asOf: dayOfEpoch(outcome.value.model.asOfDay).toString(),
          invoices: outcome.value.model.invoices,
          payers: outcome.value.model.payers,
          rows: outcome.value.model.rows,
          isBetter: outcome.value.isBetter,
          number: number ?? null,
          judged: judgedWire(outcome.value.model.judged),
          inUse: outcome.value.champion === undefined ? null : judgedWire(outcome.value.champion),
        }
      : { kind, ok: false, ...outcome.error },
  );
