import { Button } from "@mantine/core";
import type { PoliciesWire, VersionRowWire, VersionWire } from "../../../src/collections/policy/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go, useGo } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Tag } from "../../kit/Risk.tsx";
import { EmptyState, Loaded, useProblemText, Why } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import { Page } from "../../shell/Page.tsx";
import { CollectionsTabs } from "../Tabs.tsx";
import { StateTag, usePolicyName, useSpan } from "./parts.tsx";
import { RatesPanel } from "./RatesPanel.tsx";
import "./policy.css";

/** Which ladders there are, which is in force since when, and who said yes. */
export function PoliciesPage() {
  const t = useT();
  const can = useMay();
  const list = useRead<PoliciesWire>(["collections", "policies"], "/api/collections/policies");
  return (
    <Page
      title={t("policy.title")}
      beside={<CollectionsTabs />}
      crumbs={[{ label: t("nav.collections"), to: "/collections" }]}
    >
      <div className="stk">
        <Loaded query={list} title={t("policy.list.failed")}>
          {(data) => (
            <>
              <Panel
                title={t("policy.list")}
                question={t("policy.list.q")}
                aside={
                  <Go className="more" to="/policy">
                    {t("policy.public")}
                  </Go>
                }
              >
                {data.versions.every(({ state }) => state !== "in-force") && (
                  <EmptyState level="none" title={t("policy.none")} text={t("policy.none.text")} />
                )}
                {data.versions.length > 0 && <Versions data={data} />}
              </Panel>
              {can("collections.policy") && <Packs data={data} />}
            </>
          )}
        </Loaded>
        <RatesPanel />
      </div>
    </Page>
  );
}

function Versions({ data }: { readonly data: PoliciesWire }) {
  const t = useT();
  return (
    <table className="t">
      <thead>
        <tr>
          <th scope="col">{t("policy.version")}</th>
          <th scope="col">{t("policy.state")}</th>
          <th scope="col" className="hide-sm">
            {t("policy.days")}
          </th>
          <th scope="col" className="hide-sm">
            {t("policy.people")}
          </th>
          <th scope="col" className="right hide-sm">
            {t("policy.accepted")}
          </th>
        </tr>
      </thead>
      <tbody>
        {data.versions.map((row) => (
          <VersionLine key={`${row.policyId}:${row.version}`} row={row} data={data} />
        ))}
      </tbody>
    </table>
  );
}

function VersionLine({ row, data }: { readonly row: VersionRowWire; readonly data: PoliciesWire }) {
  const t = useT();
  const f = useFormat();
  const span = useSpan();
  const name = usePolicyName(data.packs);
  return (
    <tr>
      <td>
        <Go className="more" to={`/collections/policies/${row.policyId}?show=${row.version}`}>
          {name(row)} · {row.version}
        </Go>
      </td>
      <td>
        <StateTag row={row} />
      </td>
      <td className="hide-sm">{span(row)}</td>
      <td className="hide-sm">
        {row.askedBy && row.approvedBy
          ? t("policy.people.asked", { asked: row.askedBy.name, approved: row.approvedBy.name })
          : t("policy.people.drafted", { name: row.editedBy.name, at: f.moment(row.editedAt) })}
      </td>
      <td className="right num hide-sm">
        {row.approvedBy ? `${f.count(row.accepted)} / ${f.count(data.customers)}` : "–"}
      </td>
    </tr>
  );
}

function Packs({ data }: { readonly data: PoliciesWire }) {
  const t = useT();
  const { language } = useFormat();
  const go = useGo();
  const problem = useProblemText();
  const draft = useWrite(
    (body: unknown, options) => api.post<VersionWire>("/api/collections/policies", body, options),
    {
      topics: ["collections"],
      onDone: (made) => go(`/collections/policies/${made.row.policyId}?show=${made.row.version}`),
    },
  );
  const packs = [...data.packs].sort((a, b) => Number(b.isOffered) - Number(a.isOffered));
  return (
    <Panel title={t("policy.start")} question={t("policy.start.q")}>
      <div className="sec row wrap" style={{ gap: 8 }}>
        {packs.map((pack) => (
          <span key={pack.id} className="row" style={{ gap: 6 }}>
            <Button
              variant={pack.isOffered ? "filled" : "default"}
              disabled={draft.isPending}
              onClick={() => draft.mutate({ pack: pack.id })}
            >
              {t("policy.start.use", { name: pack.name[language] })}
            </Button>
            {pack.isOffered && <Tag>{t("policy.start.offered")}</Tag>}
          </span>
        ))}
        {draft.error && <Why>{problem(draft.error)}</Why>}
      </div>
    </Panel>
  );
}
