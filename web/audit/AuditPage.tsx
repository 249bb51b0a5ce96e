import { useT } from "../i18n/t.ts";
import { RowsSkeleton } from "../kit/States.tsx";
import { Page } from "../shell/Page.tsx";

export function AuditPage() {
  const t = useT();
  return (
    <Page title={t("nav.audit")}>
      <RowsSkeleton />
    </Page>
  );
}
