import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { simpleParser } from "mailparser";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import { sendDue, takeOver } from "./send.ts";
import { accountContacts, noticesOf, queueNoticeWith } from "./service.ts";
import { trailOf } from "./store.ts";
import { recipientsOf } from "./store-recipients.ts";
import { ask, NOW, TODAY } from "./testing.ts";
import { mailServer } from "./testing-server.ts";
import { newAccount, over, testWorld } from "./testing-world.ts";

const store = await testStore();
const { world, queued, stateOf, calm, dataFolder } = testWorld(store);
beforeEach(calm);

test("accepted: the server's answer is kept, the notice is told that day, the mail has text, HTML and the PDF", async () => {
  const sink = await mailServer();
  const deps = world(over(sink));
  const { letterId, accountId } = await queued(deps, { to: ["anna@kund.example", "ek@kund.example"] });
  await sendDue(deps);
  const row = await stateOf(letterId);
  assert.deepEqual([row.state, row.sent_on?.toString(), row.maybe_twice], ["sent", TODAY.toString(), false]);
  const copies = await recipientsOf(store.db, letterId);
  assert.deepEqual(
    copies.map((copy) => [copy.address, copy.state, copy.answer?.startsWith("250")]),
    [
      ["anna@kund.example", "accepted", true],
      ["ek@kund.example", "accepted", true],
    ],
  );
  assert.equal(sink.mails.length, 2);
  const mail = await simpleParser(sink.mails[0]?.raw ?? "");
  assert.equal(mail.messageId, row.message_id);
  assert.match(mail.text ?? "", /12 500,00 SEK/);
  assert.match(String(mail.html), /<html lang="sv">/);
  assert.deepEqual(
    mail.attachments.map((one) => [one.contentType, one.content.subarray(0, 5).toString()]),
    [["application/pdf", "%PDF-"]],
  );
  assert.match(mail.replyTo?.text ?? "", /^collections\+[0-9a-f]{24}@desk\.example$/);
  assert.equal(sink.mails[0]?.from, mail.replyTo?.text);
  const [notice] = (await noticesOf(store.db, [accountId])).get(accountId) ?? [];
  assert.deepEqual(
    [notice?.stepId, notice?.sentOn?.toString(), notice?.failedOn],
    ["notice", TODAY.toString(), undefined],
  );
  await sendDue(deps);
  assert.equal(sink.mails.length, 2, "sending again sends nothing");
});

test("the same step, day and channel twice is one letter, also at the same moment", async () => {
  const deps = world();
  const accountId = newAccount();
  await queued(deps, { accountId });
  const twice = () =>
    store.inTransaction((tx) =>
      queueNoticeWith(deps)(tx, ask({ accountId, items: [{ number: "10413", open: 1n, due: "2026-10-12" }] })),
    );
  const all = (await Promise.all([twice(), twice(), twice()])).flat();
  assert.equal(new Set(all.map((one) => one.letterId)).size, 1);
  assert.ok(all.every((one) => one.already));
});

test("greylisted: waits and goes again under the same Message-ID; given up only after days", async () => {
  const sink = await mailServer();
  sink.answers.push("451 4.7.1 greylisted");
  const deps = world(over(sink));
  const { letterId } = await queued(deps);
  await sendDue(deps);
  assert.deepEqual([(await stateOf(letterId)).state, (await stateOf(letterId)).sent_on], ["deferred", null]);
  await sendDue(deps);
  assert.equal(sink.mails.length, 0, "not before its time");
  deps.clockAt = NOW.add({ minutes: 6 });
  await sendDue(deps);
  assert.equal((await stateOf(letterId)).state, "sent");
  assert.match(sink.mails[0]?.raw ?? "", new RegExp(`Message-ID: <${letterId}@desk.example>`));

  const never = await mailServer();
  never.always = "451 4.3.0 later";
  const patient = world(over(never));
  const other = await queued(patient);
  for (let round = 0; round < 10; round++) {
    await sendDue(patient);
    patient.clockAt = patient.clockAt.add({ hours: 25 });
  }
  const row = await stateOf(other.letterId);
  assert.deepEqual([row.state, row.why], ["failed", "gave-up"]);
});

