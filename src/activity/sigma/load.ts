import { isMap } from "yaml";
import {
  type DetectionRule,
  type FaultCode,
  type FilterRule,
  type Level,
  LEVELS,
  type LogSource,
  type Placeholders,
  type RelatedRule,
  type RuleHead,
  type SigmaDocument,
  type SigmaFault,
} from "./contract.ts";
import { readCorrelation } from "./load-correlation.ts";
import { readDetection, type Tell } from "./load-detection.ts";
import { itemsOf, memberOf, membersOf, readYaml, textOf, textsOf, type YamlDocument } from "./yaml.ts";

const TITLE_MAX = 256;

export type Loaded = { readonly documents: readonly SigmaDocument[]; readonly faults: readonly SigmaFault[] };
export type LoadOptions = { readonly file?: string | undefined; readonly placeholders?: Placeholders | undefined };

/** Every rule, correlation and filter of one YAML text. What cannot be read is a fault with its place; the others load. */
export function loadSigma(text: string, { file, placeholders = new Map() }: LoadOptions = {}): Loaded {
  const { documents, faults } = readYaml(text, file);
  const found: SigmaDocument[] = [];
  const wrong: SigmaFault[] = [...faults];
  for (const document of documents) {
    const title = textOf(memberOf(document.root, "title"));
    let isGood = true;
    const tell: Tell = (node, code, message) => {
      isGood = false;
      wrong.push({ file, ...document.placeOf(node ?? document.root), rule: title, code, message });
    };
    const read = readDocument(document, tell, placeholders);
    if (read !== undefined && isGood) found.push(read);
  }
  return { documents: found, faults: wrong };
}

function readDocument(document: YamlDocument, tell: Tell, placeholders: Placeholders): SigmaDocument | undefined {
  const { root } = document;
  if (!isMap(root)) {
    tell(root, "no-rule", "a rule is a map with title, logsource and detection");
    return undefined;
  }
  const head = headOf(document, tell);
  if (head === undefined) return undefined;
  const correlation = memberOf(root, "correlation");
  if (correlation !== undefined) return readCorrelation(correlation, head, tell);
  const filter = memberOf(root, "filter");
  const detection = memberOf(root, "detection");
  if (filter === undefined && detection === undefined) {
    tell(root, "missing", "it has none of detection, correlation and filter");
    return undefined;
  }
  const logsource = logsourceOf(document, tell);
  if (filter !== undefined) return readFilter(filter, { document, head, logsource, tell, placeholders });
  const node = readDetection(detection, { document, tell, placeholders });
  return node && logsource && ({ kind: "rule", head, logsource, node } satisfies DetectionRule);
}

function headOf(document: YamlDocument, tell: Tell): RuleHead | undefined {
  const { root } = document;
  const member = (name: string) => memberOf(root, name);
  const title = textOf(member("title"));
  if (title === undefined || title.trim() === "") {
    tell(member("title") ?? root, "missing", "a rule needs a title");
    return undefined;
  }
  if (title.length > TITLE_MAX) tell(member("title"), "bad-value", `a title has at most ${TITLE_MAX} characters`);
  const level = textOf(member("level"));
  if (level !== undefined && !(LEVELS as readonly string[]).includes(level))
    tell(member("level"), "bad-value", `level "${level}" is none of ${LEVELS.join(", ")}`);
  return {
    title,
    id: textOf(member("id")),
    name: textOf(member("name")),
    level: level as Level | undefined,
    status: textOf(member("status")),
    tags: textsOf(member("tags")) ?? [],
    description: textOf(member("description")),
    author: textOf(member("author")),
    license: textOf(member("license")),
    falsePositives: textsOf(member("falsepositives")) ?? [],
    references: textsOf(member("references")) ?? [],
    fields: textsOf(member("fields")) ?? [],
    date: textOf(member("date")),
    modified: textOf(member("modified")),
    related: relatedOf(member("related")),
    custom: customOf(document),
    file: document.file,
    line: document.placeOf(root).line,
    lineEnd: document.lineEnd,
    text: document.text,
  };
}

const relatedOf = (node: unknown): readonly RelatedRule[] =>
  itemsOf(node).flatMap((one) => {
    const id = textOf(memberOf(one, "id"));
    return id === undefined ? [] : [{ id, type: textOf(memberOf(one, "type")) ?? "" }];
  });

/** Keys of the specification; whatever else stands at the top of a rule is kept as it is. */
export const RULE_KEYS: readonly string[] = [
  "title",
  "id",
  "name",
  "related",
  "taxonomy",
  "status",
  "description",
  "license",
  "author",
  "references",
  "date",
  "modified",
  "logsource",
  "detection",
  "correlation",
  "filter",
  "fields",
  "falsepositives",
  "level",
  "tags",
  "scope",
];
const customOf = ({ root, plainOf }: YamlDocument): RuleHead["custom"] =>
  Object.fromEntries(
    membersOf(root)
      .filter(({ key }) => !RULE_KEYS.includes(key))
      .map(({ key, value }) => [key, plainOf(value)]),
  );

function logsourceOf({ root }: YamlDocument, tell: Tell): LogSource | undefined {
  const node = memberOf(root, "logsource");
  if (!isMap(node)) {
    tell(node ?? root, "missing", "a rule needs a logsource with category, product or service");
    return undefined;
  }
  const [category, product, service] = ["category", "product", "service"].map((name) => textOf(memberOf(node, name)));
  return { category, product, service };
}

type FilterReading = {
  readonly document: YamlDocument;
  readonly head: RuleHead;
  readonly logsource: LogSource | undefined;
  readonly tell: Tell;
  readonly placeholders: Placeholders;
};

function readFilter(
  node: unknown,
  { document, head, logsource, tell, placeholders }: FilterReading,
): FilterRule | undefined {
  const rules = memberOf(node, "rules");
  const texts = rules === undefined || rules === null ? undefined : textsOf(rules);
  if (texts === undefined) tell(rules ?? node, "missing", "a filter names its rules, or any");
  const body = readDetection(node, { document, tell, placeholders });
  if (texts === undefined || body === undefined || logsource === undefined) return undefined;
  return {
    kind: "filter",
    head,
    logsource,
    rules: texts.length === 1 && texts[0] === "any" ? "any" : texts,
    node: body,
  };
}

/** A fault as one line: `rules/x.yml:12:5 bad-regex …`. */
export const faultText = ({ file, line, column, rule, code, message }: SigmaFault): string =>
  `${file ?? "-"}:${line}:${column} ${code}${rule === undefined ? "" : ` [${rule}]`} ${message}`;
export type { FaultCode };
