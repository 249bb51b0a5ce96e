import type { Access } from "./access/access.ts";
import type { Slices } from "./main-slices.ts";
import type { Store } from "./store/contract.ts";

/** What the demo's steps work with. */
export type DemoWorld = { readonly slices: Slices; readonly access: Access };
export type StepParts = DemoWorld & {
  readonly store: Store;
  readonly simulatorUrl: string;
};