test("refused: failed with the server's words, the address is bad, a person is asked; the other address still counts", async () => {
  const sink = await mailServer();
  sink.refuse.add("gone@kund.example");
  const deps = world(over(sink));
  const { letterId, accountId } = await queued(deps, { to: ["gone@kund.example"] });
  await sendDue(deps);
  const row = await stateOf(letterId);
  assert.deepEqual(
    [row.state, row.why, row.failed_on?.toString(), row.sent_on],
    ["failed", "refused", TODAY.toString(), null],
  );
  assert.deepEqual(
    deps.tasks.map((task) => task.kind),
    ["wrong-address"],
  );
  assert.deepEqual((await accountContacts(store.db, [accountId])).get(accountId)?.reachable, []);
  const two = await queued(deps, { to: ["gone@kund.example", "ek@kund.example"] });
  await sendDue(deps);
  assert.equal((await stateOf(two.letterId)).state, "sent");
});

test("a sign-in that is refused is a fault of the settings: nobody's address is blamed and no try is counted", async () => {
  const sink = await mailServer();
  const deps = world({ mail: { ...sink.setting, user: "desk", password: "wrong" } });
  const { letterId } = await queued(deps);
  await sendDue(deps);
  const [copy] = await recipientsOf(store.db, letterId);
  assert.deepEqual([copy?.state, copy?.attempts, deps.tasks.length], ["deferred", 0, 0]);
  deps.settingsNow = { ...deps.settingsNow, mail: { ...sink.setting, user: "desk", password: "right" } };
  deps.clockAt = NOW.add({ minutes: 11 });
  await sendDue(deps);
  assert.equal((await stateOf(letterId)).state, "sent");
});

test("a server that drops the line while the text comes: again later, under the same id, marked as in doubt", async () => {
  const sink = await mailServer();
  sink.answers.push("drop");
  const deps = world(over(sink));
  const { letterId } = await queued(deps);
  await sendDue(deps);
  const row = await stateOf(letterId);
  assert.deepEqual([row.state, row.maybe_twice], ["deferred", true]);
  deps.clockAt = NOW.add({ minutes: 6 });
  await sendDue(deps);
  assert.equal((await stateOf(letterId)).state, "sent");
});

test("STARTTLS: used where it is asked for, and no mail leaves in the open when the server has none", async () => {
  const secure = await mailServer({ tls: true });
  const deps = world({ mail: { ...secure.setting, tls: "starttls" } });
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  after(() => delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]);
  const { letterId } = await queued(deps);
  await sendDue(deps);
  assert.deepEqual([(await stateOf(letterId)).state, secure.mails[0]?.isSecure], ["sent", true]);
  const open = await mailServer();
  deps.settingsNow = { ...deps.settingsNow, mail: { ...open.setting, tls: "starttls" } };
  const other = await queued(deps);
  await sendDue(deps);
  assert.deepEqual([(await stateOf(other.letterId)).state, open.mails.length], ["deferred", 0]);
});

test("paid meanwhile: cancelled with the reason, nothing leaves", async () => {
  const sink = await mailServer();
  const deps = world(over(sink));
  const { letterId, accountId } = await queued(deps);
  deps.cancelWith = "paid";
  await sendDue(deps);
  const row = await stateOf(letterId);
  assert.deepEqual([row.state, row.why, sink.mails.length], ["cancelled", "paid", 0]);
  assert.deepEqual((await noticesOf(store.db, [accountId])).get(accountId), []);
  const events = await readEvents(store.db, { subject: { kind: "letter", id: letterId }, limit: 9 });
  assert.deepEqual(events.map((event) => event.type).sort(), [
    "collections.letter-cancelled",
    "collections.letter-queued",
  ]);
});

test("no address: failed at once and never told; no server: waits", async () => {
  const deps = world();
  const none = await queued(deps, { to: [] });
  assert.deepEqual(
    [(await stateOf(none.letterId)).state, (await stateOf(none.letterId)).why],
    ["failed", "no-address"],
  );
  const { letterId } = await queued(deps);
  await sendDue(deps);
  assert.equal((await stateOf(letterId)).state, "queued");
});

