/** How good are chances, beside what came true? */

/** Area under the ROC curve: how often a row that came true was given more than one that did not. Ties count half. 0.5 = no better than chance; NaN when only one outcome is there. */
export function areaUnderCurve(scores: readonly number[], truths: readonly boolean[]): number {
  const order = scores.map((score, at) => ({ score, truth: truths[at] ?? false })).sort((a, b) => a.score - b.score);
  let [rankSum, positives] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && order[to]?.score === order[from]?.score) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at++)
      if (order[at]?.truth === true) {
        rankSum += rank;
        positives += 1;
      }
    from = to;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean squared error of the chances: 0 is perfect. */
export const brier = (scores: readonly number[], truths: readonly boolean[]): number =>
  scores.reduce((sum, score, at) => sum + (score - (truths[at] === true ? 1 : 0)) ** 2, 0) / scores.length;

const EDGE = 1e-6;
/** Mean surprise in nats: punishes being sure and wrong. */
export const logLoss = (scores: readonly number[], truths: readonly boolean[]): number =>
  -scores.reduce((sum, score, at) => {
    const p = Math.min(1 - EDGE, Math.max(EDGE, score));
    return sum + Math.log(truths[at] === true ? p : 1 - p);
  }, 0) / scores.length;

/** Rows with about the same chance: what was said and what came true. */
export type CalibrationBin = { readonly said: number; readonly came: number; readonly rows: number };

/** Equally many rows a bin, smallest chances first. */
export function calibrationTable(
  scores: readonly number[],
  truths: readonly boolean[],
  bins = 10,
): readonly CalibrationBin[] {
  const order = scores.map((score, at) => ({ score, truth: truths[at] === true })).sort((a, b) => a.score - b.score);
  const size = Math.max(1, Math.ceil(order.length / bins));
  return Array.from({ length: Math.ceil(order.length / size) }, (_, bin) => {
    const rows = order.slice(bin * size, (bin + 1) * size);
    return {
      said: rows.reduce((sum, { score }) => sum + score, 0) / rows.length,
      came: rows.filter(({ truth }) => truth).length / rows.length,
      rows: rows.length,
    };
  });
}

/** Mean gap between what was said and what came true, weighted by rows. */
export const calibrationGap = (table: readonly CalibrationBin[]): number => {
  const rows = table.reduce((sum, bin) => sum + bin.rows, 0);
  return table.reduce((sum, bin) => sum + Math.abs(bin.said - bin.came) * bin.rows, 0) / rows;
};

/** Mean absolute difference. */
export const meanAbsolute = (said: readonly number[], came: readonly number[]): number =>
  said.reduce((sum, value, at) => sum + Math.abs(value - (came[at] ?? 0)), 0) / said.length;
