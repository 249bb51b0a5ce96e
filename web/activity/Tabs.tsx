import { useT } from "../i18n/t.ts";
import { PageTabs } from "../kit/PageTabs.tsx";

const TABS = [
  { name: "search", to: "/activity" },
  { name: "rules", to: "/activity/rules" },
  { name: "suppressions", to: "/activity/suppressions" },
  { name: "coverage", to: "/activity/coverage" },
] as const;

/** The pages of activity, beside the title of each. */
export function ActivityTabs() {
  const t = useT();
  const tabs = TABS.map(({ name, to }) => ({ to, label: t(`activity.tab.${name}`) }));
  return <PageTabs label={t("activity.tabs")} tabs={tabs} />;
}
