import type { Node } from "./contract.ts";
import { type Anchor, anchorsOf, popularityOf } from "./decide-anchors.ts";
import type { Looked } from "./decide-compare.ts";
import { type Needles, needlesOf } from "./decide-needles.ts";

/** What rules need of one field. */
type Slot = {
  /** Place of the field among all fields of the matcher. */
  readonly field: number;
  readonly byValue: Map<string, number[]> | undefined;
  readonly byNeedle: Needles<number> | undefined;
  readonly byPresence: readonly number[];
};
export type IndexedRule = { readonly rule: number; readonly node: Node };

/** More fields than this are found by the keys of the event, fewer are looked up one after the other. */
const LOOKED_UP_MAX = 48;

/** Rules for one kind of events, found by what they need: by a value of a field, a text in it, the field itself, or always. */
export class RuleIndex {
  /** Rules that can match an event without any of the fields they name. */
  readonly always: readonly number[];
  readonly #slots: readonly Slot[];
  /** First step of a field, or its whole name, to the slots that begin there; undefined where looking all up is cheaper. */
  readonly #byKey: ReadonlyMap<string, readonly Slot[]> | undefined;

  /** @param fieldOf place of a field among all fields of the matcher */
  constructor(rules: readonly IndexedRule[], fieldOf: (field: string) => number) {
    const popularity = popularityOf(rules.map(({ node }) => node));
    const always: number[] = [];
    const anchors = new Map<string, (Anchor & { readonly rule: number })[]>();
    for (const { rule, node } of rules) {
      const needed = anchorsOf(node, popularity);
      if (needed === undefined) always.push(rule);
      else
        for (const anchor of needed)
          anchors.set(anchor.field, [...(anchors.get(anchor.field) ?? []), { ...anchor, rule }]);
    }
    this.always = always;
    const named = [...anchors].map(([name, some]) => ({ name, slot: slotOf(fieldOf(name), some) }));
    this.#slots = named.map(({ slot }) => slot);
    this.#byKey = this.#slots.length <= LOOKED_UP_MAX ? undefined : keyed(named);
  }

  /** Calls `ask` for each rule that can match an event; the same rule may be asked more than once. */
  candidates(event: object, look: (field: number) => Looked, ask: (rule: number) => void): void {
    if (this.#byKey === undefined) for (const slot of this.#slots) askSlot(slot, look(slot.field), ask);
    else
      for (const key in event) {
        const slots = this.#byKey.get(key);
        if (slots !== undefined) for (const slot of slots) askSlot(slot, look(slot.field), ask);
      }
    for (const rule of this.always) ask(rule);
  }
}

function askSlot({ byPresence, byValue, byNeedle }: Slot, looked: Looked, ask: (rule: number) => void): void {
  if (!looked.isPresent) return;
  for (const rule of byPresence) ask(rule);
  if (byValue === undefined && byNeedle === undefined) return;
  for (const text of looked.folded) {
    const rules = byValue?.get(text);
    if (rules !== undefined) for (const rule of rules) ask(rule);
    byNeedle?.find(text, ask);
  }
}

function slotOf(field: number, anchors: readonly (Anchor & { readonly rule: number })[]): Slot {
  const byValue = new Map<string, number[]>();
  const needles: (readonly [string, number])[] = [];
  const presence = new Set<number>();
  for (const anchor of anchors) {
    if (anchor.kind === "presence") presence.add(anchor.rule);
    else if (anchor.kind === "needle") needles.push([anchor.text, anchor.rule]);
    else {
      const known = byValue.get(anchor.text);
      if (known === undefined) byValue.set(anchor.text, [anchor.rule]);
      else if (!known.includes(anchor.rule)) known.push(anchor.rule);
    }
  }
  const byNeedle = needles.length === 0 ? undefined : needlesOf(needles);
  if (byNeedle === undefined) for (const [, rule] of needles) presence.add(rule);
  return { field, byValue: byValue.size === 0 ? undefined : byValue, byNeedle, byPresence: [...presence] };
}

function keyed(slots: readonly { readonly name: string; readonly slot: Slot }[]): ReadonlyMap<string, readonly Slot[]> {
  const byKey = new Map<string, Slot[]>();
  for (const { name, slot } of slots)
    for (const key of new Set([name, name.split(".", 1)[0] ?? name])) {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, [slot]);
      else known.push(slot);
    }
  return byKey;
}
