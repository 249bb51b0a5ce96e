import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { extractText } from "unpdf";
import type { CustomerId } from "../../core/ids.ts";
import type { Download, Route } from "../../http/contract.ts";
import { testStore } from "../../store/testing.ts";
import type { AccountSettingsWire, LetterRowWire, LetterWire, PreviewWire, TemplateWire } from "./contract.ts";
import { lettersRoutes } from "./http.ts";
import { accountContacts, noticesOf } from "./service.ts";
import { ask, NOW } from "./testing.ts";
import { testWorld } from "./testing-world.ts";

const store = await testStore();
const { world, queued, stateOf } = testWorld(store);
const deps = world(
  {},
  {
    isDemo: true,
    accountToday: async (_tx, accountId) => {
      const { account, state, policy, day } = ask({
        accountId,
        items: [{ number: "10413", open: 1250000n, due: "2026-10-12" }],
      });
      return { account, state, policy, day };
    },
  },
);
const routes = lettersRoutes(deps);
const actor = { kind: "person", id: "elin", name: "Elin" } as const;
type Answer<R> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly error: { readonly code: string; readonly fields?: readonly object[] } };

/** Asks a route as the shell would, its answer checked against what it declares. */
async function call<R>(
  line: string,
  given: { params?: object; query?: object; body?: unknown } = {},
): Promise<Answer<R>> {
  const spec = routes.find((one) => `${one.method} ${one.path}` === line) as
    | Exclude<Route, { kind: "download" }>
    | undefined;
  assert.ok(spec, line);
  const query = spec.query?.parse(given.query ?? {});
  const body = "body" in spec ? spec.body?.parse(given.body ?? {}) : given.body;
  const result = (await store.inTransaction((tx) =>
    (spec.handle as (c: unknown) => Promise<unknown>)({
      params: spec.params?.parse(given.params),
      query,
      body,
      tx,
      actor,
      now: NOW,
      person: actor,
    }),
  )) as Answer<R>;
  if (result.ok && spec.kind === "json") spec.response.parse(result.value);
  return result;
}
const good = <R>(answer: Answer<R>): R => {
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value;
};

test("paper: printed is not told; posted on a day is; returned on a day is no more", async () => {
  const { letterId, accountId } = await queued(deps, { channel: "letter", to: ["Örngatan 1\n123 45 Łódź"] });
  const { rows } = good(await call<{ rows: LetterRowWire[] }>("GET /api/collections/print-queue"));
  assert.deepEqual(
    rows.map((row) => [row.letterId, row.recipients]),
    [[letterId, ["Örngatan 1", "123 45 Łódź"]]],
  );
  good(await call("POST /api/collections/print-queue/printed", { body: { letterIds: [letterId] } }));
  assert.equal((await stateOf(letterId)).state, "queued");
  const tomorrow = await call("POST /api/collections/print-queue/posted", {
    body: { letterIds: [letterId], on: "2026-11-19" },
  });
  assert.equal(!tomorrow.ok && tomorrow.error.code, "day-outside");
  good(await call("POST /api/collections/print-queue/posted", { body: { letterIds: [letterId], on: "2026-11-18" } }));
  const told = async () =>
    (await noticesOf(store.db, [accountId]))
      .get(accountId)
      ?.map((one) => [one.sentOn?.toString(), one.failedOn?.toString()]);
  assert.deepEqual(await told(), [["2026-11-18", undefined]]);
  const back = good(
    await call<LetterWire>("POST /api/collections/letters/:letterId/returned", {
      params: { letterId },
      body: { on: "2026-11-18", why: "moved" },
    }),
  );
  assert.deepEqual([back.state, back.why], ["returned", "returned-by-post"]);
  assert.deepEqual(await told(), [["2026-11-18", "2026-11-18"]]);
  assert.deepEqual((await accountContacts(store.db, [accountId])).get(accountId)?.reachable, []);
  const again = await call("POST /api/collections/letters/:letterId/resend", { params: { letterId } });
  assert.equal(!again.ok && again.error.code, "no-good-address");
});

test("the PDF of a letter is a file that reads", async () => {
  const { letterId } = await queued(deps);
  const spec = routes.find((one) => one.path === "/api/collections/letters/:letterId/pdf");
  assert.ok(spec);
  const file = (await (spec.handle as (c: unknown) => Promise<Answer<Download>>)({
    params: { letterId },
    tx: store.db,
  })) as Answer<Download>;
  const chunks: Uint8Array[] = [];
  for await (const chunk of good(file).chunks) chunks.push(chunk as Uint8Array);
  const { text } = await extractText(new Uint8Array(Buffer.concat(chunks)), { mergePages: true });
  assert.match(text, /12 500,00/);
});

