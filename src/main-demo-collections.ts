import { saveAccountSettings } from "./collections/letters/store-contacts.ts";
import { markPosted } from "./collections/letters/hand.ts";
import { toPrint } from "./collections/letters/store.ts";
import { switchOnPack } from "./collections/policy/demo.ts";
import type { CollectionsDeps } from "./collections/deps.ts";
import { finishCall } from "./collections/service-calls.ts";
import { placeHold } from "./collections/service-holds.ts";
import { makePromise } from "./collections/service-promises.ts";
import { historyOf } from "./collections/service-history.ts";
import { pageOfTasks } from "./collections/store-tasks.ts";
import type { CustomerId } from "./core/ids.ts";
import { no } from "./core/refusal.ts";
import { type Clock, dayOf } from "./core/time.ts";
import * as customers from "./customers/service.ts";
import { DEMO_CALLS, DEMO_DISPUTES, DEMO_PROMISES, DEMO_PUBLIC } from "./demo/collections.ts";
import type { WiredCollections } from "./main-collections.ts";
import type { StepParts } from "./main-demo-parts.ts";
import { collectionsSlice } from "./collections/slice.ts";
import type { Actor } from "./store/contract.ts";

/** How long the demo reseller has had its policy. */
const IN_FORCE_DAYS = 260;
/** Days of letters that are lived through: long enough for the oldest debt of the stories. */
const LIVED_DAYS = 48;
/** Of the days before these, Mondays and Thursdays are enough to tell the story, and the demo is there sooner. */
const EACH_DAY = 16;
const HOUR = "10:05";

/** Puts the Swedish pack in force, as a desk does it, and gives every customer an address. */
export async function demoPolicy({ store, slices, access }: StepParts): Promise<void> {
  const { collections, desk, syncDeps } = slices;
  const now = syncDeps.clock.now();
  const people = await access.approvers(store.db);
  const [asker, approver] = [
    people.find((one) => one.role === "billing-admin"),
    people.find((one) => one.role === "global-admin"),
  ];
  if (asker === undefined || approver === undefined) throw new Error("the demo's people are not there yet");
  const inForce = await collections.deps.policiesOn(store.db, dayOf(now, desk.zone));
  if (inForce.length > 0) return;
  await store.inTransaction((tx) =>
    switchOnPack(tx, collections.policy, {
      pack: "se",
      fromDay: dayOf(now, desk.zone).subtract({ days: IN_FORCE_DAYS }),
      simulationId: "demo",
      why: "The pack as the board agreed it in February",
      asker: { actor: actorOf(asker), person: asker },
      approver: { actor: actorOf(approver), person: approver },
      now,
    }),
  );
}

const actorOf = ({ id, name }: { readonly id: string; readonly name: string }): Actor => ({ kind: "person", id, name });

/** Where letters go; invented addresses under the customers' own demo domains. Nothing is ever sent there. */
export async function demoContacts({ store, slices }: StepParts): Promise<void> {
  const { collections, syncDeps, desk } = slices;
  const now = syncDeps.clock.now();
  const then = now.subtract({ hours: 24 * IN_FORCE_DAYS });
  const ids = await customers.allCustomerIds(store.db);
  const known = await customers.customersByIds(store.db, ids);
  const actor: Actor = { kind: "machine", id: "demo", name: "Demo" };
  await store.inTransaction(async (tx) => {
    for (const [index, one] of [...known.values()].entries()) {
      const add = (channel: "mail" | "letter" | "sms", address: string) =>
        collections.letters.addContact(tx, {
          accountId: one.id,
          channel,
          address,
          name: null,
          source: "ledger",
          actor,
          now: then,
        });
      await add("mail", `ekonomi@${one.domain ?? "kund.example"}`);
      await add("letter", `${one.name}\nBox ${100 + index}\n111 ${10 + (index % 89)} Stockholm`);
      await add("sms", `+4670174${String(1_000 + index).slice(-4)}`);
      if (DEMO_PUBLIC.includes(one.name))
        await saveAccountSettings(tx, {
          account_id: one.id,
          customer_class: "public",
          language: "sv",
          time_zone: desk.zone,
          country: one.country ?? null,
          changed_at: now,
          changed_by: "Demo",
        });
    }
  });
}

/**
 * The last weeks, lived day by day by the program itself with its clock set back: letters are decided, written and sent to a folder as they
 * would have been. What would touch Microsoft is not asked for in the past; it is asked for today.
 */
export async function demoWeeks(parts: StepParts, stopping: AbortSignal): Promise<void> {
  const { store, slices, access } = parts;
  const today = dayOf(slices.syncDeps.clock.now(), slices.desk.zone);
  const clock = settable();
  const past = silenced(slices.collectionsAt(clock));
  const people = await access.approvers(store.db);
  const byName = await namesToIds(parts);
  const karin = people.find((one) => one.role === "billing-admin");
  if (karin === undefined) throw new Error("the demo's people are not there yet");
  const by = actorOf(karin);
  for (let ago = LIVED_DAYS; ago >= 1; ago--) {
    stopping.throwIfAborted();
    const day = today.subtract({ days: ago });
    if (day.dayOfWeek > 5 || (ago > EACH_DAY && day.dayOfWeek % 3 !== 1)) continue;
    clock.set(day.toZonedDateTime({ timeZone: slices.desk.zone, plainTime: HOUR }).toInstant());
    await liveThrough(past, { ago, byName, by, day });
  }
  await store.inTransaction((tx) => past.markDirty(tx, [...byName.values()]));
  await slices.collections.follow();
  await slices.collections.runDirty();
  await slices.collections.runDay();
  await slices.collections.lookAtGuards();
}

