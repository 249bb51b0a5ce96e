/** States times kinds of letters: 4 bytes each. */
const TABLE_MAX = 4_000_000;
/** So few are looked for one after the other: that is faster than going through the text by hand. */
const FEW = 8;

/** Finds which of many texts stand in a text, in one pass over it (Aho and Corasick, 1975). */
export type Needles<T> = {
  /** Calls `tell` for what belongs to each needle in the text, in no order, the same more than once where it stands more than once. */
  readonly find: (text: string, tell: (owner: T) => void) => void;
};

type Trie = { readonly next: Map<number, number>[]; readonly owners: number[][] };

/** undefined when there are too many of them for a table. None may be empty. */
export function needlesOf<T>(needles: readonly (readonly [text: string, owner: T])[]): Needles<T> | undefined {
  if (needles.length <= FEW)
    return {
      find: (text, tell) => {
        for (const [needle, owner] of needles) if (text.includes(needle)) tell(owner);
      },
    };
  const letters = new Map<number, number>();
  for (const [text] of needles)
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (!letters.has(code)) letters.set(code, letters.size + 1);
    }
  const kinds = letters.size + 1;
  const trie: Trie = { next: [new Map()], owners: [[]] };
  needles.forEach(([text], owner) => addTo(trie, text, { owner, letters }));
  if (trie.next.length * kinds > TABLE_MAX) return undefined;
  const { table, outputs } = tableOf(trie, kinds);
  for (let at = 0; at < table.length; at++) table[at] = (table[at] ?? 0) * kinds;
  const isEnd = new Uint8Array(table.length);
  outputs.forEach((some, state) => (isEnd[state * kinds] = some === undefined ? 0 : 1));
  const ascii = Uint16Array.from({ length: 128 }, (_one, code) => letters.get(code) ?? 0);
  return {
    find: (text, tell) => {
      let state = 0;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        const kind = code < 128 ? (ascii[code] as number) : (letters.get(code) ?? 0);
        // States are kept times the kinds of letters: the place of their row.
        state = table[state + kind] as number;
        if (isEnd[state] === 0) continue;
        for (const owner of outputs[state / kinds] ?? []) {
          const pair = needles[owner];
          if (pair !== undefined) tell(pair[1]);
        }
      }
    },
  };
}

type Adding = { readonly owner: number; readonly letters: ReadonlyMap<number, number> };

function addTo({ next, owners }: Trie, text: string, { owner, letters }: Adding): void {
  let state = 0;
  for (let at = 0; at < text.length; at++) {
    const kind = letters.get(text.charCodeAt(at)) ?? 0;
    let to = next[state]?.get(kind);
    if (to === undefined) {
      to = next.push(new Map()) - 1;
      owners.push([]);
      next[state]?.set(kind, to);
    }
    state = to;
  }
  owners[state]?.push(owner);
}

/** Where each state goes with each letter, falling back to the longest end that begins another needle. */
function tableOf(
  { next, owners }: Trie,
  kinds: number,
): { readonly table: Int32Array; readonly outputs: readonly (readonly number[] | undefined)[] } {
  const table = new Int32Array(next.length * kinds);
  const falls = new Int32Array(next.length);
  const queue: number[] = [0];
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] ?? 0;
    const fall = falls[state] ?? 0;
    if (state !== 0) owners[state]?.push(...(owners[fall] ?? []));
    for (let kind = 0; kind < kinds; kind++) {
      const beside = state === 0 ? 0 : (table[fall * kinds + kind] ?? 0);
      const to = next[state]?.get(kind);
      table[state * kinds + kind] = to ?? beside;
      if (to === undefined) continue;
      falls[to] = beside;
      queue.push(to);
    }
  }
  return { table, outputs: owners.map((some) => (some.length === 0 ? undefined : some)) };
}
