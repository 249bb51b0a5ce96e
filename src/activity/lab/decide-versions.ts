import type { RuleOrigin, RuleState } from "./contract.ts";

/** What is known of a stored rule when something about it is to change. */
export type Standing = {
  readonly origin: RuleOrigin;
  readonly state: RuleState;
  /** The version in use, the newest, and the newest that came from outside (Surety itself, or an import). */
  readonly version: number;
  readonly newest: number;
  readonly upstream: number | null;
  readonly isWithdrawn: boolean;
  readonly sha256Of: ReadonlyMap<number, string>;
};

/** It runs another text than came from outside. */
export const differs = ({
  version,
  upstream,
  sha256Of,
}: Pick<Standing, "version" | "upstream" | "sha256Of">): boolean =>
  upstream !== null && version !== upstream && sha256Of.get(version) !== sha256Of.get(upstream);

/**
 * What a text from outside does to a rule: `add`: there was none. `same`: it is known. `follow`: the rule was as it came before and moves on.
 * `keep`: somebody changed it here; the new text is kept beside as a version, and theirs stays in use.
 */
export function decideDelivery(
  known: Standing | undefined,
  sha256: string,
): { readonly does: "add" | "same" | "follow" | "keep"; readonly version: number } {
  if (known === undefined) return { does: "add", version: 1 };
  if (known.upstream !== null && known.sha256Of.get(known.upstream) === sha256)
    return { does: "same", version: known.version };
  const next = known.newest + 1;
  if (known.sha256Of.get(known.version) === sha256) return { does: "follow", version: next };
  return { does: known.upstream === null || differs(known) ? "keep" : "follow", version: next };
}

/** Which version a person's text becomes: one that is there already when it is the one in use or the newest, else a new one. */
export function decideSave(known: Standing, sha256: string): { readonly version: number; readonly isNew: boolean } {
  for (const version of [known.version, known.newest])
    if (known.sha256Of.get(version) === sha256) return { version, isNew: false };
  return { version: known.newest + 1, isNew: true };
}
