import {
  IconActivity,
  IconBell,
  IconBuilding,
  IconBuildingBank,
  IconChartAreaLine,
  IconChecklist,
  IconFileImport,
  IconFingerprint,
  IconCoins,
  IconFolder,
  IconReceipt,
  IconSettings,
  IconSun,
} from "@tabler/icons-react";
import type { Permission } from "../../src/access/contract.ts";
import type { DeskWire } from "../../src/today/contract.ts";

export const NAV_NAMES = [
  "today",
  "notices",
  "cases",
  "decisions",
  "customers",
  "receivables",
  "import",
  "moneyIn",
  "spend",
  "collections",
  "activity",
  "audit",
  "settings",
] as const;
export type NavName = (typeof NAV_NAMES)[number];

export type NavItem = {
  readonly name: NavName;
  readonly to: string;
  readonly icon: typeof IconSun;
  /** An item one may not open is absent. */
  readonly permission: Permission;
  readonly count?: keyof Pick<DeskWire["counts"], "notices" | "cases" | "decisions" | "customers">;
  /** Second letter of `G …`. */
  readonly letter?: string;
};

/** The rail in groups. What waits for an answer first, then whom it is about, then the desk itself. */
export const NAV: readonly (readonly NavItem[])[] = [
  [
    { name: "today", to: "/", icon: IconSun, permission: "desk.read", letter: "t" },
    { name: "notices", to: "/notices", icon: IconBell, permission: "notices.read", count: "notices", letter: "n" },
    { name: "cases", to: "/cases", icon: IconFolder, permission: "cases.read", count: "cases", letter: "c" },
    {
      name: "decisions",
      to: "/decisions",
      icon: IconChecklist,
      permission: "proposals.read",
      count: "decisions",
      letter: "d",
    },
  ],
  [
    {
      name: "customers",
      to: "/customers",
      icon: IconBuilding,
      permission: "customers.read",
      count: "customers",
      letter: "u",
    },
    { name: "receivables", to: "/receivables", icon: IconReceipt, permission: "receivables.read", letter: "r" },
    { name: "import", to: "/import", icon: IconFileImport, permission: "receivables.import", letter: "i" },
    { name: "moneyIn", to: "/money-in", icon: IconBuildingBank, permission: "receivables.read", letter: "m" },
    { name: "spend", to: "/spend", icon: IconChartAreaLine, permission: "spending.read", letter: "s" },
    { name: "collections", to: "/collections", icon: IconCoins, permission: "collections.read", letter: "l" },
    { name: "activity", to: "/activity", icon: IconActivity, permission: "activity.read", letter: "v" },
  ],
  [
    { name: "audit", to: "/audit", icon: IconFingerprint, permission: "audit.read", letter: "a" },
    { name: "settings", to: "/settings", icon: IconSettings, permission: "desk.read" },
  ],
];

/** Whether a path belongs under an item: `/cases/42` under Cases, `/` only under Today. */
export const isUnder = (path: string, item: NavItem): boolean =>
  item.to === "/" ? path === "/" : path === item.to || path.startsWith(`${item.to}/`);
