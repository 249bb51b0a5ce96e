import { Menu } from "@mantine/core";
import { IconLogout, IconMoon, IconSun, IconSunMoon, IconUserCircle } from "@tabler/icons-react";
import { choose, useChoices } from "../i18n/settings.ts";
import { useT } from "../i18n/t.ts";
import { signOut } from "../access/auth.ts";
import { Ava } from "../kit/Bits.tsx";
import { useGo } from "../kit/Go.tsx";
import { useMe } from "./desk.ts";

const NEXT_SCHEME = { auto: "light", light: "dark", dark: "auto" } as const;
const SCHEME_ICON = { auto: IconSunMoon, light: IconSun, dark: IconMoon } as const;

/** Who is signed in, and what they can change about the page itself. */
export function MeMenu() {
  const t = useT();
  const go = useGo();
  const me = useMe();
  const { language, scheme } = useChoices();
  const SchemeIcon = SCHEME_ICON[scheme];
  const role = t(`role.${me.role}`);
  return (
    <Menu
      withInitialFocusPlaceholder={false}
      position="bottom-end"
      width={220}
      shadow="none"
      radius="md"
      transitionProps={{ duration: 100 }}
    >
      <Menu.Target>
        <button type="button" className="me" aria-label={t("shell.me", { name: me.name, role })}>
          <Ava name={me.name} label={false} />
          <span className="col hide-sm" style={{ lineHeight: 1.15 }}>
            <span className="small b cut">{me.name}</span> <span className="tiny ink3">{role}</span>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown className="me-menu">
        <Menu.Item leftSection={<IconUserCircle size={16} stroke={1.6} />} onClick={() => go("/account")}>
          {t("shell.account")}
        </Menu.Item>
        <Menu.Item
          leftSection={<SchemeIcon size={16} stroke={1.6} />}
          closeMenuOnClick={false}
          onClick={() => choose({ scheme: NEXT_SCHEME[scheme] })}
        >
          {t(`account.scheme.${scheme}`)}
        </Menu.Item>
        <Menu.Item
          leftSection={<span className="lang">{language === "en" ? "SV" : "EN"}</span>}
          lang={language === "en" ? "sv" : "en"}
          onClick={() => choose({ language: language === "en" ? "sv" : "en" })}
        >
          {language === "en" ? "Svenska" : "English"}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.6} />}
          onClick={() => void signOut().then(() => go("/sign-in"))}
        >
          {t("shell.signout")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
