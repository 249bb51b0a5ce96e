import type { TodayWire } from "../../src/today/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useMay } from "../shell/desk.ts";

/** No clocks is good news only when the feed is on time. With a silent feed the panel says so first. */
export function ClocksEmpty({ today }: { readonly today: TodayWire }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const feed = today.coverage?.feeds.find((one) => one.feed === "alerts");
  if (feed === undefined || feed.state === "never")
    return (
      <EmptyState
        level="unknown"
        title={t("clocks.never")}
        text={t("clocks.never.text")}
        action={
          can("settings.manage") && (
            <Go className="button" to="/settings?tab=partner-center">
              {t("clocks.connect")}
            </Go>
          )
        }
      />
    );
  const asked = feed.finishedAt ?? feed.newestFactAt;
  const ago = asked ? t("kit.ago", { time: f.duration(f.minutesSince(asked)) }) : t("kit.unknown");
  if (feed.state !== "on-time")
    return (
      <EmptyState
        level="warn"
        title={t("clocks.silent")}
        text={asked ? t("clocks.silent.text", { ago }) : t("clocks.silent.never")}
      />
    );
  const { average } = today;
  const last =
    average?.averageMinutes != null
      ? t("clocks.good.last", { n: average.answeredCount, average: f.duration(average.averageMinutes) })
      : "";
  return (
    <EmptyState
      level="ok"
      title={t("clocks.good")}
      text={`${t("clocks.good.text", { ago })} ${last}`}
      action={
        <Go className="more" to="/notices?status=answered">
          {t("clocks.answered", { n: average?.answeredCount ?? 0 })}
        </Go>
      }
    />
  );
}
