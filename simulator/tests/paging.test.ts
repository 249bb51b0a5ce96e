import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, type Client, type Json, withSimulator } from "./client.ts";

const PAGES_MAX = 500;

/** Follows the continuation header to the end; gives the pages. */
async function follow(client: Client, path: string, seek = "seekOperation"): Promise<Json[]> {
  const pages: Json[] = [];
  let next: { uri: string; headers: Record<string, string> } | undefined = { uri: path, headers: {} };
  while (next !== undefined) {
    assert.ok(pages.length < PAGES_MAX, "paging ends");
    const { status, json }: Answer = await client.get(next.uri, { headers: next.headers });
    assert.equal(status, 200, next.uri);
    pages.push(json);
    const link: Json | undefined = (json["links"] as Json | undefined)?.["next"];
    if (link === undefined) break;
    assert.match(String(link["uri"]), new RegExp(`${seek}=Next`, "i"));
    const headers = Object.fromEntries(
      [...(link["headers"] as Json)].map((one) => [String(one["key"]), String(one["value"])]),
    );
    assert.ok(headers["MS-ContinuationToken"], "the token is in the link's headers");
    next = { uri: String(link["uri"]), headers };
  }
  return pages;
}
const items = (pages: readonly Json[]): Json[] => pages.flatMap((page) => [...(page["items"] as Json)]);
const unique = (rows: readonly Json[], key: string): number => new Set(rows.map((row) => String(row[key]))).size;

test("customers page by continuation header; size is capped; size=0 is everything", () =>
  withSimulator({}, async (client) => {
    const pages = await follow(client, "/v1/customers?size=10");
    assert.equal(pages.length, 5);
    assert.equal(unique(items(pages), "id"), 47);
    assert.equal(pages[0]?.["totalCount"], 10, "totalCount is the page's, so nobody may stop by it");
    assert.equal(items([(await client.get("/v1/customers?size=1000")).json]).length, 25);
    assert.equal(items([(await client.get("/v1/customers?size=0")).json]).length, 47);
    const listed = items(pages)[0] as Json;
    assert.equal(listed["billingProfile"], undefined, "the list leaves out what only the single answer has");
    assert.equal(listed["allowDelegatedAccess"], undefined);
  }));

test("a continuation token belongs to one query and one caller", () =>
  withSimulator({}, async (client) => {
    const first = await client.get("/v1/customers?size=10");
    const token = String((first.json["links"] as Json)["next"]?.["headers"]?.[0]?.["value"]);
    const headers = { "MS-ContinuationToken": token };
    const filter = encodeURIComponent(JSON.stringify({ Field: "CompanyName", Value: "S", Operator: "starts_with" }));
    assert.equal(
      (await client.get(`/v1/customers?size=10&seekOperation=Next&filter=${filter}`, { headers })).status,
      400,
    );
    assert.equal((await client.get("/v1/customers?size=10&seekOperation=Next", { headers, as: "app" })).status, 400);
    assert.equal(
      (await client.get("/v1/customers?size=10&seekOperation=Next", { headers: { "MS-ContinuationToken": "broken" } }))
        .status,
      400,
    );
    assert.equal((await client.get("/v1/customers?size=10&seekOperation=Next", { headers })).status, 200);
  }));

test("customers are searched by name, domain and indirect reseller", () =>
  withSimulator({}, async (client) => {
    const search = async (Field: string, Value: string): Promise<unknown[]> =>
      items([
        (
          await client.get(
            `/v1/customers?size=0&filter=${encodeURIComponent(JSON.stringify({ Field, Value, Operator: "starts_with" }))}`,
          )
        ).json,
      ]).map((one) => one["companyProfile"]?.["companyName"]);
    assert.deepEqual(await search("CompanyName", "havsö"), ["Havsö Logistik AB"]);
    assert.deepEqual(await search("Domain", "granitbygg"), ["Granit Bygg i Umeå AB"]);
    assert.ok((await search("IndirectReseller", "Fjordsky")).includes("Fjellheim Eiendom AS"));
    assert.equal((await client.get(`/v1/customers?filter=${encodeURIComponent('{"Field":"Age"}')}`)).status, 400);
  }));

