import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { PASSWORD_CHARS_MIN } from "../../src/access/contract.ts";

let loading: Promise<ZxcvbnFactory> | undefined;

/** The word lists are large, so they come when somebody starts to choose a password. The desk has the last word. */
const rater = (): Promise<ZxcvbnFactory> =>
  (loading ??= Promise.all([import("@zxcvbn-ts/core"), import("@zxcvbn-ts/language-common")]).then(
    ([{ ZxcvbnFactory }, common]) =>
      new ZxcvbnFactory({ dictionary: { ...common.dictionary }, graphs: common.adjacencyGraphs }),
  ));

/** Rating takes time that grows with the square of the length. */
const CHARS_RATED = 64;

export type Strength = {
  /** 0 to 4; the desk asks for 3. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** Characters still missing to the shortest length allowed. */
  readonly missing: number;
};

/** How hard a password is to guess. `own` are the person's name and address. */
export async function strengthOf(password: string, own: readonly string[]): Promise<Strength> {
  const missing = Math.max(0, PASSWORD_CHARS_MIN - password.length);
  const words = own.flatMap((text) => text.toLowerCase().split(/[^\p{L}\d]+/u)).filter((word) => word.length > 3);
  const plain = password.toLowerCase();
  if (words.some((word) => plain.includes(word))) return { score: 0, missing };
  const { score } = (await rater()).check(password.slice(0, CHARS_RATED), words);
  return { score: missing > 0 ? (Math.min(score, 1) as 0 | 1) : score, missing };
}
