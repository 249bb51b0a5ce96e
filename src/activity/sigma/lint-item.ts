import { BACKTRACKING_INPUT_MAX, isLinear } from "./decide-modifiers.ts";
import type { Linting } from "./lint-tell.ts";

/** One `field|modifiers: values` of a selection. */
export type LintItem = {
  readonly field: string;
  readonly modifiers: readonly string[];
  readonly keyNode: unknown;
  readonly values: readonly { readonly node: unknown; readonly text: string | undefined }[];
};

/** Modifiers after which a text is no longer read with wildcards. */
const VERBATIM = ["re", "cidr", "fieldref", "exists", "gt", "gte", "lt", "lte"];
const WIDENING = ["contains", "startswith", "endswith"];

/** What an item says beside what it seems to say. */
export function lintItem(item: LintItem, linting: Linting): void {
  lintModifiers(item, linting);
  lintDoubles(item, linting);
  for (const { node, text } of item.values) {
    if (text === undefined) continue;
    if (item.modifiers.includes("re")) lintRegex(node, text, linting);
    else if (!item.modifiers.some((one) => VERBATIM.includes(one))) lintText(node, { text, item }, linting);
  }
}

function lintModifiers({ field, modifiers, keyNode, values }: LintItem, { tell }: Linting): void {
  const has = (name: string): boolean => modifiers.includes(name);
  if (has("neq") && !has("exists"))
    tell(keyNode, {
      severity: "warning",
      code: "neq-absent",
      message: `${field} that is absent is not equal either: events without it match`,
      fix: `put ${field}|exists: true beside it if it must be there`,
    });
  if (has("base64offset") && !has("contains"))
    tell(keyNode, {
      severity: "warning",
      code: "base64offset-whole",
      message: "base64offset finds a piece of a longer text, but the whole value is compared",
      fix: `write ${field}|base64offset|contains`,
    });
  const isWide = WIDENING.some(has) || has("re") || values.some(({ text }) => /[*?]/.test(text ?? ""));
  if (has("all") && !isWide && field !== "" && values.length > 1)
    tell(keyNode, {
      severity: "warning",
      code: "all-of-equals",
      message: "one value cannot equal several texts; only a field that is a list can match",
      fix: `write ${field}|contains|all, or leave all out`,
    });
  if (new Set(modifiers).size < modifiers.length)
    tell(keyNode, {
      severity: "warning",
      code: "modifier-double",
      message: "a modifier stands twice",
      fix: "leave one out",
    });
}

function lintDoubles({ modifiers, values }: LintItem, { tell }: Linting): void {
  const isCased = modifiers.includes("cased") || modifiers.includes("re");
  const seen = new Set<string>();
  for (const { node, text } of values) {
    if (text === undefined) continue;
    const same = isCased ? text : text.toLowerCase();
    if (seen.has(same))
      tell(node, {
        severity: "warning",
        code: "value-double",
        message: `"${text}" stands twice${isCased ? "" : "; upper and lower case are the same"}`,
        fix: "leave one out",
      });
    seen.add(same);
  }
}

function lintRegex(node: unknown, text: string, { tell }: Linting): void {
  if (isLinear(text) === false)
    tell(node, {
      severity: "warning",
      code: "regex-look-around",
      message: `look-around and back-references have no linear-time engine: only the first ${BACKTRACKING_INPUT_MAX.toLocaleString("en")} characters are looked at`,
      fix: "write it without, for instance as two items of which one is turned round with not",
    });
  else if (/^[\w -]+$/.test(text))
    tell(node, {
      severity: "warning",
      code: "regex-plain",
      message: `"${text}" is plain text`,
      fix: "use contains; with cased where case matters",
    });
  else if (/^\^?\.\*[^?]|[^\\]\.\*\$?$/.test(text))
    tell(node, {
      severity: "warning",
      code: "regex-edges",
      message: "a regular expression is looked for anywhere: .* at its ends says nothing",
      fix: `write ${text.replace(/^\^?\.\*/, "").replace(/\.\*\$?$/, "")}`,
    });
}

type Text = { readonly text: string; readonly item: LintItem };

function lintText(node: unknown, { text, item: { field, modifiers } }: Text, { tell }: Linting): void {
  const isWidened = WIDENING.some((one) => modifiers.includes(one));
  if (/(^|[^\\])(\\\\)*\*\*/.test(text))
    tell(node, {
      severity: "warning",
      code: "star-double",
      message: "two stars say what one says",
      fix: "leave one out",
    });
  // A star of its own is meant as one; behind a name it was meant as the end of a path.
  if (/[\w:)}]\\[*?]/.test(text))
    tell(node, {
      severity: "warning",
      code: "escaped-wildcard",
      message: String.raw`\* and \? are the letters * and ?, no wildcards`,
      fix: String.raw`if a backslash before a wildcard is meant, write \\*`,
    });
  if (/\p{Cc}/u.test(text.replaceAll(/[\t\n\r]/g, "")))
    tell(node, {
      severity: "warning",
      code: "control-character",
      message: "the value has a control character: in double quotes YAML reads \\b, \\t, \\x… as one",
      fix: "use single quotes",
    });
  if (text !== text.trim() && !isWidened && text.trim() !== "")
    tell(node, {
      severity: "warning",
      code: "value-blank",
      message: "the value has blanks around it and is compared with them",
      fix: `write ${JSON.stringify(text.trim())}`,
    });
  const edges = /^(\*)?([^*?\\]+)(\*)?$/.exec(text);
  if (edges === null || field === "" || isWidened || (edges[1] === undefined && edges[3] === undefined)) return;
  const better = edges[1] === undefined ? "startswith" : edges[3] === undefined ? "endswith" : "contains";
  tell(node, {
    severity: "warning",
    code: "star-at-edge",
    message: `"${text}" is ${better} in other words`,
    fix: `write ${field}|${better}: ${edges[2] ?? ""}`,
  });
}
