import { GROUP_ROWS_MAX, PROBLEM_GROUPS_MAX, type ProblemGroup, type RowProblem } from "./contract-import.ts";

type Group = Omit<ProblemGroup, "count" | "first"> & { count: number; first: { line: number; value: string }[] };

/** Counts problems by what they are, so that one mistake in ten thousand rows is told once. Refusals come first, the most frequent first. */
export function problemGroups(): {
  readonly add: (problem: RowProblem) => void;
  readonly groups: () => readonly ProblemGroup[];
} {
  const found = new Map<string, Group>();
  return {
    add({ code, severity, column, fix, line, value }) {
      const key = `${severity} ${code} ${column ?? ""}`;
      let group = found.get(key);
      if (group === undefined) found.set(key, (group = { code, severity, column, fix, count: 0, first: [] }));
      group.count += 1;
      // PostgreSQL keeps no zero characters in text.
      if (group.first.length < GROUP_ROWS_MAX)
        group.first.push({ line, value: value.replaceAll("\u0000", "").slice(0, 200) });
    },
    groups: () =>
      [...found.values()]
        .sort((a, b) => rank(a) - rank(b) || b.count - a.count || (a.first[0]?.line ?? 0) - (b.first[0]?.line ?? 0))
        .slice(0, PROBLEM_GROUPS_MAX),
  };
}

const rank = ({ severity }: Pick<ProblemGroup, "severity">): number => (severity === "refused" ? 0 : 1);
