import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type Permission, PERMISSIONS } from "../../src/access/contract.ts";
import { useT } from "../i18n/t.ts";
import { NoPermission } from "../kit/States.tsx";
import { useDesk, useMay } from "../shell/desk.ts";
import { Page } from "../shell/Page.tsx";
import { ApprovalsTab } from "./ApprovalsTab.tsx";
import { ConnectionTab } from "./ConnectionTab.tsx";
import { DemoTab } from "./DemoTab.tsx";
import { DeskTab } from "./DeskTab.tsx";
import { FeedsTab } from "./FeedsTab.tsx";
import { KeysTab } from "./KeysTab.tsx";
import { LettersTab } from "./LettersTab.tsx";
import { PeopleTab } from "./PeopleTab.tsx";
import { RatesTab } from "./RatesTab.tsx";
import { StripeTab } from "./StripeTab.tsx";
import { useRoleNames } from "./roles.ts";
import "./settings.css";

/** The tabs in their order, each with what it takes to open it. */
const TABS = [
  ["people", "people.manage", PeopleTab],
  ["partner-center", "settings.manage", ConnectionTab],
  ["stripe", "settings.manage", StripeTab],
  ["feeds", "sync.read", FeedsTab],
  ["desk", "settings.manage", DeskTab],
  ["approvals", "settings.manage", ApprovalsTab],
  ["rates", "exposure.read", RatesTab],
  ["letters", "settings.manage", LettersTab],
  ["keys", "people.manage", KeysTab],
  ["demo", "settings.manage", DemoTab],
] as const satisfies readonly (readonly [string, Permission, () => React.ReactNode])[];
type TabName = (typeof TABS)[number][0];

export function SettingsPage() {
  const t = useT();
  const can = useMay();
  const { demo } = useDesk();
  const { tab } = useSearch({ from: "/desk/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const shown = TABS.filter(([name]) => name !== "demo" || demo);
  const open: TabName = shown.find(([name]) => name === tab)?.[0] ?? (can("people.manage") ? "people" : "feeds");
  return (
    <Page title={t("nav.settings")} beside={t("settings.q")}>
      <Tabs
        value={open}
        keepMounted={false}
        onChange={(next) => next && void navigate({ search: (old) => ({ ...old, tab: next }), replace: true })}
      >
        <Tabs.List className="settings-tabs">
          {shown.map(([name]) => (
            <Tabs.Tab key={name} value={name}>
              {t(`settings.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map(([name, permission, Tab]) => (
          <Tabs.Panel key={name} value={name} pt="md">
            {can(permission) ? <Tab /> : <Closed permission={permission} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

/** Who may open it instead: the same table that the server asks. */
function Closed({ permission }: { readonly permission: Permission }) {
  const t = useT();
  const { me } = useDesk();
  const roleNames = useRoleNames();
  const text = t("kit.permission.text", { role: t(`role.${me.role}`), who: roleNames(PERMISSIONS[permission]) });
  return (
    <section className="panel">
      <NoPermission title={t("kit.permission.title")} text={text} />
    </section>
  );
}
