import { type Sample, samples } from "../shapes/testing.ts";
import { FALSE_ALARMS, MISSES, PANTHER } from "./coverage-reasons.ts";
import { ownRules } from "./own-rules.ts";
import { Bench } from "./testing.ts";

/** One line of the tables: what a public record says of itself, and what our rules say of it. */
export type Row = {
  readonly about: string;
  readonly records: number;
  /** Titles of the rules that spoke. */
  readonly told: readonly string[];
  /** What was expected and did not come, or came and was not: must have a reason. */
  readonly wrong: number;
  readonly why: string;
};

const { documents, cards } = ownRules();
const bench = new Bench(documents);
const titleOf = new Map(cards.map(({ id, title }) => [id, title]));
const idOf = new Map(documents.map(({ head }) => [head.name, head.id]));
const titles = (ids: Iterable<string>): readonly string[] => [...ids].map((id) => titleOf.get(id) ?? id).sort();
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Records of a labelled file: what stands under `event`. */
const labelled = (name: string): readonly Sample[] =>
  samples(name).map(({ line }) => ({ line, raw: line["event"] ?? null }));

function grouped(of: readonly Sample[], key: (one: Sample) => string): ReadonlyMap<string, readonly Sample[]> {
  const found = new Map<string, Sample[]>();
  for (const one of of) {
    const name = key(one);
    const known = found.get(name);
    if (known === undefined) found.set(name, [one]);
    else known.push(one);
  }
  return found;
}

/** Labelled tests of another product's rules, for those of ours that look for the same. */
export function pantherRows(): readonly (Row & { readonly ours: readonly string[]; readonly hits: string })[] {
  const byRule = grouped(labelled("panther_tests.jsonl"), ({ line }) => textOf(line["rule_id"]));
  return [...byRule]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([about, tests]) => {
      const { ours = [], why = "" } = PANTHER[about] ?? {};
      const wanted = new Set(ours.map((name) => idOf.get(name)));
      const seen = tests.map(({ raw, line }) => ({
        expected: line["expected"] === true,
        hits: [...bench.hits([raw])].filter((id) => wanted.has(id)),
      }));
      const count = (expected: boolean, isHit: boolean): number =>
        seen.filter((one) => one.expected === expected && one.hits.length > 0 === isHit).length;
      return {
        about,
        records: tests.length,
        ours: titles(ours.flatMap((name) => idOf.get(name) ?? [])),
        told: titles(new Set(seen.flatMap(({ hits }) => hits))),
        hits: `${count(true, true)} of ${count(true, true) + count(true, false)}, ${count(false, true)} of ${count(false, true) + count(false, false)}`,
        wrong: count(true, false) + count(false, true),
        why,
      };
    });
}

/** Simulated attacks: each file of det_eng is one attack, each record of the others. */
export function attackRows(): readonly (Row & { readonly set: string })[] {
  const row = (set: string, about: string, of: readonly Sample[]): Row & { readonly set: string } => {
    const told = titles(bench.hits(of.map(({ raw }) => raw)));
    return { set, about, records: of.length, told, wrong: told.length > 0 ? 0 : 1, why: MISSES[about] ?? "" };
  };
  const files = grouped(labelled("det_eng_samples_labelled.jsonl"), ({ line }) =>
    textOf(line["source"]).replace("dataset/", ""),
  );
  const stratus = labelled("stratus_attack_samples.jsonl");
  const saml = grouped(labelled("golden_saml_otrf.jsonl"), ({ line, raw }) => {
    const of = raw as { readonly [name: string]: unknown };
    const operation = textOf(of["OperationName"]) || textOf(of["Operation"]) || textOf(of["ActionType"]);
    return `${textOf(line["technique"])} ${operation}`.trim();
  });
  return [
    ...[...files].map(([about, of]) => row("det_eng", about, of)),
    ...stratus.map((one) => row("stratus", textOf(one.line["attack"]), [one])),
    ...[...saml].map(([about, of]) => row("golden_saml", about, of)),
  ];
}

