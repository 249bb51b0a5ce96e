/** Encodings of the modifiers `wide`, `utf16…`, `base64` and `base64offset`, without anything of the platform. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
}

/** UTF-16: little endian for `wide` and `utf16le`, big for `utf16be`, and for `utf16` little behind its mark FF FE. */
export function utf16(text: string, how: "wide" | "utf16le" | "utf16be" | "utf16"): Uint8Array {
  const bytes: number[] = how === "utf16" ? [0xff, 0xfe] : [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (how === "utf16be") bytes.push(unit >> 8, unit & 255);
    else bytes.push(unit & 255, unit >> 8);
  }
  return Uint8Array.from(bytes);
}

export function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    text += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    text += b === undefined ? "=" : ALPHABET.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    text += c === undefined ? "=" : ALPHABET.charAt(c & 63);
  }
  return text;
}

const START = [0, 2, 3] as const;
const END = [0, 3, 2] as const;

/** How the bytes look inside of a longer text that is encoded as a whole, at each of the three places they can begin. */
export const base64Offsets = (bytes: Uint8Array): readonly string[] =>
  ([0, 1, 2] as const).map((offset) => {
    const shifted = new Uint8Array(offset + bytes.length).fill(0x20);
    shifted.set(bytes, offset);
    const encoded = base64Of(shifted);
    const cut = END[((bytes.length + offset) % 3) as 0 | 1 | 2];
    return encoded.slice(START[offset], encoded.length - cut);
  });
