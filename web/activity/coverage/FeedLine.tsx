import { useState } from "react";
import type { FeedWire } from "../../../src/activity/stream/contract.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { Glyph, type Level } from "../../kit/Risk.tsx";

const LEVEL: Readonly<Record<FeedWire["state"], Level>> = {
  stopped: "crit",
  late: "warn",
  unknown: "unknown",
  "on-time": "ok",
};

/** How a feed comes in, in words. */
function feedWord(t: T, feed: string): string {
  if (feed === "file") return t("activity.coverage.intake.file");
  if (feed.startsWith("sync:")) return t("activity.coverage.intake.sync");
  if (feed.startsWith("push:")) return t("activity.coverage.intake.push", { name: feed.slice(5) });
  if (feed.startsWith("pull:")) return t("activity.coverage.intake.pull", { name: feed.slice(5) });
  return feed;
}

/** One feed of a customer: how it stands, how much it told, how late it comes, and its gaps when opened. */
export function FeedLine({ feed }: { readonly feed: FeedWire }) {
  const t = useT();
  const f = useFormat();
  const [isOpen, open] = useState(false);
  const silentMinutes = f.minutesSince(feed.lastAt);
  const facts = [
    t("activity.coverage.events", { n: BigInt(feed.events) }),
    feed.state === "on-time" || feed.state === "unknown"
      ? t("activity.coverage.last", { when: f.moment(feed.lastAt) })
      : t("activity.coverage.silent", { time: f.duration(silentMinutes) }),
    ...(feed.lagSeconds === null || feed.feed === "file"
      ? []
      : [t("activity.coverage.lag", { time: f.duration(Math.round(feed.lagSeconds / 60)) })]),
  ];
  return (
    <span className="col feed-line">
      <span className="row wrap" style={{ gap: 6 }}>
        <Glyph level={LEVEL[feed.state]} size={12} label={t(`activity.coverage.state.${feed.state}`)} />
        <span>{t(`activity.source.${feed.source}`)}</span>
        <span className="tiny ink3">{feedWord(t, feed.feed)}</span>
      </span>
      <span className="tiny ink2 num">
        {facts.join(" · ")}
        {feed.gaps.length > 0 && (
          <>
            {" · "}
            <button type="button" className="linkish" aria-expanded={isOpen} onClick={() => open((was) => !was)}>
              {t("activity.coverage.gaps", { n: feed.gaps.length })}
            </button>
          </>
        )}
      </span>
      {isOpen && (
        <ul className="feed-gaps tiny ink2">
          {feed.gaps.map((gap) => (
            <li key={gap.from}>
              {t(`activity.coverage.gap.${gap.kind}`, {
                from: f.moment(gap.from),
                until: gap.until === null ? t("activity.coverage.gap.now") : f.moment(gap.until),
              })}
            </li>
          ))}
          {feed.usualHours !== null && (
            <li className="ink3">{t("activity.coverage.usual", { time: f.duration(feed.usualHours * 60) })}</li>
          )}
        </ul>
      )}
    </span>
  );
}
