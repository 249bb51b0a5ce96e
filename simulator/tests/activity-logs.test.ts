import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type Answer, type Client, find, type Json, withSimulator } from "./client.ts";
import type { Simulator } from "../contract.ts";

/** The logs of customers: Graph, Management Activity API, ARM; stories, faults, and records that are sent. */

const AUDIENCES = {
  graph: "https://graph.microsoft.com",
  office: "https://manage.office.com",
  arm: "https://management.azure.com",
};

/** A person's token for a customer's own tenant. */
async function tokenAt(
  client: Client,
  { control }: Simulator,
  tenant: string,
  audience: keyof typeof AUDIENCES,
): Promise<Answer> {
  const { clientId, clientSecret, refreshToken } = control.credentials;
  const body = new URLSearchParams({
    client_id: clientId,
    client_secret: clientSecret,
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    resource: AUDIENCES[audience],
  });
  const response = await fetch(`${client.url}/${tenant}/oauth2/token`, { method: "POST", body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Json };
}
const bearer = async (
  client: Client,
  simulator: Simulator,
  tenant: string,
  audience: keyof typeof AUDIENCES,
): Promise<string> => String((await tokenAt(client, simulator, tenant, audience)).json["access_token"]);

/** All records of a Graph list. */
async function all(client: Client, token: string, path: string, next = "@odata.nextLink"): Promise<Json[]> {
  const rows: Json[] = [];
  for (let url: string | undefined = path; url !== undefined;) {
    const answer: Answer = await client.get(url.replace(client.url, ""), { token });
    assert.equal(answer.status, 200, answer.text);
    rows.push(...(answer.json["value"] ?? []));
    url = answer.json[next] as unknown as string | undefined;
  }
  return rows;
}

const ARM_PATH = (subscription: string, from: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(`eventTimestamp ge '${from}'`)}`;

test("a takeover is in the logs of Azure and Entra, in the shapes they have", () =>
  withSimulator({ pageRowsMax: 20 }, async (client, simulator) => {
    const havso = await find(client, "havso");
    await client.sim("POST", "activity", { customer: "havso", access: "ok" });
    const told = (await client.sim("POST", "events/takeover", { customer: "havso" })).json;
    const subscription = String(told["subscription"]);
    const arm = await bearer(client, simulator, havso.id, "arm");
    const rows = await all(client, arm, ARM_PATH(subscription, "2026-11-17T06:00:00Z"), "nextLink");
    const writes = rows.filter(
      (row) => String(row["operationName"]?.["value"]) === "Microsoft.Compute/virtualMachines/write",
    );
    assert.ok(new Set(writes.map((row) => String(row["resourceId"]))).size >= 12);
    assert.deepEqual(
      new Set(writes.map((row) => String(row["status"]?.["value"]))),
      new Set(["Started", "Accepted", "Succeeded"]),
    );
    const bodies = writes.map((row) => String(row["properties"]?.["responseBody"] ?? "")).filter((text) => text !== "");
    const machines = bodies.map(
      (text) => JSON.parse(text) as { location: string; properties: { hardwareProfile: { vmSize: string } } },
    );
    assert.ok(new Set(machines.map(({ location }) => location)).size >= 3);
    assert.ok(machines.every(({ properties }) => /^Standard_N[CD]/.test(properties.hardwareProfile.vmSize)));
    const grants = rows.filter((row) => /roleAssignments\/write/.test(String(row["operationName"]?.["value"])));
    assert.ok(
      grants.some((row) => String(row["properties"]?.["requestbody"]).includes("8e3af657-a8ff-443c-a75c-2fe8c4bcb635")),
    );
    const graph = await bearer(client, simulator, havso.id, "graph");
    const audits = await all(client, graph, "/v1.0/auditLogs/directoryAudits");
    assert.ok(audits.some((row) => String(row["activityDisplayName"]).startsWith("User has elevated their access")));
    const tenantLog = await all(
      client,
      arm,
      `${ARM_PATH("", "2026-11-17T06:00:00Z").replace("/subscriptions/", "")}`,
      "nextLink",
    );
    assert.deepEqual(
      tenantLog.map((row) => String(row["operationName"]?.["value"])),
      ["Microsoft.Authorization/elevateAccess/action"],
    );
    const risks = await all(client, graph, "/v1.0/identityProtection/riskDetections");
    assert.equal(risks.length, 1);
  }));

test("every story can be told, at once and over minutes", () =>
  withSimulator({}, async (client, { control }) => {
    for (const kind of [
      "takeover",
      "budget-removed",
      "partner-locked-out",
      "spam",
      "consent",
      "spray",
      "resale",
      "quiet",
    ]) {
      const told = (await client.sim("POST", `events/${kind}`, { customer: "havso" })).json;
      assert.ok(Number(told["records"]) > 3, kind);
    }
    const count = async (): Promise<number> => Number((await client.sim("GET", "activity")).json["records"]);
    const before = await count();
    const told = (await client.sim("POST", "events/spray", { customer: "havso", minutes: 10 })).json;
    await control.advance("PT5M");
    const halfway = (await count()) - before;
    assert.ok(halfway > 10 && halfway < Number(told["records"]), `${halfway}`);
    await control.advance("PT6M");
    assert.equal((await count()) - before, Number(told["records"]));
    assert.equal((await client.sim("POST", "events/takeover", { customer: "nobody" })).status, 400);
  }));

test("everyday life is there without a story, the same for the same seed, some of it late", () =>
  withSimulator({ pageRowsMax: 100 }, async (client, simulator) => {
    const stories = (await client.sim("GET", "stories")).json;
    let days = 0;
    for (const { id } of stories as unknown as readonly { id: string }[]) {
      await client.sim("POST", "activity", { customer: id, access: "ok" });
      const token = await bearer(client, simulator, id, "graph");
      const path = `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent("createdDateTime ge 2026-11-16T00:00:00Z and createdDateTime le 2026-11-17T00:00:00Z")}`;
      const rows = await all(client, token, path);
      assert.deepEqual(await all(client, token, path), rows);
      days += rows.length > 0 ? 1 : 0;
    }
    assert.equal(days, 12);
  }));

test("whose logs cannot be read says why in Microsoft's words", () =>
  withSimulator({}, async (client, simulator) => {
    const havso = await find(client, "havso");
    const code = ({ status, json }: Answer): unknown[] => [status, json["error"]?.["code"] ?? json["error_codes"]?.[0]];
    const signIns = "/v1.0/auditLogs/signIns";
    await client.sim("POST", "activity", { customer: "havso", access: "no-licence" });
    const graph = await bearer(client, simulator, havso.id, "graph");
    assert.deepEqual(code(await client.get(signIns, { token: graph })), [
      403,
      "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    ]);
    assert.equal((await client.get("/v1.0/auditLogs/directoryAudits", { token: graph })).status, 200);
    await client.sim("POST", "activity", { customer: "havso", access: "gone" });
    assert.deepEqual(code(await client.get(signIns, { token: graph })), [403, "Authorization_RequestDenied"]);
    await client.sim("POST", "activity", { customer: "havso", access: "no-consent" });
    assert.deepEqual(code(await tokenAt(client, simulator, havso.id, "graph")), [400, 65001]);
    await client.sim("DELETE", "activity");
    assert.equal(
      (await client.get(signIns, { token: await bearer(client, simulator, havso.id, "office") })).status,
      401,
    );
    assert.equal((await client.get(signIns)).status, 403, "a token of the partner's own tenant reads no customer");
  }));

test("the Management Activity API: subscribe, list a day by pages, fetch blobs, seven days back", () =>
  withSimulator({ pageRowsMax: 10 }, async (client, simulator) => {
    const havso = await find(client, "havso");
    await client.sim("POST", "activity", { customer: "havso", access: "ok" });
    await client.sim("POST", "events/spam", { customer: "havso", minutes: 5 });
    await simulator.control.advance("PT6M");
    const token = await bearer(client, simulator, havso.id, "office");
    const root = `/api/v1.0/${havso.id}/activity/feed`;
    const content = `${root}/subscriptions/content?contentType=Audit.Exchange`;
    assert.equal((await client.get(content, { token })).json["error"]?.["code"], "AF20022" as unknown as Json);
    const start = () => client.call("POST", `${root}/subscriptions/start?contentType=Audit.Exchange`, { token });
    assert.equal((await start()).status, 200);
    assert.equal((await start()).json["error"]?.["code"], "AF20024" as unknown as Json);
    const blobs: Json[] = [];
    for (let url: string | null = content; url !== null;) {
      const page: Answer = await client.get(url.replace(client.url, ""), { token });
      blobs.push(...page.json);
      url = page.headers.get("NextPageUri");
    }
    const records: Json[] = [];
    for (const { contentUri } of blobs as unknown as readonly { contentUri: string }[])
      records.push(...(await client.get(contentUri.replace(client.url, ""), { token })).json);
    assert.equal(records.filter((row) => String(row["Operation"]) === "Send").length, 240);
    assert.equal(records.filter((row) => String(row["Operation"]) === "New-InboxRule").length, 1);
    const asked = async (from: string, until: string) =>
      (await client.get(`${content}&startTime=${from}&endTime=${until}`, { token })).status;
    assert.equal(await asked("2026-11-16T08:00:00", "2026-11-17T07:00:00"), 200);
    assert.equal(await asked("2026-11-15T08:00:00", "2026-11-17T07:00:00"), 400, "more than a day");
    assert.equal(await asked("2026-11-09T08:00:00", "2026-11-10T07:00:00"), 400, "longer ago than seven days");
    const other = await find(client, "klovern");
    const foreign = await client.get(content.replace(havso.id, other.id), { token });
    assert.equal(foreign.json["error"]?.["code"], "AF20012" as unknown as Json);
  }));

test("pages repeat, come in no order and empty when told; late records are shown later", () =>
  withSimulator({ pageRowsMax: 10 }, async (client, simulator) => {
    const havso = await find(client, "havso");
    await client.sim("POST", "activity", { customer: "havso", access: "ok" });
    await client.sim("POST", "events/spray", { customer: "havso" });
    const token = await bearer(client, simulator, havso.id, "graph");
    const path = `/v1.0/auditLogs/signIns?$filter=${encodeURIComponent("createdDateTime ge 2026-11-17T07:30:00Z")}`;
    const usual = (await all(client, token, path)).map((row) => String(row["id"]));
    for (const trick of ["repeat", "unordered", "empty-page"]) await client.sim("POST", "activity", { trick });
    const odd = (await all(client, token, path)).map((row) => String(row["id"]));
    assert.ok(odd.length > usual.length, "some come twice");
    assert.notDeepEqual([...new Set(odd)], usual);
    assert.deepEqual(new Set(odd), new Set(usual), "and none is missing");
    await client.sim("DELETE", "activity");
    await client.sim("POST", "activity", { customer: "havso", access: "ok" });
    await client.sim("POST", "events/spray", { customer: "havso", late: 1_200 });
    assert.equal((await all(client, token, path)).length, usual.length);
    await simulator.control.advance("PT21M");
    assert.ok((await all(client, token, path)).length > usual.length);
  }));

test("records are sent by themselves within a second, in the envelope of an Event Hub; a call that fails is repeated with its batch id", async () => {
  const heard: { batch: string; records: Json[] }[] = [];
  let fails = 1;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      assert.equal(request.headers.authorization, "Bearer surety_test");
      const { records } = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as { records: Json[] };
      heard.push({ batch: String(request.headers["x-batch-id"]), records });
      response.writeHead(fails-- > 0 ? 503 : 200).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  try {
    await withSimulator({}, async (client, { control }) => {
      await client.sim("POST", "events/quiet", { customer: "havso" });
      await client.sim("POST", "push", { url: `http://127.0.0.1:${port}/api/activity/events`, key: "surety_test" });
      const told = (await client.sim("POST", "events/takeover", { customer: "havso" })).json;
      const began = performance.now();
      while (heard.length === 0 && performance.now() - began < 2_000) await new Promise((done) => setTimeout(done, 10));
      assert.ok(performance.now() - began < 1_000, "the first try came within a second");
      await control.pushed();
      assert.equal(heard[0]?.batch, heard[1]?.batch);
      const records = heard.slice(1).flatMap((one) => one.records);
      assert.equal(records.length, Number(told["records"]), "what was written before is not sent");
      assert.ok(records.some((row) => String(row["operationName"]) === "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE"));
      assert.ok(records.some((row) => String(row["category"]) === "AuditLogs" && row["properties"] !== undefined));
    });
  } finally {
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  }
});
