import { Button, Progress } from "@mantine/core";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import {
  SIMULATION_LISTS,
  type SimulationResultWire,
  type SimulationWire,
} from "../../../src/collections/simulation/contract-simulation.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { useGo } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Glyph, Tag } from "../../kit/Risk.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { CashPanel, WorkPanel } from "./ChartPanels.tsx";
import { AccountsPanel } from "./AccountsPanel.tsx";
import { HappenedPanel, MoneyPanel, TrustPanel } from "./FigurePanels.tsx";
import { LOOK_AGAIN_MS, nameOf, shortOf, STATE_LEVEL, titleOf } from "./SimulationsPage.tsx";
import "./simulation.css";

/** One simulation: how far it is, then what would have happened, to whom, and how far that can be trusted. */
export function SimulationPage() {
  const t = useT();
  const go = useGo();
  const can = useMay();
  const { simulationId } = useParams({ from: "/desk/collections/simulations/$simulationId" });
  const path = `/api/collections/simulations/${simulationId}`;
  const read = useRead<SimulationWire>(["collections", "simulation", simulationId], path, {
    refetchInterval: ({ state }: { state: { data?: SimulationWire | undefined } }) =>
      state.data?.row.finishedAt === null ? LOOK_AGAIN_MS : false,
  } as never);
  const data = read.data;
  useSeen(path, data, can("collections.policy"));
  const isDone = data?.result != null;
  return (
    <Page
      title={data === undefined ? t("simulation.title") : titleOf(data.row, t)}
      beside={
        data && (
          <Tag level={STATE_LEVEL[data.row.state]}>
            {isDone ? t("simulation.tag") : t(`simulation.state.${data.row.state}`)}
          </Tag>
        )
      }
      crumbs={[
        { label: t("nav.collections"), to: "/collections" },
        { label: t("simulation.title"), to: "/collections/simulations" },
      ]}
      keys={
        isDone
          ? [
              {
                keys: "E",
                label: t("simulation.key.export"),
                act: () => window.location.assign(`${path}/accounts.csv`),
              },
            ]
          : []
      }
      actions={
        isDone && (
          <>
            <Button component="a" variant="default" href={`${path}/accounts.csv`} download>
              {t("simulation.export")}
            </Button>
            {can("collections.policy") && (
              <Button
                onClick={() => go(`/collections/policies/${data.row.policy.policyId}?show=${data.row.policy.version}`)}
              >
                {t("simulation.publish")}
              </Button>
            )}
          </>
        )
      }
    >
      <Loaded query={read} title={t("simulation.failed")}>
        {(one) =>
          one.result === null ? (
            <Unfinished data={one} path={path} />
          ) : (
            <Result data={one} result={one.result} path={path} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** Whoever may edit policies and opens a completed simulation has looked at it: once. */
function useSeen(path: string, data: SimulationWire | undefined, may: boolean): void {
  const { mutate } = useWrite((_: string, options) => api.post(`${path}/seen`, {}, options), {
    topics: ["collections"],
  });
  const isNew = may && data !== undefined && data.result !== null && !data.seen;
  useEffect(() => {
    if (isNew) mutate(path);
  }, [isNew, mutate, path]);
}

function Unfinished({ data: { row }, path }: { readonly data: SimulationWire; readonly path: string }) {
  const t = useT();
  const can = useMay();
  const stop = useWrite((_: string, options) => api.post(`${path}/stop`, {}, options), { topics: ["collections"] });
  if (row.finishedAt !== null)
    return (
      <Panel>
        <EmptyState
          level={row.state === "failed" ? "error" : "none"}
          title={row.fault === null ? t(`simulation.state.${row.state}`) : t(`simulation.fault.${row.fault}`)}
        />
      </Panel>
    );
  const { done, of } = row.progress;
  const share = of === null || of === 0 ? undefined : (done / of) * 100;
  return (
    <Panel title={t(`simulation.state.${row.state}`)}>
      <div className="sim-chart col" style={{ gap: 10 }}>
        <Progress
          value={share ?? 100}
          animated
          striped={share === undefined}
          aria-label={t(`simulation.state.${row.state}`)}
          transitionDuration={200}
        />
        <div className="row">
          <span className="num small">{t("simulation.progress", { n: done })}</span>
          {can("collections.policy") && (
            <Button className="push" variant="default" loading={stop.isPending} onClick={() => stop.mutate(path)}>
              {t("simulation.stop")}
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}

type ResultProps = { readonly data: SimulationWire; readonly result: SimulationResultWire; readonly path: string };
function Result({ data, result, path }: ResultProps) {
  const t = useT();
  const f = useFormat();
  const search = useSearch({ from: "/desk/collections/simulations/$simulationId" });
  const list = SIMULATION_LISTS.find((one) => one === search.show) ?? "different";
  const { row } = data;
  return (
    <div className="stk">
      <p className="small ink2" style={{ margin: 0 }}>
        {t("simulation.line", {
          accounts: result.accounts,
          invoices: result.invoices,
          from: f.day(row.from),
          to: f.day(row.to),
          at: f.moment(row.finishedAt ?? row.startedAt),
          seconds: f.decimal(result.seconds, 1),
        })}
      </p>
      <Says data={data} result={result} />
      <div className="sim-two">
        <div className="stk">
          <HappenedPanel data={data} result={result} />
          <AccountsPanel list={list} path={path} name={shortOf(row.policy)} />
        </div>
        <div className="stk">
          <CashPanel result={result} name={shortOf(row.policy)} />
          <MoneyPanel data={data} result={result} />
          <WorkPanel result={result} />
          <TrustPanel result={result} />
        </div>
      </div>
    </div>
  );
}

/** The finding in one sentence or two. */
function Says({ data, result: { customers } }: Pick<ResultProps, "data" | "result">) {
  const t = useT();
  const draft = nameOf(data.row.policy, t);
  const { base, draft: now } = customers.suspended;
  const suspends =
    base === null
      ? t("simulation.says.only", { draft, n: now })
      : base === now
        ? t("simulation.says.same", { draft })
        : t(now < base ? "simulation.says.fewer" : "simulation.says.more", { draft, n: Math.abs(now - base) });
  const wrong = customers.wrong.draft;
  return (
    <p className="sim-says" style={{ margin: 0 }}>
      <Glyph level="info" size={16} />
      <span>
        <b>{suspends}</b> {t("simulation.says.frozen", { n: customers.frozen.draft })}{" "}
        {wrong === 0 ? t("simulation.says.noWrong") : t("simulation.says.wrong", { n: wrong })}
      </span>
    </p>
  );
}
