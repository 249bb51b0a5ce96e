/** Amounts by currency as one line, `EUR 10.00, SEK 100.00`: what a field of the policy form shows and reads. */
export const amountsText = (amounts: Readonly<Record<string, string>>): string =>
  Object.entries(amounts)
    .map(([currency, amount]) => `${currency} ${amount}`)
    .join(", ");

const ONE = /^(?:([A-Z]{3})\s*(\d{1,13}(?:\.\d{1,4})?)|(\d{1,13}(?:\.\d{1,4})?)\s*([A-Z]{3}))$/;

/** The amounts in a line, each with a point before its decimals; undefined = it is none. An empty line is no amounts. */
export function amountsIn(text: string): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {};
  for (const part of text.split(/[,;\n]/).map((one) => one.trim().toUpperCase())) {
    if (part === "") continue;
    const [, before, first, second, after] = ONE.exec(part) ?? [];
    const [currency, amount] = [before ?? after, first ?? second];
    if (currency === undefined || amount === undefined || Object.hasOwn(found, currency)) return undefined;
    found[currency] = amount;
  }
  return found;
}
