import type { HealthWire } from "../../../src/activity/watch/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { type Level, Tag } from "../../kit/Risk.tsx";
import { Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";

const STATE: Readonly<Record<HealthWire["state"], Level>> = { running: "ok", waiting: "crit", never: "unknown" };
const ASKED_EVERY_MS = 5_000;

/** Whether everything that comes in is looked at, and what is in memory for it. */
export function WatchPanel() {
  const t = useT();
  const f = useFormat();
  const read = useRead<HealthWire>(["activity", "watch"], "/api/activity/watch/health", {
    refetchInterval: ASKED_EVERY_MS,
  });
  return (
    <Panel
      title={t("suppress.watch")}
      question={t("suppress.watch.q")}
      aside={
        read.data !== undefined && (
          <>
            <Tag level={STATE[read.data.state]}>{t(`suppress.watch.state.${read.data.state}`)}</Tag>
            {read.data.heardAt !== null && (
              <span className="ink3 num">{t("suppress.watch.heard", { when: f.moment(read.data.heardAt) })}</span>
            )}
          </>
        )
      }
    >
      <Loaded query={read}>{(health) => <Figures health={health} />}</Loaded>
    </Panel>
  );
}

function Figures({ health }: { readonly health: HealthWire }) {
  const t = useT();
  const f = useFormat();
  const own = health.process;
  const count = (n: string) => f.count(BigInt(n));
  const failed = Object.entries(own?.perRule ?? {}).filter(([, one]) => one.failed > 0);
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [
      t("suppress.watch.lag"),
      t("suppress.watch.lag.n", { events: count(health.lagEvents), seconds: f.count(health.lagSeconds) }),
    ],
    [t("suppress.watch.events"), count(health.events)],
    [t("suppress.watch.nobodys"), count(health.nobodys)],
    [
      t("suppress.watch.late"),
      `${count(health.late)}${health.lookBackDays > 0 ? ` · ${t("suppress.watch.lookBack", { n: health.lookBackDays })}` : ""}`,
    ],
    ...(own === null
      ? []
      : ([
          [
            t("suppress.watch.rules"),
            `${f.count(own.rules)}${own.broken > 0 ? ` · ${t("suppress.watch.broken", { n: own.broken })}` : ""}`,
          ],
          [t("suppress.watch.groups"), f.count(own.counters.groups)],
          [t("suppress.watch.evicted"), f.count(own.counters.entriesEvicted)],
        ] as const)),
  ];
  return (
    <div className="sec">
      <dl className="suppress-figures small">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt className="ink3">{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      {failed.length > 0 && (
        <p className="small warn">
          {t("suppress.watch.failed")}:{" "}
          {failed.map(([id, { failed: n }]) => (
            <Go key={id} className="lnk" to={`/activity/rules/${id}`}>
              {id} ({n}){" "}
            </Go>
          ))}
        </p>
      )}
    </div>
  );
}
