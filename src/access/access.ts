import { randomUUID } from "node:crypto";
import type { NewId } from "../core/ids.ts";
import type { Refusal } from "../core/refusal.ts";
import type { Clock } from "../core/time.ts";
import type { Route } from "../http/contract.ts";
import type { Actor, Store, Tx } from "../store/contract.ts";
import type { Job } from "../worker/contract.ts";
import { openAuth } from "./auth.ts";
import { type Permission, type Person, PERMISSIONS, SECOND_FACTOR_ONLY } from "./contract.ts";
import { refusalFor } from "./decide.ts";
import type { Desk } from "./desk.ts";
import type { LetterSettings } from "./contract-settings.ts";
import { authHandler } from "./handler.ts";
import { accountRoutes } from "./http-account.ts";
import { auditRoutes } from "./http-audit.ts";
import { peopleRoutes } from "./http-people.ts";
import { type SettingsDeps, settingsRoutes } from "./http-settings.ts";
import { welcomeRoutes } from "./http-welcome.ts";
import { accessJobs } from "./jobs.ts";
import { openKeys } from "./secret.ts";
import { checkChain, lastCheck } from "./service-audit.ts";
import { approvers, invite, resetLink } from "./service-people.ts";
import {
  type DeskSettings,
  letterSettings,
  type PartnerCenterSettings,
  partnerCenterSettings,
  readDeskSettings,
  stripeSettings,
} from "./service-settings.ts";
import { demoLink, firstRunLink } from "./service-welcome.ts";
import { type HeaderMap, personOf } from "./session.ts";
import { authDatabase } from "./store-auth.ts";
import { personByEmail, personById } from "./store-people.ts";

export type AccessOptions = {
  readonly store: Store;
  /** Where the key file lies, or is made at the first start. */
  readonly dataFolder: string;
  /** The address people use, e.g. `https://surety.example.com`: decides whether cookies are Secure. */
  readonly baseUrl: string;
  /** The desk's clock. */
  readonly clock: Clock;
  readonly isDemo: boolean;
  /** The real time; only tests set another. */
  readonly wall?: Clock;
  readonly newId?: NewId;
} & SettingsDeps;

const REAL: Clock = { now: () => Temporal.Now.instant() };

/** "Who may see and do what at this desk?" as main.ts wires it. */
export function createAccess(options: AccessOptions) {
  const { store, dataFolder, baseUrl, clock, isDemo, wall = REAL, newId = randomUUID } = options;
  const desk: Desk = { store, clock, wall, baseUrl, isDemo, newId, keys: openKeys(dataFolder) };
  const { db, within } = authDatabase(store.db);
  const auth = openAuth({
    db,
    baseUrl,
    secret: desk.keys.auth,
    trustedOrigins: async () => (await readDeskSettings(desk, store.db))["access.trustedOrigins"] ?? [],
    mayEnter: (userId) => mayEnter(desk, userId),
  });
  const routes: readonly Route[] = [
    ...welcomeRoutes(desk),
    ...accountRoutes(desk),
    ...peopleRoutes(desk),
    ...settingsRoutes(desk, options),
    ...auditRoutes(desk),
  ];
  return {
    /** Serves `/api/auth/*`; the request carries the client's one address in `x-forwarded-for`. */
    handler: authHandler({ desk, auth, within }),
    /** The person or API key behind a request. */
    personOf: (headers: HeaderMap): Promise<Person | undefined> => personOf(desk, headers),
    /** Why this person may not use a permission now although their role may hold it; for `RouteDeps.extraRefusal`. */
    extraRefusal: (person: Person, permission: string): Promise<Refusal | undefined> =>
      extraRefusal(desk, person, permission),
    routes: (): readonly Route[] => routes,
    jobs: (): readonly Job[] => accessJobs(desk, options),
    firstRunLink: (): Promise<string | undefined> => firstRunLink(desk),
    demoLink: (): Promise<string | undefined> => demoLink(desk),
    invite: (tx: Tx, ask: Parameters<typeof invite>[2]) => invite(desk, tx, ask),
    /** For the command line: a link with which somebody who is locked out sets a new password and loses the second factor. */
    resetLinkFor: (tx: Tx, ask: { readonly email: string; readonly actor: Actor }) => resetLinkFor(desk, tx, ask),
    approvers: (tx: Tx) => approvers(desk, tx),
    settings: (tx: Tx): Promise<DeskSettings> => readDeskSettings(desk, tx),
    partnerCenterSettings: (tx: Tx): Promise<PartnerCenterSettings> => partnerCenterSettings(desk, tx),
    letterSettings: (tx: Tx): Promise<LetterSettings> => letterSettings(desk, tx),
    stripeSettings: (tx: Tx) => stripeSettings(desk, tx),
    verifyAudit: () => checkChain(desk),
    lastAuditCheck: (tx: Tx) => lastCheck(tx),
  };
}
export type Access = ReturnType<typeof createAccess>;

async function mayEnter(desk: Desk, userId: string): Promise<boolean> {
  // Outside the sign-in's transaction: taking access away must hold from the moment it is committed.
  const person = await personById(desk.store.db, userId);
  return person !== undefined && person.deactivatedAt === null && (desk.isDemo || !person.isDemo);
}

const isPermission = (text: string): text is Permission => Object.hasOwn(PERMISSIONS, text);

async function extraRefusal(desk: Desk, person: Person, permission: string): Promise<Refusal | undefined> {
  if (!isPermission(permission)) throw new Error(`invariant broken: ${permission} is not a permission`);
  const asksSecond = SECOND_FACTOR_ONLY.includes(permission) && !person.twoFactor;
  const settings = asksSecond ? await readDeskSettings(desk, desk.store.db) : undefined;
  return refusalFor(person, permission, { requireTwoFactor: settings?.["access.requireTwoFactor"] === true });
}

async function resetLinkFor(desk: Desk, tx: Tx, { email, actor }: { readonly email: string; readonly actor: Actor }) {
  const person = await personByEmail(tx, email);
  return resetLink(desk, tx, { actor, now: desk.clock.now(), id: person?.id ?? "unknown", removesTwoFactor: true });
}
