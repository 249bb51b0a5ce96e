import { useLocation } from "@tanstack/react-router";
import { IconDots } from "@tabler/icons-react";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { useDesk } from "./desk.ts";
import { isUnder, NAV } from "./nav.ts";

/** The four things that cannot wait, under the thumb; everything else under More. */
export function TabBar({ onMore }: { readonly onMore: () => void }) {
  const t = useT();
  const f = useFormat();
  const { pathname } = useLocation();
  const { counts } = useDesk();
  const tabs = NAV[0] ?? [];
  const isElsewhere = !tabs.some((item) => isUnder(pathname, item));
  return (
    <nav className="tabbar" aria-label={t("shell.nav")}>
      {tabs.map((item) => {
        const isOn = isUnder(pathname, item);
        const n = item.count === "notices" || item.count === "decisions" ? counts[item.count] : 0;
        const Icon = item.icon;
        return (
          <Go key={item.name} to={item.to} className={isOn ? "on" : ""} aria-current={isOn ? "page" : undefined}>
            <Icon size={20} stroke={1.6} aria-hidden="true" />
            {t(`nav.${item.name}`)}
            {n > 0 && (
              <b className={item.count === "notices" && counts.noticeClockRunning ? "" : "calm"}>
                {f.count(n)}
                <span className="sr"> {t("nav.waiting")}</span>
              </b>
            )}
          </Go>
        );
      })}
      <button type="button" className={isElsewhere ? "on" : ""} onClick={onMore} aria-haspopup="dialog">
        <IconDots size={20} stroke={1.6} aria-hidden="true" />
        {t("nav.more")}
      </button>
    </nav>
  );
}
