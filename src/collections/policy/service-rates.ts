import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { CustomerId } from "../../core/ids.ts";
import type { Tx } from "../../store/contract.ts";
import { appendEvents } from "../../store/events.ts";
import { POLICY_EVENTS } from "./contract.ts";
import type { RatesWire } from "./contract-wire.ts";
import type { By, PolicyDeps } from "./deps.ts";
import {
  halfYearOf,
  missingRates,
  RATE_SERIES,
  REFERENCE_RATES,
  type RateSeries,
  type ReferenceRate,
} from "./law/decide-rates.ts";
import * as store from "./store.ts";

/** All reference rates, the desk's own first: a half-year's first row counts. */
export async function ratesOf(tx: Tx): Promise<readonly ReferenceRate[]> {
  const own = await store.deskRates(tx);
  return [
    ...own.map((row) => ({
      series: row.series,
      from: row.from_day.toString(),
      percent: row.percent,
      standing: "desk" as const,
      source: row.source,
    })),
    ...REFERENCE_RATES,
  ];
}

/** Rates as the page shows them, newest first, and the half-years up to a day for which none is known. */
export async function ratesPage(tx: Tx, day: Temporal.PlainDate): Promise<RatesWire> {
  const own = await store.deskRates(tx);
  const isOwn = (one: ReferenceRate) =>
    own.some((row) => row.series === one.series && row.from_day.toString() === one.from);
  const rates = [
    ...own.map((row) => ({
      series: row.series,
      from: row.from_day.toString(),
      percent: row.percent,
      standing: "desk" as const,
      source: row.source,
      addedBy: row.added_by_name,
      addedAt: row.added_at.toString(),
    })),
    ...REFERENCE_RATES.filter((one) => !isOwn(one)).map((one) => ({ ...one, addedBy: null, addedAt: null })),
  ].toSorted((a, b) => a.series.localeCompare(b.series) || b.from.localeCompare(a.from));
  const all = await ratesOf(tx);
  const missing = RATE_SERIES.flatMap((series) =>
    missingRates({ law: series, from: day.subtract({ months: 18 }), to: day, rates: all }).map((from) => ({
      series,
      from,
    })),
  );
  return { rates, missing };
}

type NewRate = {
  readonly series: RateSeries;
  readonly from: Temporal.PlainDate;
  readonly percent: string;
  readonly source: string;
} & By;

/** Adds a rate with its source; a newer entry for the same half-year corrects it and the older one stays in the log. */
export async function addRate(tx: Tx, deps: PolicyDeps, ask: NewRate): Promise<Result<undefined, Refusal>> {
  const { series, from, percent, source, actor, person, now } = ask;
  if (!halfYearOf(from).equals(from))
    return no("invalid", "rate-half-year", "a reference rate starts on 1 January or 1 July");
  const { day } = await deps.desk(tx, now);
  if (Temporal.PlainDate.compare(from, day.add({ months: 2 })) > 0)
    return no("invalid", "rate-ahead", "that half-year lies too far ahead: no rate is published yet");
  await store.insertRate(tx, {
    series,
    from_day: from,
    percent,
    source,
    added_by: person.id,
    added_by_name: person.name,
    added_at: now,
  });
  await appendEvents(tx, [
    {
      type: POLICY_EVENTS.rateAdded,
      actor,
      at: now,
      subject: { kind: "reference-rate", id: `${series}:${from.toString()}` },
      data: { series, from: from.toString(), percent, source },
    },
  ]);
  return ok(undefined);
}

export type NewAcceptance = {
  readonly policyId: string;
  readonly version: number;
  readonly customerId: CustomerId;
  readonly acceptedOn: Temporal.PlainDate;
  readonly evidence: string;
} & By;

/** Records that a customer accepted a version, with where that can be seen; onboarding and officers use the same. Once each. */
export async function recordAcceptance(
  tx: Tx,
  deps: PolicyDeps,
  ask: NewAcceptance,
): Promise<Result<{ readonly already: boolean }, Refusal>> {
  const { policyId, version, customerId, acceptedOn, evidence, actor, person, now } = ask;
  const row = await store.findVersion(tx, { policyId, version });
  if (row === undefined || row.state !== "approved")
    return no("not-found", "policy-unknown", `there is no approved version ${version} of ${policyId}`);
  if (!(await deps.isCustomer(tx, customerId)))
    return no("not-found", "customer-unknown", `there is no customer ${customerId}`);
  const { day } = await deps.desk(tx, now);
  if (Temporal.PlainDate.compare(acceptedOn, day) > 0)
    return no("invalid", "day-ahead", "an acceptance lies in the past");
  const isNew = await store.insertAcceptance(tx, {
    policy_id: policyId,
    version,
    customer_id: customerId,
    accepted_on: acceptedOn,
    evidence,
    recorded_by: person.id,
    recorded_by_name: person.name,
    recorded_at: now,
  });
  if (!isNew) return ok({ already: true });
  await appendEvents(tx, [
    {
      type: POLICY_EVENTS.accepted,
      actor,
      at: now,
      subject: { kind: "policy", id: `${policyId}:${version}` },
      customerId,
      data: { policyId, version, acceptedOn: acceptedOn.toString(), evidence },
    },
  ]);
  return ok({ already: false });
}
