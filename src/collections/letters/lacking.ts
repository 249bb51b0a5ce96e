import type { Tx } from "../../store/contract.ts";
import { PLACES, type Place, type Purpose, PURPOSES } from "./contract.ts";
import { type Creditor, REQUIRED } from "./decide-model.ts";
import type { LettersDeps } from "./deps.ts";
import { missingOf } from "./http-mail.ts";
import { creditorOf } from "./service.ts";

/** Which statements of a letter say nothing while this is not known of the creditor. */
const SAID_BY: Readonly<Record<string, readonly string[]>> = {
  name: ["creditor", "creditor.name"],
  address: ["creditor"],
  contact: ["contact", "objection", "creditor.phone"],
  payment: ["payment"],
};

/** Required statements that would go out empty. A template cannot lack one: saving it is refused, and one kept from before gives way. */
export function lackingIn(purpose: Purpose, creditor: Creditor): readonly string[] {
  const empty = new Set(missingOf(creditor).flatMap((what) => SAID_BY[what] ?? []));
  if (creditor.phone === undefined) empty.add("creditor.phone");
  return REQUIRED[purpose].filter((name) => empty.has(name));
}

/** For the policy linter: letters that lack a statement, by the law that asks for it. */
export async function lackingLetters(
  deps: Pick<LettersDeps, "settings" | "isDemo">,
  tx: Tx,
): Promise<readonly { readonly letter: Purpose; readonly law: Place; readonly missing: string }[]> {
  const creditor = await creditorOf(deps, tx);
  return PURPOSES.flatMap((letter) => {
    const missing = lackingIn(letter, creditor).join(", ");
    return missing === "" ? [] : PLACES.map((law) => ({ letter, law, missing }));
  });
}
