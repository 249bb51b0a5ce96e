/** Percentile by nearest rank; `share` 0.5 is the median. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** Milliseconds that `work` takes. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const began = performance.now();
  const value = await work();
  return { ms: performance.now() - began, value };
}

/** Runs `work` `times` times and gives each duration in milliseconds. */
export async function repeat(times: number, work: (round: number) => Promise<unknown>): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let round = 0; round < times; round++) samples.push((await timed(() => work(round))).ms);
  return samples;
}

export const ms = (value: number): string =>
  `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en")} ms`;
export const count = (value: number): string => Math.round(value).toLocaleString("en");

/** One line of a result: what, our figure, what it stands beside, the aim. */
export function print(what: string, figure: string, beside = "", aim = ""): void {
  console.log(`${what.padEnd(46)} ${figure.padStart(22)}  ${beside.padEnd(44)} ${aim}`);
}
