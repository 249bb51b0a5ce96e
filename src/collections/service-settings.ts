import { no, type Refusal } from "../core/refusal.ts";
import { ok, type Result } from "../core/result.ts";
import { toJson } from "../core/canonical.ts";
import type { Actor, Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { readSetting, writeSetting } from "../store/settings.ts";
import { COLLECTIONS_EVENTS, collectionsSettings, type CollectionsSettings } from "./contract.ts";
import type { CollectionsDeps } from "./deps.ts";

const KEY = "collections.settings";

/** The settings of collections; what nobody has chosen has its default. */
export async function readCollectionsSettings(tx: Tx): Promise<CollectionsSettings> {
  return collectionsSettings.parse((await readSetting(tx, KEY)) ?? {});
}

export async function saveCollectionsSettings(
  tx: Tx,
  {
    settings,
    actor,
    now,
  }: { readonly settings: CollectionsSettings; readonly actor: Actor; readonly now: Temporal.Instant },
): Promise<Result<CollectionsSettings, Refusal>> {
  const before = await readCollectionsSettings(tx);
  const parsed = collectionsSettings.safeParse(settings);
  if (!parsed.success) return no("invalid", "settings-invalid", parsed.error.message);
  await writeSetting(tx, KEY, toJson(parsed.data));
  await appendEvents(tx, [
    {
      type: COLLECTIONS_EVENTS.settingsChanged,
      actor,
      at: now,
      subject: { kind: "setting", id: KEY },
      before,
      after: parsed.data,
    },
  ]);
  return ok(parsed.data);
}

export type Pause = { readonly kind: "bank-late"; readonly through: Temporal.PlainDate | undefined };

/** Why nothing is sent now: letters about money that may have come in already do harm. */
export async function pauseOf(
  tx: Tx,
  deps: Pick<CollectionsDeps, "bankFreshness">,
  { settings, today }: { readonly settings: CollectionsSettings; readonly today: Temporal.PlainDate },
): Promise<Pause | undefined> {
  if (settings.bankLateDays === null) return undefined;
  const fresh = await deps.bankFreshness(tx);
  if (fresh === undefined) return { kind: "bank-late", through: undefined };
  return businessDaysSince(fresh.through, today) > settings.bankLateDays
    ? { kind: "bank-late", through: fresh.through }
    : undefined;
}

const SATURDAY = 6;
/** Longest silence that is counted day by day. */
const DAYS_MAX = 60;
/** Weekdays after `from` up to and including `to`: banks tell on the next one what a day brought. */
export function businessDaysSince(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  let count = 0;
  for (let day = from.add({ days: 1 }), n = 0; n < DAYS_MAX && Temporal.PlainDate.compare(day, to) <= 0; n++) {
    if (day.dayOfWeek < SATURDAY) count++;
    day = day.add({ days: 1 });
  }
  return count;
}
