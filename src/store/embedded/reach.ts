import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** The account PostgreSQL runs under when Surety runs as root: `nobody` exists in every passwd file, so nothing must be created. */
export const SERVER_UID = 65_534;
export const SERVER_GID = 65_534;

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Whether the server account may walk into `path`: each folder above it must let strangers through. */
export function reachableByServer(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      const { mode, uid } = statSync(at);
      const open = (mode & 0o001) !== 0 || (uid === SERVER_UID && (mode & 0o100) !== 0);
      if (!open) return false;
    } catch {
      // A folder that is still to be made takes its rights from us; what counts is what is above it.
    }
    if (at === dirname(at)) return true;
  }
}

/** Whether we can write into `folder`, which may be still to be made. */
export function writable(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      accessSync(at, constants.W_OK | constants.X_OK);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || at === dirname(at)) return false;
    }
  }
}
