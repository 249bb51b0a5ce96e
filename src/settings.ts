import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";
import { ok, refuse, type Result } from "./core/result.ts";
import { isRoot, writable } from "./store/embedded/reach.ts";

/** Everything that is decided before the database is open. All else is set in the page. Documented in docs/guide/settings.md. */
export type Settings = {
  readonly port: number;
  readonly host: string;
  /** Folder for the database, keys and the simulator's state. */
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  /** true: the demo reseller. false: the real desk. undefined: what was chosen last, the demo at first. */
  readonly demo: boolean | undefined;
  /** Address people use, when it is not http://localhost:port (behind a proxy, say). */
  readonly baseUrl: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** `web` serves pages, `worker` works off jobs, `both` is one process for all. */
  readonly role: "web" | "worker" | "both";
  readonly checkAnswers: boolean;
  /** A mail server on this machine that the demo may send to; without one it writes files. */
  readonly demoMail: { readonly host: string; readonly port: number } | undefined;
};

const flag = (fallback: "0" | "1" | undefined) =>
  z
    .enum(["0", "1"], { error: "must be 0 or 1" })
    .optional()
    .transform((value) => ((value ?? fallback) === undefined ? undefined : (value ?? fallback) === "1"));

const schema = z.object({
  SURETY_PORT: z.coerce.number({ error: "must be a port number" }).int().min(0).max(65_535).default(4400),
  SURETY_HOST: z.string().min(1).default("127.0.0.1"),
  SURETY_DATA: z.string().min(1).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")
    .optional(),
  SURETY_DEMO: flag(undefined),
  SURETY_BASE_URL: z.url({ error: "must be an address such as https://surety.example.com" }).optional(),
  SURETY_LOG: z
    .enum(["debug", "info", "warn", "error", "silent"], { error: "must be debug, info, warn, error or silent" })
    .default("info"),
  SURETY_ROLE: z.enum(["web", "worker", "both"], { error: "must be web, worker or both" }).default("both"),
  SURETY_CHECK_ANSWERS: flag("0"),
  SURETY_DEMO_MAIL: z
    .string()
    .regex(/^(127\.0\.0\.1|localhost):\d{1,5}$/, "must be a mail server on this machine, such as 127.0.0.1:1025")
    .transform((text) => ({ host: text.split(":")[0] ?? "", port: Number(text.split(":")[1]) }))
    .optional(),
});

/** The folder of this copy of Surety. */
export const ROOT = join(import.meta.dirname, "..");

/** Names in the environment that begin like ours but are none of ours: a typing error would otherwise pass unseen. */
const KNOWN = new Set([
  ...Object.keys(schema.shape),
  "SURETY_ROOT",
  "SURETY_TEST_SERVER",
  "SURETY_FAILPOINT",
  "SURETY_SECRET",
]);

/**
 * Reads the environment, and below it the file `surety.env` (in the folder of this copy, or where SURETY_ENV_FILE points).
 * Every wrong name or value is told at once, each with its fix.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Result<Settings, string> {
  const file = environment["SURETY_ENV_FILE"] ?? join(ROOT, "surety.env");
  if (environment["SURETY_ENV_FILE"] !== undefined && !existsSync(file))
    return refuse(`SURETY_ENV_FILE is ${file}: there is no such file`);
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  const given = Object.fromEntries(Object.entries({ ...fromFile, ...environment }).filter(([, value]) => value !== ""));
  const unknown = Object.keys(given).filter(
    (name) => name.startsWith("SURETY_") && name !== "SURETY_ENV_FILE" && !KNOWN.has(name),
  );
  const parsed = schema.safeParse(given);
  const wrong = [
    ...unknown.map((name) => `${name} is not a setting of Surety; known are ${Object.keys(schema.shape).join(", ")}`),
    ...(parsed.success
      ? []
      : parsed.error.issues.map(
          (issue) => `${String(issue.path[0])} is "${given[String(issue.path[0])] ?? ""}": ${issue.message}`,
        )),
  ];
  if (!parsed.success || wrong.length > 0) return refuse(wrong.join("\n"));
  const env = parsed.data;
  return ok({
    port: env.SURETY_PORT,
    host: env.SURETY_HOST,
    dataFolder: resolve(env.SURETY_DATA ?? defaultDataFolder()),
    databaseUrl: env.DATABASE_URL,
    demo: env.SURETY_DEMO,
    baseUrl: env.SURETY_BASE_URL?.replace(/\/$/, ""),
    logLevel: env.SURETY_LOG,
    role: env.SURETY_ROLE,
    checkAnswers: env.SURETY_CHECK_ANSWERS ?? false,
    demoMail: env.SURETY_DEMO_MAIL,
  });
}

/** `data/` in this copy; where that cannot be written (installed by another account), a folder of one's own. */
function defaultDataFolder(): string {
  const inCopy = join(ROOT, "data");
  return isRoot() || writable(inCopy) ? inCopy : join(homedir(), ".local", "share", "surety");
}