/** How often which rule spoke of records that nobody calls an attack. */
export function benignRows(): readonly Row[] {
  return Object.entries(FALSE_ALARMS).map(([about, reasons]) => {
    const of = samples(about);
    const counts = [...bench.count(of.map(({ raw }) => raw))];
    const told = counts.map(([id, count]) => `${titleOf.get(id) ?? id} (${count})`).sort();
    const unsaid = counts.filter(([id]) => reasons[titleOf.get(id) ?? id] === undefined);
    return { about, records: of.length, told, wrong: unsaid.length, why: Object.values(reasons).join("; ") };
  });
}

/** What the one large stream without labels has for an analyst: a lab with attacks in it, 44 % of it repeats. */
export function streamRows(): { readonly records: number; readonly counts: readonly (readonly [string, number])[] } {
  const of = samples("o365_ual_invictus.jsonl");
  const counts = [...bench.count(of.map(({ raw }) => raw))].map(
    ([id, count]) => [titleOf.get(id) ?? id, count] as const,
  );
  return { records: of.length, counts: counts.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

const cell = (text: string): string => text.replaceAll("|", "\\|") || "–";
const list = (texts: readonly string[]): string => cell(texts.join("; "));

/** docs/reference/detection-coverage.md. */
export function coverageDocument(): string {
  const panther = pantherRows();
  const attacks = attackRows();
  const benign = benignRows();
  const stream = streamRows();
  const sums = panther.map(({ hits }) => hits.match(/\d+/g)?.map(Number) ?? []);
  const sum = (at: number, of = sums): number => of.reduce((total, one) => total + (one[at] ?? 0), 0);
  const mapped = panther.flatMap(({ ours }, at) => (ours.length > 0 ? [sums[at] ?? []] : []));
  const told = (set: string): string => {
    const of = attacks.filter((one) => one.set === set);
    return `${of.filter((one) => one.wrong === 0).length} of ${of.length}`;
  };
  return `# What our rules find in public data

Made by \`UPDATE=1 npm test -- src/activity/rules/coverage.test.ts\` from the samples beside the checkout; do not edit by hand. Rules only: detectors in
code are measured by their own examples. Nothing here is a rate for real life: the records are tests and labs.

| set | found |
| --- | --- |
| panther, all tests that should hit | ${sum(0)} of ${sum(1)} |
| panther, where a rule of ours looks for the same | ${sum(0, mapped)} of ${sum(1, mapped)} |
| panther, tests that should not hit but do | ${sum(2)} of ${sum(3)} |
| det_eng, attacks (files) | ${told("det_eng")} |
| stratus, attack events | ${told("stratus")} |
| golden_saml, kinds of event | ${told("golden_saml")} |
| benign records with an alarm | ${benign.reduce((total, { told: alarms }) => total + alarms.length, 0)} kinds in ${benign.reduce((total, { records }) => total + records, 0)} records |

## Benign records

| file | records | alarms | why |
| --- | --- | --- | --- |
${benign.map((one) => `| ${cell(one.about)} | ${one.records} | ${list(one.told)} | ${cell(one.why)} |`).join("\n")}

## Simulated attacks

| set | attack | records | found by | why not |
| --- | --- | --- | --- | --- |
${attacks.map((one) => `| ${one.set} | ${cell(one.about)} | ${one.records} | ${list(one.told)} | ${one.wrong === 0 ? "" : cell(one.why)} |`).join("\n")}

## Tests of another product's rules

Hits: of the tests that should hit, then of those that should not. A rule with none of ours has the reason why.

| test | ours | hits | why |
| --- | --- | --- | --- |
${panther.map((one) => `| ${cell(one.about)} | ${list(one.ours)} | ${one.hits} | ${one.wrong === 0 ? "" : cell(one.why)} |`).join("\n")}

## A stream without labels

${stream.records.toLocaleString("en-GB")} records of a lab tenant, in the order of export; repeats count once. Attacks were made in it on purpose, so alarms are not
false by themselves.

| rule | alarms |
| --- | --- |
${stream.counts.map(([title, count]) => `| ${cell(title)} | ${count} |`).join("\n")}
`;
}
