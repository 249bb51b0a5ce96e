/** What Microsoft's stand-in itself has, whatever the desk believes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./program.ts";

type Named = { readonly id: string; readonly customerId: string; readonly customer: string; readonly status: string };
export type Seat = Named & {
  readonly name: string;
  readonly product: string;
  readonly quantity: number;
  readonly autoRenewEnabled: boolean;
  readonly scheduledNextTermInstructions: unknown;
};
export type SimState = {
  readonly subscriptions: readonly Seat[];
  readonly entitlements: readonly (Named & { readonly name: string })[];
  readonly alerts: readonly (Named & { readonly kind: string; readonly resolvedReason: string | null })[];
};
/** A call that changed something at Microsoft. */
export type Effect = { readonly method: string; readonly path: string; readonly requestId: string };

export type Microsoft = {
  state(): Promise<SimState>;
  effects(): Promise<readonly Effect[]>;
  /** A cancellation takes this long; a simulator that starts again has forgotten it. */
  cancelTakes(seconds: number): Promise<void>;
};

export function microsoftOf(program: Program): Microsoft {
  const ask = <T>(path: string, body?: unknown): Promise<T> =>
    program.steady(async () => {
      const file = join(program.folder, "simulator", "running.json");
      const { url } = JSON.parse(readFileSync(file, "utf8")) as { url: string };
      const json = { "content-type": "application/json" };
      const init = body === undefined ? {} : { method: "POST", headers: json, body: JSON.stringify(body) };
      const answer = await fetch(url + path, init);
      if (!answer.ok) throw new Error(`the simulator answered ${path} with ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    });
  return {
    state: () => ask("/sim/state"),
    effects: async () => (await ask<{ requests: readonly Effect[] }>("/sim/requests?effect=true")).requests,
    cancelTakes: async (seconds) => void (await ask("/sim/settings", { speedCancelSeconds: seconds })),
  };
}
