/**
 * ISO 4217 alphabetic codes in circulation with their exponent (digits after the decimal sign).
 * Source: ISO 4217 list one, amendment 176. Funds codes and metals are left out: nobody is billed in them.
 */
const TWO =
  "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG";
const ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THREE = "BHD IQD JOD KWD LYD OMR TND";

const exponents = new Map<string, number>([
  ...TWO.split(" ").map((code) => [code, 2] as const),
  ...ZERO.split(" ").map((code) => [code, 0] as const),
  ...THREE.split(" ").map((code) => [code, 3] as const),
]);

/** An ISO 4217 code this desk knows. Obtain one with `currency()`. */
export type Currency = string & { readonly __currency?: never };

/** Every known code, in alphabetical order. */
export const CURRENCIES: readonly string[] = [...exponents.keys()].sort();

/** Whether `code` is a known ISO 4217 code in upper case. */
export const isCurrency = (code: string): code is Currency => exponents.has(code);

/** Digits after the decimal sign: 2 for EUR, 0 for JPY, 3 for KWD. Throws on an unknown code (our bug). */
export function exponentOf(code: Currency): number {
  const exponent = exponents.get(code);
  if (exponent === undefined) throw new Error(`invariant broken: unknown currency ${code}`);
  return exponent;
}
