import { ABUSES, type Abuse, type DetectionCard, type Detector } from "../contract-detector.ts";
import type { Json } from "../../core/canonical.ts";
import type { ActivityShape } from "../contract-event.ts";
import type { RuleExample } from "../contract-hit.ts";
import { normalise } from "../shapes/normalise.ts";
import { DETECTORS, SWEEPS } from "../detectors/detectors.ts";
import { FORMS, inForm } from "./forms.ts";
import { ownRules } from "./own-rules.ts";

const ABUSE_WORDS: Readonly<Record<Abuse, string>> = {
  A1: "spam",
  A2: "hacking",
  A3: "denial of service",
  A4: "coin mining",
  A5: "malware",
  A6: "resale of misappropriated subscriptions",
  T3: "use before first payment",
  T5: "automated accounts and purchases",
  M5: "administration without controls",
};

type Entry = {
  readonly card: DetectionCard;
  readonly by: "rule" | "correlation" | "detector" | "sweep";
  readonly examples: readonly { readonly name: string; readonly hits: boolean }[];
  readonly settings: Detector["settings"];
  /** Shapes of records on which examples show that it hits. */
  readonly shapes: readonly ActivityShape[];
  /** Whom a rule was made after, and on what terms. */
  readonly after: string;
};

function entries(): readonly Entry[] {
  const { documents, cards, notes } = ownRules();
  const byId = new Map(documents.map((document) => [document.head.id, document]));
  const rules = cards.map((card): Entry => {
    const document = byId.get(card.id);
    const head = document?.head;
    return {
      card,
      by: document?.kind === "correlation" ? "correlation" : "rule",
      examples: notes.get(card.id)?.examples ?? [],
      settings: [],
      shapes: shapesOf((notes.get(card.id)?.examples ?? []).filter(({ hits }) => hits)),
      after:
        head === undefined || head.related.length === 0
          ? ""
          : `${head.author}; ${head.license}; upstream ${head.related.map(({ id }) => id).join(", ")}`,
    };
  });
  const detectors = DETECTORS.map((card): Entry => ({
    card,
    by: "detector",
    examples: card.examples.map(({ name, hits }) => ({ name, hits: hits !== undefined })),
    settings: card.settings,
    shapes: [
      ...new Set(card.examples.filter(({ hits }) => hits).flatMap(({ events }) => events.map(({ shape }) => shape))),
    ],
    after: "",
  }));
  const sweeps = SWEEPS.map((card): Entry => ({
    card,
    by: "sweep",
    examples: [],
    settings: card.settings,
    shapes: [],
    after: "",
  }));
  return [...rules, ...detectors, ...sweeps].sort((a, b) => (a.card.title < b.card.title ? -1 : 1));
}

/** The shapes of the examples, and the other forms in which a test says them again. */
const shapesOf = (examples: readonly RuleExample[]): readonly ActivityShape[] => [
  ...new Set(
    examples.flatMap(({ events }) =>
      [events, ...FORMS.flatMap((form) => inForm(events, form) ?? [])].flatMap((records) =>
        [records].flat().flatMap((raw) => normalise(raw as Json, { receivedAt: RECEIVED }).map(({ shape }) => shape)),
      ),
    ),
  ),
];
/** Only records without a time of their own would get it. */
const RECEIVED = Temporal.Instant.from("2026-03-08T00:00:00Z");

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const link = ({ title }: DetectionCard): string => `[${title}](#${anchor(title)})`;
const cell = (text: string): string => text.replaceAll("|", "\\|");

function section({ card, by, examples, settings, shapes, after }: Entry): string {
  const lines = [
    `### ${card.title}`,
    `${card.why}`,
    `- ${by}, **${card.level}** · abuse ${card.abuse.join(", ")} · ATT&CK ${card.attack.join(", ") || "–"} · covers ${card.covers}`,
    `- from ${card.sources.join(", ")} · runbook [${card.runbook}](../guide/runbooks/${card.runbook}.md) · containment proposed: ${card.contain}`,
    ...(shapes.length === 0 ? [] : [`- proven on ${shapes.toSorted().join(", ")}`]),
    `- harmless when: ${card.falsePositives.join("; ")}`,
    ...settings.map(
      ({ name, about, unit, standard, min, max }) =>
        `- setting \`${name}\`: ${about} (${standard} ${unit}, ${min} to ${max})`,
    ),
    ...examples.map(({ name, hits }) => `- ${hits ? "hits" : "stays quiet"}: ${name}`),
    ...(after === "" ? [] : [`- ${after}`]),
  ];
  return lines.join("\n");
}

/** docs/reference/detectors.md: made from the rules and detectors themselves; a test keeps it current. */
export function detectorsDocument(): string {
  const all = entries();
  const by = (kind: Entry["by"]): number => all.filter((one) => one.by === kind).length;
  const abuses = ABUSES.map((abuse) => {
    const of = all.filter(({ card }) => card.abuse.includes(abuse));
    return `| ${abuse} ${ABUSE_WORDS[abuse]} | ${of.length} | ${of.map(({ card }) => cell(link(card))).join(" · ")} |`;
  });
  return `# What is looked for

Made from the rules and detectors by \`UPDATE=1 npm test -- src/activity/rules/reference.test.ts\`; do not edit by hand.

${by("rule")} rules and ${by("correlation")} correlations in [Sigma](../../src/activity/rules/README.md), ${by("detector")} detectors and ${by("sweep")} sweeps in
[code](../../src/activity/detectors). All numbers in them are starting values: nobody has published labelled data to fit them on. Try a change on stored
events before it is switched on. What the rules find in public data stands in [detection-coverage.md](detection-coverage.md).

Rules after one of [SigmaHQ](https://github.com/SigmaHQ/sigma)'s are under the
[Detection Rule License 1.1](https://github.com/SigmaHQ/Detection-Rule-License): author and upstream id stand with each. ATT&CK ids are those of version 17;
later versions number some anew (T1562 as T1685 and T1686).

## By abuse

| abuse | detections | which |
| --- | --- | --- |
${abuses.join("\n")}

## Each

${all.map(section).join("\n\n")}
`;
}
