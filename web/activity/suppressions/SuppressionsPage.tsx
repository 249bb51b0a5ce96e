import { Button } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { SuppressionsWire, SuppressionWire } from "../../../src/activity/watch/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { ActivityTabs } from "../Tabs.tsx";
import { FiltersPanel } from "./FiltersPanel.tsx";
import { HitsPanel } from "./HitsPanel.tsx";
import { LiftDialog } from "./LiftDialog.tsx";
import { NumbersPanel } from "./NumbersPanel.tsx";
import { HitsCell, StateTag, UntilCell, WhyCell } from "./parts.tsx";
import { SuppressDialog } from "./SuppressDialog.tsx";
import { WatchPanel } from "./WatchPanel.tsx";
import "./suppressions.css";

/** What is kept quiet, by whom, why and until when; the numbers of detectors; and whether everything is looked at. */
export function SuppressionsPage() {
  const t = useT();
  const can = useMay();
  const search = useSearch({ from: "/desk/activity/suppressions" });
  const [isMaking, setMaking] = useState(false);
  const read = useRead<SuppressionsWire>(["activity", "suppressions"], "/api/activity/suppressions");
  return (
    <Page
      title={t("suppress.title")}
      beside={<ActivityTabs />}
      crumbs={[{ label: t("nav.activity"), to: "/activity" }]}
      actions={can("activity.tune") && <Button onClick={() => setMaking(true)}>{t("suppress.new")}</Button>}
    >
      <div className="stk">
        <Panel title={t("suppress.list")} question={t("suppress.list.q")}>
          <Loaded query={read}>{(data) => <List rows={data.suppressions} rule={search.rule} />}</Loaded>
        </Panel>
        <FiltersPanel read={read} />
        <HitsPanel rule={search.rule} />
        <NumbersPanel detector={search.rule} />
        <WatchPanel />
      </div>
      {isMaking && <SuppressDialog values={[]} onClose={() => setMaking(false)} />}
    </Page>
  );
}

function List({ rows, rule }: { readonly rows: readonly SuppressionWire[]; readonly rule: string | undefined }) {
  const t = useT();
  const can = useMay();
  const [lifting, lift] = useState<SuppressionWire>();
  const shown = rule === undefined ? rows : rows.filter((row) => row.rule === null || row.rule.id === rule);
  if (shown.length === 0) return <EmptyState level="none" title={t("suppress.none")} text={t("suppress.none.text")} />;
  return (
    <>
      <table className="t">
        <thead>
          <tr>
            <th scope="col">{t("suppress.col.what")}</th>
            <th scope="col">{t("suppress.col.why")}</th>
            <th scope="col">{t("suppress.col.until")}</th>
            <th scope="col" className="right">
              {t("suppress.col.hits")}
            </th>
            <th scope="col">
              <span className="sr">{t("suppress.lift.action")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={row.id} className={row.state === "in-force" ? "" : "ink3"}>
              <td>
                <What row={row} />
              </td>
              <td>
                <WhyCell of={row} />
              </td>
              <td>
                <UntilCell of={row} />
              </td>
              <td className="right">
                <HitsCell of={row} />
              </td>
              <td className="right">
                {row.state === "in-force" ? (
                  can("activity.tune") && (
                    <Button size="compact-xs" variant="default" onClick={() => lift(row)}>
                      {t("suppress.lift")}
                    </Button>
                  )
                ) : (
                  <StateTag state={row.state} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lifting !== undefined && (
        <LiftDialog
          path={`/api/activity/suppressions/${lifting.id}/lift`}
          effect={t("suppress.lift.effect")}
          onClose={() => lift(undefined)}
        />
      )}
    </>
  );
}

function What({ row }: { readonly row: SuppressionWire }) {
  const t = useT();
  const f = useFormat();
  const nameOf = (value: string) => row.customers.find(({ id }) => id === value.toLowerCase())?.name ?? value;
  return (
    <span className="col" style={{ gap: 3 }}>
      {row.rule === null ? (
        <span className="b">{t("suppress.anyRule")}</span>
      ) : (
        <Go className="lnk b" to={`/activity/rules/${row.rule.id}`}>
          {row.rule.title ?? row.rule.id}
        </Go>
      )}
      <ul className="suppress-conditions small">
        {row.conditions.map(({ field, match, value }) => (
          <li key={`${field} ${match} ${value}`}>
            <span className="ink2">
              {t(`suppress.field.${field}`)} {t(`suppress.match.${match}`)}
            </span>{" "}
            <span className="mono">{field === "customer" ? nameOf(value) : value}</span>
          </li>
        ))}
      </ul>
      {row.liftedWhy !== null && (
        <span className="tiny ink3">
          {t("suppress.state.lifted")}: {row.liftedWhy} ({row.liftedBy}, {row.liftedAt && f.moment(row.liftedAt)})
        </span>
      )}
    </span>
  );
}
