import type { z } from "zod";
import { no, type Refusal } from "../../core/refusal.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Tx } from "../../store/contract.ts";
import type { KnownEvent } from "../contract-event.ts";
import type { explainBody, ExplainWire } from "./contract-wire.ts";
import { readRule } from "./decide-text.ts";
import type { LabDeps } from "./deps.ts";
import { briefWire, explainRule } from "./explain.ts";
import { explainDetector } from "./explain-detector.ts";
import { faultWire } from "./read.ts";
import { pastedEvents } from "./records.ts";
import { unknownRule } from "./service.ts";
import * as store from "./store.ts";

type Ask = { readonly ask: z.output<typeof explainBody>; readonly now: Temporal.Instant };

/** Why a stored rule, one of its versions or a text fires on an event, or not. */
export async function explainAsked(tx: Tx, deps: LabDeps, { ask, now }: Ask): Promise<Result<ExplainWire, Refusal>> {
  const found = await eventOf(tx, deps, { ask, now });
  if (!found.ok) return found;
  const event = found.value;
  const tuning = await deps.tuning(tx);
  const text = ask.text ?? (await storedText(tx, ask));
  if (text === undefined) return unknownRule(ask.ruleId ?? "");
  if (text === null) {
    const detector = deps.detectors.find(({ id }) => id === ask.ruleId);
    return detector === undefined
      ? no("conflict", "explain-no-events", "what is judged without events has none to explain")
      : ok(await explainDetector(tx, deps, { detector, event, tuning }));
  }
  const { rule, faults } = readRule(text);
  if (rule !== undefined) return ok(await explainRule(deps, { rule, event, tuning }));
  const nothing = {
    rules: [],
    correlations: [],
    detector: null,
    filteredBy: null,
    looked: { events: 0, isCut: false },
  };
  return ok({ fires: false, event: briefWire(event), ...nothing, faults: faults.map(faultWire) });
}

async function storedText(tx: Tx, { ruleId = "", version }: Ask["ask"]): Promise<string | null | undefined> {
  const inUse = await store.findInUse(tx, ruleId);
  if (inUse === undefined || version === undefined) return inUse?.text;
  return (await store.findVersion(tx, ruleId, version))?.text;
}

async function eventOf(tx: Tx, deps: LabDeps, { ask: { event }, now }: Ask): Promise<Result<KnownEvent, Refusal>> {
  if ("json" in event) {
    const [first] = (await pastedEvents(tx, deps, { json: event.json, now })).events;
    return first === undefined ? no("invalid", "event-unreadable", "the text is no JSON record") : ok(first);
  }
  const stored = await deps.stream.byId(event.source, event.id);
  return stored === undefined
    ? no("not-found", "event-unknown", `there is no event ${event.id} of ${event.source}`)
    : ok(stored.event);
}
