import type { KnownEvent } from "../contract-event.ts";
import type { Kept } from "../contract-detector.ts";
import { text } from "./decide-window.ts";

/** Facts that name an actor: systems tell either an object id or a sign-in name, some tell both. */
export function actorFacts(event: KnownEvent): { readonly actor: string; readonly alias: string } {
  const name = event.actor?.name?.toLowerCase() ?? "";
  return { actor: event.actor?.id ?? "", alias: name.includes("@") ? name : "" };
}

/** Who is the same: names that an event tells together belong to one actor, over all systems. */
export class Actors {
  readonly #parent = new Map<string, string>();

  constructor(kept: readonly Kept[]) {
    for (const one of kept) {
      const [actor, alias] = [text(one, "actor"), text(one, "alias")];
      if (actor !== "" && alias !== "") this.join(actor, alias);
    }
  }
  /** The same text for every name of one actor: the smallest of them, so that order does not matter. */
  find(name: string): string {
    let here = name;
    for (let up = this.#parent.get(here); up !== undefined; up = this.#parent.get(here)) here = up;
    return here;
  }
  join(one: string, other: string): void {
    const [a, b] = [this.find(one), this.find(other)];
    if (a !== b) this.#parent.set(a < b ? b : a, a < b ? a : b);
  }
  of(one: Kept): string {
    return this.find(text(one, "actor") || text(one, "alias"));
  }
}

/** How a page names the actor: the sign-in name when told. */
export const actorName = (one: Kept): string => text(one, "alias") || text(one, "actor") || "?";