type Day = {
  readonly ago: number;
  readonly byName: ReadonlyMap<string, CustomerId>;
  readonly by: Actor;
  readonly day: Temporal.PlainDate;
};
type Past = ReturnType<typeof silenced>;

async function liveThrough(past: Past, at: Day): Promise<void> {
  await past.runDay();
  await past.send();
  await post(past, at);
  await ring(past, at);
  await promise(past, at);
  await dispute(past, at);
}

/** Paper goes to the post on the day it was printed. */
async function post({ deps }: Past, { by, day }: Day): Promise<void> {
  const now = deps.clock.now();
  await deps.store.inTransaction(async (tx) => {
    const letterIds = (await toPrint(tx, 500)).map((one) => one.letter_id);
    if (letterIds.length > 0) await markPosted(tx, { letterIds, on: day, actor: by, now });
  });
}

/** Calls of older days were made; those of the last days still wait. */
const CALLS_LEFT_DAYS = 3;
async function ring({ deps }: Past, { ago, by, day }: Day): Promise<void> {
  if (ago <= CALLS_LEFT_DAYS) return;
  const due = await pageOfTasks(deps.store.db, { state: "due", dueBy: day, limit: 50 });
  for (const [index, task] of due.filter((one) => one.kind === "call").entries()) {
    const { outcome, note } = DEMO_CALLS[index % DEMO_CALLS.length] ?? DEMO_CALLS[0];
    const now = deps.clock.now();
    await deps.store.inTransaction((tx) =>
      finishCall(tx, deps, { taskId: task.task_id, outcome, note, actor: by, now }),
    );
  }
}

async function promise({ deps }: Past, { ago, byName, by, day }: Day): Promise<void> {
  for (const one of DEMO_PROMISES.filter((of) => onOrAfter(of.madeAgo, ago, day))) {
    const accountId = byName.get(one.customer);
    if (accountId === undefined) continue;
    const ask = { accountId, amount: one.amount, dueOn: day.add({ days: one.dueIn }), invoiceIds: [], note: one.note };
    await deps.store.inTransaction((tx) => makePromise(tx, deps, { ...ask, actor: by, now: deps.clock.now() }));
  }
}

async function dispute({ deps }: Past, { ago, byName, by, day }: Day): Promise<void> {
  for (const one of DEMO_DISPUTES.filter((of) => onOrAfter(of.raisedAgo, ago, day))) {
    const accountId = byName.get(one.customer);
    if (accountId === undefined) continue;
    const now = deps.clock.now();
    await deps.store.inTransaction(async (tx) => {
      const { history } = await historyOf(tx, deps, { accountId, day });
      const open = history.invoices.find(
        (invoice) =>
          invoice.claim === undefined &&
          invoice.applied.reduce((left, row) => left - row.amountMinor, invoice.amountMinor) > 0n,
      );
      if (open === undefined) return;
      const { reason, note } = one;
      const until = day.add({ days: one.forDays });
      await placeHold(tx, deps, {
        accountId,
        kind: "dispute",
        invoiceId: open.invoiceId,
        reason,
        note,
        until,
        actor: by,
        now,
      });
    });
  }
}

/** A story told for a day that is not lived through happens on the last one before it. */
const onOrAfter = (storyAgo: number, ago: number, day: Temporal.PlainDate): boolean => {
  const lasts = ago > EACH_DAY ? (day.dayOfWeek === 1 ? 3 : 4) : day.dayOfWeek === 5 ? 3 : 1;
  return storyAgo <= ago && storyAgo > ago - lasts;
};

async function namesToIds({ store }: StepParts): Promise<ReadonlyMap<string, CustomerId>> {
  const known = await customers.customersByIds(store.db, await customers.allCustomerIds(store.db));
  return new Map([...known.values()].map((one) => [one.name, one.id]));
}

function settable(): Clock & { set(to: Temporal.Instant): void } {
  let now = Temporal.Now.instant();
  return { now: () => now, set: (to) => void (now = to) };
}

/** The same collections, of which nothing reaches Microsoft: proposals of the past would be long over. */
function silenced(wired: WiredCollections) {
  const refused = async () => no("conflict", "in-the-past", "Nothing is asked for in the past.");
  const deps: CollectionsDeps = {
    ...wired.deps,
    response: { ...wired.deps.response, propose: refused, proposeUndo: refused },
    // Neither what is held nor a chance of payment matters for a letter of some weeks ago.
    holdingsOf: async () => new Map(),
    score: async () => [],
    standingOf: async () => new Map(),
  };
  const [send] = wired.letters.jobs();
  return { ...collectionsSlice(deps), deps, send: async () => send?.handle(null) };
}
