/** The untidiness of real answers (CONTRACT 0.3 to 0.7), made on demand. */

const walk = (value: unknown, change: (key: string, value: unknown) => readonly [string, unknown]): unknown => {
  if (Array.isArray(value)) return value.map((item) => walk(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const [newKey, newItem] = change(key, item);
      return [newKey, walk(newItem, change)];
    }),
  );
};

/** Every second member PascalCase, some lower case: as in answers that mix `IsTest` and `activityLogs`. */
export function inOddCase(body: unknown): unknown {
  let n = 0;
  return walk(body, (key, value) => {
    n += 1;
    if (key.startsWith("@")) return [key, value];
    if (n % 3 === 0) return [key, value];
    return [n % 3 === 1 ? key.charAt(0).toUpperCase() + key.slice(1) : key.toLowerCase(), value];
  });
}

export const asStrings = (body: unknown): unknown =>
  walk(body, (key, value) => [key, typeof value === "number" || typeof value === "boolean" ? String(value) : value]);

const CLOSED_LISTS =
  /^(alertType|eventType|severity|confidenceLevel|operationType|resourceType|billingCycle|requirementType|contractType|type)$/i;

/** Values that no published list has, where Microsoft may add some. */
export const withUnknownWords = (body: unknown): unknown =>
  walk(body, (key, value) => [key, CLOSED_LISTS.test(key) && typeof value === "string" ? `future_${value}` : value]);
