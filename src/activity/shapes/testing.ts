/** Reads the public sample records that lie beside this checkout; they are read in place and never copied. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../core/canonical.ts";

const FOLDER = join(import.meta.dirname, "../../../../shared/detection");
export const SKIP_SAMPLES = existsSync(FOLDER) ? false : "the public samples are not beside this checkout";

export type Sample = { readonly raw: Json; readonly line: { readonly [key: string]: Json } };

export const sampleText = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

/** Lines of a file of `data/`: the record itself, or what stands under `event`. */
export function samples(name: string): readonly Sample[] {
  return sampleText(`data/${name}`)
    .trim()
    .split("\n")
    .map((text) => {
      const line = JSON.parse(text) as Sample["line"];
      return { raw: typeof line["event"] === "object" ? line["event"] : line, line };
    });
}

export const SAMPLE_FILES = [
  "azure_activity_c7n_cassettes.jsonl",
  "azure_activity_msticnb.jsonl",
  "det_eng_samples_labelled.jsonl",
  "entra_signin_msticnb_random.jsonl",
  "entra_signin_msticnb_user.jsonl",
  "golden_saml_otrf.jsonl",
  "misc_fixtures.jsonl",
  "o365_ual_invictus.jsonl",
  "office_activity_msticnb_user.jsonl",
  "panther_tests.jsonl",
  "partner_center_docs_samples.jsonl",
  "security_alerts_msticnb.jsonl",
  "security_alerts_sentinel_notebooks.jsonl",
  "sekoia_intake_tests.jsonl",
  "splunk_example_logs.jsonl",
  "stratus_attack_samples.jsonl",
] as const;
