import type { CustomerId } from "../../core/ids.ts";
import { dayOf } from "../../core/time.ts";
import { type Actor, SURETY, type Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { LETTER_EVENTS } from "./contract.ts";
import type { LettersDeps } from "./deps.ts";
import { checkedAddress } from "./http-contacts.ts";
import { type ContactRow, offerMails } from "./store-contacts.ts";

/** Mail addresses that are known elsewhere, so that letters have somewhere to go before anybody has typed one. */
export type KnownMail = { readonly customerId: CustomerId; readonly email: string; readonly name: string | null };
type Taking = {
  readonly known: readonly KnownMail[];
  readonly source: Exclude<ContactRow["source"], "person">;
  readonly actor: Actor;
  readonly now: Temporal.Instant;
};

const NAME_CHARS_MAX = 120;

/**
 * Takes addresses over for customers that never had one here; what a person wrote, or took away, is left alone. What is no address is
 * left out. Gives how many were kept. Safe to repeat.
 */
export async function takeMails(
  tx: Tx,
  deps: Pick<LettersDeps, "newId" | "zone">,
  { known, source, actor, now }: Taking,
): Promise<number> {
  const since = dayOf(now, deps.zone());
  const one = new Map(known.map((row) => [row.customerId, row]));
  const rows = [...one.values()].flatMap(({ customerId, email, name }) => {
    const address = checkedAddress("mail", email);
    if (!address.ok) return [];
    const called = name?.trim().slice(0, NAME_CHARS_MAX);
    return [
      {
        contact_id: deps.newId(),
        customer_id: customerId,
        address: address.value,
        name: called === undefined || called === "" ? null : called,
        since,
        source,
      },
    ];
  });
  if (rows.length === 0) return 0;
  const kept = await offerMails(tx, rows);
  await appendEvents(
    tx,
    kept.map((row) => ({
      type: LETTER_EVENTS.contactSaved,
      actor,
      at: now,
      subject: { kind: "contact", id: row.contact_id },
      customerId: row.customer_id as CustomerId,
      data: { channel: "mail", address: row.address, source },
    })),
  );
  return kept.length;
}

const CUSTOMERS_A_READ = 1_000;

/** What Partner Center's profiles know. Gives how many addresses were kept. */
export async function takeFromPartnerCenter(deps: LettersDeps): Promise<number> {
  const { emailsAfter } = deps;
  if (emailsAfter === undefined) return 0;
  let taken = 0;
  for (let after = ""; ;) {
    const known = await emailsAfter(deps.store.db, after, CUSTOMERS_A_READ);
    taken += await deps.store.inTransaction((tx) =>
      takeMails(tx, deps, { known, source: "partner-center", actor: SURETY, now: deps.clock.now() }),
    );
    const last = known.at(-1);
    if (last === undefined || known.length < CUSTOMERS_A_READ) return taken;
    after = last.customerId;
  }
}
