import type { CustomerId } from "../../core/ids.ts";
import type { ActivityChange, ActivityEvent } from "../contract-event.ts";
import type { SigmaView } from "../contract-hit.ts";
import type { SigmaEvent } from "../sigma/contract.ts";
import { aliasesOf } from "./decide-aliases.ts";
import { ownFields } from "./decide-own.ts";
import { timeText } from "./decide-time.ts";

export type View = Record<string, unknown>;

/**
 * What Sigma sees of an event. From weak to strong: the names that upstream rules use, the record's own fields, our normalised fields. It is
 * made for every event, so what only few rules ask for is not made here but where it is cheap to tell that it may be asked for.
 */
export const sigmaView: SigmaView = (event) => {
  const view = ownFields(event);
  aliasesOf(event, view);
  normalisedFields(event, view);
  return view as SigmaEvent;
};

function normalisedFields(event: ActivityEvent & { readonly customer?: CustomerId | undefined }, view: View): void {
  view["id"] = event.id;
  view["source"] = event.source;
  view["shape"] = event.shape;
  view["operation"] = event.operation;
  view["outcome"] = event.outcome;
  view["at"] = timeText(event.at);
  if (event.category !== undefined) view["category"] = event.category;
  if (event.service !== undefined) view["service"] = event.service;
  if (event.customer !== undefined) view["customer"] = event.customer;
  if (event.tenant !== undefined) view["tenant"] = event.tenant;
  if (event.subscription !== undefined) view["subscription"] = event.subscription;
  if (event.reason !== undefined) view["reason"] = event.reason;
  if (event.actor !== undefined) view["actor"] = event.actor;
  if (event.app !== undefined) view["app"] = event.app;
  if (event.ip !== undefined) view["ip"] = event.ip;
  if (event.country !== undefined) view["country"] = event.country;
  if (event.userAgent !== undefined) view["userAgent"] = event.userAgent;
  if (event.resource !== undefined) view["resource"] = event.resource;
  if (event.target !== undefined) view["target"] = event.target;
  if (event.correlation !== undefined) view["correlation"] = event.correlation;
  if (event.alert !== undefined) view["alert"] = event.alert;
  if (event.request !== undefined) view["request"] = event.request;
  if (event.changes !== undefined) {
    view["changes"] = event.changes;
    view["changed"] = changedOf(event.changes);
  }
}

/** New values by the names of what was changed, so that a rule can ask for both as a pair: `changed.UserType: Member`. Empty = nothing is left. */
function changedOf(changes: readonly ActivityChange[]): Readonly<Record<string, unknown>> {
  const found: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const { name, after = "" } of changes) {
    const known = found[name];
    if (known === undefined) found[name] = after;
    else if (typeof known === "string") found[name] = [known, after];
    else known.push(after);
  }
  return found;
}
