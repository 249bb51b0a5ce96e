import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../core/canonical.ts";
import { PartnerCenterError, type PartnerCenterProblem } from "./contract.ts";
import { everything, pathOfLink } from "./paging.ts";
import { createReader } from "./reader.ts";
import { type Say, type Seen, startFixture, type Told } from "./testing.ts";

const ids = ["a", "b", "c", "d", "e"].map((letter) => `${letter.repeat(8)}-0000-4000-8000-000000000000`);
const ok = (json: Json): Told => ({ status: 200, json });

async function reading(
  say: Say,
  work: (
    reader: ReturnType<typeof createReader>,
    facts: { seen: Seen[]; left: PartnerCenterProblem[] },
  ) => Promise<void>,
): Promise<void> {
  const fixture = await startFixture(say);
  const left: PartnerCenterProblem[] = [];
  try {
    await work(createReader(fixture.client, { correlationId: "c", onUnreadable: (problem) => left.push(problem) }), {
      seen: fixture.seen,
      left,
    });
  } finally {
    await fixture.close();
  }
}

const customer = (id: string): Json => ({ id, companyProfile: { companyName: id }, relationshipToPartner: "reseller" });
const next = (token: string): Json => ({
  next: {
    uri: "/customers?size=500&seekOperation=Next",
    method: "GET",
    headers: [{ key: "ms-continuationtoken", value: token }],
  },
});

test("customers: pages follow the token in the header, whatever totalCount says", () =>
  reading(
    (_seen, count) =>
      ok({
        totalCount: 999,
        items: ids.slice(count * 2 - 2, count * 2).map(customer),
        links: count < 3 ? next(`t${count}`) : {},
      }),
    async (reader, { seen }) => {
      assert.deepEqual(
        (await everything(reader.customers())).map((one) => one.id),
        ids,
      );
      assert.deepEqual(
        seen.map((one) => one.headers["ms-continuationtoken"]),
        [undefined, "t1", "t2"],
      );
      assert.deepEqual(
        seen.map((one) => one.path.includes("seekOperation=Next")),
        [false, true, true],
      );
    },
  ));

test("a list whose next page is always the same is not read for ever", () =>
  reading(
    () => ok({ items: [customer(ids[0] ?? "")], links: next("same") }),
    async (reader, { seen }) => {
      await assert.rejects(everything(reader.customers()), PartnerCenterError);
      assert.equal(seen.length, 2);
    },
  ));

const record = (n: number): Json => ({
  operationDate: `2026-11-2${n}T00:00:00Z`,
  operationType: "create_order",
  resourceType: "order",
  operationStatus: "succeeded",
});

test("audit records: links are followed as they are, with their headers", () =>
  reading(
    (_seen, count) =>
      ok({
        Items: [record(count)],
        links:
          count < 3
            ? { next: { uri: `auditrecords?page=${count}`, headers: [{ key: "X-Page", value: String(count) }] } }
            : null,
      }),
    async (reader, { seen }) => {
      const day = Temporal.PlainDate.from("2026-11-21");
      assert.equal((await everything(reader.auditRecords(day, day))).length, 3);
      assert.deepEqual(
        seen.map((one) => one.path),
        [
          "/v1/auditrecords?startDate=2026-11-21&endDate=2026-11-21&size=500",
          "/v1/auditrecords?page=1",
          "/v1/auditrecords?page=2",
        ],
      );
      assert.equal(seen[2]?.headers["x-page"], "2");
    },
  ));

test("invoices: the offset moves by what came, even when that is less than asked for", () =>
  reading(
    ({ path }) => {
      const offset = Number(new URL(path, "http://x").searchParams.get("offset"));
      const items = [0, 1, 2, 3, 4]
        .slice(offset, offset + 2)
        .map((n) => ({ id: `G${n}`, invoiceDate: "2026-11-01T00:00:00Z", totalCharges: n, currencyCode: "SEK" }));
      return ok({ totalCount: 2, items, links: offset + 2 < 5 ? { next: { uri: "?" } } : {} });
    },
    async (reader, { seen }) => {
      assert.deepEqual(
        (await reader.invoices()).map((one) => one.id),
        ["G0", "G1", "G2", "G3", "G4"],
      );
      assert.equal(seen.length, 3);
    },
  ));

test("fraud events: page numbers rise until a page is empty", () =>
  reading(
    ({ path }) => {
      const page = Number(new URL(path, "http://x").searchParams.get("PageNumber"));
      return ok(
        page > 2
          ? []
          : [
              {
                eventId: `e${page}`,
                eventTime: "2026-11-22T00:00:00",
                eventStatus: "Active",
                customerTenantId: ids[0] ?? "",
                IsTest: "false",
              },
            ],
      );
    },
    async (reader, { seen }) => {
      assert.deepEqual(
        (await reader.alerts("fraud-events")).map((one) => one.externalId),
        ["e1", "e2"],
      );
      assert.ok(seen.every((one) => one.headers["x-neweventsmodel"] === "true"));
    },
  ));

test("Graph: nextLink is followed on Graph's own host only", async () => {
  const relationship = (id: string): Json => ({
    id,
    status: "active",
    customer: { tenantId: ids[0] ?? "" },
    autoExtendDuration: "PT0S",
  });
  let origin = "";
  const say: Say = ({ headers }, count) => {
    origin = `http://${headers.host}`;
    return ok({
      value: [relationship(`r${count}`)],
      ...(count < 3 ? { "@odata.nextLink": `${origin}/v1.0/next?$skiptoken=${count}` } : {}),
    });
  };
  await reading(say, async (reader) => {
    const all = await reader.gdap();
    assert.deepEqual(
      all.map((one) => one.id),
      ["r1", "r2", "r3"],
    );
    assert.equal(all[0]?.autoExtends, false);
  });
  await reading(
    () => ok({ value: [relationship("r1")], "@odata.nextLink": "https://evil.example/steal" }),
    async (reader, { seen }) => {
      await assert.rejects(reader.gdap(), PartnerCenterError);
      assert.equal(seen.length, 1);
    },
  );
});

test("an item nobody can read is named and the rest is used; a page without any readable item is a changed interface", async () => {
  await reading(
    () => ok({ items: [customer(ids[0] ?? ""), { id: "not-a-guid" }, null] }),
    async (reader, { left }) => {
      assert.equal((await everything(reader.customers())).length, 1);
      assert.match(left[0]?.detail ?? "", /2 of 3 could not be read/);
    },
  );
  await reading(
    () => ok({ items: [{ other: 1 }] }),
    async (reader) => {
      await assert.rejects(
        everything(reader.customers()),
        (error) => error instanceof PartnerCenterError && error.problem.kind === "unreadable-answer",
      );
    },
  );
});

for (const [uri, path] of [
  ["/v1/customers?size=1", "/v1/customers?size=1"],
  ["/customers?size=1", "/v1/customers?size=1"],
  ["customers?size=1", "/v1/customers?size=1"],
  ["/webhooks/v1/registration", "/webhooks/v1/registration"],
] as const)
  test(`a link to ${uri} is the path ${path}`, () => assert.equal(pathOfLink(uri), path));