test("line items page by header, with the token in the body too", () =>
  withSimulator({ pageRowsMax: 5 }, async (client) => {
    const invoice = (await client.get("/v1/invoices?size=5")).json["items"]?.[0]?.["id"];
    const path = `/v1/invoices/${String(invoice)}/lineitems?provider=onetime&invoicelineitemtype=usagelineitems&size=50`;
    const pages = await follow(client, path);
    assert.ok(pages.length > 2);
    assert.equal(typeof pages[0]?.["continuationToken"], "string");
    assert.equal(pages.at(-1)?.["continuationToken"], undefined);
  }));

test("invoices page by offset until a short page; fraud events by number until an empty one", () =>
  withSimulator({ pageRowsMax: 10 }, async (client) => {
    const seen = new Set<string>();
    for (let offset = 0; ; offset += 10) {
      const rows = items([(await client.get(`/v1/invoices?size=10&offset=${offset}`)).json]);
      for (const row of rows) seen.add(String(row["id"]));
      if (rows.length < 10) break;
    }
    assert.ok(seen.size > 40, `${seen.size} invoices`);
    const events = new Set<string>();
    for (let page = 1; ; page++) {
      const rows = [
        ...(
          await client.get(`/v1/fraudEvents?PageSize=5&PageNumber=${page}`, { headers: { "X-NewEventsModel": "true" } })
        ).json,
      ];
      for (const row of rows) events.add(String(row["eventId"]));
      if (rows.length === 0) break;
    }
    assert.equal(events.size, 16);
    assert.equal(
      (await client.get("/v1/fraudEvents?PageSize=0&PageNumber=1", { headers: { "X-NewEventsModel": "true" } })).status,
      400,
    );
  }));

test("Graph pages by @odata.nextLink, as it is", () =>
  withSimulator({ pageRowsMax: 5 }, async (client) => {
    const seen: Json[] = [];
    let path: string | undefined = "/beta/security/partner/securityAlerts?$count=true";
    while (path !== undefined) {
      const { json }: Answer = await client.get(path);
      seen.push(...(json["value"] as Json));
      assert.equal(json["@odata.count"], 16);
      path =
        json["@odata.nextLink"] === undefined ? undefined : String(json["@odata.nextLink"]).slice(client.url.length);
    }
    assert.equal(unique(seen, "id"), 16);
    const some = await client.get(
      `/beta/security/partner/securityAlerts?$filter=${encodeURIComponent("status eq 'active'")}&$select=id,status`,
    );
    assert.deepEqual(Object.keys(some.json["value"]?.[0] as Json).sort(), ["@odata.type", "id", "status"]);
    const gdap = await client.get(`/v1.0/tenantRelationships/delegatedAdminRelationships?$top=300`);
    assert.ok(gdap.json["@odata.nextLink"]);
  }));

test("audit records and legacy utilization follow links.next with their headers", () =>
  withSimulator({ pageRowsMax: 5 }, async (client) => {
    const audit = await follow(client, "/v1/auditrecords?size=20");
    assert.ok(audit.length > 3);
    assert.equal(audit[0]?.["items"]?.length, 20);
    const state = (await client.sim("GET", "state?customer=kvarnby")).json;
    const legacy = [...(state["subscriptions"] as Json)].find(
      (one) => String(one["product"]) === "azure-legacy",
    ) as Json;
    const base = `/v1/customers/${String(legacy["customerId"])}/subscriptions/${String(legacy["id"])}/utilizations/azure`;
    const pages = await follow(
      client,
      `${base}?start_time=2026-11-01T00:00:00Z&end_time=2026-11-10T00:00:00Z&granularity=daily&size=4`,
      "seek_operation",
    );
    assert.equal(items(pages).length, 27);
    const early = await client.get(`${base}?start_time=2026-11-16&end_time=2026-11-17T06:00:00Z`);
    assert.deepEqual([early.status, early.headers.get("retry-after")], [204, "3600"]);
  }));
