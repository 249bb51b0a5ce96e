import type { FeedJson } from "../../src/sync/contract.ts";
import { useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { useMay } from "../shell/desk.ts";

/** No open notice is good news only where one could have arrived. */
export function NoNotices() {
  const t = useT();
  const can = useMay();
  const feeds = useRead<{ readonly feeds: readonly FeedJson[] }>(["sync", "feeds"], "/api/feeds");
  const alerts = feeds.data?.feeds.find((one) => one.feed === "alerts");
  if (alerts === undefined)
    return <EmptyState level="none" title={t("notices.empty")} text={t("notices.empty.fresh")} />;
  if (alerts.finishedAt !== null)
    return (
      <EmptyState
        level="ok"
        title={t("notices.empty")}
        text={`${t("notices.empty.text")} ${t("notices.empty.fresh")}`}
      />
    );
  return (
    <EmptyState
      level="unknown"
      title={t("notices.never")}
      text={t("notices.never.text")}
      action={
        can("settings.manage") && (
          <Go className="more" to="/settings?tab=partner-center">
            {t("notices.never.connect")}
          </Go>
        )
      }
    />
  );
}
