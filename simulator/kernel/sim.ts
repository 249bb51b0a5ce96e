import type { Certificates } from "../webhooks/certificates.ts";
import { type VirtualClock, iso, virtualClock } from "./clock.ts";
import { guidOf } from "./ids.ts";
import { type Journal, forgetful, openJournal, readChanges } from "./journal.ts";
import { type Schedule, openSchedule } from "./schedule.ts";
import { type Book, openBook } from "./table.ts";
import { type Tables, openTables } from "./tables.ts";

/** What a world remembers about itself; one row each in `meta`. */
export type Settings = {
  readonly partnerTenantId: string;
  readonly partnerName: string;
  readonly partnerMpnId: string;
  readonly partnerCountry: string;
  readonly partnerCurrency: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenKey: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly speedCancelSeconds: number;
  readonly throttlePerMinute: number;
  readonly pageRowsMax: number;
  readonly usageDelayHours: number;
  readonly webhookDelaySeconds: readonly [number, number];
  /** Whether the alerts that a demo has booked for its next weeks come. Absent in states of earlier versions: they do. */
  readonly laterAlerts?: boolean;
};

/** Everything a handler may touch: one running world. */
export type Sim = {
  readonly tables: Tables;
  readonly clock: VirtualClock;
  readonly schedule: Schedule;
  readonly book: Book;
  settings(): Settings;
  changeSettings(changes: Partial<Settings>): void;
  /** A GUID no other call gave; the same world with the same calls gives the same ones. */
  newId(): string;
  /** Where this simulator is reached, without a slash at the end. */
  publicUrl(): string;
  setPublicUrl(url: string): void;
  /** Makes all changes since the last commit durable. */
  commit(): void;
  certificates(): Certificates;
  setCertificates(certificates: Certificates): void;
  log(line: string): void;
  close(): void;
};

/** Opens a world: from its state file, else empty. `isNew` says that somebody must fill it. */
export function openSim({ state, log }: { state: string | undefined; log: (line: string) => void }): {
  sim: Sim;
  isNew: boolean;
} {
  const book = openBook();
  const tables = openTables(book);
  const stored = state === undefined ? [] : readChanges(state);
  for (const change of stored) book.load(change);
  const offset = tables.meta.get("clockOffsetMs")?.value;
  const clock = virtualClock(typeof offset === "number" ? offset : 0);
  let journal: Journal = forgetful;
  let journalOpen = false;
  let url = "";
  let certificates: Certificates | undefined;
  const sim: Sim = {
    tables,
    clock,
    book,
    schedule: openSchedule(tables.jobs, clock),
    settings: () => tables.meta.get("settings")?.value as Settings,
    changeSettings: (changes) => tables.meta.put({ key: "settings", value: { ...sim.settings(), ...changes } }),
    newId() {
      const next = Number(tables.meta.get("ids")?.value ?? 0) + 1;
      tables.meta.put({ key: "ids", value: next });
      return guidOf(sim.settings().seed, "id", next);
    },
    publicUrl: () => url,
    setPublicUrl: (next) => {
      url = next;
    },
    commit() {
      const changes = book.take();
      if (state !== undefined && !journalOpen) {
        journal = openJournal(state, () => book.dump());
        journalOpen = true;
        if (stored.length === 0) return; // the snapshot just written holds these changes already
      }
      journal.append(changes);
    },
    certificates() {
      if (certificates === undefined) throw new Error("invariant broken: certificates are made at start");
      return certificates;
    },
    setCertificates: (made) => {
      certificates = made;
    },
    log,
    close: () => journal.close(),
  };
  return { sim, isNew: stored.length === 0 };
}

/** The moment as rows keep it. */
export const nowIso = (sim: Sim): string => iso(sim.clock.now());
