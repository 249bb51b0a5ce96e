import type { NewId } from "../core/ids.ts";
import type { Clock } from "../core/time.ts";
import type { Actor, Store } from "../store/contract.ts";
import type { PersonRow } from "./store-people.ts";
import type { Keys } from "./secret.ts";

/** What every service of this slice works with. */
export type Desk = {
  readonly store: Store;
  readonly keys: Keys;
  /** The desk's clock, which a demo or drill may set: what events are dated by. */
  readonly clock: Clock;
  /** The real time: what sessions, links and limits end by. A drill that moves the desk's clock must not sign people out. */
  readonly wall: Clock;
  readonly baseUrl: string;
  readonly isDemo: boolean;
  readonly newId: NewId;
};

/** Where a request came from, for the list of sessions. */
export type Origin = { readonly ip: string; readonly userAgent: string | null };

/** Who acts, at the desk's time. */
export type Act = { readonly actor: Actor; readonly now: Temporal.Instant };

export const actorOfRow = ({ id, name }: Pick<PersonRow, "id" | "name">): Actor => ({ kind: "person", id, name });
export const personSubject = (id: string) => ({ kind: "person", id }) as const;
