import type { Detector } from "../contract-detector.ts";
import type { KnownEvent } from "../contract-event.ts";

/** Which detectors want to see an event, by its operation: exact, by prefix, or by source alone. */
export class DetectorIndex {
  readonly #exact = new Map<string, number[]>();
  readonly #prefixes: { readonly prefix: string; readonly place: number }[] = [];
  readonly #bySource = new Map<string, number[]>();

  constructor(detectors: readonly Detector[]) {
    detectors.forEach(({ wants, sources }, place) => {
      if (wants === undefined) for (const source of sources) put(this.#bySource, source, place);
      else
        for (const want of wants)
          if (want.endsWith("*")) this.#prefixes.push({ prefix: want.slice(0, -1), place });
          else put(this.#exact, want, place);
    });
  }

  /** Places in the list of detectors, ascending. */
  wanting({ operation, source }: Pick<KnownEvent, "operation" | "source">): readonly number[] {
    const found = new Set([...(this.#exact.get(operation) ?? []), ...(this.#bySource.get(source) ?? [])]);
    for (const { prefix, place } of this.#prefixes) if (operation.startsWith(prefix)) found.add(place);
    return found.size < 2 ? [...found] : [...found].sort((a, b) => a - b);
  }
}

const put = (map: Map<string, number[]>, key: string, place: number): void =>
  void map.set(key, [...(map.get(key) ?? []), place]);
