/** How deep and how wide an event is looked at, and how long a name may be. */
const DEPTH_MAX = 8;
const FIELDS_MAX = 1_000;
const NAME_LENGTH_MAX = 300;

/** Every field of an event as a rule would name it, steps with dots; members of a list have the list's name. */
export function fieldsOf(view: object): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown, name: string, depth: number): void => {
    if (value === undefined || found.size >= FIELDS_MAX) return;
    if (Array.isArray(value)) {
      if (name !== "") found.add(name);
      for (const member of value) if (typeof member === "object" && member !== null) visit(member, name, depth + 1);
      return;
    }
    if (name !== "") found.add(name);
    if (typeof value !== "object" || value === null || depth >= DEPTH_MAX) return;
    for (const [key, member] of Object.entries(value)) {
      const full = name === "" ? key : `${name}.${key}`;
      if (key !== "" && full.length <= NAME_LENGTH_MAX) visit(member, full, depth + 1);
    }
  };
  visit(view, "", 0);
  return found;
}
