import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type Json, TEST_NOW, find, withSimulator } from "./client.ts";
import { DEMO_STORIES } from "../world/build.ts";

const items = (json: Json): Json[] => [...(json["items"] as Json)];
const rowsOf = (csv: string): Record<string, string>[] => {
  const [header = "", ...lines] = csv.trim().split("\r\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i] ?? "", cell])));
};
const cells = (line: string): string[] =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map(([, cell = ""]) => cell.replace(/^"|"$/g, "").replaceAll('""', '"'))
    .slice(0, -1);
const invoices = async (client: Client) => rowsOf((await client.sim("GET", "ledger/invoices.csv")).text);
const usage = async (client: Client): Promise<Map<string, Json>> =>
  new Map(items((await client.get("/v1/customers/usagerecords")).json).map((one) => [String(one["name"]), one]));

test("about forty named customers, each with a story, through four resellers and directly", () =>
  withSimulator({}, async (client) => {
    const stories = [...(await client.sim("GET", "stories")).json];
    assert.ok(stories.length >= 40 && stories.length <= 50);
    assert.equal(new Set(DEMO_STORIES.map((story) => story.key)).size, DEMO_STORIES.length);
    const relations = items(
      (await client.get("/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf")).json,
    );
    assert.equal(relations.length, 4);
    const all = items((await client.get("/v1/customers?size=0")).json);
    const through = new Set(all.map((one) => one["associatedPartnerId"]).filter((id) => id !== undefined));
    assert.equal(through.size, 4);
    assert.ok(all.some((one) => one["associatedPartnerId"] === undefined));
    const kattegat = await find(client, "kattegat");
    const [reseller] = items((await client.get(`/v1/customers/${kattegat.id}/relationships`)).json);
    assert.equal(reseller?.["name"], "Øresund IT ApS");
    const subscription = items((await client.get(`/v1/customers/${kattegat.id}/subscriptions`)).json)[0];
    assert.equal(subscription?.["partnerId"], reseller?.["mpnId"]);
  }));

test("the same seed gives the same world, another seed other ids", async () => {
  const ids = async (seed: number): Promise<string> => {
    let text = "";
    await withSimulator({ seed }, async (client) => {
      const state = (await client.sim("GET", "state")).json;
      text = JSON.stringify([state["customers"], state["subscriptions"], state["alerts"]]).replaceAll(/\.\d{3}Z/g, "Z");
    });
    return text.replaceAll(/"(monthSoFar|percentUsed|budget)":[\d.]+/g, "").replaceAll(/\d{2}:\d{2}:\d{2}Z/g, "");
  };
  assert.equal(await ids(1), await ids(1));
  assert.notEqual(await ids(1), await ids(2));
});

test("budgets stand where the stories say", () =>
  withSimulator({}, async (client) => {
    const records = await usage(client);
    const percent = (name: string) => Math.round(Number(records.get(name)?.["percentUsed"]));
    assert.equal(percent("Hjulsta Data AB"), 82);
    assert.equal(percent("Arkösund Analys AB"), 118);
    assert.deepEqual(
      [records.get("Skruv & Mutter i Gnosjö AB")?.["budget"]?.["amount"], percent("Skruv & Mutter i Gnosjö AB")],
      [undefined, 0] as unknown as Json[],
    );
    assert.ok(
      records.has("Lumo Studios AB") && !records.has("Visby Glasbruk AB"),
      "only customers with Azure are here",
    );
  }));

for (const now of ["2026-12-01T00:20:00Z", "2027-02-28T23:50:00Z", "2028-02-29T12:00:00Z", "2027-01-02T05:00:00Z"])
  test(`the stories hold also when the world begins on ${now}`, () =>
    withSimulator({ now }, async (client) => {
      const records = await usage(client);
      assert.equal(Math.round(Number(records.get("Hjulsta Data AB")?.["percentUsed"])), 82);
      assert.ok(Number(records.get("Arkösund Analys AB")?.["percentUsed"]) > 100);
      const all = await invoices(client);
      const overdue = all.filter(
        (row) =>
          row["customer_name"] === "Granit Bygg i Umeå AB" &&
          row["open_amount"] !== "0.00" &&
          String(row["due_date"]) < now.slice(0, 10),
      );
      assert.ok(overdue.length >= 1);
    }));

test("the mining runs: spend explodes until it is cancelled", () =>
  withSimulator({ speedCancelSeconds: 20 }, async (client, { control }) => {
    const spend = async () => Number((await usage(client)).get("Havsö Logistik AB")?.["totalCost"]);
    const first = await spend();
    await control.advance("PT1H");
    const second = await spend();
    assert.ok(second - first > (20 * (7_400 + 900)) / 24, "more than twenty times the usual hour");
    const havso = await find(client, "havso");
    const resources = items(
      (await client.get(`/v1/customers/${havso.id}/subscriptions/${havso.plan}/resourceusagerecords`)).json,
    );
    assert.ok(resources.some((one) => String(one["resourceName"]).startsWith("ndv4-we-")));
    const meters = items(
      (await client.get(`/v1/customers/${havso.id}/subscriptions/${havso.plan}/meterusagerecords`)).json,
    );
    assert.ok(meters.some((one) => /A100/.test(String(one["meterName"])) && Number(one["quantityUsed"]) > 0));
  }));

test("the books show who pays how", () =>
  withSimulator({}, async (client) => {
    const today = TEST_NOW.slice(0, 10);
    const all = await invoices(client);
    assert.ok(all.length > 300);
    const of = (name: string) => all.filter((row) => row["customer_name"] === name);
    const openOf = (name: string) =>
      of(name).filter((row) => Number(row["open_amount"]) > 0 && String(row["due_date"]) < today);
    const daysLate = (row: Record<string, string>) =>
      Temporal.PlainDate.from(String(row["due_date"])).until(Temporal.PlainDate.from(String(row["paid_date"]))).days;
    const bus = of("Bergslagens Buss AB").filter((row) => row["paid_date"] !== "");
    assert.ok(
      bus.length >= 5 &&
        bus.every((row) => daysLate(row) >= 18 && daysLate(row) <= 27 && row["open_amount"] === "0.00"),
      "always late, always in full",
    );
    assert.ok(
      openOf("Granit Bygg i Umeå AB").some((row) => row["due_date"] === "2026-10-17"),
      "31 days overdue",
    );
    assert.ok(openOf("Solvik Energi AB").some((row) => row["disputed"] === "yes"));
    assert.equal(openOf("Fjellheim Eiendom AS").length, 0);
    assert.equal(of("Nordan Kraftteknik AB").length, 0);
    assert.deepEqual([...new Set(all.map((row) => row["currency"]))].sort(), ["DKK", "EUR", "NOK", "SEK"]);
    const payments = rowsOf((await client.sim("GET", "ledger/payments.csv")).text);
    const onAccount = payments.filter((row) => row["invoice_number"] === "");
    assert.ok(onAccount.some((row) => row["customer_name"] === "Östgöta Plåt AB" && row["amount"] === "64300.00"));
    assert.ok(payments.every((row) => String(row["payment_date"]) <= today));
    const deposits = rowsOf((await client.sim("GET", "ledger/deposits.csv")).text);
    assert.ok(deposits.some((row) => row["amount"] === "400000.00" && row["released_date"] === ""));
    const paid = new Map<string, number>();
    for (const row of payments)
      paid.set(
        String(row["invoice_number"]),
        (paid.get(String(row["invoice_number"])) ?? 0) + Math.round(Number(row["amount"]) * 100),
      );
    for (const row of all)
      assert.equal(
        Math.round(Number(row["paid_amount"]) * 100),
        paid.get(String(row["invoice_number"])) ?? 0,
        "the two files agree",
      );
  }));

test("the ledger also comes as a Swedish spreadsheet writes it, and goes on as time passes", () =>
  withSimulator({}, async (client, { control }) => {
    const swedish = (await client.sim("GET", "ledger/invoices.csv?locale=sv")).text;
    assert.match(swedish, /^invoice_number;customer_tenant_id;/);
    assert.match(swedish, /;\d+,\d{2};SEK;/);
    const before = await invoices(client);
    await control.advance("P31D");
    const after = await invoices(client);
    assert.ok(after.length > before.length + 30, `${before.length} → ${after.length}`);
    assert.equal(new Set(after.map((row) => row["invoice_number"])).size, after.length);
    assert.equal(
      (await client.sim("GET", "ledger.csv")).text.split("\r\n")[0],
      (await client.sim("GET", "ledger/invoices.csv")).text.split("\r\n")[0],
    );
  }));

test("every seat subscription has a price on Microsoft's invoices or among what is not billed yet", () =>
  withSimulator({ pageRowsMax: 500 }, async (client) => {
    const state = (await client.sim("GET", "state")).json;
    const seats = [...(state["subscriptions"] as Json)]
      .filter((one) => String(one["product"]) === "seat")
      .map((one) => String(one["id"]));
    const priced = new Map<string, Json>();
    const list = items((await client.get("/v1/invoices?size=500")).json);
    for (const invoice of list)
      for (const line of items(
        (
          await client.get(
            `/v1/invoices/${String(invoice["id"])}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&size=2000`,
          )
        ).json,
      ))
        priced.set(String(line["subscriptionId"]), line);
    for (const currency of ["SEK", "EUR", "DKK", "NOK"])
      for (const line of items(
        (
          await client.get(
            `/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=${currency}&period=current`,
          )
        ).json,
      ))
        priced.set(String(line["subscriptionId"]), line);
    assert.deepEqual(
      seats.filter((id) => !priced.has(id)),
      [],
    );
    const solvik = await find(client, "solvik");
    const e5 = priced.get(String(solvik.seats["Microsoft 365 E5"]));
    assert.deepEqual([e5?.["unitPrice"], e5?.["quantity"], e5?.["currency"]], [
      "680.00",
      "140",
      "SEK",
    ] as unknown as Json[]);
    assert.ok(String(e5?.["chargeStartDate"]) < String(e5?.["chargeEndDate"]));
    const months = new Set(
      list.filter((one) => String(one["currencyCode"]) === "SEK").map((one) => String(one["billingPeriodStartDate"])),
    );
    assert.ok(months.size >= 12);
    assert.ok(list.some((one) => Number(one["paidAmount"]) < 0) && list.some((one) => Number(one["paidAmount"]) === 0));
  }));

test("daily rated lines reach 60 days back and add up to the estimate of the complete days", () =>
  withSimulator({ pageRowsMax: 500, usageDelayHours: 24 }, async (client) => {
    const lines = async (path: string): Promise<Json[]> => {
      const rows: Json[] = [];
      let headers: Record<string, string> = {};
      for (let next: string | undefined = path; next !== undefined;) {
        const { json }: { json: Json } = await client.get(next, { headers });
        rows.push(...items(json));
        const link: Json | undefined = json["links"]?.["next"];
        headers = { "MS-ContinuationToken": String(link?.["headers"]?.[0]?.["value"]) };
        next = link === undefined ? undefined : String(link["uri"]);
      }
      return rows;
    };
    const base =
      "/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=usagelineitems&currencycode=SEK&size=2000&period=";
    const current = await lines(`${base}current`);
    const days = new Set(
      [...current, ...(await lines(`${base}previous`))].map((one) => String(one["usageDate"]).slice(0, 10)),
    );
    assert.ok(days.has("2026-10-01") && days.has("2026-11-15") && !days.has("2026-11-17"));
    const lumo = (await usage(client)).get("Lumo Studios AB");
    assert.match(
      String(lumo?.["lastModifiedDate"]),
      /^2026-11-16T00:00/,
      "estimates are refreshed once a day and a day behind",
    );
    const sum = current
      .filter((one) => String(one["customerName"]) === "Lumo Studios AB" && String(one["usageDate"]) < "2026-11-16")
      .reduce((total, one) => total + Number(one["billingPreTaxTotal"]), 0);
    assert.ok(Math.abs(sum - Number(lumo?.["totalCost"])) < 0.01, `${sum} and ${String(lumo?.["totalCost"])}`);
    const september = items((await client.get("/v1/invoices?size=500")).json).find(
      (one) => String(one["billingPeriodStartDate"]).startsWith("2026-09") && String(one["currencyCode"]) === "SEK",
    );
    assert.ok(
      (
        await lines(
          `/v1/invoices/${String(september?.["id"])}/lineitems?provider=onetime&invoicelineitemtype=usagelineitems`,
        )
      ).length > 500,
    );
  }));

test("delegated rights: about to end, ended, waiting, none", () =>
  withSimulator({ pageRowsMax: 300 }, async (client, { control }) => {
    const at = "/v1.0/tenantRelationships/delegatedAdminRelationships";
    const all = [...((await client.get(`${at}?$top=300`)).json["value"] as Json)];
    const of = async (key: string): Promise<Json | undefined> => {
      const { id } = await find(client, key);
      return all.find((one) => String(one["customer"]?.["tenantId"]) === id);
    };
    assert.match(String((await of("tornedalen"))?.["endDateTime"]), /^2026-11-22/);
    assert.equal((await of("sjobo"))?.["status"], "terminated");
    assert.equal((await of("klovern"))?.["status"], "approvalPending");
    assert.equal(await of("ronneby"), undefined);
    const { id } = await find(client, "havso");
    const filtered = await client.get(
      `${at}?$filter=${encodeURIComponent(`(status eq 'active') and customer/tenantId eq '${id}'`)}`,
    );
    assert.equal(filtered.json["value"]?.length, 1);
    await control.advance("P6D");
    const later = await client.get(`${at}/${String((await of("tornedalen"))?.["id"])}`);
    assert.equal(later.json["status"], "expired");
  }));

test("an empty world has a partner and nothing else; scale:N has N customers", async () => {
  await withSimulator({ world: "empty" }, async (client) => {
    assert.equal(items((await client.get("/v1/customers?size=0")).json).length, 0);
    assert.equal((await client.get("/v1/customers/usagerecords")).json["totalCount"], 0);
    assert.equal((await client.sim("GET", "ledger/invoices.csv")).text.trim().split("\r\n").length, 1);
  });
  await withSimulator({ world: "scale:500" }, async (client) => {
    assert.equal(items((await client.get("/v1/customers?size=0")).json).length, 500);
    assert.ok(Number((await client.get("/v1/customers/usagerecords")).json["totalCount"]) > 200);
    const names = items((await client.get("/v1/customers?size=500")).json).map((one) =>
      String(one["companyProfile"]?.["domain"]),
    );
    assert.equal(new Set(names).size, 500);
  });
  await assert.rejects(
    withSimulator({ world: "scale:0" }, async () => {}),
    /--world/,
  );
});
