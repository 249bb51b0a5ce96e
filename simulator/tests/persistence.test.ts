import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import type { Credentials } from "../contract.ts";
import { type Client, type Heard, type Json, clientOf, find, withReceiver } from "./client.ts";

type Running = { readonly child: ChildProcess; readonly client: Client };

/** Starts the program as an operator would and waits for its one line. */
async function start(...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "main.ts"), "--quiet", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((done, fail) => {
    createInterface({ input: child.stdout }).once("line", done);
    child.once("exit", (code) => fail(new Error(`the simulator ended with ${code}`)));
  });
  const { ready, url, credentials } = JSON.parse(line) as { ready: boolean; url: string; credentials: Credentials };
  assert.equal(ready, true);
  return { child, client: clientOf(url, credentials) };
}

const stop = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((done) => {
    child.once("exit", () => done());
    child.kill(signal);
  });

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "simulator-"));
  try {
    await work(join(folder, "state"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("kill -9 loses nothing that was acknowledged, again and again", () =>
  inFolder(async (file) => {
    const args = ["--state", file, "--now", "2026-11-17T07:42:00Z", "--speed-cancel", "60"];
    let running = await start(...args);
    const lumo = await find(running.client, "lumo");
    let acknowledged = 0;
    for (let round = 0; round < 4; round++) {
      const { child, client } = running;
      const write = async (amount: number): Promise<boolean> => {
        const headers = { "MS-RequestId": `00000000-0000-4000-8000-${String(amount).padStart(12, "0")}` };
        const path = `/v1/customers/${lumo.id}/usagebudget`;
        const { status } = await client.call("PATCH", path, { body: { Amount: amount }, headers });
        if (status === 200) acknowledged = amount;
        return status === 200;
      };
      const writing = (async () => {
        let amount = acknowledged + 1;
        while (await write(amount).catch(() => false)) amount += 1;
      })();
      await new Promise((done) => setTimeout(done, 150 + round * 90));
      await stop(child, "SIGKILL");
      await writing;
      // A torn line at the end is what a power cut may leave.
      if (round === 2) appendFileSync(`${file}.journal`, '[{"t":"customers","k":"x"');
      running = await start("--state", file);
      const kept = Number((await running.client.get(`/v1/customers/${lumo.id}/usagebudget`)).json["amount"]);
      assert.ok(kept === acknowledged || kept === acknowledged + 1, `${kept} kept, ${acknowledged} acknowledged`);
      const effects = [
        ...((await running.client.sim("GET", "requests?effect=true&path=usagebudget")).json["requests"] as Json),
      ];
      assert.equal(
        new Set(effects.map((one) => String(one["requestId"]))).size,
        effects.length,
        "one effect for each request",
      );
      assert.ok(effects.length >= kept);
      acknowledged = kept;
    }
    assert.ok(acknowledged > 10, `${acknowledged} writes`);
    await stop(running.child, "SIGTERM");
  }));

test("a restart goes on: clock, tokens, moves under way, repeats of earlier requests", () =>
  inFolder(async (file) => {
    const first = await start("--state", file, "--now", "2026-11-17T07:42:00Z", "--speed-cancel", "60");
    const havso = await find(first.client, "havso");
    const path = `/v1/customers/${havso.id}/subscriptions/${havso.plan}/azureEntitlements/${havso.entitlements["Havsö Test"]}`;
    const headers = { "MS-RequestId": "7c0f3d52-0000-4000-8000-000000000001" };
    const body = { cancellationReason: "compromise" };
    assert.equal((await first.client.call("POST", `${path}/cancel`, { body, headers })).status, 200);
    await first.client.sim("POST", "clock", { advance: "PT30S" });
    const before = String((await first.client.sim("GET", "clock")).json["now"]);
    await stop(first.child, "SIGKILL");
    const second = await start("--state", file, "--world", "empty");
    const after = String((await second.client.sim("GET", "clock")).json["now"]);
    assert.ok(after >= before && after < before.replace("07:42", "07:44"), `${before} then ${after}`);
    assert.equal((await second.client.get(path)).json["status"], "active");
    assert.equal((await second.client.call("POST", `${path}/cancel`, { body, headers })).status, 200);
    await second.client.sim("POST", "clock", { advance: "PT31S" });
    assert.equal((await second.client.get(path)).json["status"], "inactive");
    const effects = [
      ...((await second.client.sim("GET", "requests?effect=true&path=cancel")).json["requests"] as Json),
    ];
    assert.equal(effects.length, 1);
    await stop(second.child, "SIGTERM");
  }));

test("a webhook that waited when the process died is delivered after the restart, under the same certificate", () =>
  inFolder((file) =>
    withReceiver(async (receiver) => {
      const first = await start("--state", file);
      receiver.answer(500);
      await first.client.call("POST", "/webhooks/v1/registration", {
        body: { WebhookUrl: receiver.url, WebhookEvents: ["azure-fraud-event-detected"] },
      });
      await first.client.sim("POST", "events/alert", { customer: "hjulsta" });
      await first.client.sim("POST", "clock", { advance: "PT9S" });
      assert.ok(receiver.heard.length >= 1);
      const root = await (await fetch(`${first.client.url}/sim/root.cer`)).arrayBuffer();
      await stop(first.child, "SIGKILL");
      receiver.answer(200);
      const tries = receiver.heard.length;
      const second = await start("--state", file);
      await second.client.sim("POST", "clock", { advance: "PT2M" });
      assert.ok(receiver.heard.length > tries);
      const [one, last] = [receiver.heard[0], receiver.heard.at(-1)] as [Heard, Heard];
      assert.deepEqual(last.body, one.body);
      assert.deepEqual(await (await fetch(`${second.client.url}/sim/root.cer`)).arrayBuffer(), root);
      await stop(second.child, "SIGTERM");
    }),
  ));

test("the command line explains itself and refuses nonsense", async () => {
  const run = (...args: string[]): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "..", "main.ts"), ...args]);
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
      child.once("exit", (code) => done({ code, out, err }));
    });
  const help = await run("--help");
  assert.deepEqual([help.code, help.out.includes("--speed-cancel")], [0, true]);
  const wrong = await run("--world", "moon");
  assert.deepEqual([wrong.code, wrong.err.includes("--world is demo")], [2, true]);
  assert.equal((await run("--port", "many")).code, 2);
});

test("the levers are for this machine's tools, not for web pages", async () => {
  const { child, client } = await start("--world", "empty");
  assert.equal(
    (await client.call("GET", "/sim/state", { as: "nobody", headers: { Origin: "https://evil.example" } })).status,
    403,
  );
  assert.equal((await client.sim("GET", "state")).status, 200);
  assert.equal((await client.sim("GET", "nothing")).status, 404);
  assert.ok((await client.sim("GET", "help")).json["faults"]);
  await stop(child, "SIGTERM");
});
