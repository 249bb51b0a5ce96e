import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sql } from "kysely";
import { testStore } from "../store/testing.ts";
import { createVault, keyFrom, seal, unseal } from "./vault.ts";

const store = await testStore();
const folder = mkdtempSync(join(tmpdir(), "surety-vault-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a key file is made once, for the owner alone", () => {
  const file = join(folder, "deep", "partner-center.key");
  const key = keyFrom(file);
  assert.deepEqual(keyFrom(file), key);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(file, "short");
  assert.throws(() => keyFrom(file), /does not hold 32 bytes/);
});

test("a sealed secret opens with its key and name only, and not when altered", () => {
  const key = randomBytes(32);
  const sealed = seal(key, "name", "the secret");
  assert.equal(unseal(key, "name", sealed), "the secret");
  assert.notEqual(seal(key, "name", "the secret"), sealed);
  assert.throws(() => unseal(randomBytes(32), "name", sealed));
  assert.throws(() => unseal(key, "other", sealed));
  const bytes = Buffer.from(sealed.slice(3), "base64url");
  for (let at = 0; at < bytes.length; at += 7) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.throws(() => unseal(key, "name", `v1.${altered.toString("base64url")}`));
  }
});

test("the vault keeps nothing readable, rotates under a lock, and forgets nothing when an exchange fails", async () => {
  const key = randomBytes(32);
  const vault = createVault(store, key);
  assert.equal(await vault.rotate("token", async () => ({ next: "x", value: 1 })), undefined);
  await vault.put("token", "refresh-0");
  const { rows } = await sql<{ sealed: string }>`select sealed from partner_center_secret`.execute(store.db);
  assert.ok(!rows[0]?.sealed.includes("refresh"));
  const order: string[] = [];
  const rotate = (n: number) =>
    vault.rotate("token", async (secret) => {
      order.push(`${n} begins with ${secret}`);
      await new Promise((done) => setTimeout(done, 20));
      order.push(`${n} ends`);
      return { next: `refresh-${n}`, value: n };
    });
  await Promise.all([rotate(1), rotate(2)]);
  assert.match(order[1] ?? "", /ends/, "one exchange ends before the other begins");
  assert.match(order[2] ?? "", /begins with refresh-[12]/);
  const held = await vault.rotate("token", async (secret) => ({ next: undefined, value: secret }));
  await assert.rejects(vault.rotate("token", async () => Promise.reject(new Error("token service down"))));
  assert.equal(await vault.rotate("token", async (secret) => ({ next: undefined, value: secret })), held);
  assert.equal(await vault.has("token"), true);
});
