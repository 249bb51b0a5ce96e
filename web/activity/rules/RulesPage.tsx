import { useT } from "../../i18n/t.ts";
import { Page } from "../../shell/Page.tsx";

export function RulesPage() {
  const t = useT();
  return <Page title={t("nav.activity")}>{null}</Page>;
}
