import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, type Json, find, withSimulator } from "./client.ts";

const vetting = async (client: Client, id: string) =>
  (await client.get(`/v1/customers/${id}/validationStatus?type=account`)).json["status"];

test("Microsoft's vetting walks from Not Ready over UnderReview to Allowed", () =>
  withSimulator({}, async (client, { control }) => {
    const { id } = await find(client, "harjedalen");
    assert.equal(await vetting(client, id), "Not Ready");
    await control.advance("PT61M");
    assert.equal(await vetting(client, id), "UnderReview");
    await control.advance("PT27H");
    assert.equal(await vetting(client, id), "Allowed");
    assert.equal(await vetting(client, (await find(client, "vinterfjord")).id), "NotAllowed");
    const nordan = await find(client, "nordan");
    const answer = (await client.get(`/v1/customers/${nordan.id}/validationStatus?type=account`)).json;
    assert.deepEqual(Object.keys(answer), ["type", "status", "lastUpdateDateTime"]);
    assert.match(String(answer["lastUpdateDateTime"]), /T\d\d:\d\d:\d\d$/, "without a zone");
    assert.equal((await client.get(`/v1/customers/${nordan.id}/validationStatus`)).status, 400);
  }));

const NEW = {
  companyProfile: { domain: "nykund.example" },
  billingProfile: {
    culture: "sv-SE",
    language: "sv",
    email: "a@nykund.example",
    companyName: "Nykund AB",
    firstName: "A",
    lastName: "B",
    defaultAddress: {
      country: "SE",
      city: "Lund",
      addressLine1: "Storgatan 1",
      postalCode: "22222",
      phoneNumber: "+46 46 555 01 00",
    },
  },
};

test("a customer is created once, checked before, and vetted after", () =>
  withSimulator({}, async (client, { control }) => {
    assert.equal((await client.call("HEAD", "/v1/domains/nykund.example")).status, 404);
    const made = await client.call("POST", "/v1/customers", { body: NEW });
    assert.equal(made.status, 201);
    assert.ok(made.json["userCredentials"]?.["password"]);
    const id = String(made.json["id"]);
    assert.equal((await client.call("HEAD", "/v1/domains/nykund.example")).status, 200);
    assert.equal((await client.call("POST", "/v1/customers", { body: NEW })).status, 400);
    assert.equal(await vetting(client, id), "Not Ready");
    await control.advance("P2D");
    assert.equal(await vetting(client, id), "Allowed");
    const danish = {
      companyProfile: { domain: "nykunde.example" },
      billingProfile: {
        ...NEW.billingProfile,
        defaultAddress: { ...NEW.billingProfile.defaultAddress, country: "DK" },
      },
    };
    assert.equal((await client.call("POST", "/v1/customers", { body: danish })).json["code"], "600049");
    const badNumber = { ...danish, companyProfile: { domain: "nykunde.example", organizationRegistrationNumber: "?" } };
    assert.equal((await client.call("POST", "/v1/customers", { body: badNumber })).json["code"], "600050");
  }));

test("addresses: shippable, partial, corrected, none", () =>
  withSimulator({ world: "empty" }, async (client) => {
    const check = async (AddressLine1: string, PostalCode: string) =>
      (
        await client.call("POST", "/v1/validations/address", {
          body: { AddressLine1, City: "Lund", State: "", PostalCode, Country: "SE" },
        })
      ).json;
    assert.equal((await check("Storgatan 1", "222 22"))["status"], "VerifiedShippable");
    assert.equal((await check("Storgatan", "222 22"))["status"], "StreetPartial");
    const corrected = await check("Storgatan 1", "2 22 22");
    assert.deepEqual([corrected["status"], corrected["suggestedAddresses"]?.length], [
      "InteractionRequired",
      1,
    ] as unknown as Json[]);
    assert.equal((await check("", "222 22"))["status"], "None");
    assert.equal((await client.get("/v1/countries/SE")).json["defaultCulture"], "sv-SE");
  }));
