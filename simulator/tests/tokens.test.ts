import assert from "node:assert/strict";
import { test } from "node:test";
import { type Json, GRAPH, REST, withSimulator } from "./client.ts";

const claims = (token: unknown): Json =>
  JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString()) as Json;

test("both kinds of token come in Entra's shape, from every cloud's authority", () =>
  withSimulator({ world: "empty" }, async (client, { control: { credentials } }) => {
    const app = await client.token({ grant_type: "client_credentials", resource: REST });
    assert.equal(app.status, 200);
    assert.equal(app.json["token_type"], "Bearer");
    for (const name of ["expires_in", "ext_expires_in", "expires_on", "not_before"])
      assert.match(String(app.json[name]), /^\d+$/, name);
    assert.equal(typeof app.json["expires_in"], "string");
    assert.equal(claims(app.json["access_token"])["idtyp"], "app");
    const user = await client.token({
      grant_type: "refresh_token",
      refresh_token: credentials.refreshToken,
      resource: GRAPH,
    });
    assert.deepEqual(claims(user.json["access_token"])["amr"], ["pwd", "mfa"]);
    assert.equal(claims(user.json["access_token"])["aud"], GRAPH);
    const form = {
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      grant_type: "client_credentials",
    };
    const gov = await fetch(`${client.url}/login.microsoftonline.us/${credentials.partnerTenantId}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ ...form, resource: REST }),
    });
    const govToken = String(((await gov.json()) as Json)["access_token"]);
    assert.match(String(claims(govToken)["iss"]), /microsoftonline\.us/);
    assert.equal((await client.get("/v1/customers", { token: govToken })).status, 200);
    const v2 = await fetch(`${client.url}/${credentials.partnerTenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({ ...form, scope: `${REST}/.default` }),
    });
    assert.equal(typeof ((await v2.json()) as Json)["expires_in"], "number");
  }));

test("a refresh token is replaced at each exchange and dies of 90 days without use or of revocation", () =>
  withSimulator({ world: "empty" }, async (client, { control }) => {
    const exchange = (refresh_token: string) =>
      client.token({ grant_type: "refresh_token", refresh_token, resource: REST });
    const first = await exchange(control.credentials.refreshToken);
    const second = String(first.json["refresh_token"]);
    assert.notEqual(second, control.credentials.refreshToken);
    await control.advance("P89D");
    const third = String((await exchange(second)).json["refresh_token"]);
    await control.advance("P2D");
    const tooOld = await exchange(control.credentials.refreshToken);
    assert.deepEqual(
      [tooOld.status, tooOld.json["error"], tooOld.json["error_codes"]],
      [400, "invalid_grant", [700082]],
    );
    assert.equal((await exchange(third)).status, 200);
    await client.sim("POST", "tokens/revoke", { token: third });
    assert.deepEqual((await exchange(third)).json["error_codes"], [50173]);
  }));

