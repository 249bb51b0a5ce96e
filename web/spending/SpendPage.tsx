import { useT } from "../i18n/t.ts";
import { RowsSkeleton } from "../kit/States.tsx";
import { Page } from "../shell/Page.tsx";

export function SpendPage() {
  const t = useT();
  return (
    <Page title={t("nav.spend")}>
      <RowsSkeleton />
    </Page>
  );
}
