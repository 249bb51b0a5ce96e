import { createHash } from "node:crypto";

/** A GUID that the same words always give: the world is the same for the same seed. */
export function guidOf(...words: readonly (string | number)[]): string {
  const hex = createHash("sha256").update(words.join("\u0000")).digest("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4] ?? "8";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A fraction in [0, 1) that the same words always give: noise that needs no memory. */
export function fractionOf(...words: readonly (string | number)[]): number {
  let hash = 2_166_136_261;
  for (const char of words.join("|")) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}
