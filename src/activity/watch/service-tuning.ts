import type { Person } from "../../access/contract.ts";
import type { CustomerId } from "../../core/ids.ts";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Actor, Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { ACTIVITY_EVENTS } from "../contract.ts";
import { faultText, loadSigma } from "../sigma/load.ts";
import { EXPIRY_DAYS_MAX, type NewFilter, type NewSuppression, type SettingChange } from "./contract-wire.ts";
import { decideTooWide, type TooWide } from "./decide-suppress.ts";
import type { WatchDeps } from "./deps.ts";
import { titleOfRule } from "./store-hits.ts";
import * as store from "./store-tuning.ts";
import { ALL_CUSTOMERS } from "./tuning.ts";

/** Who asks, and when. */
export type By = { readonly person: Person; readonly actor: Actor; readonly now: Temporal.Instant };

const TOO_WIDE: Readonly<Record<TooWide, string>> = {
  "nothing-named":
    "a suppression names at least one value (an actor, an address, a resource …); to silence a whole rule, switch it to shadow",
  "whole-customer":
    "for any rule, a suppression needs something narrower than a customer: an actor, an address, a resource, a subscription",
  "short-prefix": "the beginning of a value needs at least 4 characters",
  "wide-network": "the network is too wide: at least /16, or /32 for IPv6",
  "not-a-network": "this is no network such as 192.0.2.0/24",
  "network-of-no-ip": "only addresses are in networks",
};

/** Keeps hits quiet by value, from now on and until it ends. */
export async function suppress(
  deps: WatchDeps,
  tx: Tx,
  ask: NewSuppression & By,
): Promise<Result<{ id: string }, Refusal>> {
  const { ruleId, conditions, reason, ticket, expiresAt, person, actor, now } = ask;
  const tooWide = decideTooWide(ruleId, conditions);
  if (tooWide !== undefined) return no("invalid", `suppression-${tooWide}`, TOO_WIDE[tooWide]);
  const wrongEnd = endRefused(expiresAt, now);
  if (wrongEnd !== undefined) return wrongEnd;
  const title = ruleId === undefined ? undefined : await ruleTitle(deps, tx, ruleId);
  if (ruleId !== undefined && title === undefined) return no("not-found", "rule-unknown", "no rule has this id");
  const id = deps.newId();
  await store.insertSuppression(tx, {
    suppression_id: id,
    rule_id: ruleId ?? null,
    rule_title: title ?? null,
    conditions,
    reason,
    ticket: ticket ?? null,
    author_id: person.id,
    author_name: person.name,
    created_at: now,
    expires_at: expiresAt,
  });
  await store.raiseRevision(tx);
  const data = {
    rule: ruleId ?? null,
    title: title ?? null,
    values: conditions,
    ticket: ticket ?? null,
    until: expiresAt.toString(),
  };
  await appendEvents(tx, [
    {
      type: ACTIVITY_EVENTS.suppressed,
      actor,
      at: now,
      subject: { kind: "suppression", id },
      customerId: customerIn(conditions),
      why: reason,
      data,
    },
  ]);
  return ok({ id });
}

/** Ends a suppression before its time. Hits from now on count again; those it kept quiet stay quiet. */
export async function liftSuppression(
  tx: Tx,
  ask: { readonly id: string; readonly why: string } & By,
): Promise<Result<{ id: string }, Refusal>> {
  const { id, why, person, actor, now } = ask;
  const row = await store.liftSuppression(tx, id, { at: now, by: person.name, why });
  if (row === undefined) return notThere("suppression");
  await store.raiseRevision(tx);
  const data = { rule: row.rule_id, title: row.rule_title, values: row.conditions, hits: row.hits };
  await appendEvents(tx, [
    { type: ACTIVITY_EVENTS.unsuppressed, actor, at: now, subject: { kind: "suppression", id }, why, data },
  ]);
  return ok({ id });
}