test("the token service refuses wrong tenants, applications, secrets and resources with Entra's codes", () =>
  withSimulator({ world: "empty" }, async (client, { control: { credentials } }) => {
    const cases: [form: Record<string, string>, status: number, code: number][] = [
      [
        { grant_type: "client_credentials", resource: REST, client_id: "00000000-0000-0000-0000-000000000000" },
        400,
        700016,
      ],
      [{ grant_type: "client_credentials", resource: REST, client_secret: "wrong" }, 401, 7000215],
      [{ grant_type: "client_credentials", resource: "https://elsewhere.example" }, 400, 500011],
      [{ grant_type: "password", resource: REST, username: "x", password: "y" }, 400, 70003],
      [{ grant_type: "refresh_token", resource: REST, refresh_token: "made-up" }, 400, 9002313],
    ];
    for (const [form, status, code] of cases) {
      const answer = await client.token(form);
      assert.deepEqual([answer.status, answer.json["error_codes"]], [status, [code]], JSON.stringify(form));
    }
    const strange = await fetch(`${client.url}/someone-else/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ client_id: credentials.clientId }),
    });
    assert.equal(strange.status, 400);
  }));

test("401 and 403 are told apart by code", () =>
  withSimulator({ world: "demo" }, async (client, { control }) => {
    const code = async (path: string, more: Parameters<typeof client.get>[1]) => {
      const { status, json } = await client.get(path, more);
      return [status, json["code"]];
    };
    assert.deepEqual(await code("/v1/customers", { as: "nobody" }), [401, "400"]);
    assert.deepEqual(await code("/v1/customers", { token: "a.b.c" }), [401, "800001"]);
    assert.deepEqual(await code("/v1/customers", { as: "graph-user" }), [401, "900420"]);
    const retired = await client.token({ grant_type: "client_credentials", resource: "https://graph.windows.net" });
    assert.deepEqual(await code("/v1/customers", { token: String(retired.json["access_token"]) }), [401, "900420"]);
    assert.deepEqual(await code("/v1/fraudEvents", { as: "app" }), [403, "900329"]);
    assert.deepEqual(await code("/v1/customers/usagerecords", { as: "app" }), [403, "900329"]);
    const { json: helper } = await client.sim("POST", "tokens", { roles: ["Helpdesk agent"] });
    const helpdesk = await client.token({
      grant_type: "refresh_token",
      refresh_token: String(helper["refreshToken"]),
      resource: REST,
    });
    assert.deepEqual(await code("/v1/fraudEvents", { token: String(helpdesk.json["access_token"]) }), [403, "900308"]);
    const stranger = "11111111-2222-4333-8444-555555555555";
    assert.deepEqual(await code(`/v1/customers/${stranger}`, {}), [403, "20002"]);
    assert.deepEqual(await code("/v1/customers/not-a-guid", {}), [400, "800002"]);
    const usable = await client.token({ grant_type: "client_credentials", resource: REST });
    await control.advance("PT61M");
    assert.deepEqual(await code("/v1/customers", { token: String(usable.json["access_token"]) }), [401, "800001"]);
  }));

test("a user without MFA is refused, and ValidateMfa says how it stands", () =>
  withSimulator({ world: "empty" }, async (client) => {
    const { json } = await client.sim("POST", "tokens", { user: "legacy.sync@skargardcloud.example" });
    assert.equal(json["mfa"], false);
    const weak = await client.token({
      grant_type: "refresh_token",
      refresh_token: String(json["refreshToken"]),
      resource: REST,
    });
    const token = String(weak.json["access_token"]);
    const refused = await client.get("/v1/customers", { token, headers: { ValidateMfa: "true" } });
    assert.deepEqual(
      [refused.status, refused.json["code"], refused.headers.get("ismfacompliant")],
      [401, "900421", "false"],
    );
    assert.match(refused.headers.get("www-authenticate") ?? "", /invalid_token/);
    const good = await client.get("/v1/customers", { headers: { ValidateMfa: "true" } });
    assert.equal(good.headers.get("ismfacompliant"), "true");
    assert.equal((await client.get("/v1/customers")).headers.get("ismfacompliant"), null);
  }));

test("the interactive consent gives a code that becomes a refresh token", () =>
  withSimulator({ world: "empty" }, async (client) => {
    const back = "http://127.0.0.1:9/consent";
    const answer = await client.get(`/common/oauth2/authorize?redirect_uri=${encodeURIComponent(back)}&state=s1`, {
      as: "nobody",
    });
    assert.equal(answer.status, 302);
    const target = new URL(answer.headers.get("location") ?? "");
    assert.equal(target.searchParams.get("state"), "s1");
    const tokens = await client.token({
      grant_type: "authorization_code",
      code: target.searchParams.get("code") ?? "",
      resource: REST,
    });
    assert.equal(tokens.status, 200);
    assert.ok(String(tokens.json["refresh_token"]).length > 20);
    const form = await client.get(
      `/common/oauth2/authorize?response_mode=form_post&redirect_uri=${encodeURIComponent(back)}`,
      { as: "nobody" },
    );
    assert.match(form.text, /<form method="post"/);
    assert.equal(
      (await client.get("/common/oauth2/authorize?redirect_uri=https://elsewhere.example/", { as: "nobody" })).status,
      400,
    );
  }));
