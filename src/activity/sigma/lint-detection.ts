import { isMap, isScalar, isSeq } from "yaml";
import type { LogSource } from "./contract.ts";
import { isFault, namesOf, parseCondition, type ConditionNode } from "./decide-condition.ts";
import { lintItem, type LintItem } from "./lint-item.ts";
import { type Linting, nearest } from "./lint-tell.ts";
import { itemsOf, memberOf, membersOf, resolved, textOf, textsOf } from "./yaml.ts";

const NOT_SELECTIONS = ["condition", "timeframe", "rules"];
const LOGSOURCE_KEYS = ["category", "product", "service", "definition"];
const KEYWORD_LENGTH_MIN = 4;

/** Selections, condition and log source of a rule or filter. */
export function lintDetection(linting: Linting): void {
  const { root } = linting.document;
  const filter = memberOf(root, "filter");
  const node = filter ?? memberOf(root, "detection");
  if (!isMap(node)) return;
  const source = lintLogsource(linting);
  const selections = membersOf(node).filter(({ key }) => !NOT_SELECTIONS.includes(key));
  for (const { value, keyNode } of selections) lintSelection(value ?? keyNode, source, linting);
  const condition = memberOf(node, "condition");
  const parsed = (textsOf(condition) ?? []).map(parseCondition).filter((one): one is ConditionNode => !isFault(one));
  if (parsed.length === 0) return;
  const names = selections.map(({ key }) => key);
  const used = new Set(parsed.flatMap((one) => usedOf(one, names)));
  for (const { key, keyNode } of selections)
    if (!used.has(key))
      linting.tell(keyNode, {
        severity: "warning",
        code: "selection-unused",
        message: `the condition does not ask for ${key}`,
        fix: "name it in the condition or leave it out",
      });
  lintCondition(parsed, { node: condition, isFilter: filter !== undefined }, linting);
}

const usedOf = (node: ConditionNode, names: readonly string[]): readonly string[] => {
  switch (node.kind) {
    case "name":
      return [node.name];
    case "selector":
      return namesOf(node.pattern, names);
    case "not":
      return usedOf(node.of, names);
    case "and":
    case "or":
      return node.of.flatMap((one) => usedOf(one, names));
  }
};

type At = { readonly node: unknown; readonly isFilter: boolean };

function lintCondition(parsed: readonly ConditionNode[], { node, isFilter }: At, { tell }: Linting): void {
  if (isFilter && !parsed.some(hasNot))
    tell(node, {
      severity: "warning",
      code: "filter-polarity",
      message: "the filter keeps only events that its selection matches: its condition is ANDed to the rule's",
      fix: `to leave them out write not ${textOf(node)?.includes(" ") ? `(${textOf(node)})` : (textOf(node) ?? "selection")}`,
    });
  const visit = (one: ConditionNode): void => {
    if (one.kind === "and" || one.kind === "or") one.of.forEach(visit);
    if (one.kind === "not") {
      if (one.of.kind === "not")
        tell(node, {
          severity: "warning",
          code: "not-not",
          message: "not not is nothing",
          fix: "leave both out",
        });
      visit(one.of);
    }
    if (one.kind === "selector" && one.pattern !== "them" && !one.pattern.includes("*"))
      tell(node, {
        severity: "warning",
        code: "selector-of-one",
        message: `"${one.pattern}" has no star and names one selection only`,
        fix: `write ${one.pattern} alone`,
      });
  };
  parsed.forEach(visit);
  if (!isFilter && parsed.every(isOnlyNot))
    tell(node, {
      severity: "warning",
      code: "only-not",
      message: "it matches every event that lacks something, of every kind",
      fix: "add a selection that says which events are meant",
    });
}
const hasNot = (node: ConditionNode): boolean =>
  node.kind === "not" || ((node.kind === "and" || node.kind === "or") && node.of.some(hasNot));
const isOnlyNot = (node: ConditionNode): boolean =>
  node.kind === "not" ||
  (node.kind === "and" ? node.of.every(isOnlyNot) : node.kind === "or" && node.of.some(isOnlyNot));

