export type DiffLine = { readonly kind: "same" | "add" | "del"; readonly text: string };

/** Lines compared at most on each side; a policy has some two hundred. */
const LINES_MAX = 1_500;

/** What changed between two texts, line by line: the longest common subsequence stays, the rest is taken out or put in. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before.split("\n").slice(0, LINES_MAX);
  const b = after.split("\n").slice(0, LINES_MAX);
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i] ?? "" });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push({ kind: "del", text: a[i++] ?? "" });
    else lines.push({ kind: "add", text: b[j++] ?? "" });
  }
  return lines;
}

const AROUND = 3;
/** Only what changed, with three lines around it; null stands for what is left out. */
export function folded(lines: readonly DiffLine[]): readonly (DiffLine | null)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ kind }) => kind !== "same"),
  );
  return lines.flatMap((line, index) => (near[index] ? [line] : index > 0 && near[index - 1] ? [null] : []));
}
