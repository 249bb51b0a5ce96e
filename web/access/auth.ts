import type { AccountWire } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { choose } from "../i18n/settings.ts";
import { queryClient } from "../query.ts";

/** The sign-in library's addresses, as the desk opens them. Nothing of it is loaded into the page: it is plain JSON. */
const AUTH = "/api/auth";

/** Gives whether a second factor is asked for before anybody is signed in. */
export async function signIn(email: string, password: string): Promise<{ readonly needsCode: boolean }> {
  const answer = await api.post<{ twoFactorRedirect?: boolean }>(`${AUTH}/sign-in/email`, { email, password });
  return { needsCode: answer.twoFactorRedirect === true };
}

export type CodeKind = "totp" | "backup-code";
export const verifyCode = (kind: CodeKind, code: string) =>
  api.post<unknown>(`${AUTH}/two-factor/verify-${kind}`, { code });

/** What follows once somebody is signed in: nothing of another person is left, and their language is taken. */
export async function arrive(): Promise<void> {
  queryClient.clear();
  const account = await api.get<AccountWire>("/api/account").catch(() => undefined);
  if (account?.language) choose({ language: account.language });
}

/** Forgets everything that was read, so that the next person never sees it. */
export async function signOut(): Promise<void> {
  await api.post(`${AUTH}/sign-out`).catch(() => undefined);
  queryClient.clear();
}

export const changePassword = (currentPassword: string, newPassword: string) =>
  api.post<unknown>(`${AUTH}/change-password`, { currentPassword, newPassword });

export type FactorSetUp = { readonly totpURI: string; readonly backupCodes: readonly string[] };
export const startFactor = (password: string) => api.post<FactorSetUp>(`${AUTH}/two-factor/enable`, { password });
export const removeFactor = (password: string) => api.post<unknown>(`${AUTH}/two-factor/disable`, { password });
export const renewBackupCodes = (password: string) =>
  api.post<{ readonly backupCodes: readonly string[] }>(`${AUTH}/two-factor/generate-backup-codes`, { password });
