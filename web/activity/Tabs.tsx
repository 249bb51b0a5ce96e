import { useRouterState } from "@tanstack/react-router";
import { useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import "./tabs.css";

const TABS = [
  { name: "search", to: "/activity" },
  { name: "rules", to: "/activity/rules" },
  { name: "suppressions", to: "/activity/suppressions" },
  { name: "coverage", to: "/activity/coverage" },
] as const;

/** The pages of activity, beside the title of each. Each has an address of its own, so these are links. */
export function ActivityTabs() {
  const t = useT();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const active = TABS.findLast(({ to }) => path === to || path.startsWith(`${to}/`));
  return (
    <nav className="tabs" aria-label={t("activity.tabs")}>
      {TABS.map(({ name, to }) => (
        <Go key={name} to={to} className="tab" {...(active?.name === name ? { "aria-current": "page" as const } : {})}>
          {t(`activity.tab.${name}`)}
        </Go>
      ))}
    </nav>
  );
}
