/** A small policy for tests: head and steps, each may be replaced. */
export const HEAD = `format: surety/collections-policy/1
id: test
name: { en: Test }
law: SE
calendar: { timeZone: Europe/Stockholm, holidays: SE }
`;
export const STEP = `  - id: friendly
    name: { en: Friendly reminder }
    daysPastDue: 5
    tell: [{ channel: mail, letter: friendly }]
`;
export const policyText = (head: string, steps: string): string => `${HEAD}${head}steps:\n${steps}`;
