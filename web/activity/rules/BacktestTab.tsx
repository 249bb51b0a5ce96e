import { Button, Progress } from "@mantine/core";
import { useState } from "react";
import type { BacktestRowWire, BacktestsWire, BacktestWire } from "../../../src/activity/lab/contract-backtest.ts";
import type { RuleWire } from "../../../src/activity/lab/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { type Level, Tag } from "../../kit/Risk.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { BacktestResult } from "./BacktestResult.tsx";
import { BacktestStart } from "./BacktestStart.tsx";
import { firstDayOf, lastDayOf, subjectText } from "./backtests.ts";

const LOOK_AGAIN_MS = 1_000;
const STATE_LEVEL: Record<BacktestRowWire["state"], Level> = {
  queued: "none",
  running: "info",
  done: "ok",
  failed: "error",
  stopped: "none",
};

type Props = { readonly rule: RuleWire; readonly text: string | undefined };

/** The rule, a version or the text in the editor, over stored history. */
export function BacktestTab({ rule, text }: Props) {
  const t = useT();
  const can = useMay();
  const [chosen, choose] = useState<string | undefined>();
  const list = useRead<BacktestsWire>(
    ["activity", "backtests", rule.ruleId],
    `/api/activity/rules/${rule.ruleId}/backtests`,
  );
  const shown = chosen ?? list.data?.rows[0]?.backtestId;
  return (
    <div className="stk">
      {can("activity.rules") && <BacktestStart rule={rule} text={text} onStarted={choose} />}
      {shown !== undefined && <OneBacktest key={shown} backtestId={shown} />}
      <Panel title={t("lab.backtest.list")} question={t("lab.backtest.list.q")}>
        <Loaded query={list}>
          {({ rows }) =>
            rows.length === 0 ? (
              <EmptyState level="none" title={t("lab.backtest.none")} />
            ) : (
              <Runs rows={rows} shown={shown} onChoose={choose} />
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}

type RunsProps = {
  readonly rows: readonly BacktestRowWire[];
  readonly shown: string | undefined;
  readonly onChoose: (id: string) => void;
};
function Runs({ rows, shown, onChoose }: RunsProps) {
  const t = useT();
  const f = useFormat();
  return (
    <ul className="rule-finds">
      {rows.map((row) => (
        <li key={row.backtestId}>
          <button
            type="button"
            className="backtest-run"
            aria-current={row.backtestId === shown}
            onClick={() => onChoose(row.backtestId)}
          >
            <span>
              {subjectText(row, t)}
              <span className="small ink3 rules-line">
                {f.day(firstDayOf(row.from))} – {f.day(lastDayOf(row.until))} ·{" "}
                {t("lab.backtest.ran", { name: row.startedBy, at: f.moment(row.startedAt) })}
              </span>
            </span>
            <Tag level={STATE_LEVEL[row.state]}>{t(`lab.backtest.state.${row.state}`)}</Tag>
          </button>
        </li>
      ))}
    </ul>
  );
}
function OneBacktest({ backtestId }: { readonly backtestId: string }) {
  const t = useT();
  const read = useRead<BacktestWire>(["activity", "backtest", backtestId], `/api/activity/backtests/${backtestId}`, {
    refetchInterval: ({ state }: { state: { data?: BacktestWire | undefined } }) =>
      state.data?.row.finishedAt === null ? LOOK_AGAIN_MS : false,
  } as never);
  return (
    <Loaded query={read}>
      {({ row, result }) =>
        result !== null ? (
          <BacktestResult row={row} result={result} />
        ) : row.finishedAt === null ? (
          <Unfinished row={row} />
        ) : (
          <Panel>
            <EmptyState
              level={row.state === "failed" ? "error" : "none"}
              title={t(row.fault === null ? `lab.backtest.state.${row.state}` : `lab.backtest.fault.${row.fault}`)}
            />
          </Panel>
        )
      }
    </Loaded>
  );
}

function Unfinished({ row }: { readonly row: BacktestRowWire }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const { permille, events, perSecond, secondsLeft } = row.progress;
  const stop = useWrite((id: string, options) => api.post(`/api/activity/backtests/${id}/stop`, {}, options), {
    topics: ["activity"],
  });
  const says = [
    t("lab.backtest.progress", {
      percent: f.percent(permille / 1_000),
      events: f.count(events),
      speed: f.count(perSecond ?? 0),
    }),
    ...(secondsLeft === null
      ? []
      : [t("lab.backtest.left", { time: secondsLeft < 60 ? `${secondsLeft} s` : f.duration(secondsLeft / 60) })]),
  ];
  return (
    <Panel title={subjectText(row, t)} question={t(`lab.backtest.state.${row.state}`)}>
      <div className="sec col" style={{ gap: 10 }}>
        <Progress
          value={permille / 10}
          animated
          aria-label={t(`lab.backtest.state.${row.state}`)}
          transitionDuration={200}
        />
        <div className="row wrap">
          <span className="num small" role="status">
            {row.state === "queued" ? t("lab.backtest.state.queued") : says.join(" · ")}
          </span>
          {can("activity.rules") && (
            <Button
              className="push"
              variant="default"
              loading={stop.isPending}
              onClick={() => stop.mutate(row.backtestId)}
            >
              {t("lab.backtest.stop")}
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}
