import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from "./contract.ts";

/** 3 of 4: "safely unguessable", 10^8 guesses or more. */
const SCORE_MIN = 3;
/** Rating takes time that grows with the square of the length; what follows these characters only makes a password better. */
const CHARS_RATED = 64;
/** A part of a name or address this short says nothing. */
const PART_CHARS_MIN = 4;

/** Words of this trade and of Swedish keyboards, which the common lists lack. */
const LOCAL =
  "sommar vinter höst vår lösenord losenord hemligt hejsan sverige stockholm göteborg goteborg malmö malmo välkommen valkommen måndag mandag fredag surety microsoft partner azure office reseller admin";

/** What is wrong with a password, as the page words it. Facts of the refusal `password-weak`. */
export const PASSWORD_ADVICE = [
  "too-short",
  "too-long",
  "has-own-name",
  "common",
  "repeats",
  "keys-in-a-row",
  "date",
  "one-word",
] as const;
export type PasswordAdvice = (typeof PASSWORD_ADVICE)[number];

const FIX: Readonly<Record<PasswordAdvice, string>> = {
  "too-short": `use at least ${PASSWORD_CHARS_MIN} characters`,
  "too-long": `use at most ${PASSWORD_CHARS_MAX} characters`,
  "has-own-name": "leave out your name and your e-mail address",
  common: "it is on, or close to, the lists of common passwords: choose other words",
  repeats: "leave out repeated characters or words",
  "keys-in-a-row": "leave out rows such as abc, 123 or qwerty",
  date: "leave out years and dates",
  "one-word": "add another word or two that have nothing to do with each other",
};

/** zxcvbn's warning → our advice; what is not named means that it is simply short on surprise. */
const ADVICE: Readonly<Record<string, PasswordAdvice>> = {
  common: "common",
  commonNames: "common",
  namesByThemselves: "common",
  similarToCommon: "common",
  topHundred: "common",
  topTen: "common",
  pwned: "common",
  simpleRepeat: "repeats",
  extendedRepeat: "repeats",
  sequences: "keys-in-a-row",
  straightRow: "keys-in-a-row",
  keyPattern: "keys-in-a-row",
  dates: "date",
  recentYears: "date",
};

let loading: Promise<ZxcvbnFactory> | undefined;
/** The word lists weigh some 60 MB in memory, so they are loaded when somebody chooses a password, not at start. */
const rater = (): Promise<ZxcvbnFactory> =>
  (loading ??= (async () => {
    const [{ ZxcvbnFactory }, common, english] = await Promise.all([
      import("@zxcvbn-ts/core"),
      import("@zxcvbn-ts/language-common"),
      import("@zxcvbn-ts/language-en"),
    ]);
    const dictionary = { ...common.dictionary, ...english.dictionary, local: LOCAL.split(" ") };
    return new ZxcvbnFactory({ dictionary, graphs: common.adjacencyGraphs });
  })());

/** Accepts a password or says what to change about it. `own` are the person's name and e-mail address. */
export async function checkPassword(password: string, own: readonly string[]): Promise<Result<undefined, Refusal>> {
  const part = own.flatMap(partsOf).find((one) => password.toLowerCase().includes(one));
  const advice = (await adviceOn(password)) ?? (part === undefined ? undefined : "has-own-name");
  if (advice === undefined) return ok(undefined);
  const fix = advice === "has-own-name" ? `${FIX[advice]} ("${part}")` : FIX[advice];
  const field = { field: "body.password", value: "(not shown)", fix };
  const facts = { advice, min: PASSWORD_CHARS_MIN, max: PASSWORD_CHARS_MAX, part: part ?? "" };
  return no("invalid", "password-weak", `choose another password: ${fix}`, { fields: [field], facts });
}

async function adviceOn(password: string): Promise<PasswordAdvice | undefined> {
  if (password.length < PASSWORD_CHARS_MIN) return "too-short";
  if (password.length > PASSWORD_CHARS_MAX) return "too-long";
  const { score, feedback } = (await rater()).check(password.slice(0, CHARS_RATED));
  return score >= SCORE_MIN ? undefined : (ADVICE[feedback.warning ?? ""] ?? "one-word");
}

/** `Elin Sandström`, `elin.sandstrom@nordvik.se` → elin, sandström, sandstrom, nordvik. */
const partsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length >= PART_CHARS_MIN);