test("a letter that waits is taken back; one that was is sent again to the addresses that are good now", async () => {
  const { letterId, accountId } = await queued(deps);
  const path = { params: { letterId } };
  const gone = good(
    await call<LetterWire>("POST /api/collections/letters/:letterId/cancel", {
      ...path,
      body: { why: "wrong customer" },
    }),
  );
  assert.deepEqual([gone.state, gone.why], ["cancelled", "by-person"]);
  assert.deepEqual((await noticesOf(store.db, [accountId])).get(accountId), []);
  const back = good(await call<LetterWire>("POST /api/collections/letters/:letterId/resend", path));
  assert.deepEqual([back.state, back.delivery.map((copy) => copy.state)], ["queued", ["waiting"]]);
  const list = good(
    await call<{ rows: LetterRowWire[]; total: number }>("GET /api/collections/letters", {
      query: { accountId, state: "queued" },
    }),
  );
  assert.deepEqual([list.total, list.rows[0]?.toPay], [1, [{ minor: "1250000", currency: "SEK" }]]);
});

test("templates are versions; one that lacks a statement is refused with its name and place", async () => {
  const params = { purpose: "thanks", language: "sv", place: "SE" };
  const path = "PUT /api/collections/templates/:purpose/:language/:place";
  const first = good(await call<TemplateWire>("GET /api/collections/templates/:purpose/:language/:place", { params }));
  const bad = await call(path, { params, body: { text: "Subject: Tack\n\n{{> contact}}", after: 0 } });
  assert.deepEqual(!bad.ok && [bad.error.code, bad.error.fields], [
    "template-faulty",
    [{ field: "text:3:14", value: "creditor", fix: "missing-statement" }],
  ]);
  const saved = good(
    await call<TemplateWire>(path, {
      params,
      body: { text: `${first.text}\n\nHälsningar`, note: "greeting", after: 0 },
    }),
  );
  assert.deepEqual([saved.version, saved.savedBy, saved.versions.map((one) => one.version)], [1, "Elin", [1, 0]]);
  const late = await call(path, { params, body: { text: first.text, after: 0 } });
  assert.equal(!late.ok && late.error.code, "template-changed");
});

test("a preview shows a customer's letter with a text that nobody saved, and what is still missing", async () => {
  const accountId = randomUUID();
  const body = { accountId, purpose: "reminder", text: "Subject: Hej {{customer.name}}\n\n{{> items}}" };
  const shown = good(await call<PreviewWire>("POST /api/collections/letters/preview", { body }));
  assert.equal(shown.subject, "Hej Björk & Söner Åkeri AB");
  assert.ok(shown.faults.some((fault) => fault.name === "objection"));
  assert.deepEqual(shown.missing, ["customer-address"]);
});

test("contacts: each channel its form, found bad and good again; what is chosen is read by the ladder", async () => {
  const accountId = randomUUID() as CustomerId;
  const params = { accountId };
  const path = "POST /api/collections/accounts/:accountId/contacts";
  const codes = await Promise.all(
    (["mail", "letter", "sms"] as const).map(async (channel) => {
      const answer = await call(path, { params, body: { channel, address: "nowhere" } });
      return !answer.ok && answer.error.code;
    }),
  );
  assert.deepEqual(codes, ["mail-address-invalid", "postal-address-invalid", "phone-invalid"]);
  good(await call(path, { params, body: { channel: "sms", address: "0046 70 123 45 67" } }));
  good(await call(path, { params, body: { channel: "sms", address: "+46701234567" } }));
  good(
    await call("PUT /api/collections/accounts/:accountId/contacts/settings", {
      params,
      body: { customerClass: "healthcare", language: "sv", timeZone: "Europe/Helsinki", country: "FI" },
    }),
  );
  const account = good(
    await call<AccountSettingsWire>("GET /api/collections/accounts/:accountId/contacts", { params }),
  );
  assert.deepEqual(
    account.contacts.map((one) => one.address),
    ["+46701234567"],
  );
  assert.deepEqual((await accountContacts(store.db, [accountId])).get(accountId), {
    customerClass: "healthcare",
    language: "sv",
    timeZone: "Europe/Helsinki",
    country: "FI",
    reachable: ["sms", "call"],
  });
});

test("the demo sends no test mail; the state of mail says so", async () => {
  assert.equal(good(await call<{ mail: string }>("GET /api/collections/mail-state")).mail, "demo-folder");
  const answer = await call("POST /api/collections/mail-test", { body: { to: "a@b.example" } });
  assert.equal(!answer.ok && answer.error.code, "demo-sends-nothing");
});
