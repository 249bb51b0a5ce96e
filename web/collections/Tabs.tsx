import { useT } from "../i18n/t.ts";
import { PageTabs } from "../kit/PageTabs.tsx";

const TABS = [
  { name: "list", to: "/collections" },
  { name: "policies", to: "/collections/policies" },
  { name: "simulations", to: "/collections/simulations" },
  { name: "promises", to: "/collections/promises" },
  { name: "disputes", to: "/collections/disputes" },
  { name: "letters", to: "/collections/letters" },
] as const;

/** The pages of collections, beside the title of each. */
export function CollectionsTabs() {
  const t = useT();
  const tabs = TABS.map(({ name, to }) => ({ to, label: t(`collections.tab.${name}`) }));
  return <PageTabs label={t("collections.tabs")} tabs={tabs} />;
}
