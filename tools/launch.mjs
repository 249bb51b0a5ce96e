#!/usr/bin/env node
// The one door: runs on the machine's Node (20 or newer), installs what is missing, and hands over to the Node that
// Surety brings along. Plain JavaScript on purpose: it must run before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MAJOR_NEEDED = 26;
const [command = "start", ...args] = process.argv.slice(2);
/** Quiet commands print nothing of their own, so that their output can be read by programs. */
const quiet = ["surety", "node", "simulator"].includes(command);
const say = (line) => quiet || console.log(line);

const fail = (line) => {
  console.error(`surety: ${line}`);
  process.exit(1);
};

/** What is installed against what the lock file asks for; other platforms' packages are optional. */
function missingPackage() {
  const wanted = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;
  const hidden = join(ROOT, "node_modules", ".package-lock.json");
  if (!existsSync(hidden)) return "node_modules";
  const present = JSON.parse(readFileSync(hidden, "utf8")).packages;
  return Object.entries(wanted).find(
    ([path, { version, optional }]) => path !== "" && !optional && present[path]?.version !== version,
  )?.[0];
}

function install() {
  const missing = missingPackage();
  if (missing === undefined) return;
  (quiet ? console.error : console.log)(
    `[1/3] installing packages (${missing === "node_modules" ? "first start, about a minute" : "the lock file changed"})`,
  );
  const npm = process.env.npm_execpath;
  const [program, first] = npm && /\.[cm]?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  const run = spawnSync(program, [...first, ...options], {
    cwd: ROOT,
    stdio: ["ignore", quiet ? 2 : "inherit", "inherit"],
  });
  if (run.status !== 0)
    fail("the packages could not be installed: is the npm registry reachable? Nothing was changed but node_modules");
}

/** The machine's own Node if it is new enough, else the one from the platform package. */
function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_NEEDED) return process.execPath;
  const places = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  const found = places.map((name) => join(ROOT, "node_modules", name, "bin", "node")).find((path) => existsSync(path));
  return (
    found ??
    fail(
      `Node ${NODE_MAJOR_NEEDED} is needed and none is packaged for ${process.platform}-${process.arch}: install it and start again`,
    )
  );
}

const BUILT_FROM = ["web", "src/core", "package-lock.json"];

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** Builds the page when its sources are not those of the last build. */
function buildPage(node) {
  const contracts = filesBelow(join(ROOT, "src")).filter((path) => path.endsWith("contract.ts"));
  const files = [...BUILT_FROM.flatMap((path) => filesBelow(join(ROOT, path))), ...contracts].sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(relative(ROOT, file)).update("\0").update(readFileSync(file));
  const digest = hash.digest("hex");
  const stamp = join(ROOT, "dist", "web.built-from");
  if (
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === digest &&
    existsSync(join(ROOT, "dist", "web", "index.html"))
  )
    return;
  (quiet ? console.error : console.log)("[2/3] building the page");
  rmSync(stamp, { force: true });
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const run = spawnSync(node, [vite, "build", "--config", "web/vite.config.ts", "--logLevel", "error"], {
    cwd: ROOT,
    stdio: ["ignore", quiet ? 2 : "inherit", "inherit"],
  });
  if (run.status !== 0) fail("the page could not be built; the lines above say why");
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  writeFileSync(stamp, digest);
}

/** Where Node keeps what it made of our sources: without it every start strips types and compiles anew, half of its time. */
const COMPILED = join(ROOT, "node_modules", ".cache", "compiled");

/** Runs a program in our place: signals go to it, its exit code is ours. */
function become(program, its) {
  const child = spawn(program, its, {
    cwd: process.cwd(),
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, SURETY_ROOT: ROOT },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
  child.on("error", (error) => fail(error.message));
}

const main = join(ROOT, "src", "main.ts");
install();
const node = findNode();
switch (command) {
  case "start":
    buildPage(node);
    say("[3/3] starting the desk");
    become(node, [main, "serve", ...args]);
    break;
  case "surety":
    if (args[0] === "serve") buildPage(node);
    become(node, args[0] === "simulator" ? [join(ROOT, "simulator", "main.ts"), ...args.slice(1)] : [main, ...args]);
    break;
  case "test":
  case "check":
    buildPage(node);
    process.chdir(ROOT);
    become(node, [join(ROOT, "tools", `${command}.ts`), ...args]);
    break;
  case "bench":
    buildPage(node);
    process.chdir(ROOT);
    become(node, [join(ROOT, "bench", "main.ts"), ...args]);
    break;
  case "simulator":
    become(node, [join(ROOT, "simulator", "main.ts"), ...args]);
    break;
  case "node":
    become(node, args);
    break;
  default:
    fail(`unknown command ${command}: start, test, check, simulator, surety, bench or node`);
}
