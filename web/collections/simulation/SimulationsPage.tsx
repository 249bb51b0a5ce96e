import { Button, NumberInput, Select } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { PoliciesWire, VersionRowWire } from "../../../src/collections/policy/contract-wire.ts";
import type { SimulationRowWire } from "../../../src/collections/simulation/contract-simulation.ts";
import { DEFAULT_MODEL, type ResponseModel } from "../../../src/collections/simulation/contract-model.ts";
import { api } from "../../api.ts";
import { type T, useFormat, useT } from "../../i18n/t.ts";
import { DayField } from "../../kit/DayField.tsx";
import { Go, useGo } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Tag } from "../../kit/Risk.tsx";
import { EmptyState, Loaded, useProblemText, Why } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { usePolicyName } from "../policy/parts.tsx";
import { CollectionsTabs } from "../Tabs.tsx";
import "./simulation.css";

type ListWire = { readonly rows: readonly SimulationRowWire[] };
export const STATE_LEVEL = { queued: "none", running: "info", done: "ok", failed: "error", stopped: "none" } as const;
/** How often a running simulation is looked at. */
export const LOOK_AGAIN_MS = 1_000;

/** Policies are tried here on what has happened, before any customer meets them. */
export function SimulationsPage() {
  const t = useT();
  const can = useMay();
  const policies = useRead<PoliciesWire>(["collections", "policies"], "/api/collections/policies");
  return (
    <Page
      title={t("simulation.title")}
      beside={<CollectionsTabs />}
      crumbs={[{ label: t("nav.collections"), to: "/collections" }]}
    >
      <div className="stk">
        <Loaded query={policies}>
          {(data) => (
            <Panel title={t("simulation.new")} question={t("simulation.new.q")}>
              {data.versions.length === 0 ? (
                <EmptyState
                  level="none"
                  title={t("simulation.noPolicies")}
                  action={
                    <Go className="lnk" to="/collections/policies">
                      {t("collections.tab.policies")}
                    </Go>
                  }
                />
              ) : can("collections.policy") ? (
                <StartForm data={data} />
              ) : (
                <Why>{t("simulation.mayNot")}</Why>
              )}
            </Panel>
          )}
        </Loaded>
        <Simulations />
      </div>
    </Page>
  );
}

const idOf = ({ policyId, version }: Pick<VersionRowWire, "policyId" | "version">): string => `${policyId}:${version}`;
const refOf = (id: string) => ({ policyId: id.split(":")[0] ?? "", version: Number(id.split(":")[1]) });

function StartForm({ data }: { readonly data: PoliciesWire }) {
  const t = useT();
  const go = useGo();
  const problem = useProblemText();
  const { q } = useSearch({ from: "/desk/collections/simulations" });
  const first = data.versions.find((one) => idOf(one) === q) ?? data.versions[0];
  const inForce = data.versions.find((one) => one.state === "in-force" && one !== first);
  const [policy, setPolicy] = useState(first === undefined ? "" : idOf(first));
  const [against, setAgainst] = useState(inForce === undefined ? "" : idOf(inForce));
  const [span, setSpan] = useState(() => lastYear(data.day));
  const [model, setModel] = useState<ResponseModel>(DEFAULT_MODEL);
  const start = useWrite(
    (body: unknown, options) => api.post<{ simulationId: string }>("/api/collections/simulations", body, options),
    { topics: ["collections"], onDone: ({ simulationId }) => go(`/collections/simulations/${simulationId}`) },
  );
  const name = usePolicyName(data.packs);
  const versions = data.versions.map((one) => ({
    value: idOf(one),
    label: t("simulation.version", { name: name(one), version: String(one.version) }),
  }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ policy: refOf(policy), ...(against === "" ? {} : { against: refOf(against) }), ...span, model });
      }}
    >
      <div className="sim-form">
        <Select
          label={t("simulation.policy")}
          data={versions}
          value={policy}
          onChange={(value) => setPolicy(value ?? policy)}
          allowDeselect={false}
        />
        <Select
          label={t("simulation.against")}
          data={[{ value: "", label: t("simulation.observed") }, ...versions]}
          value={against}
          onChange={(value) => setAgainst(value ?? "")}
          allowDeselect={false}
        />
        <DayField label={t("simulation.from")} value={span.from} onChange={(from) => setSpan({ ...span, from })} />
        <DayField label={t("simulation.to")} value={span.to} onChange={(to) => setSpan({ ...span, to })} />
        <Button type="submit" loading={start.isPending}>
          {t("simulation.start")}
        </Button>
      </div>
      {start.error && <EmptyState level="error" title={problem(start.error)} />}
      <ModelFields model={model} onChange={setModel} t={t} />
    </form>
  );
}

