import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Store } from "../store/contract.ts";
import { lockSecret, readSecret, saveSecret } from "./store.ts";

/** Where refresh tokens live. Whoever holds one acts as the person who consented, so nothing else may read it. */
export type TokenVault = {
  has(name: string): Promise<boolean>;
  put(name: string, secret: string): Promise<void>;
  /**
   * Hands the secret to `exchange` while nobody else may, and keeps the one that comes back before this returns:
   * a token that was rotated but not kept would lock us out. Gives undefined when there is no such secret.
   */
  rotate<T>(name: string, exchange: (secret: string) => Promise<Rotated<T>>): Promise<T | undefined>;
};
export type Rotated<T> = { readonly next: string | undefined; readonly value: T };

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts with AES-256-GCM; the name is authenticated, so a sealed secret cannot be moved to another name. */
export function seal(key: Buffer, name: string, secret: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(name, "utf8"));
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return `v1.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url")}`;
}

/** Throws when the key is another one or the text was changed. */
export function unseal(key: Buffer, name: string, text: string): string {
  if (!text.startsWith("v1.")) throw new Error("the sealed secret has an unknown form");
  const bytes = Buffer.from(text.slice(3), "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(name, "utf8"))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
}

/** Reads the key file, making it on first use: 32 random bytes as hex, readable by the owner alone, on disk before use. */
export function keyFrom(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true });
  try {
    const handle = openSync(file, "wx", 0o600);
    writeSync(handle, randomBytes(KEY_BYTES).toString("hex"));
    fsyncSync(handle);
    closeSync(handle);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const key = Buffer.from(readFileSync(file, "utf8").trim(), "hex");
  if (key.length !== KEY_BYTES) throw new Error(`the key file ${file} does not hold ${KEY_BYTES} bytes in hex`);
  return key;
}

/** The vault in the database, sealed with a key that is not in the database. */
export function createVault(store: Store, key: Buffer): TokenVault {
  return {
    has: async (name) => (await readSecret(store.db, name)) !== undefined,
    put: (name, secret) => store.inTransaction((tx) => saveSecret(tx, name, seal(key, name, secret))),
    rotate: (name, exchange) =>
      store.inTransaction(async (tx) => {
        const sealed = await lockSecret(tx, name);
        if (sealed === undefined) return undefined;
        const { next, value } = await exchange(unseal(key, name, sealed));
        if (next !== undefined) await saveSecret(tx, name, seal(key, name, next));
        return value;
      }),
  };
}
