import { api } from "../api.ts";
import { queryClient } from "../query.ts";

/** Forgets everything that was read, so that the next person never sees it. */
export async function signOut(): Promise<void> {
  await api.post("/api/auth/sign-out").catch(() => undefined);
  queryClient.clear();
}
