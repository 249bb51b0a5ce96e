/** One change of one row; `v` is null when the row went away. The journal is a list of these. */
export type Change = { readonly t: string; readonly k: string; readonly v: unknown };

/** Rows by key, with indexes. Rows are never changed in place: `put` replaces. */
export type Table<T> = {
  readonly name: string;
  get(key: string): T | undefined;
  put(row: T): void;
  remove(key: string): void;
  all(): T[];
  where(index: string, value: string): T[];
  readonly size: number;
};

export type TableShape<T> = {
  readonly key: (row: T) => string;
  readonly indexes?: Readonly<Record<string, (row: T) => string>>;
};

/** All tables of one world, and the changes since the last `take`. */
export type Book = {
  table<T>(name: string, shape: TableShape<T>): Table<T>;
  /** Hands over the changes made since the last call, oldest first. */
  take(): Change[];
  /** Undoes the changes made since the last `take`: a handler that threw leaves no trace. */
  rollBack(): void;
  /** Applies a stored change without recording it. */
  load(change: Change): void;
  /** Every row as a change: a snapshot. */
  dump(): Generator<Change>;
};

type Store = {
  readonly rows: Map<string, unknown>;
  set(key: string, row: unknown): void;
};

export function openBook(): Book {
  const stores = new Map<string, Store>();
  let changes: Change[] = [];
  let undo: { store: Store; key: string; before: unknown }[] = [];
  const record = (name: string, store: Store, { key, row }: { key: string; row: unknown }): void => {
    undo.push({ store, key, before: store.rows.get(key) });
    changes.push({ t: name, k: key, v: row ?? null });
    store.set(key, row);
  };
  return {
    table<T>(name: string, shape: TableShape<T>): Table<T> {
      const { store, table } = newTable(name, shape, record);
      stores.set(name, store);
      return table;
    },
    take() {
      const taken = changes;
      changes = [];
      undo = [];
      return taken;
    },
    rollBack() {
      for (const { store, key, before } of undo.toReversed()) store.set(key, before);
      changes = [];
      undo = [];
    },
    load({ t, k, v }) {
      stores.get(t)?.set(k, v ?? undefined);
    },
    *dump() {
      for (const [t, store] of stores) for (const [k, v] of store.rows) yield { t, k, v };
    },
  };
}

type Recorder = (name: string, store: Store, entry: { key: string; row: unknown }) => void;

function newTable<T>(name: string, shape: TableShape<T>, record: Recorder): { store: Store; table: Table<T> } {
  const rows = new Map<string, T>();
  const indexes = Object.entries(shape.indexes ?? {}).map(([index, of]) => ({
    index,
    of,
    keys: new Map<string, Set<string>>(),
  }));
  const store: Store = {
    rows,
    set(key, next) {
      const before = rows.get(key);
      const after = next as T | undefined;
      for (const { of, keys } of indexes) reindex(keys, key, { from: before && of(before), to: after && of(after) });
      if (after === undefined) rows.delete(key);
      else rows.set(key, after);
    },
  };
  const table: Table<T> = {
    name,
    get: (key) => rows.get(key),
    put: (row) => record(name, store, { key: shape.key(row), row }),
    remove: (key) => record(name, store, { key, row: undefined }),
    all: () => [...rows.values()],
    where(index, value) {
      const found = indexes.find((one) => one.index === index);
      if (found === undefined) throw new Error(`invariant broken: ${name} has no index ${index}`);
      return [...(found.keys.get(value) ?? [])].map((key) => rows.get(key) as T);
    },
    get size() {
      return rows.size;
    },
  };
  return { store, table };
}

function reindex(
  keys: Map<string, Set<string>>,
  key: string,
  { from, to }: { from: string | undefined; to: string | undefined },
): void {
  if (from === to) return;
  if (from !== undefined) keys.get(from)?.delete(key);
  if (to === undefined) return;
  const set = keys.get(to);
  if (set === undefined) keys.set(to, new Set([key]));
  else set.add(key);
}