test("the demo writes files and speaks to nobody, whatever its settings say", async () => {
  const sink = await mailServer();
  const deps = world(over(sink), { isDemo: true });
  const { letterId } = await queued(deps);
  await sendDue(deps);
  assert.equal((await stateOf(letterId)).state, "sent");
  assert.equal(sink.mails.length, 0);
  const [file] = readdirSync(join(dataFolder, "mail-out")).filter((name) => name.endsWith(".eml"));
  assert.ok(file);
  const mail = await simpleParser(readFileSync(join(dataFolder, "mail-out", file)));
  assert.equal(mail.from?.value[0]?.address, "reskontra@skargard.example");
});

test("the demo hands its mail to a server on this machine when it was given one, and to no other", async () => {
  const [own, other] = [await mailServer(), await mailServer()];
  const deps = world(over(other), { isDemo: true, demoMail: { host: "127.0.0.1", port: own.setting.port } });
  const { letterId } = await queued(deps);
  await sendDue(deps);
  assert.equal((await stateOf(letterId)).state, "sent");
  assert.deepEqual([own.mails.length, other.mails.length], [1, 0]);
});

test("killed before the text: sent again without doubt; after it: again under the same id, marked", async () => {
  for (const place of ["before-data", "after-data"] as const) {
    const sink = await mailServer();
    const deps = world(over(sink), {
      failpoint: (name) => {
        if (name === place) throw new Error(`killed ${place}`);
      },
    });
    const { letterId } = await queued(deps);
    await sendDue(deps).catch(() => {});
    const calm = world(over(sink));
    if (place === "after-data") {
      assert.equal((await stateOf(letterId)).state, "sending");
      await sendDue(calm);
      assert.equal(sink.mails.length, 1, "an attempt in hand is left alone");
      await takeOver(calm, calm.clockAt);
    } else calm.clockAt = NOW.add({ minutes: 20 });
    await sendDue(calm);
    const row = await stateOf(letterId);
    assert.deepEqual(
      [row.state, row.maybe_twice, sink.mails.length],
      ["sent", place === "after-data", place === "after-data" ? 2 : 1],
    );
    assert.equal(new Set(sink.mails.map((mail) => /Message-ID: (<\S+>)/.exec(mail.raw)?.[1])).size, 1);
    if (place === "after-data")
      assert.ok((await trailOf(store.db, letterId)).some((step) => step.what === "outcome-unknown"));
  }
});

test("a text message: form, sign-in and number as 46elks takes them; in doubt it is left to a person", async () => {
  const asked: { authorization: string | undefined; body: URLSearchParams }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      asked.push({ authorization: request.headers.authorization, body: new URLSearchParams(body) });
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ id: "s70df59406a1b4643b96f3f91e0bfb7b0", status: "created", parts: 1 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  const smsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a1/sms`;
  const sms = { gateway: "46elks" as const, user: "u1", from: "Nordvik", password: "p1" };
  const deps = world(
    { sms },
    {
      smsUrl,
      post: async (url, { headers, body }) => {
        const answer = await fetch(url, { method: "POST", headers, body });
        return { status: answer.status, text: await answer.text() };
      },
    },
  );
  const { letterId } = await queued(deps, { to: ["+46 70 123 45 67"], channel: "sms" });
  await sendDue(deps);
  assert.equal((await stateOf(letterId)).state, "sent");
  assert.equal(asked[0]?.authorization, `Basic ${Buffer.from("u1:p1").toString("base64")}`);
  assert.deepEqual([asked[0]?.body.get("to"), asked[0]?.body.get("from")], ["+46701234567", "Nordvik"]);
  assert.match(asked[0]?.body.get("message") ?? "", /Nordvik Cloud AB: 12 500,00 SEK är förfallet/);
  const broken = world({ sms });
  const lost = await queued(broken, { to: ["+46701234568"], channel: "sms" });
  await sendDue(broken);
  assert.equal((await stateOf(lost.letterId)).state, "failed");
});
