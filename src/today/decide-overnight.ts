import { type BusinessCalendar, isOfficeHour } from "../core/calendar.ts";
import { minutesBetween } from "../core/time.ts";

/** The hours nobody was in the office, most recently: from the last closing to the opening after it, or to now. */
export type Night = { readonly from: Temporal.Instant; readonly to: Temporal.Instant };

/** Longest run of closed days looked back over. */
const CLOSED_DAYS_MAX = 14;
/** The line is shown this long after the office opened: after that it is yesterday's news. */
const SHOWN_HOURS = 10;

/** The night that has just passed or is passing; undefined in the office's evening hours before closing. */
export function lastNight(calendar: BusinessCalendar, now: Temporal.Instant): Night | undefined {
  const local = now.toZonedDateTimeISO(calendar.zone);
  const isOpen = isOfficeHour(calendar, now);
  const to = isOpen ? local.withPlainTime(calendar.opens).toInstant() : now;
  if (minutesBetween(to, now) > SHOWN_HOURS * 60) return undefined;
  for (let back = 0; back <= CLOSED_DAYS_MAX; back++) {
    const closing = local.subtract({ days: back }).withPlainTime(calendar.closes);
    const lastMinute = closing.toInstant().subtract({ minutes: 1 });
    if (Temporal.Instant.compare(closing.toInstant(), to) < 0 && isOfficeHour(calendar, lastMinute))
      return { from: closing.toInstant(), to };
  }
  return undefined;
}

/** What the log told about the night, reduced to what this page needs. */
export type NightEvent = {
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly customerId: string | null;
  readonly caseId: string | null;
  readonly data: unknown;
};
export type Contained = {
  readonly customerId: string | null;
  readonly caseId: string | null;
  readonly kind: string;
  readonly minutes: number | null;
  readonly saving: { readonly minor: string; readonly currency: string } | null;
  readonly per: string | null;
};

/** Kinds of proposals that stop a loss; the others are housekeeping. */
const CONTAINING = new Set(["cancel-entitlement", "suspend-subscription"]);

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function savingOf(data: unknown): Pick<Contained, "saving" | "per"> {
  const saving = member(data, "saving");
  const amount = member(saving, "amount") ?? saving;
  const minor = member(amount, "minor");
  const currency = member(amount, "currency");
  const per = member(saving, "per");
  const isMoney = typeof minor === "string" && /^-?\d+$/.test(minor) && typeof currency === "string";
  return { saving: isMoney ? { minor, currency } : null, per: typeof per === "string" ? per : null };
}

/** The losses that were stopped in the night, oldest first, each with the minutes since the customer's notice before it. */
export function containedIn(
  events: readonly NightEvent[],
  types: { readonly verified: string; readonly received: string },
): readonly Contained[] {
  const inOrder = events.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at));
  return inOrder.flatMap((event) => {
    const kind = member(event.data, "kind");
    if (event.type !== types.verified || typeof kind !== "string" || !CONTAINING.has(kind)) return [];
    const notice = inOrder.find(
      (one) =>
        one.type === types.received &&
        one.customerId === event.customerId &&
        Temporal.Instant.compare(one.at, event.at) <= 0,
    );
    const minutes = notice === undefined ? null : minutesBetween(notice.at, event.at);
    return [{ customerId: event.customerId, caseId: event.caseId, kind, minutes, ...savingOf(event.data) }];
  });
}
