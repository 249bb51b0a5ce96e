import { member, textMember } from "../http/replies.ts";
import type { Reply } from "../http/route.ts";
import type { Asked } from "../http/shell.ts";
import { customerOf, UnknownFact } from "../control/facts.ts";
import type { Sim } from "../kernel/sim.ts";
import {
  ACCESS_STATES,
  accessOf,
  ACTIVITY_TRICKS,
  activitySettings,
  type ActivityTrick,
  changeActivitySettings,
} from "./feeds.ts";
import { newestRecord, pushTarget, setPushTarget } from "./push.ts";

const ok = (body: unknown): Reply => ({ status: 200, body });

/**
 * `/sim/activity`: how the logs behave and who may be read. POST {trick} arms one, {customer, access} says how a customer's logs answer;
 * DELETE puts all back.
 */
export function activityLever(sim: Sim, asked: Asked): Reply {
  if (asked.method === "DELETE") changeActivitySettings(sim, { tricks: [], access: {} });
  if (asked.method === "POST") {
    const { tricks, access } = activitySettings(sim);
    const trick = textMember(asked.body, "trick");
    if (trick !== undefined) {
      if (!(trick in ACTIVITY_TRICKS))
        throw new UnknownFact(`trick is one of ${Object.keys(ACTIVITY_TRICKS).join(", ")}`);
      changeActivitySettings(sim, { tricks: [...new Set([...tricks, trick as ActivityTrick])] });
    }
    const wanted = textMember(asked.body, "access");
    if (wanted !== undefined) {
      const state = ACCESS_STATES.find((one) => one === wanted);
      if (state === undefined) throw new UnknownFact(`access is one of ${ACCESS_STATES.join(", ")}`);
      const customer = customerOf(sim, { customer: member(asked.body, "customer") });
      changeActivitySettings(sim, { access: { ...access, [customer.id]: state } });
    }
  }
  const { tricks } = activitySettings(sim);
  const access = Object.fromEntries(sim.tables.customers.all().map((one) => [one.key, accessOf(sim, one)]));
  return ok({ tricks, access, records: sim.tables.activity.size });
}

/** `/sim/push`: POST {url, key, from?: "now"|"start"} sends records there from now on; DELETE ends it. */
export function pushLever(sim: Sim, asked: Asked): Reply {
  if (asked.method === "DELETE") setPushTarget(sim, undefined);
  if (asked.method === "POST") {
    const url = textMember(asked.body, "url");
    const key = textMember(asked.body, "key");
    if (url === undefined || key === undefined || !/^https?:\/\//.test(url))
      throw new UnknownFact("give url (the desk's …/api/activity/events) and key (an API key that may send)");
    const sent = textMember(asked.body, "from") === "start" ? 0 : newestRecord(sim);
    setPushTarget(sim, { url, key, sent });
  }
  const target = pushTarget(sim);
  return ok({
    target: target === undefined ? null : { url: target.url, sent: target.sent },
    newest: newestRecord(sim),
  });
}