/** Keeps a customer's own events away from rules, as a Sigma filter says. */
export async function addFilter(
  deps: WatchDeps,
  tx: Tx,
  ask: NewFilter & By,
): Promise<Result<{ id: string }, Refusal>> {
  const { customerId, document, reason, ticket, expiresAt, person, actor, now } = ask;
  const { documents, faults } = loadSigma(document);
  const [filter, second] = documents;
  if (faults.length > 0) return no("invalid", "filter-faulty", faults.map(faultText).join("; ").slice(0, 1_000));
  if (filter?.kind !== "filter" || second !== undefined)
    return no(
      "invalid",
      "filter-not-one",
      "this is not one Sigma filter: a document with filter, rules, selection and condition",
    );
  const wrongEnd = endRefused(expiresAt, now);
  if (wrongEnd !== undefined) return wrongEnd;
  const id = deps.newId();
  await store.insertFilter(tx, {
    filter_id: id,
    customer_id: customerId,
    title: filter.head.title,
    document,
    reason,
    ticket: ticket ?? null,
    author_id: person.id,
    author_name: person.name,
    created_at: now,
    expires_at: expiresAt,
  });
  await store.raiseRevision(tx);
  const data = { filter: filter.head.title, rules: filter.rules, ticket: ticket ?? null, until: expiresAt.toString() };
  await appendEvents(tx, [
    {
      type: ACTIVITY_EVENTS.suppressed,
      actor,
      at: now,
      subject: { kind: "filter", id },
      customerId,
      why: reason,
      data,
    },
  ]);
  return ok({ id });
}

export async function liftFilter(
  tx: Tx,
  ask: { readonly id: string; readonly why: string } & By,
): Promise<Result<{ id: string }, Refusal>> {
  const { id, why, person, actor, now } = ask;
  const row = await store.liftFilter(tx, id, { at: now, by: person.name, why });
  if (row === undefined) return notThere("filter");
  await store.raiseRevision(tx);
  const data = { filter: row.title, hits: row.hits };
  const customerId = row.customer_id as CustomerId;
  await appendEvents(tx, [
    { type: ACTIVITY_EVENTS.unsuppressed, actor, at: now, subject: { kind: "filter", id }, customerId, why, data },
  ]);
  return ok({ id });
}

/** Sets a number of a detector, for one customer or for all, or puts it back. */
export async function changeSetting(
  deps: WatchDeps,
  tx: Tx,
  ask: SettingChange & By,
): Promise<Result<{ id: string }, Refusal>> {
  const { detectorId, customerId, name, value, reason, person, actor, now } = ask;
  const { detectors, sweeps } = await deps.activeRules(tx);
  const card = [...detectors.map(({ detector }) => detector), ...sweeps.map((one) => one.sweep)].find(
    ({ id }) => id === detectorId,
  );
  const setting = card?.settings.find((one) => one.name === name);
  if (card === undefined || setting === undefined)
    return no("not-found", "setting-unknown", "no detector that runs has a setting of this name");
  if (value !== null && (value < setting.min || value > setting.max))
    return no("invalid", "setting-out-of-bounds", `${name} is from ${setting.min} to ${setting.max} ${setting.unit}`, {
      facts: { min: setting.min, max: setting.max },
    });
  const key = { detector_id: detectorId, customer_id: customerId ?? ALL_CUSTOMERS, name };
  const before = (await store.settingRows(tx)).find(
    (row) => row.detector_id === detectorId && row.customer_id === key.customer_id && row.name === name,
  );
  if (value === null) await store.dropSetting(tx, key);
  else await store.saveSetting(tx, { ...key, value, reason, changed_by: person.name, changed_at: now });
  await store.raiseRevision(tx);
  await appendEvents(tx, [
    {
      type: ACTIVITY_EVENTS.settingsChanged,
      actor,
      at: now,
      subject: { kind: "detector", id: detectorId },
      customerId: customerId ?? undefined,
      why: reason,
      before: { [name]: before?.value ?? null },
      after: { [name]: value },
      data: { detector: card.title, name, unit: setting.unit, standard: setting.standard },
    },
  ]);
  return ok({ id: detectorId });
}

function endRefused(expiresAt: Temporal.Instant, now: Temporal.Instant): Result<never, Refusal> | undefined {
  if (Temporal.Instant.compare(expiresAt, now) <= 0) return no("invalid", "expiry-past", "the end must be ahead");
  const latest = now.add({ hours: 24 * EXPIRY_DAYS_MAX });
  return Temporal.Instant.compare(expiresAt, latest) > 0
    ? no("invalid", "expiry-far", "it ends within a year: look at it again then")
    : undefined;
}

const notThere = (what: string) => no("not-found", `${what}-unknown`, `no ${what} in force has this id`);

async function ruleTitle(deps: WatchDeps, tx: Tx, ruleId: string): Promise<string | undefined> {
  const { rules, detectors, sweeps } = await deps.activeRules(tx);
  const active = [...rules, ...detectors, ...sweeps].find(({ id }) => id === ruleId);
  return active?.card.title ?? (await titleOfRule(tx, ruleId));
}

const customerIn = (conditions: NewSuppression["conditions"]): CustomerId | undefined =>
  conditions.find(({ field, match }) => field === "customer" && match === "is")?.value.toLowerCase() as
    | CustomerId
    | undefined;
