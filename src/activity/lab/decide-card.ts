import type { DetectionCard } from "../contract-detector.ts";
import type { RuleCard } from "./contract.ts";

/** What a detector in the program says about itself, in the form of a rule's card. */
export const detectorCard = (detector: DetectionCard, examples: number): RuleCard => ({
  title: detector.title,
  titleSv: detector.titleSv,
  level: detector.level,
  family: detector.family,
  abuse: detector.abuse,
  why: detector.why,
  sources: detector.sources,
  falsePositives: detector.falsePositives,
  runbook: detector.runbook,
  attack: detector.attack,
  covers: detector.covers,
  contain: detector.contain,
  fold: [],
  description: "",
  author: "Surety",
  date: "",
  status: "stable",
  license: "",
  references: [],
  related: [],
  fields: [],
  logsources: [],
  correlation: null,
  examples,
});