function lintLogsource({ tell, document: { root } }: Linting): LogSource {
  const node = memberOf(root, "logsource");
  for (const { key, keyNode, value } of membersOf(node)) {
    const text = textOf(value) ?? "";
    if (!LOGSOURCE_KEYS.includes(key)) {
      const meant = nearest(key, LOGSOURCE_KEYS);
      tell(keyNode, {
        severity: "warning",
        code: "logsource-key",
        message: `"${key}" is no part of a log source and is not read`,
        fix: meant === undefined ? "leave it out" : `write ${meant}`,
      });
    } else if (key !== "definition" && text !== text.toLowerCase())
      tell(value, {
        severity: "warning",
        code: "logsource-case",
        message: `log sources are compared letter by letter, and "${text}" has capitals`,
        fix: `write ${text.toLowerCase()}`,
      });
  }
  const [category, product, service] = ["category", "product", "service"].map((name) => textOf(memberOf(node, name)));
  if (isMap(node) && category === undefined && product === undefined && service === undefined)
    tell(node, {
      severity: "warning",
      code: "logsource-empty",
      message: "the rule is for every event of every system",
      fix: "name at least product",
    });
  return { category, product, service };
}

function lintSelection(given: unknown, source: LogSource, linting: Linting): void {
  const node = resolved(given, linting.document);
  if (isSeq(node)) {
    if (node.items.length === 1 && isMap(node.items[0])) singleMember(node, linting);
    for (const item of itemsOf(node)) {
      const real = resolved(item, linting.document);
      if (isMap(real) || isSeq(real)) lintSelection(real, source, linting);
      else lintKeyword(real, source, linting);
    }
    return;
  }
  if (!isMap(node)) {
    lintKeyword(node, source, linting);
    return;
  }
  for (const { key, keyNode, value } of membersOf(node)) {
    const real = resolved(value, linting.document);
    const [field = "", ...modifiers] = key.split("|");
    const nodes = isSeq(real) ? real.items.map((item) => resolved(item, linting.document)) : [real];
    const item: LintItem = {
      field,
      modifiers,
      keyNode,
      values: nodes.map((one) => ({ node: one ?? keyNode, text: textOf(one) })),
    };
    if (isSeq(real) && real.items.length === 1 && !modifiers.includes("all")) singleMember(real, linting);
    if (field === "") for (const one of nodes) lintKeyword(one, source, linting);
    else lintField(item, source, linting);
    lintItem(item, linting);
  }
}

const singleMember = (node: unknown, { tell }: Linting): void =>
  tell(node, {
    severity: "warning",
    code: "list-of-one",
    message: "the list has one member",
    fix: "write the member without the list",
  });

function lintField({ field, keyNode }: LintItem, source: LogSource, { tell, fieldsOf }: Linting): void {
  if (field !== field.trim())
    tell(keyNode, {
      severity: "warning",
      code: "field-blank",
      message: `"${field}" has blanks around it`,
      fix: `write ${field.trim()}`,
    });
  const fields = fieldsOf?.(source);
  if (fields === undefined || fields.has(field.trim())) return;
  const meant = nearest(field.trim(), fields.names);
  tell(keyNode, {
    severity: "warning",
    code: "field-unknown",
    message: `events of this log source have no field ${field}`,
    fix: meant === undefined ? "see docs/reference/activity-fields.md" : `write ${meant} if that is meant`,
  });
}

function lintKeyword(node: unknown, source: LogSource, { tell }: Linting): void {
  const text = isScalar(node) ? (textOf(node) ?? "") : "";
  if (text === "") return;
  if (text.replaceAll(/[*?]/g, "").length < KEYWORD_LENGTH_MIN)
    tell(node, {
      severity: "warning",
      code: "keyword-short",
      message: `"${text}" is looked for anywhere in every value and is found in much`,
      fix: "name the field it stands in",
    });
  else if (/^[\w.]+\s*[:=]\s*\S/.test(text) && !/^https?:/i.test(text))
    tell(node, {
      severity: "warning",
      code: "keyword-field",
      message: `"${text}" looks like a field and its value, but keywords are compared with values alone`,
      fix: "write the field as a key: a map, not a text",
    });
  else if (/^\*|\*$/.test(text))
    tell(node, {
      severity: "warning",
      code: "keyword-star",
      message: "a keyword is looked for anywhere anyway",
      fix: `write ${text.replace(/^\*+/, "").replace(/\*+$/, "")}`,
    });
  if (source.product === "surety")
    tell(node, {
      severity: "warning",
      code: "keyword-normalised",
      message: "keywords look at every value of the record and are slow and wide on normalised events",
      fix: "name the field",
    });
}
