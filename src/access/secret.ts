import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const FILE = "secret.key";
const KEY_BYTES = 32;
/** A secret that a person sets by environment must be at least this long; a short one can be guessed offline. */
const SECRET_CHARS_MIN = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The desk's keys, each derived for one use so that knowing one tells nothing about another. */
export type Keys = {
  /** Signs session cookies and encrypts second factors. */
  readonly auth: string;
  /** Seals settings that are secret. */
  readonly settings: Buffer;
  /** Makes the passwords of demo people, so that none need be kept. */
  readonly demo: Buffer;
};

/** Reads `SURETY_SECRET` when it is given, else the key file of the data folder, which the first start makes (mode 0600). */
export function openKeys(dataFolder: string, given: string | undefined = process.env["SURETY_SECRET"]): Keys {
  if (given !== undefined && given.length < SECRET_CHARS_MIN)
    throw new Error(
      `SURETY_SECRET must have at least ${SECRET_CHARS_MIN} characters, e.g. from: openssl rand -base64 32`,
    );
  const master = given ?? keyFile(dataFolder);
  const derive = (use: string): Buffer => Buffer.from(hkdfSync("sha256", master, "", `surety ${use}`, KEY_BYTES));
  return { auth: derive("auth").toString("base64url"), settings: derive("settings"), demo: derive("demo") };
}

function keyFile(dataFolder: string): string {
  mkdirSync(dataFolder, { recursive: true });
  const path = join(dataFolder, FILE);
  try {
    // "wx" fails when the file is there: two starts at once cannot end with two keys.
    const file = openSync(path, "wx", 0o600);
    try {
      writeSync(file, `${randomBytes(KEY_BYTES).toString("base64url")}\n`);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const text = readFileSync(path, "utf8").trim();
  if (text.length < SECRET_CHARS_MIN)
    throw new Error(
      `${path} is damaged: restore it from a backup (without it nobody's second factor and no stored secret can be read)`,
    );
  return text;
}

/** 256 random bits as text for an address or a header. */
export const newToken = (): string => randomBytes(KEY_BYTES).toString("base64url");

/** What is kept of a token: a plain hash is enough, because nobody can guess 256 bits. */
export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Seals `text` so that only this desk reads it, and only under the same name. */
export function seal(key: Buffer, name: string, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
}

/** Opens what `seal` made; undefined when the key or the name is another one, or the text was changed. */
export function unseal(key: Buffer, name: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(name))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

/** The value of a signed cookie as the sign-in library writes it: `token.signature`, signature in base64. */
export const signedValue = (secret: string, token: string): string =>
  `${token}.${createHmac("sha256", secret).update(token).digest("base64")}`;

/** The token of a signed cookie value, or undefined when the signature is not ours. */
export function verifiedToken(secret: string, value: string): string | undefined {
  const dot = value.lastIndexOf(".");
  if (dot < 1) return undefined;
  const token = value.slice(0, dot);
  const wanted = Buffer.from(signedValue(secret, token));
  const given = Buffer.from(value);
  return wanted.length === given.length && timingSafeEqual(wanted, given) ? token : undefined;
}

/** The password of a demo person: the same at each start of the desk, another at each desk. */
export const demoPassword = (key: Buffer, email: string): string =>
  `demo-${createHmac("sha256", key)
    .update(email)
    .digest("base64url")
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 12)}`;
