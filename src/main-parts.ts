import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Access } from "./access/access.ts";
import type { BusinessCalendar } from "./core/calendar.ts";
import type { Clock } from "./core/time.ts";
import type { Microsoft } from "./main-microsoft.ts";
import type { Connection, OpenStore } from "./store/database.ts";
import type { Store } from "./store/contract.ts";
import type { Enqueue } from "./worker/contract.ts";

/** What every slice is wired from. */
export type SliceParts = {
  readonly store: OpenStore;
  /** For a connection of one's own: a lock that is held, a channel that is listened to. */
  readonly connection: Connection;
  readonly clock: Clock;
  readonly enqueue: Enqueue;
  readonly access: Access;
  readonly microsoft: Microsoft;
  readonly log: Logger;
  readonly webhookUrl: string | undefined;
  /** Invented data: nothing is sent to anyone. */
  readonly isDemo: boolean;
  readonly dataFolder: string;
  /** A mail server on this machine for the demo; nothing else ever gets its mail. */
  readonly demoMail: { readonly host: string; readonly port: number } | undefined;
};

export const newId = (): string => randomUUID();

/** Zone and working hours of the desk. */
export type DeskFacts = {
  readonly zone: string;
  readonly calendar: BusinessCalendar;
  refresh(): Promise<void>;
  stop(): void;
};

/** How long the calendar and zone are kept before the settings are asked again. */
const SETTINGS_KEPT_MS = 5_000;
const OFFICE = { weekdays: [1, 2, 3, 4, 5], opens: "08:00", closes: "17:00", holidays: [] as string[] };

/** Zone and working hours as the settings have them, a few seconds old at most. */
export async function followDesk(access: Access, store: Store): Promise<DeskFacts> {
  const read = async (): Promise<BusinessCalendar> => {
    const settings = await access.settings(store.db);
    const hours = settings["desk.calendar"] ?? OFFICE;
    return {
      zone: settings["desk.zone"] ?? "Europe/Stockholm",
      weekdays: hours.weekdays,
      holidays: new Set(hours.holidays),
      opens: Temporal.PlainTime.from(hours.opens),
      closes: Temporal.PlainTime.from(hours.closes),
    };
  };
  let calendar = await read();
  const refresh = async () => void (calendar = await read());
  const timer = setInterval(() => void refresh().catch(() => {}), SETTINGS_KEPT_MS);
  timer.unref();
  return {
    get zone() {
      return calendar.zone;
    },
    get calendar() {
      return calendar;
    },
    refresh,
    stop: () => clearInterval(timer),
  };
}
