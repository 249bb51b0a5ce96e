import type { Tx } from "../store/contract.ts";
import { clearTries, countTry } from "./store-keys.ts";

/** How often something may be tried: `max` times in `seconds`, counted under a name. */
type Limit = { readonly name: string; readonly max: number; readonly seconds: number };

/**
 * Signing in. From one address; for one account from one address (a guesser); for one account in all (many guessers).
 * The last is wide, so that nobody can easily lock somebody else out in the night of an alert.
 */
const PER_ADDRESS: Limit = { name: "sign-in-address", max: 60, seconds: 300 };
const PER_ACCOUNT_AND_ADDRESS: Limit = { name: "sign-in-account-address", max: 8, seconds: 900 };
const PER_ACCOUNT: Limit = { name: "sign-in-account", max: 50, seconds: 900 };
/** Links and second factors: what is guessed there is long, or locked by the library too. */
const OTHER: Limit = { name: "sign-in-other", max: 60, seconds: 300 };
export const LIMIT_SECONDS_MAX = 900;

/** Seconds to wait when the limit is reached; undefined when one may go on. */
export type Wait = number | undefined;

async function tryOnce(
  tx: Tx,
  limit: Limit,
  who: { readonly key: string; readonly now: Temporal.Instant },
): Promise<Wait> {
  const { count, startedAt } = await countTry(tx, keyOf(limit, who.key), { seconds: limit.seconds, now: who.now });
  if (count <= limit.max) return undefined;
  const ends = startedAt.add({ seconds: limit.seconds });
  return Math.max(1, Math.ceil((ends.epochMilliseconds - who.now.epochMilliseconds) / 1000));
}

const KEY_CHARS_MAX = 200;
const keyOf = (limit: Limit, key: string): string => `${limit.name} ${key}`.slice(0, KEY_CHARS_MAX);

type SignInTry = { readonly ip: string; readonly email: string; readonly now: Temporal.Instant };

/** Counts one attempt to sign in with a password. */
export async function trySignIn(tx: Tx, { ip, email, now }: SignInTry): Promise<Wait> {
  return (
    (await tryOnce(tx, PER_ADDRESS, { key: ip, now })) ??
    (await tryOnce(tx, PER_ACCOUNT_AND_ADDRESS, { key: `${ip} ${email}`, now })) ??
    (await tryOnce(tx, PER_ACCOUNT, { key: email, now }))
  );
}

/** A right password clears what was counted for the account from this address. */
export const clearSignIn = (tx: Tx, { ip, email }: Omit<SignInTry, "now">): Promise<void> =>
  clearTries(tx, [keyOf(PER_ACCOUNT_AND_ADDRESS, `${ip} ${email}`)]);

export const tryOther = (tx: Tx, { ip, now }: Omit<SignInTry, "email">): Promise<Wait> =>
  tryOnce(tx, OTHER, { key: ip, now });

/** At most so many sign-ins at once: each hashes a password (32 MB, 0.1 s) and holds a connection meanwhile. */
const AT_ONCE_MAX = 4;
const WAITING_MAX = 64;

/** Lets a few in at a time; undefined when too many wait already. */
export function gate(): { enter(): Promise<(() => void) | undefined> } {
  const waiting: (() => void)[] = [];
  let inside = 0;
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else inside -= 1;
  };
  return {
    async enter() {
      if (inside < AT_ONCE_MAX) inside += 1;
      else if (waiting.length >= WAITING_MAX) return undefined;
      else await new Promise<void>((go) => waiting.push(go));
      return leave;
    },
  };
}
