import { FIELDS } from "../contract-fields.ts";
import type { FieldsOf } from "../sigma/lint.ts";
import { isOpenField, ourFields } from "./decide-visibility.ts";

/** Rules on normalised events ask for their fields; what may hold anything, and the records of other log sources, is not judged. */
export function normalisedFields(): FieldsOf {
  const fields = ourFields(FIELDS.map(({ name }) => name));
  const names = [...fields];
  return ({ product }) =>
    product === "surety" ? { names, has: (field) => fields.has(field) || isOpenField(field) } : undefined;
}
