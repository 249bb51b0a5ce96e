import { assert } from "../../core/assert.ts";

/** Rows of numbers with what came of them. */
export type Sample = {
  readonly rows: readonly Float64Array[];
  readonly targets: readonly number[];
  readonly weights?: readonly number[] | undefined;
};
/** Linear in standardised columns. */
export type Linear = {
  readonly intercept: number;
  readonly coefficients: readonly number[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
};
type Fit = {
  /** Pull of each coefficient towards 0, in rows. */
  readonly ridge: number;
  /** Columns that may be used; the others get the coefficient 0. */
  readonly columns: readonly number[];
};

const ROUNDS_MAX = 60;
const CONVERGED = 1e-9;
/** Keeps the equations solvable where a chance is all but certain. */
const CURVATURE_MIN = 1e-6;

/** Share of 0 to 1 of the log odds `z`. */
export const logistic = (z: number): number => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));

/** The log odds, or the days, that a model gives for a row. */
export function linearOf({ intercept, coefficients, means, deviations }: Linear, row: Float64Array): number {
  let sum = intercept;
  for (let at = 0; at < coefficients.length; at++) sum += contribution({ coefficients, means, deviations }, row, at);
  return sum;
}
/** What one column adds to the sum beside the average row. */
export function contribution(
  { coefficients, means, deviations }: Pick<Linear, "coefficients" | "means" | "deviations">,
  row: Float64Array,
  at: number,
): number {
  const coefficient = coefficients[at] ?? 0;
  return coefficient === 0 ? 0 : (coefficient * ((row[at] ?? 0) - (means[at] ?? 0))) / (deviations[at] ?? 1);
}

/** Logistic regression by Newton's method with a ridge; the same rows give the same coefficients to the last bit. */
export function fitLogistic(sample: Sample, { ridge, columns }: Fit): Linear {
  assert(sample.rows.length > 0, "there are rows to learn from");
  const { means, deviations, table } = standardise(sample.rows, columns);
  const width = columns.length + 1;
  let beta = new Float64Array(width);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { hessian, gradient } = normalEquations({ table, width, beta, sample });
    for (let at = 1; at < width; at++) {
      hessian[at * width + at] = (hessian[at * width + at] ?? 0) + ridge;
      gradient[at] = (gradient[at] ?? 0) - ridge * (beta[at] ?? 0);
    }
    const change = solve(hessian, gradient);
    let largest = 0;
    beta = beta.map((old, at) => {
      const by = change[at] ?? 0;
      largest = Math.max(largest, Math.abs(by));
      return old + by;
    });
    if (largest < CONVERGED) break;
  }
  const coefficients = means.map(() => 0);
  columns.forEach((column, at) => {
    coefficients[column] = beta[at + 1] ?? 0;
  });
  return { intercept: beta[0] ?? 0, coefficients, means, deviations };
}

function normalEquations(given: {
  readonly table: Float64Array;
  readonly width: number;
  readonly beta: Float64Array;
  readonly sample: Sample;
}): { readonly hessian: Float64Array; readonly gradient: Float64Array } {
  const { table, width, beta, sample } = given;
  const hessian = new Float64Array(width * width);
  const gradient = new Float64Array(width);
  for (let row = 0; row < sample.targets.length; row++) {
    const from = row * width;
    let z = 0;
    for (let at = 0; at < width; at++) z += (beta[at] ?? 0) * (table[from + at] ?? 0);
    const p = logistic(z);
    const weight = sample.weights?.[row] ?? 1;
    const pull = weight * ((sample.targets[row] ?? 0) - p);
    const curvature = weight * Math.max(p * (1 - p), CURVATURE_MIN);
    for (let i = 0; i < width; i++) {
      const x = table[from + i] ?? 0;
      gradient[i] = (gradient[i] ?? 0) + pull * x;
      const scaled = curvature * x;
      for (let j = 0; j <= i; j++)
        hessian[i * width + j] = (hessian[i * width + j] ?? 0) + scaled * (table[from + j] ?? 0);
    }
  }
  return { hessian, gradient };
}

/** Columns with mean 0 and deviation 1, behind a column of ones. A column that never changes gets the deviation 1. */
function standardise(rows: readonly Float64Array[], columns: readonly number[]) {
  const all = rows[0]?.length ?? 0;
  const means = Array.from(
    { length: all },
    (_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length,
  );
  const deviations = means.map((mean, at) => {
    const variance = rows.reduce((sum, row) => sum + ((row[at] ?? 0) - mean) ** 2, 0) / rows.length;
    return variance > 1e-12 ? Math.sqrt(variance) : 1;
  });
  const width = columns.length + 1;
  const table = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    table[i * width] = 1;
    columns.forEach((column, at) => {
      table[i * width + at + 1] = ((row[column] ?? 0) - (means[column] ?? 0)) / (deviations[column] ?? 1);
    });
  });
  return { means, deviations, table };
}

/** Solves A x = b by Cholesky; A is symmetric and given by its lower half. */
function solve(lower: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const at = (i: number, j: number): number => lower[i * n + j] ?? 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      lower[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(j, j);
    }
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= at(i, k) * (x[k] ?? 0);
    x[i] = sum / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] ?? 0;
    for (let k = i + 1; k < n; k++) sum -= at(k, i) * (x[k] ?? 0);
    x[i] = sum / at(i, i);
  }
  return x;
}