/** The twelve whole months before this one. */
function lastYear(day: string): { readonly from: string; readonly to: string } {
  const month = Temporal.PlainDate.from(day).with({ day: 1 });
  return { from: month.subtract({ months: 12 }).toString(), to: month.subtract({ days: 1 }).toString() };
}

const MOST: Readonly<Record<keyof ResponseModel, number>> = {
  letterDays: 60,
  callDays: 60,
  freezeDays: 60,
  suspendDays: 60,
  frozenPercent: 100,
  wrongDays: 30,
  letterMinutes: 240,
  callMinutes: 240,
  approvalMinutes: 240,
};
function ModelFields({
  model,
  onChange,
  t,
}: {
  readonly model: ResponseModel;
  readonly onChange: (model: ResponseModel) => void;
  readonly t: T;
}) {
  return (
    <details className="sim-model">
      <summary>{t("simulation.assume")}</summary>
      <p className="small ink2" style={{ padding: "0 14px" }}>
        {t("simulation.assume.text")}
      </p>
      <div className="sim-form">
        {(Object.keys(MOST) as (keyof ResponseModel)[]).map((name) => (
          <NumberInput
            key={name}
            label={t(`simulation.model.${name}`)}
            value={model[name]}
            min={name === "wrongDays" ? 1 : 0}
            max={MOST[name]}
            allowDecimal={false}
            onChange={(value) => typeof value === "number" && onChange({ ...model, [name]: value })}
          />
        ))}
      </div>
    </details>
  );
}

function Simulations() {
  const t = useT();
  const f = useFormat();
  const list = useRead<ListWire>(["collections", "simulations"], "/api/collections/simulations");
  return (
    <Panel title={t("simulation.list")} question={t("simulation.list.q")}>
      <Loaded query={list}>
        {({ rows }) =>
          rows.length === 0 ? (
            <EmptyState level="none" title={t("simulation.list.none")} />
          ) : (
            <table className="t">
              <thead>
                <tr>
                  <th scope="col">{t("simulation.col.what")}</th>
                  <th scope="col">{t("simulation.col.span")}</th>
                  <th scope="col">{t("simulation.col.state")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.simulationId}>
                    <th scope="row">
                      <Go className="lnk" to={`/collections/simulations/${row.simulationId}`}>
                        {titleOf(row, t)}
                      </Go>
                      <div className="tiny ink3">
                        {row.startedBy.name}, {f.moment(row.startedAt)}
                      </div>
                    </th>
                    <td className="num">
                      {f.day(row.from)} – {f.day(row.to)}
                    </td>
                    <td>
                      <Tag level={STATE_LEVEL[row.state]}>{t(`simulation.state.${row.state}`)}</Tag>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** Short enough for the head of a column: `se 3`. */
export const shortOf = ({ policyId, version }: { readonly policyId: string; readonly version: number }): string =>
  `${policyId} ${version}`;
export const nameOf = (one: { readonly name: string; readonly version: number }, t: T): string =>
  t("simulation.version", { name: one.name, version: String(one.version) });
export const titleOf = ({ policy, against }: Pick<SimulationRowWire, "policy" | "against">, t: T): string =>
  against === null
    ? t("simulation.alone.title", { draft: nameOf(policy, t) })
    : t("simulation.against.title", { draft: nameOf(policy, t), base: nameOf(against, t) });
