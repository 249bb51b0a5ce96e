import { readFileSync } from "node:fs";
import { runVectors, vectorsFile } from "./vectors.ts";

type Output = { readonly write: (text: string) => void; readonly complain: (text: string) => void };

/** `surety sigma vectors`: runs a file of conformance vectors. Exit code 1 when one that the specification settles fails, 2 without a file. */
export function vectorsCommand(file: string, { json }: { readonly json: boolean }, out: Output): number {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    out.complain(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  const parsed = vectorsFile.safeParse(given);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) out.complain(`${file}: ${path.join(".")}: ${message}`);
    return 2;
  }
  const { passed, failed, failures } = runVectors(parsed.data);
  const lines = failures.map(
    ({ id, expected, got, isNormative }) =>
      `${id}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}${isNormative ? "" : " (a choice, not settled)"}`,
  );
  const shown = failures.map(({ id, expected, got }) => ({ id, expected, got }));
  out.write(
    json
      ? `${JSON.stringify({ passed, failed, failures: shown })}\n`
      : `${[...lines, `${passed} passed, ${failed} failed`].join("\n")}\n`,
  );
  return failures.some(({ isNormative }) => isNormative) ? 1 : 0;
}
