import type { NoticeRowJson } from "../../src/notices/contract.ts";
import type { TodayWire } from "../../src/today/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Ava, K } from "../kit/Bits.tsx";
import { clockAt } from "../kit/clock.ts";
import { ClockAxis, ClockTrack } from "../kit/ClockTrack.tsx";
import { TimeLeft } from "../kit/TimeLeft.tsx";
import { Go } from "../kit/Go.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, useLevelWord } from "../kit/Risk.tsx";
import { ErrorState, useProblemText } from "../kit/States.tsx";
import { AverageForecast } from "./AverageForecast.tsx";
import { ClockAnnouncer } from "./ClockAnnouncer.tsx";
import { ClocksEmpty } from "./ClocksEmpty.tsx";
import type { Claim } from "./claim.ts";
import { isBlind } from "./Coverage.tsx";
import { DueStrip } from "./DueStrip.tsx";
import { useNoticeName } from "./notice-words.ts";
import { RatePerHour } from "./RatePerHour.tsx";

type FeedName = NonNullable<TodayWire["coverage"]>["feeds"][number]["feed"];

type ClocksProps = {
  readonly today: TodayWire;
  readonly selectedId: string | undefined;
  readonly claim: Claim;
  readonly onRetry: () => void;
};

export function Clocks({ today, selectedId, claim, onRetry }: ClocksProps) {
  const t = useT();
  const problemText = useProblemText();
  const { notices, average, due, coverage } = today;
  const hasRead = (name: FeedName): boolean =>
    coverage?.feeds.some((feed) => feed.feed === name && !isBlind(feed)) ?? true;
  return (
    <Panel
      title={t("clocks.title")}
      question={t("clocks.q")}
      aside={notices && notices.rows.length > 0 ? <span className="ink3 hide-sm">{t("clocks.sort")}</span> : null}
    >
      {notices === null ? (
        <ErrorState error={undefined} title={t("clocks.failed")} text={t("clocks.failed.text")} onRetry={onRetry} />
      ) : notices.rows.length === 0 ? (
        <ClocksEmpty today={today} />
      ) : (
        <NoticeRows rows={notices.rows} total={notices.total} selectedId={selectedId} claim={claim} />
      )}
      {claim.error && (
        <p className="small crit sec" role="alert">
          {problemText(claim.error)}
        </p>
      )}
      {average && (average.answeredCount > 0 || hasRead("alerts")) && <AverageForecast average={average} />}
      {due && due.length > 0 && <DueStrip cells={due} hasSubscriptions={hasRead("subscriptions")} />}
      {notices && <ClockAnnouncer rows={notices.rows} />}
    </Panel>
  );
}

type NoticeRowsProps = Pick<ClocksProps, "selectedId" | "claim"> & {
  readonly rows: readonly NoticeRowJson[];
  readonly total: number;
};

function NoticeRows({ rows, total, selectedId, claim }: NoticeRowsProps) {
  const t = useT();
  const currencies = new Set(rows.flatMap(({ running }) => (running.known ? [running.perHour.currency] : [])));
  const currency = currencies.size === 1 ? [...currencies][0] : undefined;
  return (
    <div className="clocks">
      <div className="clock head hide-sm label" aria-hidden="true">
        <span />
        <span>{t("clocks.notice")}</span>
        <ClockAxis />
        <span className="right">{t("clocks.left")}</span>
        <span className="right">{currency ? t("clocks.rate", { currency }) : t("clocks.rate.any")}</span>
        <span>{t("clocks.who")}</span>
      </div>
      <ul>
        {rows.map((row) => (
          <NoticeRow
            key={row.id}
            row={row}
            isSelected={row.id === selectedId}
            claim={claim}
            hasOneCurrency={currency !== undefined}
          />
        ))}
      </ul>
      {total > rows.length && (
        <Go className="more clocks-more" to="/notices">
          {t("clocks.more", { n: total - rows.length })}
        </Go>
      )}
    </div>
  );
}

type NoticeRowProps = {
  readonly row: NoticeRowJson;
  readonly isSelected: boolean;
  readonly claim: Claim;
  readonly hasOneCurrency: boolean;
};

function NoticeRow({ row, isSelected, claim, hasOneCurrency }: NoticeRowProps) {
  const t = useT();
  const f = useFormat();
  const levelWord = useLevelWord();
  const nameOf = useNoticeName();
  const clock = row.clock && clockAt(row.clock, f.nowIso);
  const level = clock === null || clock.tone === "ok" ? "none" : clock.tone;
  return (
    <li className={`clock ${isSelected ? "sel" : ""}`} {...(isSelected ? { "aria-current": true } : {})}>
      <Glyph level={level} label={levelWord(level)} />
      <span className="col cut what">
        <Go className="lnk cut" to={`/notices/${row.id}`}>
          {nameOf(row)}
        </Go>
        <span className="ink3 small cut" title={row.customerName ?? row.customerId}>
          {row.customerName ?? row.customerId} · <span className="num">{f.moment(row.detectedAt)}</span>
        </span>
      </span>
      {clock && (
        <>
          <span className="track">
            <ClockTrack elapsedMinutes={clock.elapsedMinutes} tone={clock.tone} />
          </span>
          <span className="col right left">
            <span className={`num b ${clock.tone === "ok" ? "" : clock.tone}`}>
              <TimeLeft clock={clock} />
            </span>
            <span className="tiny ink3">
              {t(
                clock.leftMinutes < 0 ? "clocks.overLimit" : clock.toward === "aim" ? "clocks.toAim" : "clocks.toLimit",
              )}
            </span>
          </span>
        </>
      )}
      <span className="right rate">
        <RatePerHour running={row.running} withCode={!hasOneCurrency} />
      </span>
      <Who row={row} claim={claim} isSelected={isSelected} />
    </li>
  );
}

function Who({ row, claim, isSelected }: Pick<NoticeRowProps, "row" | "claim" | "isSelected">) {
  const t = useT();
  const nameOf = useNoticeName();
  if (row.claimedBy)
    return (
      <span className="row who" style={{ gap: 5 }} title={row.claimedBy.name}>
        <Ava name={row.claimedBy.name} />
        <span className="small ink2 cut hide-sm" aria-hidden="true">
          {row.claimedBy.name.split(" ")[0]}
        </span>
      </span>
    );
  if (!claim.mayClaim)
    return (
      <span className="row who">
        <Ava name={null} />
      </span>
    );
  return (
    <span className="row who">
      <button type="button" className="claim" disabled={claim.busyId === row.id} onClick={() => claim.ask(row)}>
        {claim.busyId === row.id ? t("kit.sending") : t("clocks.claim")}{" "}
        {isSelected && (
          <span className="hide-sm">
            <K>C</K>
          </span>
        )}
        <span className="sr">
          {nameOf(row)}, {row.customerName ?? row.customerId}
        </span>
      </button>
    </span>
  );
}
