/** One record of each shape, made up, and what it says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../core/canonical.ts";
import { SHAPES } from "../contract-event.ts";
import { fieldText } from "./decide-fields.ts";
import { normalise } from "./normalise.ts";
import { AT, ID, KIM, VM } from "./testing-ids.ts";
import { AZURE_CASES } from "./testing-records-azure.ts";
import { M365_CASES, unified } from "./testing-records-m365.ts";

const receivedAt = Temporal.Instant.from("2026-06-01T00:00:00Z");
const CASES = [...AZURE_CASES, ...M365_CASES];

for (const { shape, says, raw, gives } of CASES)
  test(`${shape}: ${says}`, () => {
    const [event, ...more] = normalise(raw, { receivedAt });
    assert.ok(event !== undefined && more.length === 0);
    assert.equal(event.shape, shape);
    assert.deepEqual(Object.fromEntries(Object.keys(gives).map((name) => [name, fieldText(event, name)])), gives);
  });

test("every shape has its record", () =>
  assert.deepEqual([...new Set(CASES.map(({ shape }) => shape))].sort(), [...SHAPES].sort()));

test("records of one request stay apart, the same record repeated does not", () => {
  const started = {
    time: AT,
    operationName: "Microsoft.Compute/virtualMachines/write",
    category: "Administrative",
    resultType: "Start",
    correlationId: "c1",
    resourceId: VM,
  };
  const ids = [
    started,
    { ...started, resultType: "Accept", time: "2026-05-01T10:00:01Z" },
    { ...started, resultType: "Success", time: "2026-05-01T10:00:09Z" },
    started,
  ].map((raw) => normalise(raw, { receivedAt })[0]?.id);
  assert.equal(new Set(ids).size, 3);
  assert.equal(ids[0], ids[3]);
});

test("names all in lower case are read as if they were not", () => {
  const lowered = JSON.parse(
    JSON.stringify(unified).replaceAll(/"(\w+)":/g, (_, name: string) => `"${name.toLowerCase()}":`),
  ) as Json;
  const [event] = normalise(lowered, { receivedAt });
  assert.equal(event?.operation, "new-inboxrule");
  assert.equal(event?.id, ID);
});

test("rows of a query are records of its table", () => {
  const events = normalise(
    {
      tables: [
        {
          name: "PrimaryResult",
          columns: [
            { name: "Type" },
            { name: "EventDataId" },
            { name: "OperationNameValue" },
            { name: "TimeGenerated" },
          ],
          rows: [
            ["AzureActivity", ID, "a/b/write", AT],
            ["AzureActivity", KIM, "a/b/delete", AT],
          ],
        },
      ],
    },
    { receivedAt },
  );
  assert.deepEqual(
    events.map(({ id, operation }) => [id, operation]),
    [
      [ID, "a/b/write"],
      [KIM, "a/b/delete"],
    ],
  );
});

test("a row of a search whose AuditData is empty still says who did what and when", () => {
  const row = {
    RecordType: "ExchangeAdmin",
    CreationDate: AT,
    UserIds: "Kim@contoso.com",
    Operations: "New-InboxRule",
    AuditData: "",
    Identity: ID,
  };
  const [event] = normalise(row, { receivedAt });
  assert.deepEqual(
    [event?.shape, event?.id, event?.operation, event?.actor?.id, event?.at.toString()],
    ["m365-audit.search-row", ID, "new-inboxrule", "kim@contoso.com", AT],
  );
});

test("a deployment names the size, number and region of its machines in its template", () => {
  const machine = {
    type: "Microsoft.Compute/virtualMachines",
    location: "[parameters('where')]",
    properties: { hardwareProfile: { vmSize: "Standard_ND96asr_v4" } },
  };
  const body = {
    properties: {
      parameters: { location: { value: "North Europe" }, vmCount: { value: 12 } },
      template: { resources: [{ type: "Microsoft.Network/virtualNetworks", sku: { name: "x" } }, machine] },
    },
  };
  const raw = {
    time: AT,
    category: "Administrative",
    operationName: "Microsoft.Resources/deployments/write",
    resourceId: VM,
    properties: { requestbody: JSON.stringify(body) },
  };
  const resource = normalise(raw, { receivedAt })[0]?.resource;
  assert.deepEqual([resource?.sku, resource?.capacity, resource?.region], ["standard_nd96asr_v4", 12, "northeurope"]);
});

test("a token's tenant is not the subscription's: a delegated administrator comes from elsewhere", () => {
  const claims = {
    "http://schemas.microsoft.com/identity/claims/tenantid": KIM,
    "http://schemas.microsoft.com/identity/claims/objectidentifier": ID,
    idtyp: "user",
  };
  const raw = {
    eventTimestamp: AT,
    operationName: { value: "a/b/write" },
    claims,
    resourceId: VM,
    properties: { hierarchy: `${ID}/group/sub` },
  };
  const [event] = normalise(raw, { receivedAt });
  assert.equal(event?.tenant, ID);
  assert.equal(event?.actor?.homeTenant, KIM);
});
