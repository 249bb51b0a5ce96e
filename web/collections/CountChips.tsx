import { useFormat } from "../i18n/t.ts";

type Props<Name extends string> = {
  readonly label: string;
  readonly names: readonly Name[];
  readonly counts: Readonly<Partial<Record<Name, number>>> | undefined;
  readonly chosen: Name;
  readonly word: (name: Name) => string;
  /** undefined = the first name, which an address need not carry. */
  readonly onChoose: (name: Name | undefined) => void;
};

/** One-press filters with their counts; one that would show nothing is left out, unless it is the first or the chosen. */
export function CountChips<Name extends string>({ label, names, counts, chosen, word, onChoose }: Props<Name>) {
  const f = useFormat();
  const [first] = names;
  return (
    <span className="chips" role="group" aria-label={label}>
      {names
        .filter((one) => one === chosen || one === first || (counts?.[one] ?? 0) > 0)
        .map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={one === chosen}
            onClick={() => onChoose(one === first ? undefined : one)}
          >
            {word(one)} <span className="num">{f.count(counts?.[one] ?? 0)}</span>
          </button>
        ))}
    </span>
  );
}
