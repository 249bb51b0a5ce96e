import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { AcceptancesWire, VersionRowWire } from "../../../src/collections/policy/contract-wire.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { DayField } from "../../kit/DayField.tsx";
import { Go } from "../../kit/Go.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { Loaded, useProblemText, Why } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";

/** Who accepted exactly this version, and the address that customers read it at. */
export function AcceptancePanel({ row }: { readonly row: VersionRowWire }) {
  const isPublished = ["scheduled", "in-force", "superseded", "ended"].includes(row.state);
  return isPublished ? <Accepted row={row} /> : null;
}

function Accepted({ row }: { readonly row: VersionRowWire }) {
  const t = useT();
  const f = useFormat();
  const can = useMay();
  const path = `/api/collections/policies/${row.policyId}/versions/${row.version}/acceptances`;
  const list = useRead<AcceptancesWire>(["collections", "acceptances", row.policyId, row.version], path, {
    refetchInterval: false,
  });
  return (
    <Panel
      title={t("policy.accepted")}
      aside={
        <Go className="more" to={`/policy/${row.version}?q=${row.policyId}`}>
          {t("policy.public")}
        </Go>
      }
    >
      <Loaded query={list}>
        {({ rows, accepted, customers }) => (
          <>
            <div className="sec">{t("policy.accepted.of", { n: accepted, all: customers })}</div>
            {rows.length > 0 && (
              <table className="t">
                <tbody>
                  {rows.slice(0, 20).map((one) => (
                    <tr key={one.customerId}>
                      <td className="mono cut">{one.customerId}</td>
                      <td className="num">{f.day(one.acceptedOn)}</td>
                      <td>{one.evidence}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {can("collections.work") && <Record path={path} />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Record({ path }: { readonly path: string }) {
  const t = useT();
  const { nowIso } = useFormat();
  const problem = useProblemText();
  const [customerId, setCustomer] = useState("");
  const [acceptedOn, setDay] = useState(nowIso.slice(0, 10));
  const [evidence, setEvidence] = useState("");
  const write = useWrite((body: unknown, options) => api.post<AcceptancesWire>(path, body, options), {
    topics: ["collections"],
    onDone: () => setCustomer(""),
  });
  return (
    <form
      className="sec row wrap"
      style={{ gap: 8, alignItems: "end" }}
      onSubmit={(event) => {
        event.preventDefault();
        write.mutate({ customerId: customerId.trim(), acceptedOn, evidence: evidence.trim() });
      }}
    >
      <TextInput
        label={t("policy.accepted.customer")}
        value={customerId}
        onChange={(event) => setCustomer(event.currentTarget.value)}
      />
      <DayField label={t("policy.accepted.day")} value={acceptedOn} onChange={setDay} />
      <TextInput
        label={t("policy.accepted.evidence")}
        value={evidence}
        onChange={(event) => setEvidence(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="default"
        disabled={write.isPending || customerId.trim() === "" || evidence.trim().length < 3}
      >
        {t("policy.accepted.record")}
      </Button>
      {write.error && <Why>{problem(write.error)}</Why>}
    </form>
  );
}
