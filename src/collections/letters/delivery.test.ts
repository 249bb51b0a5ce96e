import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { simpleParser } from "mailparser";
import type { LetterSettings } from "../../access/contract-settings.ts";
import type { CustomerId } from "../../core/ids.ts";
import { SURETY } from "../../store/contract.ts";
import { readEvents } from "../../store/events.ts";
import { testStore } from "../../store/testing.ts";
import type { LetterWhy } from "./contract.ts";
import type { LettersDeps } from "./deps.ts";
import { addContact } from "./http-contacts.ts";
import { receiveMail } from "./inbound.ts";
import { accountContacts, noticesOf, queueNoticeWith } from "./service.ts";
import { sendDue, takeOver } from "./send.ts";
import { letterById, trailOf } from "./store.ts";
import { recipientsOf } from "./store-recipients.ts";
import { ask, NOW, TODAY } from "./testing.ts";
import { DESK, mailServer, type Sink } from "./testing-server.ts";

const store = await testStore();
const dataFolder = mkdtempSync(join(tmpdir(), "surety-letters-"));
after(() => rmSync(dataFolder, { recursive: true, force: true }));

type World = LettersDeps & {
  clockAt: Temporal.Instant;
  cancelWith: LetterWhy | undefined;
  readonly tasks: { kind: string; facts: object }[];
  settingsNow: LetterSettings;
};
function world(settings: Partial<LetterSettings> = {}, more: Partial<LettersDeps> = {}): World {
  const made: World = {
    store,
    clock: { now: () => made.clockAt },
    newId: randomUUID,
    enqueue: async () => {},
    customersByIds: async () => new Map(),
    settings: async () => made.settingsNow,
    isDemo: false,
    dataFolder,
    zone: () => "Europe/Stockholm",
    language: async () => "en",
    stillWanted: async () =>
      made.cancelWith === undefined ? { kind: "send" } : { kind: "cancel", why: made.cancelWith },
    openTask: async (_tx, { kind, facts }) => void made.tasks.push({ kind, facts }),
    accountToday: async () => undefined,
    post: async () => {
      throw new Error("no gateway in this test");
    },
    ...more,
    clockAt: NOW,
    cancelWith: undefined,
    tasks: [],
    settingsNow: { creditor: DESK, mail: undefined, sms: undefined, ...settings },
  };
  return made;
}
const over = (sink: Sink) => ({ mail: sink.setting });
const newAccount = () => randomUUID() as CustomerId;

/** An account with an address and one letter in the outbox. */
async function queued(
  deps: World,
  { to = ["anna@kund.example"], channel = "mail" as "mail" | "sms", accountId = newAccount() } = {},
) {
  const letterId = await store.inTransaction(async (tx) => {
    for (const address of to)
      await addContact(deps, tx, {
        accountId,
        channel,
        address,
        name: null,
        source: "person",
        actor: SURETY,
        now: NOW,
      });
    const spec = {
      accountId,
      items: [{ number: "10413", open: 1250000n, due: "2026-10-12" }],
      channels: [{ channel, letter: channel === "sms" ? "sms" : "suspension-notice" }],
    };
    const [told] = await queueNoticeWith(deps)(tx, ask(spec));
    assert.ok(told);
    return told.letterId;
  });
  return { accountId, letterId };
}
const stateOf = async (letterId: string) => {
  const row = await letterById(store.db, letterId);
  assert.ok(row);
  return row;
};
const receive = (deps: World, raw: string) =>
  store.inTransaction((tx) => receiveMail(deps, tx, { raw: Buffer.from(raw), now: deps.clockAt }));

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
  assert.equal(mail.from?.value[0]?.address, "reskontra@nordvik.example");
});

const report = (token: string, { action = "failed", status = "5.1.1" } = {}) =>
  `Return-Path: <>
From: MAILER-DAEMON@mx.kund.example
To: collections+${token}@desk.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
Message-ID: <${randomUUID()}@mx.kund.example>

--b
Content-Type: text/plain

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kund.example

Final-Recipient: rfc822; anna@kund.example
Action: ${action}
Status: ${status}
Diagnostic-Code: smtp; 550 ${status} user unknown

--b--
`.replaceAll("\n", "\r\n");

