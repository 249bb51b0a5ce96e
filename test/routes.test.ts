/** Every address of the real desk says who may use it, and means it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PERMISSIONS } from "../src/access/contract.ts";
import { openDesk } from "../src/main-desk.ts";
import { testStore } from "../src/store/testing.ts";

const { connection } = await testStore();
const dataFolder = mkdtempSync(join(tmpdir(), "surety-routes-"));
const settings = {
  port: 0,
  host: "127.0.0.1",
  dataFolder,
  databaseUrl: undefined,
  demo: false,
  baseUrl: undefined,
  logLevel: "silent",
  role: "web",
  checkAnswers: true,
  demoMail: undefined,
} as const;
const desk = await openDesk({ settings, version: "test", connection, mode: "live", baseUrl: () => "http://localhost" });
const address = (await desk.listen({ port: 0, host: "127.0.0.1" })) as { readonly port: number };
after(async () => {
  await desk.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

/** Signing in, webhooks, and what is published for customers: nothing else is open to everybody. */
const PUBLIC = [
  "GET /api/welcome/state",
  "POST /api/welcome",
  "POST /api/welcome/link",
  "POST /api/webhooks/partner-center",
  "POST /api/webhooks/stripe",
  // The published policy, for customers.
  "GET /api/policy",
  "GET /api/policy/:version",
];
const named = desk.routes.map((route) => `${route.method} ${route.path}`);

test("the desk has its routes, each once", () => {
  assert.ok(named.length >= 80, `${named.length} routes seen`);
  assert.equal(new Set(named).size, named.length);
});

test("every route declares a permission of the one table, or is one of the few public ones", () => {
  const wrong = desk.routes.filter((route) =>
    route.permission === "public"
      ? !PUBLIC.includes(`${route.method} ${route.path}`)
      : !Object.hasOwn(PERMISSIONS, route.permission),
  );
  assert.deepEqual(
    wrong.map((route) => `${route.method} ${route.path}: ${route.permission}`),
    [],
  );
});

test("nobody gets an answer from a route that is not public, nor from the live stream", async () => {
  const closed = desk.routes.filter((route) => route.permission !== "public");
  const asked = [
    ...closed.map(({ method, path }) => ({ method, path: path.replaceAll(/:\w+/g, "x") })),
    { method: "GET", path: "/api/live" },
  ];
  for (const { method, path } of asked) {
    const answer = await fetch(`http://127.0.0.1:${address.port}${path}`, { method });
    assert.equal(answer.status, 401, `${method} ${path}`);
  }
});
