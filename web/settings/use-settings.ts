import type { SettingsBody, SettingsWire } from "../../src/access/contract-settings.ts";
import { api } from "../api.ts";
import { useRead, useWrite } from "../query.ts";

export const useSettings = () =>
  useRead<SettingsWire>(["settings", "all"], "/api/settings", { refetchInterval: false });

/** Saves some settings; the others stay as they are. */
export const useSaveSettings = (onDone?: () => void) =>
  useWrite((body: SettingsBody, options) => api.put<SettingsWire>("/api/settings", body, options), {
    topics: ["settings", "access", "exposure"],
    ...(onDone && { onDone }),
  });
