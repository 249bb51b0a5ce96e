import { useRouterState } from "@tanstack/react-router";
import { useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import "./tabs.css";

const TABS = [
  { name: "list", to: "/collections" },
  { name: "policies", to: "/collections/policies" },
  { name: "simulations", to: "/collections/simulations" },
  { name: "promises", to: "/collections/promises" },
  { name: "disputes", to: "/collections/disputes" },
  { name: "letters", to: "/collections/letters" },
] as const;

/** The pages of collections, beside the title of each. Each has an address of its own, so these are links. */
export function CollectionsTabs() {
  const t = useT();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const active = TABS.findLast(({ to }) => path === to || path.startsWith(`${to}/`));
  return (
    <nav className="tabs" aria-label={t("collections.tabs")}>
      {TABS.map(({ name, to }) => (
        <Go key={name} to={to} className="tab" {...(active?.name === name ? { "aria-current": "page" as const } : {})}>
          {t(`collections.tab.${name}`)}
        </Go>
      ))}
    </nav>
  );
}
