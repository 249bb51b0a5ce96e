import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { CustomerId } from "../../core/ids.ts";
import { loadEmails } from "../../customers/store.ts";
import { SURETY } from "../../store/contract.ts";
import { testStore } from "../../store/testing.ts";
import { contactsOf, removeContact } from "./store-contacts.ts";
import { takeFromPartnerCenter, takeMails } from "./take-contacts.ts";
import { NOW } from "./testing.ts";
import { testWorld } from "./testing-world.ts";

const store = await testStore();
const { world } = testWorld(store);
const deps = world({}, { emailsAfter: loadEmails });
const [A, B, C, D] = ["a", "b", "c", "d"].map((one) => `${one.repeat(8)}-1111-4222-8333-444455556666` as CustomerId);
const shown = async () =>
  (
    await contactsOf(
      store.db,
      [A, B, C, D].filter((one) => one !== undefined),
    )
  ).map((row) => `${row.customer_id[0]} ${row.address} ${row.name ?? "-"} ${row.source}`);

test("addresses that Partner Center knows are taken once, and never over what a person wrote or took away", async () => {
  const customer = (id: CustomerId | undefined, email: string | null, name: string | null) =>
    sql`insert into customer (id, name, name_key, search, email, contact_name, first_seen_at, last_seen_at, relationship, custom_domains)
      values (${id}, 'K', 'k', 'k', ${email}, ${name}, now(), now(), 'direct', '{}')`.execute(store.db);
  await customer(A, "ekonomi@a.example", "Anna Ek");
  await customer(B, "b@b.example", null);
  await customer(C, "not an address", null);
  await customer(D, null, null);
  await store.inTransaction((tx) =>
    takeMails(tx, deps, {
      known: [{ customerId: B as CustomerId, email: "faktura@b.example", name: null }],
      source: "ledger",
      actor: SURETY,
      now: NOW,
    }),
  );
  assert.equal(await takeFromPartnerCenter(deps), 1);
  assert.deepEqual(await shown(), ["a ekonomi@a.example Anna Ek partner-center", "b faktura@b.example - ledger"]);
  assert.equal(await takeFromPartnerCenter(deps), 0);
  const [row] = await contactsOf(store.db, [A as CustomerId]);
  await store.inTransaction((tx) => removeContact(tx, row?.contact_id ?? "", NOW));
  assert.equal(await takeFromPartnerCenter(deps), 0, "taken away stays away");
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from event where type = 'collections.contact-saved'`.execute(store.db);
  assert.equal(rows[0]?.n, 2);
});
