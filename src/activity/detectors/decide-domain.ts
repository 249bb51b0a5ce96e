/** Second-level names under which registries of countries register: `example.co.uk` belongs together, `co.uk` does not. */
const SECOND_LEVEL = new Set(
  "ac ad asn asso biz co com ed edu firm gen go gob gouv gov gv id ind inf info ltd me mil muni ne net nom nsw or org parti plc police pp press qld sch tm vic web".split(
    " ",
  ),
);
/** Services under which everybody gets a name of their own. */
const SHARED = new Set(["onmicrosoft.com", "azurewebsites.net", "cloudapp.net", "github.io", "blogspot.com"]);

/**
 * The part of a domain that someone registered: its last two labels, or three below names like `co.uk` and services that give names away. A
 * rule and no list of public suffixes: the few registries with other habits come out one label short, which joins domains and never splits
 * them. Undefined for what is no domain.
 */
export function registrable(domain: string): string | undefined {
  const labels = domain.trim().toLowerCase().replace(/\.$/, "").split(".");
  if (labels.length < 2 || labels.some((label) => !/^[\p{L}\p{N}_-]{1,63}$/u.test(label))) return undefined;
  const last = labels.at(-1) ?? "";
  if (/^\d+$/.test(last)) return undefined;
  const two = labels.slice(-2).join(".");
  const isBelow = SHARED.has(two) || (last.length === 2 && SECOND_LEVEL.has(labels.at(-2) ?? ""));
  if (!isBelow) return two;
  return labels.length >= 3 ? labels.slice(-3).join(".") : undefined;
}

/** Where the holder of a sign-in name is at home: guests carry it before `#EXT#`. Undefined when it is no address. */
export function domainOfUser(name: string): string | undefined {
  const lower = name.toLowerCase();
  const guest = /^(.+)_([^_@]+)#ext#@/.exec(lower);
  return registrable(guest?.[2] ?? lower.split("@").at(1) ?? "");
}
export const isGuest = (name: string): boolean => name.toLowerCase().includes("#ext#@");
