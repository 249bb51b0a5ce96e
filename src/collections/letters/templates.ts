import type { Language } from "../../access/contract.ts";
import type { Tx } from "../../store/contract.ts";
import type { Place, Purpose } from "./contract.ts";
import { parseTemplate, type Template } from "./decide-template.ts";
import { TEMPLATES_EN } from "./decide-templates-en.ts";
import { TEMPLATES_SV } from "./decide-templates-sv.ts";
import { type TemplateKey, templateVersions } from "./store-templates.ts";

const BUILT_IN: Readonly<Record<Language, Readonly<Record<Purpose, string>>>> = { en: TEMPLATES_EN, sv: TEMPLATES_SV };
export const builtIn = ({ purpose, language }: TemplateKey): string => BUILT_IN[language][purpose];

/** The template in use: the newest that a person saved, else the one that Surety brings (version 0). */
export async function templateFor(
  tx: Tx,
  key: TemplateKey,
): Promise<{ readonly version: number; readonly text: string; readonly template: Template }> {
  const [newest] = await templateVersions(tx, key);
  const text = newest?.text ?? builtIn(key);
  const { template, faults } = parseTemplate(text, key.purpose);
  // A saved template was checked; one that a newer program no longer takes gives way to what Surety brings.
  if (faults.length === 0) return { version: newest?.version ?? 0, text, template };
  const own = builtIn(key);
  return { version: 0, text: own, template: parseTemplate(own, key.purpose).template };
}

export const keyOf = (purpose: Purpose, language: Language, place: Place): TemplateKey => ({
  purpose,
  language,
  place,
});
