import { isMap, isScalar, isSeq } from "yaml";
import { RULE_KEYS } from "./load.ts";
import { type Linting, nearest } from "./lint-tell.ts";
import { itemsOf, memberOf, membersOf, textOf } from "./yaml.ts";

const STATUSES = ["stable", "test", "experimental", "deprecated", "unsupported"];
const RELATIONS = ["derived", "obsolete", "merged", "renamed", "similar"];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{12}$/i;
/** Source: specification, appendix "Tags". */
const NAMESPACES = ["attack", "car", "cve", "d3fend", "detection", "stp", "tlp"];
const LISTS = ["tags", "references", "falsepositives", "fields", "related"];
const TLP = ["red", "amber", "amber-strict", "green", "clear", "white"];
const DETECTION = ["dfir", "emerging-threats", "threat-hunting"];

/** What a rule says about itself. */
export function lintHead(linting: Linting): void {
  const { tell, document } = linting;
  const { root } = document;
  lintKeys(linting);
  lintId(linting);
  const status = textOf(memberOf(root, "status"));
  if (status !== undefined && !STATUSES.includes(status))
    tell(memberOf(root, "status"), {
      severity: "error",
      code: "status-unknown",
      message: `status "${status}" is no status`,
      fix: `write one of ${STATUSES.join(", ")}`,
    });
  lintDates(linting);
  lintRelated(linting);
  lintTags(linting);
  lintReferences(linting);
  lintMissing(linting);
  const title = textOf(memberOf(root, "title")) ?? "";
  if (title !== title.trim() || /[.]$/.test(title))
    tell(memberOf(root, "title"), {
      severity: "warning",
      code: "title-form",
      message: "the title has blanks around it or ends with a full stop",
      fix: `write ${JSON.stringify(title.trim().replace(/[.]+$/, ""))}`,
    });
}

function lintKeys({ tell, document: { root } }: Linting): void {
  for (const { key, keyNode, value } of membersOf(root)) {
    if (LISTS.includes(key) && value !== null && !isSeq(value))
      tell(keyNode, {
        severity: "error",
        code: "not-a-list",
        message: `${key} is a list`,
        fix: `write each of ${key} in a line of its own behind "- "`,
      });
    if (RULE_KEYS.includes(key)) continue;
    const meant = nearest(key, RULE_KEYS);
    if (meant !== undefined)
      tell(keyNode, {
        severity: "warning",
        code: "key-misspelt",
        message: `"${key}" is no key of Sigma and is kept unread`,
        fix: `write ${meant} if that is meant`,
      });
  }
}

function lintId({ tell, document: { root } }: Linting): void {
  const id = textOf(memberOf(root, "id"));
  if (id === undefined) {
    if (memberOf(root, "filter") === undefined)
      tell(root, {
        severity: "warning",
        code: "id-missing",
        message: "the rule has no id: findings cannot name it for good",
        fix: "add id: with a UUID of version 4",
      });
    return;
  }
  const parts = UUID.exec(id);
  if (parts === null)
    tell(memberOf(root, "id"), {
      severity: "error",
      code: "id-no-uuid",
      message: `id "${id}" is no UUID`,
      fix: "write a UUID of version 4",
    });
  else if (parts[1] !== "4" || !/[89ab]/i.test(parts[2] ?? ""))
    tell(memberOf(root, "id"), {
      severity: "warning",
      code: "id-not-version-4",
      message: `id "${id}" is a UUID, but not of version 4`,
      fix: "draw a new one; keep the old under related with type renamed",
    });
}

function lintDates({ tell, document: { root } }: Linting): void {
  const days = ["date", "modified"].map((key) => {
    const node = memberOf(root, key);
    const text = textOf(node);
    if (text === undefined) return undefined;
    if (isDay(text)) return text;
    tell(node, {
      severity: "error",
      code: "date-form",
      message: `${key} "${text}" is no day`,
      fix: `write YYYY-MM-DD: ${text.replaceAll(/[/.]/g, "-")}`,
    });
    return undefined;
  });
  const [date, modified] = days;
  if (date !== undefined && modified !== undefined && modified < date)
    tell(memberOf(root, "modified"), {
      severity: "warning",
      code: "modified-before-date",
      message: `modified ${modified} lies before date ${date}`,
      fix: "mend one of the two",
    });
}
function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return false;
  try {
    return Boolean(Temporal.PlainDate.from(text));
  } catch {
    return false;
  }
}

