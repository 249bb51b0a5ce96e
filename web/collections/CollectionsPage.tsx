import { useT } from "../i18n/t.ts";
import { Page } from "../shell/Page.tsx";
import { CollectionsTabs } from "./Tabs.tsx";

export function CollectionsPage() {
  const t = useT();
  return (
    <Page title={t("nav.collections")} beside={<CollectionsTabs />}>
      {null}
    </Page>
  );
}
