import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Node, Predicate, SigmaDocument, ValueTest } from "../src/activity/sigma/contract.ts";
import { loadSigma } from "../src/activity/sigma/load.ts";
import { ROOT } from "../src/settings.ts";

/** Public rules and logs are read where they lie; they are other people's and no part of this repository. */
const SHARED = join(ROOT, "../shared/detection");
export const areThere = (): boolean => existsSync(SHARED);

const lines = (name: string): readonly string[] => readFileSync(join(SHARED, name), "utf8").trim().split("\n");
const members = <T>(name: string): readonly T[] => lines(name).map((line) => JSON.parse(line) as T);

/** Values for the placeholders that some cloud rules have. */
const PLACEHOLDERS = new Map(
  [
    "Important_AppIds",
    "Known_Location",
    "KNOWN_LOCATION",
    "UnLegitCountries",
    "UnApprovedIp",
    "UnApprovedDevice",
    "HomeTenantID",
    "ApprovedUserUpn",
    "Approved_Inviters",
  ].map((name) => [name, ["a value"]] as const),
);
const rulesOf = (name: string): readonly SigmaDocument[] =>
  members<{ readonly rule: string }>(`conformance/${name}.jsonl`).flatMap(
    ({ rule }) => loadSigma(rule, { placeholders: PLACEHOLDERS }).documents,
  );

export type Rules = { readonly says: string; readonly documents: readonly SigmaDocument[] };

/** SigmaHQ's cloud rules, our own, and every correlation of the conformance vectors with its base rules. */
export function fewRules(): Rules {
  const cloud = rulesOf("sigmahq_cloud_rules");
  const own = ownDocuments();
  const vectors = vectorDocuments();
  const count = vectors.filter(({ kind }) => kind === "correlation").length;
  const says = `${cloud.length} SigmaHQ cloud rules, ${own.length} documents of ours, ${count} correlations of the vectors`;
  return { says, documents: [...cloud, ...own, ...vectors] };
}

/** The same grown to so many: cloud and regression rules again and again, each time with other values. */
export function manyRules(wanted: number): Rules {
  const few = fewRules();
  const grown: SigmaDocument[] = [...few.documents, ...rulesOf("sigmahq_regression")];
  const seeds = [...rulesOf("sigmahq_cloud_rules"), ...rulesOf("sigmahq_regression")];
  for (let round = 1; grown.length < wanted; round++)
    for (const seed of seeds) {
      if (grown.length >= wanted) break;
      if (seed.kind === "rule")
        grown.push({ ...seed, head: { ...seed.head, id: undefined, name: undefined }, node: varied(seed.node, round) });
    }
  return {
    says: `${few.says}, grown to ${grown.length} by SigmaHQ cloud and Windows rules with varied values`,
    documents: grown,
  };
}

function varied(node: Node, round: number): Node {
  if (node.kind === "not") return { ...node, of: varied(node.of, round) };
  if (node.kind !== "test") return { ...node, of: node.of.map((one) => varied(one, round)) };
  const { predicate } = node;
  if (predicate.test.kind !== "values") return node;
  const test: Predicate["test"] = {
    kind: "values",
    values: predicate.test.values.map((one) => variedValue(one, round)),
  };
  return { ...node, predicate: { ...predicate, key: `${predicate.key}~${round}`, test } };
}
function variedValue(value: ValueTest, round: number): ValueTest {
  if (value.kind === "number")
    return { ...value, value: value.value + round * 100_000, text: String(value.value + round * 100_000) };
  if (value.kind !== "text") return value;
  const { pattern } = value;
  if (pattern.kind === "any") return value;
  if (pattern.kind === "glob")
    return {
      ...value,
      pattern: {
        ...pattern,
        parts: pattern.parts.map((part) => (typeof part === "string" ? `${part}${round}` : part)),
      },
    };
  const text = pattern.kind === "endswith" ? `${round}${pattern.text}` : `${pattern.text}${round}`;
  return { ...value, pattern: { ...pattern, text } };
}

function ownDocuments(): readonly SigmaDocument[] {
  const folder = join(ROOT, "src/activity/rules");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .flatMap((name) => loadSigma(readFileSync(join(folder, name), "utf8")).documents);
}

/** Vectors use the same ids again: each gets names of its own. */
function vectorDocuments(): readonly SigmaDocument[] {
  const file = JSON.parse(readFileSync(join(SHARED, "conformance/vectors.json"), "utf8")) as {
    readonly correlation: readonly { readonly rules: string }[];
  };
  return file.correlation.flatMap(({ rules }, at) => {
    const named = (name: string): string => `vector ${at} ${name}`;
    return loadSigma(rules).documents.map((document): SigmaDocument => {
      const { head } = document;
      const own = { ...head, id: head.id && named(head.id), name: head.name && named(head.name) };
      if (document.kind !== "correlation") return { ...document, head: own };
      const aliases = new Map(
        [...document.aliases].map(([alias, fields]) => [
          alias,
          new Map([...fields].map(([rule, field]) => [named(rule), field] as const)),
        ]),
      );
      return { ...document, head: own, rules: document.rules.map(named), aliases };
    });
  });
}

/** Files of records as they came; in some each line has the record in a member. */
const FILES: readonly (readonly [name: string, member: string | undefined])[] = [
  ["o365_ual_invictus", undefined],
  ["panther_tests", "event"],
  ["sekoia_intake_tests", "event"],
  ["det_eng_samples_labelled", "event"],
  ["entra_signin_msticnb_random", undefined],
  ["entra_signin_msticnb_user", undefined],
  ["office_activity_msticnb_user", undefined],
  ["azure_activity_msticnb", undefined],
  ["security_alerts_msticnb", undefined],
  ["golden_saml_otrf", undefined],
  ["splunk_example_logs", "event"],
  ["stratus_attack_samples", "event"],
];

/** Every sample record as a line of JSON. */
export const sampleLines = (): readonly string[] =>
  FILES.flatMap(([name, member]) => {
    const all = lines(`data/${name}.jsonl`);
    if (member === undefined) return all;
    return all.map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      return JSON.stringify(record[member] ?? record);
    });
  });