function lintRelated({ tell, document: { root } }: Linting): void {
  for (const one of itemsOf(memberOf(root, "related"))) {
    const type = textOf(memberOf(one, "type"));
    const id = textOf(memberOf(one, "id"));
    if (!isMap(one) || id === undefined || !UUID.test(id))
      tell(one, {
        severity: "error",
        code: "related-form",
        message: "related names another rule by its UUID",
        fix: "write - id: UUID and type: similar below it",
      });
    else if (type === undefined || !RELATIONS.includes(type))
      tell(memberOf(one, "type") ?? one, {
        severity: "error",
        code: "related-type",
        message: `"${type ?? ""}" is no kind of relation`,
        fix: `write one of ${RELATIONS.join(", ")}`,
      });
  }
}

function lintTags({ tell, document: { root } }: Linting): void {
  const seen = new Set<string>();
  for (const node of itemsOf(memberOf(root, "tags"))) {
    const tag = textOf(node) ?? "";
    const wrong = wrongTag(tag);
    if (wrong !== undefined) tell(node, { severity: "warning", ...wrong });
    if (seen.has(tag))
      tell(node, { severity: "warning", code: "tag-double", message: `${tag} stands twice`, fix: "leave one out" });
    seen.add(tag);
  }
}

function wrongTag(tag: string): { readonly code: string; readonly message: string; readonly fix: string } | undefined {
  const [namespace = "", ...rest] = tag.split(".");
  const name = rest.join(".");
  if (name === "" || !/^[a-z0-9-]+\.[a-z0-9._-]+$/.test(tag))
    return {
      code: "tag-form",
      message: `"${tag}" is no tag`,
      fix: "write namespace.name in lower case, such as attack.t1078.004",
    };
  if (!NAMESPACES.includes(namespace))
    return {
      code: "tag-namespace",
      message: `"${namespace}" is no namespace of tags`,
      fix: `use one of ${NAMESPACES.join(", ")}`,
    };
  if (namespace === "attack" && name.includes("_"))
    return {
      code: "tag-underscore",
      message: `${tag} is written with an underscore`,
      fix: `write ${tag.replaceAll("_", "-")}`,
    };
  const isFit =
    namespace === "attack"
      ? /^(t\d{4}(\.\d{3})?|[gs]\d{4}|ta\d{4}|ds\d{4}|[a-z]+(-[a-z]+)*)$/.test(name)
      : namespace === "cve"
        ? /^\d{4}[.-]\d{4,}$/.test(name)
        : namespace === "tlp"
          ? TLP.includes(name)
          : namespace !== "detection" || DETECTION.includes(name);
  return isFit
    ? undefined
    : {
        code: "tag-unknown",
        message: `${tag} is no tag of ${namespace}`,
        fix: "see the specification's appendix on tags",
      };
}

function lintReferences({ tell, document: { root } }: Linting): void {
  for (const node of itemsOf(memberOf(root, "references"))) {
    const text = textOf(node) ?? "";
    if (!/^https?:\/\/\S+$/.test(text) && !text.includes(" "))
      tell(node, {
        severity: "warning",
        code: "reference-form",
        message: `"${text}" is no address`,
        fix: "write the whole address, with https://",
      });
  }
}

/** What whoever gets the alert will look for. */
function lintMissing({ tell, document: { root } }: Linting): void {
  if (memberOf(root, "filter") !== undefined) return;
  const why: Readonly<Record<string, string>> = {
    description: "say what it sees and why that matters",
    level: "say how much it matters: informational, low, medium, high, critical",
    falsepositives: "say what else looks like it, or - Unknown",
  };
  for (const [key, fix] of Object.entries(why)) {
    const node = memberOf(root, key);
    const isThere = isSeq(node) ? node.items.length > 0 : isScalar(node) && (textOf(node) ?? "").trim() !== "";
    if (!isThere)
      tell(node ?? root, { severity: "warning", code: `${key}-missing`, message: `the rule has no ${key}`, fix });
  }
}
