import { useMemo } from "react";
import type {
  SideWire,
  SimulatedAccountWire,
  SimulationList,
} from "../../../src/collections/simulation/contract-simulation.ts";
import { query } from "../../api.ts";
import { type Format, type T, useFormat, useT } from "../../i18n/t.ts";
import { type Column, DataTable } from "../../kit/DataTable.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState } from "../../kit/States.tsx";
import { useList } from "../../query.ts";

type Props = { readonly list: SimulationList; readonly path: string; readonly name: string };

/** The customers behind a figure: what each policy did, and what was true. */
export function AccountsPanel({ list, path, name }: Props) {
  const t = useT();
  const f = useFormat();
  const rows = useList<SimulatedAccountWire>("collections", `${path}/accounts`, { list });
  const columns = useMemo(() => columnsOf(t, f, name), [t, f, name]);
  return (
    <Panel
      title={t(`simulation.${list}`)}
      question={t("simulation.different.q")}
      id="list"
      aside={
        <a className="more" href={`${path}/accounts.csv${query({ list })}`} download>
          {t("simulation.export")}
        </a>
      }
    >
      <DataTable
        label={t(`simulation.${list}`)}
        columns={columns}
        list={rows}
        rowId={(row) => row.accountId}
        rowTo={(row) => `/collections/accounts/${row.accountId}`}
        empty={<EmptyState level="ok" title={t("simulation.noneInList")} />}
      />
    </Panel>
  );
}

function columnsOf(t: T, f: Format, name: string): readonly Column<SimulatedAccountWire>[] {
  return [
    { id: "name", header: t("simulation.col.customer"), card: "title", cell: (row) => row.name },
    { id: "base", header: t("simulation.col.base"), cell: (row) => did(row.base, row.draft, { t, f }) },
    {
      id: "draft",
      header: t("simulation.col.draft", { name }),
      card: "detail",
      cell: (row) => <span className="b">{did(row.draft, row.base, { t, f })}</span>,
    },
    { id: "truth", header: t("simulation.col.truth"), cell: (row) => truth(row, t, f) },
  ];
}

/** Everything that was done, worst first. */
function actsOf(side: SideWire, t: T, f: Format): readonly string[] {
  return [
    ...(side.handedOn === null ? [] : [t("simulation.did.handed", { day: f.day(side.handedOn) })]),
    ...(side.suspendedOn === null ? [] : [t("simulation.did.suspended", { day: f.day(side.suspendedOn) })]),
    ...(side.renewalStoppedOn === null ? [] : [t("simulation.did.renewal", { day: f.day(side.renewalStoppedOn) })]),
    ...(side.frozenOn === null ? [] : [t("simulation.did.frozen", { day: f.day(side.frozenOn), n: side.frozenDays })]),
  ];
}
/** What one side did and the other did not, or the worst where both did the same. */
function did(side: SideWire, other: SideWire, { t, f }: { readonly t: T; readonly f: Format }): string {
  const theirs = new Set(actsOf(other, t, f));
  const acts = actsOf(side, t, f);
  const own = acts.filter((one) => !theirs.has(one));
  if (own.length > 0) return own.join("; ");
  if (acts[0] !== undefined) return acts[0];
  if (side.letters + side.calls > 0) return t("simulation.did.told", { n: side.letters + side.calls });
  return side.restedDays > 0 ? t("simulation.did.rested", { n: side.restedDays }) : t("simulation.did.nothing");
}
function truth({ base, draft, truth: { holds, paidOn } }: SimulatedAccountWire, t: T, f: Format): React.ReactNode {
  const side = draft.wrong === null ? base : draft;
  const acted = base.suspendedOn ?? draft.suspendedOn ?? base.frozenOn ?? draft.frozenOn;
  const says = [
    ...(side.wrong === null ? [] : [t(`simulation.true.wrong.${side.wrong}`, { days: side.wrongDays ?? 0 })]),
    ...holds.map((kind) => t(`collections.resting.${kind as "dispute"}`)),
    ...(side.wrong !== null || acted === null
      ? []
      : [paidOn === null ? t("simulation.true.unpaid") : t("simulation.true.paid", { day: f.day(paidOn) })]),
  ];
  return says.length === 0 ? <span className="ink3">{t("simulation.true.none")}</span> : says.join("; ");
}
