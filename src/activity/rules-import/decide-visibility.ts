import type { LogSource } from "../sigma/contract.ts";

/**
 * `ours`: a field of every normalised event. `seen`: an event of the rule's log source carried it. `never`: events of its log source are there,
 * and none ever had it. `untold`: no event of its log source was ever kept, so nobody can say.
 */
export const SIGHTS = ["ours", "seen", "never", "untold"] as const;
export type Sight = (typeof SIGHTS)[number];
export type Visibility = { readonly [sight in Sight]: readonly string[] };

/** What a rule asks for, as its card says. */
export type Asking = { readonly fields: readonly string[]; readonly logsources: readonly LogSource[] };
/** Fields that events ever carried, by the name of their log source. */
export type Seen = ReadonlyMap<string, ReadonlySet<string>>;

/** A log source as one text: `azure|auditlogs|*`. */
export const sourceName = ({ product, service, category }: LogSource): string =>
  [product, service, category].map((part) => part ?? "*").join("|");

/** Normalised fields below which anything may stand. */
const OPEN = ["request", "changed", "raw"];
export const isOpenField = (field: string): boolean => OPEN.some((one) => field.startsWith(`${one}.`));

/**
 * Which of its fields a rule can see here. A condition on a field that is never seen cannot hold, unless it is turned round.
 * @param ours names of the normalised fields
 */
export function visibilityOf(
  { fields, logsources }: Asking,
  { ours, seen }: { readonly ours: ReadonlySet<string>; readonly seen: Seen },
): Visibility {
  const own = [...seen].filter(([name]) => logsources.length === 0 || logsources.some((one) => isOf(name, one)));
  const sight = (field: string): Sight => {
    if (ours.has(field) || own.some(([, names]) => names.has(field))) return ours.has(field) ? "ours" : "seen";
    if (own.length === 0) return "untold";
    return "never";
  };
  const found: Record<Sight, string[]> = { ours: [], seen: [], never: [], untold: [] };
  for (const field of new Set(fields)) found[sight(field)].push(field);
  return found;
}

/** Events of this log source are what a rule for that one is asked of: every part that it names is theirs. */
function isOf(name: string, wanted: LogSource): boolean {
  const [product, service, category] = name.split("|");
  return (
    (wanted.product === undefined || wanted.product === product) &&
    (wanted.service === undefined || wanted.service === service) &&
    (wanted.category === undefined || wanted.category === category)
  );
}

/** Names of normalised fields with the steps that lead to them; for what may hold anything, its own name alone. */
export function ourFields(names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>(OPEN);
  for (const name of names) {
    const steps = name.split(".");
    steps.forEach((_step, at) => found.add(steps.slice(0, at + 1).join(".")));
  }
  return found;
}
