import { daysTable, hasSets, lateTable, readHighRadius, readIbm } from "../src/collections/prediction/testing-sets.ts";
import { areaUnderCurve } from "../src/collections/prediction/decide-judge.ts";
import { learn } from "../src/collections/prediction/decide-model.ts";
import { count, print, timed } from "./measure.ts";

/** Figures that others published, or that were measured on the whole sets with scikit-learn, each on its own split. */
const BESIDE: Readonly<Record<string, string>> = {
  "customer mean days late alone": "0.858 (whole set, newest 20 %)",
  "customer late rate alone, smoothed": "0.853 (whole set, newest 20 %)",
  "logistic, invoice only": "0.65 (whole set, 70/30)",
  "logistic, with payment history": "0.866 newest 20 %, 0.885 70/30 (whole set)",
  "logistic, with payment history + Disputed": "0.920 newest 20 %; 0.923 published, random split",
  "due date itself": "4.27 (publisher's test fold)",
  "customer median, last 80": "2.99 (publisher's test fold)",
  "ours: median, same weekday counted thrice": "2.81 boosted, live; 3.16 published GBM",
};

/** `npm run bench -- late-payment`: how well late payment is told, on the public sets, by time. Random splits do not count. */
export async function benchLatePayment(): Promise<void> {
  if (!hasSets()) return print("late payment", "not measured", "the public sets are not beside this repository");
  const ibm = readIbm();
  const { value: late, ms } = await timed(async () => lateTable(ibm));
  print(
    "IBM set, chronological 70/30, purged",
    "",
    `${late.train.length} teach, ${late.test.length} are asked; ${Math.round(ms)} ms`,
  );
  for (const { model, auc, brier } of late.rows)
    print(
      `  ${model}`,
      `AUC ${auc.toFixed(3)}`,
      `${brier === undefined ? "" : `Brier ${brier.toFixed(3)}; `}${BESIDE[model] ?? ""}`,
    );
  print(
    "  chance alone, for scale",
    `AUC ${areaUnderCurve([0.5, 0.5], [true, false]).toFixed(3)}`,
    "differences under 0.01 are noise",
  );
  const rows = readHighRadius();
  const { value: days, ms: daysMs } = await timed(async () => daysTable(rows));
  print(
    "HighRadius rows, chronological 70/30, purged",
    "",
    `${count(days.train.length)} teach, ${count(days.test.length)} are asked; ${Math.round(daysMs)} ms`,
  );
  for (const { model, maeDays, within3 } of days.rows)
    print(
      `  ${model}`,
      `MAE ${maeDays.toFixed(2)} days`,
      `${(100 * within3).toFixed(1)} % within 3 days; ${BESIDE[model] ?? ""}`,
    );
  const asOfDay = Math.max(...rows.map(({ dueDay }) => dueDay)) - 60;
  const { value: learnt, ms: learnMs } = await timed(async () => learn(rows, { kind: "late", asOfDay }));
  if (learnt.ok) {
    const { judged } = learnt.value;
    print(
      "  learnt as the desk learns it",
      `AUC ${judged.auc.toFixed(3)}`,
      `newest 15 %: ${count(judged.rows)} rows, calibration off by ${(100 * judged.calibrationGap).toFixed(1)} points; ${Math.round(learnMs)} ms`,
    );
  }
}
