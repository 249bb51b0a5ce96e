import { useRouterState } from "@tanstack/react-router";
import { Go } from "./Go.tsx";
import "./page-tabs.css";

type PageTabsProps = {
  /** What the pages have in common. */
  readonly label: string;
  readonly tabs: readonly { readonly to: string; readonly label: string }[];
};

/** The pages of one subject, beside the title of each. Each has an address of its own, so these are links. */
export function PageTabs({ label, tabs }: PageTabsProps) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const active = tabs.findLast(({ to }) => path === to || path.startsWith(`${to}/`));
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Go key={tab.to} to={tab.to} className="tab" {...(active === tab ? { "aria-current": "page" as const } : {})}>
          {tab.label}
        </Go>
      ))}
    </nav>
  );
}