test("a hard bounce stops the clock: failed from that day, the address bad, a person asked; the same report twice is one", async () => {
  const sink = await mailServer();
  const deps = world(over(sink));
  const { letterId, accountId } = await queued(deps);
  await sendDue(deps);
  const [copy] = await recipientsOf(store.db, letterId);
  deps.clockAt = NOW.add({ hours: 48 });
  const raw = report(copy?.token ?? "");
  const first = await receive(deps, raw);
  assert.ok(first.ok);
  assert.deepEqual([first.value.kind, first.value.letterId], ["bounce-hard", letterId]);
  const row = await stateOf(letterId);
  assert.deepEqual(
    [row.state, row.why, row.sent_on?.toString(), row.failed_on?.toString()],
    ["failed", "bounced", "2026-11-18", "2026-11-20"],
  );
  const [notice] = (await noticesOf(store.db, [accountId])).get(accountId) ?? [];
  assert.equal(notice?.failedOn?.toString(), "2026-11-20");
  assert.deepEqual(
    deps.tasks.map((task) => task.kind),
    ["wrong-address"],
  );
  const again = await receive(deps, raw);
  assert.ok(again.ok && again.value.already);
  assert.equal(deps.tasks.length, 1);
});

test("a soft bounce is sent again; a report of delay changes nothing", async () => {
  const sink = await mailServer();
  const deps = world(over(sink));
  const { letterId } = await queued(deps);
  await sendDue(deps);
  const [copy] = await recipientsOf(store.db, letterId);
  await receive(deps, report(copy?.token ?? "", { action: "delayed", status: "4.4.1" }));
  assert.equal((await stateOf(letterId)).state, "sent");
  await receive(deps, report(copy?.token ?? "", { status: "4.2.2" }));
  assert.deepEqual([(await stateOf(letterId)).state, (await stateOf(letterId)).sent_on], ["deferred", null]);
  deps.clockAt = NOW.add({ minutes: 30 });
  await sendDue(deps);
  assert.deepEqual([(await stateOf(letterId)).state, sink.mails.length], ["sent", 2]);
});

test("a reply opens on the customer by tag or by the Message-ID it answers; an absence is only recorded", async () => {
  const sink = await mailServer();
  const deps = world(over(sink));
  const { letterId } = await queued(deps);
  await sendDue(deps);
  const row = await stateOf(letterId);
  const mail = (headers: string) =>
    `From: Anna <anna@kund.example>\r\nSubject: Sv: Varsel\r\nMessage-ID: <${randomUUID()}@x>\r\n${headers}\r\n\r\nVi betalar på fredag.\r\n`;
  const byId = await receive(deps, mail(`To: collections@desk.example\r\nIn-Reply-To: ${row.message_id}`));
  assert.ok(byId.ok);
  assert.deepEqual([byId.value.kind, byId.value.letterId], ["reply", letterId]);
  assert.deepEqual(
    deps.tasks.map((task) => task.kind),
    ["reply"],
  );
  const absent = await receive(deps, mail(`To: ${sink.mails[0]?.from}\r\nAuto-Submitted: auto-replied`));
  assert.ok(absent.ok);
  assert.deepEqual([absent.value.kind, absent.value.letterId, deps.tasks.length], ["auto-reply", letterId, 1]);
  assert.equal((await stateOf(letterId)).state, "sent");
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

test("mail that lies in the folder is taken and put away", async () => {
  const { readMailFolder } = await import("./inbound.ts");
  const deps = world();
  await readMailFolder(deps);
  writeFileSync(
    join(dataFolder, "mail-in", "a.eml"),
    "From: x@y.example\r\nTo: collections@desk.example\r\nSubject: Hej\r\n\r\nHej\r\n",
  );
  writeFileSync(join(dataFolder, "mail-in", "b.eml"), "");
  assert.equal(await readMailFolder(deps), 2);
  assert.ok(existsSync(join(dataFolder, "mail-in", "done", "a.eml")));
  assert.deepEqual(readdirSync(join(dataFolder, "mail-in", "refused")), ["mail-empty b.eml"]);
});
