import { Drawer } from "@mantine/core";
import { IconSearch, IconUserCircle } from "@tabler/icons-react";
import { useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { useMay } from "./desk.ts";
import { NAV } from "./nav.ts";
import { NavCount } from "./Rail.tsx";

type MoreSheetProps = { readonly isOpen: boolean; readonly onClose: () => void; readonly onSearch: () => void };

/** On a phone: every page the tab bar has no room for, and the search. */
export function MoreSheet({ isOpen, onClose, onSearch }: MoreSheetProps) {
  const t = useT();
  const can = useMay();
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="bottom"
      size="auto"
      title={t("nav.more")}
      radius="md"
      classNames={{ content: "more-content" }}
    >
      <nav className="more-sheet" aria-label={t("nav.more")}>
        <button type="button" onClick={onSearch}>
          <IconSearch size={20} stroke={1.6} aria-hidden="true" />
          {t("shell.search.title")}
        </button>
        {NAV.slice(1)
          .flat()
          .filter((item) => can(item.permission))
          .map((item) => {
            const Icon = item.icon;
            return (
              <Go key={item.name} to={item.to} onClick={onClose}>
                <Icon size={20} stroke={1.6} aria-hidden="true" />
                {t(`nav.${item.name}`)}
                <NavCount item={item} />
              </Go>
            );
          })}
        <Go to="/account" onClick={onClose}>
          <IconUserCircle size={20} stroke={1.6} aria-hidden="true" />
          {t("nav.account")}
        </Go>
      </nav>
    </Drawer>
  );
}
