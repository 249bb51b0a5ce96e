import { useEffect, useRef, useState } from "react";
import type { NoticeRowJson } from "../../src/notices/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { clockAt } from "../kit/clock.ts";
import { useNoticeName } from "./notice-words.ts";

/** Minutes before a boundary at which a screen reader is told, once. */
const TOLD_AT_MINUTES = [15, 5] as const;

/** Clocks are not live regions; only crossing 15 minutes, 5 minutes and the limit is said, once each. */
export function ClockAnnouncer({ rows }: { readonly rows: readonly NoticeRowJson[] }) {
  const t = useT();
  const f = useFormat();
  const nameOf = useNoticeName();
  const last = useRef(new Map<string, number>());
  const [said, say] = useState<{ text: string; isUrgent: boolean }>({ text: "", isUrgent: false });
  useEffect(() => {
    for (const row of rows) {
      if (row.clock === null) continue;
      const { leftMinutes, toward } = clockAt(row.clock, f.nowIso);
      const key = `${row.id} ${toward}`;
      const before = last.current.get(key);
      last.current.set(key, leftMinutes);
      if (before === undefined) continue;
      const facts = { notice: nameOf(row), customer: row.customerName ?? row.customerId };
      const crossed = (minutes: number) => before > minutes && leftMinutes <= minutes;
      if (toward === "limit" && crossed(0)) say({ text: t("clocks.say.limit", facts), isUrgent: true });
      else if (TOLD_AT_MINUTES.some(crossed)) {
        const to = t(toward === "aim" ? "clocks.toAim" : "clocks.toLimit");
        say({ text: t("clocks.say.near", { ...facts, time: f.duration(leftMinutes), toward: to }), isUrgent: false });
      }
    }
  }, [rows, f, t, nameOf]);
  return (
    <>
      <span className="sr" aria-live="polite">
        {said.isUrgent ? "" : said.text}
      </span>
      <span className="sr" aria-live="assertive">
        {said.isUrgent ? said.text : ""}
      </span>
    </>
  );
}
