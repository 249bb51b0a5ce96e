/**
 * What a payment reference may name. Payers write an invoice's own number, or a structured reference made of it: Swedish OCR
 * (number, perhaps a length digit, a check digit), Norwegian KID (the same with modulus 10 or 11), or RF/SCOR (ISO 11649).
 */

/** Digits that a structured reference must have before it is taken apart: shorter ones are too often right by chance. */
const STRUCTURED_DIGITS_MIN = 5;
/** An invoice number that is looked for at the end of a longer KID must have this many digits. */
const TAIL_DIGITS_MIN = 4;

/** Check by modulus 10 (Luhn) over the whole number, its last digit being the check digit. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    if (digit < 0 || digit > 9) return false;
    const weighed = at % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return digits.length > 1 && sum % 10 === 0;
}

/** Check by modulus 11 as KID has it: weights 2 to 7 from the right; `-` stands for a check digit of 10. */
export function isModulus11(reference: string): boolean {
  const body = reference.slice(0, -1);
  if (!/^\d+$/.test(body)) return false;
  let sum = 0;
  for (let at = 0; at < body.length; at++) sum += (body.charCodeAt(body.length - 1 - at) - 48) * (2 + (at % 6));
  const check = (11 - (sum % 11)) % 11;
  return reference.at(-1) === (check === 10 ? "-" : String(check));
}

/** Check of ISO 11649: the four first characters go to the end, letters count 10 to 35, modulus 97 leaves 1. */
export function isRf(reference: string): boolean {
  const text = reference.toUpperCase();
  if (!/^RF\d{2}[0-9A-Z]{1,21}$/.test(text)) return false;
  let rest = 0;
  for (const char of text.slice(4) + text.slice(0, 4))
    rest = Number(`${rest}${char >= "A" ? char.charCodeAt(0) - 55 : char}`) % 97;
  return rest === 1;
}

const bare = (text: string): string => text.replace(/^0+(?=.)/, "");

/**
 * Invoice numbers that a reference can stand for, most likely first, in lower case: itself, then what is left without check and
 * length digits. Only a reference whose check holds is taken apart.
 */
export function referenceCandidates(reference: string): readonly string[] {
  const text = reference.toLowerCase().replaceAll(/\s/g, "");
  if (text === "") return [];
  const found = [text];
  if (isRf(text)) found.push(text.slice(4), bare(text.slice(4)));
  else if (/^\d+-?$/.test(text) && text.length >= STRUCTURED_DIGITS_MIN) {
    const luhn = isLuhn(text);
    if (luhn || isModulus11(text)) found.push(text.slice(0, -1), bare(text.slice(0, -1)));
    // The length digit is the last digit of the length of the whole reference, both digits included.
    if (luhn && text.at(-2) === String(text.length % 10)) found.push(text.slice(0, -2), bare(text.slice(0, -2)));
  }
  return [...new Set(found)].filter((one) => one !== "");
}

/**
 * The one number a KID ends with: it often begins with the customer's number. Undefined when its check fails, when none or
 * several numbers fit.
 */
export function numberAtEndOf(reference: string, numbers: Iterable<string>): string | undefined {
  const text = reference.replaceAll(/\s/g, "");
  if (text.length < STRUCTURED_DIGITS_MIN || !(isLuhn(text) || isModulus11(text))) return undefined;
  const body = text.slice(0, -1);
  let found: string | undefined;
  for (const number of numbers) {
    if (number.length < TAIL_DIGITS_MIN || !/^\d+$/.test(number) || !body.endsWith(number)) continue;
    if (found !== undefined && found !== number) return undefined;
    found = number;
  }
  return found;
}
