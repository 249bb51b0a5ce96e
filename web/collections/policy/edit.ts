import { isSeq, parseDocument } from "yaml";

const WRITTEN = { lineWidth: 0, flowCollectionPadding: true } as const;
type Path = readonly (string | number)[];

/** Sets one value in the text of a policy, comments kept; an empty value takes its member out. */
export function setValue(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text);
  const isEmpty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  if (isEmpty) document.deleteIn(path);
  else document.setIn(path, document.createNode(value, { flow: typeof value === "object" }));
  return document.toString(WRITTEN);
}

export function removeStep(text: string, index: number): string {
  const document = parseDocument(text);
  document.deleteIn(["steps", index]);
  return document.toString(WRITTEN);
}

/** A new last step, a day after the latest. */
export function addStep(text: string, day: number): string {
  const document = parseDocument(text);
  const steps = document.get("steps");
  const taken = new Set(isSeq(steps) ? (steps.toJSON() as { id?: string }[]).map(({ id }) => id) : []);
  let number = taken.size + 1;
  while (taken.has(`step-${number}`)) number++;
  const name = { en: `Step ${number}` };
  const step = { id: `step-${number}`, name, daysPastDue: day, tell: [{ channel: "mail", letter: "reminder" }] };
  document.addIn(["steps"], document.createNode(step));
  return document.toString(WRITTEN);
}
