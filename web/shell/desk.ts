import { createContext, useContext } from "react";
import { may, type Permission } from "../../src/access/contract.ts";
import type { DeskWire } from "../../src/today/contract.ts";

/** The desk as the frame read it; inside the frame it is always there. */
export const DeskContext = createContext<DeskWire | undefined>(undefined);

export function useDesk(): DeskWire {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error("invariant broken: useDesk outside the frame");
  return desk;
}

export const useMe = (): DeskWire["me"] => useDesk().me;

/** Whether the signed-in person may: `const can = useMay(); can("notices.claim")`. The server asks the same table. */
export function useMay(): (permission: Permission) => boolean {
  const { role } = useMe();
  return (permission) => may(role, permission);
}
