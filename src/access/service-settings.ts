import type { Json } from "../core/canonical.ts";
import type { Tx } from "../store/contract.ts";
import { appendEvents } from "../store/events.ts";
import { readSettings, writeSetting } from "../store/settings.ts";
import { ACCESS_EVENTS } from "./contract.ts";
import {
  type LetterSettings,
  type SecretName,
  SECRETS,
  type SettingKey,
  type Settings,
  SETTING_DEFAULTS,
  SETTINGS,
  type SettingsBody,
  type SettingsWire,
} from "./contract-settings.ts";
import type { Act, Desk } from "./desk.ts";
import { seal, unseal } from "./secret.ts";
import { allSecrets, dropSecret, keepSecret } from "./store-keys.ts";

export type DeskSettings = { readonly [Key in SettingKey]: Settings[Key] | null };
const KEYS = Object.keys(SETTINGS.shape) as readonly SettingKey[];

/** Every setting: what was chosen, else its default. A stored value that no longer fits its form counts as not chosen. */
export async function readDeskSettings(desk: Pick<Desk, "isDemo">, tx: Tx): Promise<DeskSettings> {
  const chosen = await readSettings(tx, KEYS);
  const entries = KEYS.map((key) => {
    const parsed = SETTINGS.shape[key].safeParse(chosen.get(key));
    return [key, parsed.success ? parsed.data : defaultOf(desk, key)] as const;
  });
  return Object.fromEntries(entries) as DeskSettings;
}

/** In a demo one visitor plays everybody, so the second factor is not asked there unless somebody switches it on. */
const defaultOf = ({ isDemo }: Pick<Desk, "isDemo">, key: SettingKey): Settings[SettingKey] | null =>
  key === "access.requireTwoFactor" ? !isDemo : SETTING_DEFAULTS[key];

export async function settingsForPage(desk: Desk, tx: Tx): Promise<SettingsWire> {
  const [values, sealed] = await Promise.all([readDeskSettings(desk, tx), allSecrets(tx)]);
  const secrets = SECRETS.map((name) => {
    const row = sealed.find((one) => one.name === name);
    return [name, { isSet: row !== undefined, changedAt: row?.changedAt.toString() ?? null }] as const;
  });
  return { values, secrets: Object.fromEntries(secrets) as SettingsWire["secrets"] };
}

/** Changes settings and secrets, all or none, with one event that says what changed and never a secret's text. */
export async function changeSettings(
  desk: Desk,
  tx: Tx,
  { actor, now, values = {}, secrets = {} }: Act & SettingsBody,
): Promise<SettingsWire> {
  const old = await readDeskSettings(desk, tx);
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const key of KEYS) {
    const value = values[key];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(old[key])) continue;
    await writeSetting(tx, key, value === null ? undefined : (value as Json));
    before[key] = old[key];
    after[key] = value ?? defaultOf(desk, key);
  }
  const known = new Set((await allSecrets(tx)).map((row) => row.name));
  for (const name of SECRETS) {
    const text = secrets[name];
    if (text === undefined || (text === null && !known.has(name))) continue;
    before[name] = known.has(name) ? "set" : "not set";
    after[name] = text === null ? "removed" : "set";
    await saveSecret(desk, tx, { name, text });
  }
  if (Object.keys(after).length > 0)
    await appendEvents(tx, [
      {
        type: ACCESS_EVENTS.settingsChanged,
        actor,
        at: now,
        subject: { kind: "settings", id: "desk" },
        before,
        after,
        data: { keys: Object.keys(after) },
      },
    ]);
  return settingsForPage(desk, tx);
}

/** Keeps a secret sealed, or with null forgets it. */
export async function saveSecret(
  desk: Desk,
  tx: Tx,
  { name, text }: { readonly name: SecretName; readonly text: string | null },
): Promise<void> {
  if (text === null) await dropSecret(tx, name);
  else await keepSecret(tx, { name, sealed: seal(desk.keys.settings, name, text), changedAt: desk.wall.now() });
}

/** What the desk needs to speak with Microsoft. A member is undefined while nobody has given it. */
export type PartnerCenterSettings = {
  readonly cloud: "commercial" | "us-government";
  readonly tenantId: string | undefined;
  readonly appId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly refreshToken: string | undefined;
};

/** Settings with their secrets opened: only for the connections that need them. */
async function opened(desk: Desk, tx: Tx) {
  const [values, sealed] = await Promise.all([readDeskSettings(desk, tx), allSecrets(tx)]);
  const open = (name: SecretName): string | undefined => {
    const row = sealed.find((one) => one.name === name);
    return row && unseal(desk.keys.settings, name, row.sealed);
  };
  return { values, open };
}

/** For letters alone. */
export async function letterSettings(desk: Desk, tx: Tx): Promise<LetterSettings> {
  const { values, open } = await opened(desk, tx);
  const mail = values["collections.mail"];
  const sms = values["collections.sms"];
  return {
    creditor: values["collections.creditor"] ?? undefined,
    mail: mail === null ? undefined : { ...mail, password: open("collections.mailPassword") },
    sms: sms === null ? undefined : { ...sms, password: open("collections.smsPassword") },
  };
}

/** For Stripe's signatures alone. A demo takes events of the test mode: nothing in it is real. */
export async function stripeSettings(
  desk: Desk,
  tx: Tx,
): Promise<{ readonly secrets: string | undefined; readonly takesTest: boolean }> {
  const { values, open } = await opened(desk, tx);
  return { secrets: open("stripe.webhookSecrets"), takesTest: desk.isDemo || values["stripe.testEvents"] === true };
}

/** For the connection to Microsoft alone. */
export async function partnerCenterSettings(desk: Desk, tx: Tx): Promise<PartnerCenterSettings> {
  const { values, open } = await opened(desk, tx);
  return {
    cloud: values["partner-center.cloud"] ?? "commercial",
    tenantId: values["partner-center.tenantId"] ?? undefined,
    appId: values["partner-center.appId"] ?? undefined,
    clientSecret: open("partner-center.clientSecret"),
    refreshToken: open("partner-center.refreshToken"),
  };
}
