import { useFormat } from "../i18n/t.ts";

/** A name that a policy gives in one or both languages. */
export type StepName = { readonly en: string; readonly sv: string | null };

/** A step's name in the language of the page; in English where the policy has no other. */
export function useStepName(): (name: StepName) => string {
  const { language } = useFormat();
  return (name) => (language === "sv" ? (name.sv ?? name.en) : name.en);
}
