import { ok, refuse, type Result } from "../core/result.ts";

/** Numbers keep the digits that were written: as a binary fraction an amount could lose its last cent. */
const exactNumbers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === "number" ? (context?.source ?? String(value)) : value;
const parse = (text: string): unknown => JSON.parse(text, exactNumbers as (key: string, value: unknown) => unknown);

/** Where a file's objects stand: in a list, in the list that a member holds (`{"Invoices": […]}`), or one after another. */
export type JsonPlace = { readonly kind: "json" | "ndjson"; readonly member: string | null };

/** The text of one object longer than this is not a row of a ledger. */
export const JSON_OBJECT_CHARS_MAX = 1_000_000;
export class UnreadableJson extends Error {}

export type JsonReader = {
  /** Takes the next piece of text, cut anywhere, and gives the objects that are complete. */
  push(text: string): unknown[];
  /** Gives what is left when the file ends. Throws `UnreadableJson` when it ends in the middle. */
  end(): unknown[];
};

const QUOTE = 34;
const BACKSLASH = 92;
const isOpen = (code: number): boolean => code === 123 || code === 91;
const isClose = (code: number): boolean => code === 125 || code === 93;

type Scan = {
  /** How deep the objects stand: 0 one after another, 1 in a list, 2 in the list of a member. */
  readonly wanted: 0 | 1 | 2;
  readonly member: string | null;
  rest: string;
  at: number;
  depth: number;
  /** Where the present object begins in `rest`; -1 while none has begun. */
  begun: number;
  isText: boolean;
  isEscaped: boolean;
  textFrom: number;
  lastText: string;
  isIn: boolean;
  count: number;
};

/**
 * Reads the objects of a JSON file piece by piece: only the object that is being read is held, whatever the size of the file.
 * What stands around the list (paging, totals of the answer) is passed over.
 */
export function jsonReader({ kind, member }: JsonPlace): JsonReader {
  const scan: Scan = {
    wanted: kind === "ndjson" ? 0 : member === null ? 1 : 2,
    member,
    rest: "",
    at: 0,
    depth: 0,
    begun: -1,
    isText: false,
    isEscaped: false,
    textFrom: -1,
    lastText: "",
    isIn: member === null,
    count: 0,
  };
  return {
    push(text) {
      scan.rest += text;
      return readOn(scan);
    },
    end() {
      if (scan.depth !== 0 || scan.isText)
        throw new UnreadableJson("the file ends in the middle: a bracket is not closed");
      return [];
    },
  };
}

function readOn(scan: Scan): unknown[] {
  const objects: unknown[] = [];
  const { rest } = scan;
  for (; scan.at < rest.length; scan.at++) {
    const code = rest.charCodeAt(scan.at);
    if (scan.isText) readText(scan, code);
    else if (code === QUOTE) {
      scan.isText = true;
      scan.textFrom = scan.at;
    } else if (isOpen(code)) openBracket(scan, code);
    else if (isClose(code)) {
      const text = closeBracket(scan);
      if (text !== undefined) objects.push(parseObject(text, scan.count));
    } else if (scan.depth === 0 && code > 32 && code !== 44 && code !== 0xfeff)
      throw new UnreadableJson(`"${rest.slice(scan.at, scan.at + 20)}" stands outside of every object`);
  }
  keepOpen(scan);
  return objects;
}

function readText(scan: Scan, code: number): void {
  if (scan.isEscaped) scan.isEscaped = false;
  else if (code === BACKSLASH) scan.isEscaped = true;
  else if (code === QUOTE) {
    scan.isText = false;
    if (scan.depth === 1 && scan.wanted === 2) scan.lastText = scan.rest.slice(scan.textFrom + 1, scan.at);
  }
}

function openBracket(scan: Scan, code: number): void {
  if (scan.depth === scan.wanted && scan.isIn) {
    if (code === 91) throw new UnreadableJson(`entry ${scan.count + 1} is a list, not an object`);
    scan.begun = scan.at;
  }
  // The list of the member begins: what comes right before it is its name.
  if (scan.depth === 1 && scan.wanted === 2) scan.isIn = code === 91 && scan.lastText === scan.member;
  scan.depth += 1;
}

/** The text of the object that ends here, if one does. */
function closeBracket(scan: Scan): string | undefined {
  scan.depth -= 1;
  if (scan.depth < 0) throw new UnreadableJson("a bracket is closed that was never opened");
  if (scan.depth !== scan.wanted || scan.begun < 0) return undefined;
  scan.count += 1;
  const text = scan.rest.slice(scan.begun, scan.at + 1);
  scan.begun = -1;
  return text;
}

/** Only the object or text that has begun is kept. */
function keepOpen(scan: Scan): void {
  const from = scan.begun >= 0 ? scan.begun : scan.isText ? scan.textFrom : scan.rest.length;
  if (scan.rest.length - from > JSON_OBJECT_CHARS_MAX)
    throw new UnreadableJson(
      `entry ${scan.count + 1} has more than ${JSON_OBJECT_CHARS_MAX.toLocaleString("en")} characters`,
    );
  scan.rest = scan.rest.slice(from);
  scan.at -= from;
  if (scan.begun >= 0) scan.begun -= from;
  scan.textFrom -= from;
}

function parseObject(text: string, count: number): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UnreadableJson(`entry ${count} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Where the objects of a file stand, judged by its beginning. `isWhole`: the text is all of it. */
export function jsonPlace(text: string, isWhole: boolean): Result<JsonPlace, string> {
  const body = text.replace(/^\uFEFF/, "").trimStart();
  if (body.startsWith("[")) return ok({ kind: "json", member: null });
  try {
    const lines = jsonReader({ kind: "ndjson", member: null });
    const first = lines.push(body);
    if (first.length > 1) return ok({ kind: "ndjson", member: null });
    const only = first[0];
    if (only !== undefined) {
      const longest = Object.entries(only as object)
        .filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && typeof entry[1][0] === "object")
        .sort((a, b) => b[1].length - a[1].length)[0];
      return ok(longest === undefined ? { kind: "ndjson", member: null } : { kind: "json", member: longest[0] });
    }
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    if (isWhole || !/more than/.test(error.message)) return refuse(error.message);
  }
  if (isWhole) return refuse("it is not JSON: the file ends in the middle");
  // One object larger than what was looked at: the member whose list has most entries so far.
  const names = [...new Set([...body.matchAll(/"([^"\\]{1,100})"\s*:\s*\[\s*\{/g)].map((found) => found[1] ?? ""))];
  const counted = names.map((member) => {
    const reader = jsonReader({ kind: "json", member });
    try {
      return { member, count: reader.push(body).length };
    } catch {
      return { member, count: 0 };
    }
  });
  const best = counted.sort((a, b) => b.count - a.count)[0];
  return best === undefined || best.count === 0
    ? refuse("no list of objects was found in it")
    : ok({ kind: "json", member: best.member });
}

const DEPTH_MAX = 4;

/** Members of an object as text cells; members of members are named `customer.id`. */
export function jsonRow(value: unknown): ReadonlyMap<string, string> {
  const row = new Map<string, string>();
  const put = (name: string, member: unknown, depth: number): void => {
    if (member === null || member === undefined) return;
    if (typeof member === "object" && !Array.isArray(member) && depth < DEPTH_MAX) {
      for (const [key, inner] of Object.entries(member)) put(name === "" ? key : `${name}.${key}`, inner, depth + 1);
    } else
      row.set(
        name === "" ? "value" : name,
        typeof member === "string" ? member : typeof member === "object" ? JSON.stringify(member) : String(member),
      );
  };
  put("", value, 0);
  return row;
}
