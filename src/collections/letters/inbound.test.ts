import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { testStore } from "../../store/testing.ts";
import { readMailFolder } from "./inbound.ts";
import { sendDue } from "./send.ts";
import { noticesOf } from "./service.ts";
import { recipientsOf } from "./store-recipients.ts";
import { NOW } from "./testing.ts";
import { mailServer } from "./testing-server.ts";
import { testWorld, over } from "./testing-world.ts";

const store = await testStore();
const { world, queued, stateOf, receive, calm, dataFolder } = testWorld(store);
beforeEach(calm);

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

test("mail that lies in the folder is taken and put away", async () => {
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
