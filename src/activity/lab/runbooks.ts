import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the guide stands beside the program. */
export const RUNBOOK_FOLDER = join(import.meta.dirname, "../../../docs/guide/runbooks");
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** A runbook's text by its name; undefined when there is none. */
export async function readRunbook(name: string, folder = RUNBOOK_FOLDER): Promise<string | undefined> {
  if (!NAME.test(name)) return undefined;
  try {
    return await readFile(join(folder, `${name}.md`), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
