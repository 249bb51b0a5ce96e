import { useRef, useState } from "react";
import type { HistogramWire } from "../../../src/activity/stream/contract.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Legend } from "../../kit/Bits.tsx";
import { ChartFrame } from "../../kit/Chart.tsx";

const HEIGHT = 96;
/** A bar that holds anything is seen, however tall its neighbours are. */
const BAR_MIN_PX = 2;

type Bar = { readonly at: Temporal.Instant; readonly count: number; readonly failures: number };
type Props = {
  readonly data: HistogramWire;
  /** Narrows the search to this stretch. */
  readonly onNarrow: (from: string, until: string) => void;
};

/** Every bucket of the stretch, also the empty ones. */
function barsOf(data: HistogramWire): readonly Bar[] {
  const width = data.seconds * 1_000;
  const first = Math.floor(Temporal.Instant.from(data.from).epochMilliseconds / width);
  const last = Math.ceil(Temporal.Instant.from(data.until).epochMilliseconds / width);
  const told = new Map(
    data.buckets.map((bucket) => [Math.round(Temporal.Instant.from(bucket.at).epochMilliseconds / width), bucket]),
  );
  return Array.from({ length: Math.max(1, last - first) }, (_, n) => ({
    at: Temporal.Instant.fromEpochMilliseconds((first + n) * width),
    count: told.get(first + n)?.count ?? 0,
    failures: told.get(first + n)?.failures ?? 0,
  }));
}

/** Events over the time. A press on a bar, or a drag over several, narrows the search to them; the table does the same by keyboard. */
export function Histogram({ data, onNarrow }: Props) {
  const t = useT();
  const f = useFormat();
  const bars = barsOf(data);
  const narrow = (a: number, b: number) => {
    const from = bars[Math.min(a, b)]?.at;
    const until = bars[Math.max(a, b)]?.at.add({ seconds: data.seconds });
    if (from !== undefined && until !== undefined) onNarrow(from.toString(), until.toString());
  };
  const failures = bars.reduce((sum, bar) => sum + bar.failures, 0);
  const table = {
    columns: [t("activity.histogram.time"), t("activity.histogram.count"), t("activity.histogram.failed")],
    rows: bars.flatMap((bar, n) =>
      bar.count === 0
        ? []
        : [
            [
              <button key="at" type="button" className="linkish num" onClick={() => narrow(n, n)}>
                {f.moment(bar.at.toString())}
              </button>,
              f.count(bar.count),
              f.count(bar.failures),
            ],
          ],
    ),
  };
  return (
    <ChartFrame label={t("activity.histogram.label", { n: data.total, failures })} table={table} height={HEIGHT + 22}>
      <Bars bars={bars} seconds={data.seconds} onNarrow={narrow} />
      <div className="row wrap tiny ink3 histogram-foot">
        <Legend
          items={[
            { label: t("activity.histogram.others"), tone: "var(--s-data-2)" },
            { label: t("activity.histogram.failed"), tone: "var(--s-warn-fill)" },
          ]}
        />
        <span className="hide-sm">{t("activity.histogram.hint")}</span>
      </div>
    </ChartFrame>
  );
}

type BarsProps = {
  readonly bars: readonly Bar[];
  readonly seconds: number;
  readonly onNarrow: (a: number, b: number) => void;
};

function Bars({ bars, seconds, onNarrow }: BarsProps) {
  const t = useT();
  const f = useFormat();
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | undefined>(undefined);
  const [over, setOver] = useState<number | undefined>(undefined);
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const barAt = (event: React.PointerEvent): number => {
    const area = box.current?.getBoundingClientRect();
    if (area === undefined || area.width === 0) return 0;
    const at = Math.floor(((event.clientX - area.left) / area.width) * bars.length);
    return Math.max(0, Math.min(bars.length - 1, at));
  };
  const isChosen = (n: number) =>
    drag !== undefined && n >= Math.min(drag.from, drag.to) && n <= Math.max(drag.from, drag.to);
  const shown = over === undefined ? undefined : bars[over];
  return (
    <>
      <div
        ref={box}
        className="histogram"
        style={{ height: HEIGHT }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: barAt(event), to: barAt(event) });
        }}
        onPointerMove={(event) => {
          const at = barAt(event);
          setOver(at);
          if (drag !== undefined) setDrag({ ...drag, to: at });
        }}
        onPointerLeave={() => setOver(undefined)}
        onPointerCancel={() => setDrag(undefined)}
        onPointerUp={() => {
          if (drag !== undefined) onNarrow(drag.from, drag.to);
          setDrag(undefined);
        }}
      >
        {bars.map((bar, n) => (
          <span key={bar.at.epochMilliseconds} className={`histogram-bar ${isChosen(n) ? "chosen" : ""}`}>
            {bar.count > 0 && (
              <>
                <i style={{ height: part(bar.count - bar.failures, most), background: "var(--s-data-2)" }} />
                <i style={{ height: part(bar.failures, most), background: "var(--s-warn-fill)" }} />
              </>
            )}
          </span>
        ))}
      </div>
      <div className="row tiny ink3 num histogram-axis">
        <span>{f.moment(bars[0]?.at.toString() ?? "")}</span>
        <span className="histogram-over">
          {shown !== undefined &&
            t("activity.histogram.bar", {
              when: f.moment(shown.at.toString()),
              count: shown.count,
              failures: shown.failures,
            })}
        </span>
        <span className="push">{f.moment(bars.at(-1)?.at.add({ seconds }).toString() ?? "")}</span>
      </div>
    </>
  );
}
const part = (count: number, most: number): number =>
  count === 0 ? 0 : Math.max(BAR_MIN_PX, Math.round((count / most) * (HEIGHT - 4)));
