import { randomUUID } from "node:crypto";
import type { CreditorSetting, LetterSettings } from "../../access/contract-settings.ts";
import type { OpenStore } from "../../store/database.ts";
import type { LetterWhy } from "./contract.ts";
import type { LettersDeps } from "./deps.ts";
import { NOW } from "./testing.ts";

export const DESK: CreditorSetting = {
  name: "Nordvik Cloud AB",
  addressLines: ["Exempelgatan 1", "111 11 Stockholm"],
  phone: "+46 8 555 010 00",
  bankgiro: "5050-1055",
};

export type World = LettersDeps & {
  clockAt: Temporal.Instant;
  cancelWith: LetterWhy | undefined;
  readonly tasks: { kind: string; facts: object }[];
  settingsNow: LetterSettings;
};
/** Everything that letters ask for, on a test database; what a test does not say is calm. */
export function deskLike(
  store: OpenStore,
  {
    settings = {},
    more = {},
  }: { readonly settings?: Partial<LetterSettings>; readonly more?: Partial<LettersDeps> } = {},
): World {
  const made: World = {
    store,
    clock: { now: () => made.clockAt },
    newId: randomUUID,
    enqueue: async () => {},
    customersByIds: async () => new Map(),
    settings: async () => made.settingsNow,
    isDemo: false,
    dataFolder: "",
    zone: () => "Europe/Stockholm",
    language: async () => "en",
    stillWanted: async () =>
      made.cancelWith === undefined ? { kind: "send" } : { kind: "cancel", why: made.cancelWith },
    openTask: async (_tx, { kind, facts }) => void made.tasks.push({ kind, facts }),
    accountToday: async () => undefined,
    post: async () => {
      throw new Error("no gateway in this test");
    },
    ...more,
    clockAt: NOW,
    cancelWith: undefined,
    tasks: [],
    settingsNow: { creditor: DESK, mail: undefined, sms: undefined, ...settings },
  };
  return made;
}
