import { Button } from "@mantine/core";
import type { DryRunJson, ProposalJson } from "../../src/response/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { type Level, Tag } from "../kit/Risk.tsx";
import { ErrorState, Why } from "../kit/States.tsx";
import { useWrite } from "../query.ts";
import { useWhyText } from "./texts.ts";

type Call = DryRunJson["calls"][number];

/** The exact calls, from a dry run that reads Partner Center and sends nothing. */
export function CallsPanel({ of }: { readonly of: ProposalJson }) {
  const t = useT();
  const f = useFormat();
  const why = useWhyText();
  const run = useWrite((_: null, o) => api.post<DryRunJson>(`/api/proposals/${of.id}/dry-run`, {}, o), {
    topics: ["response"],
  });
  const closed = of.moves["dry-run"] ?? null;
  const isOver = of.state !== "proposed" && of.state !== "failed" && of.state !== "unverified";
  if (isOver && of.dryRun === null) return null;
  return (
    <Panel
      className="r-calls"
      title={t("response.calls")}
      question={t("response.calls.q")}
      aside={
        !isOver && (
          <Button
            size="xs"
            variant="default"
            disabled={closed !== null}
            loading={run.isPending}
            onClick={() => run.mutate(null)}
          >
            {t("response.dryRun")}
          </Button>
        )
      }
    >
      {run.error && <ErrorState error={run.error} />}
      {of.dryRun === null ? (
        <div className="sec small ink2">{closed ? <Why>{why(closed)}</Why> : t("response.dryRun.none")}</div>
      ) : (
        <>
          <div className="sec tiny ink3">{t("response.dryRun.at", { time: f.moment(of.dryRun.at) })}</div>
          {of.dryRun.calls.map((call) => (
            <OneCall key={call.position} call={call} />
          ))}
        </>
      )}
    </Panel>
  );
}

const WOULD_LEVEL: Record<Call["would"], Level> = {
  send: "info",
  "already-so": "none",
  refuse: "warn",
  unknown: "unknown",
};

function OneCall({ call }: { readonly call: Call }) {
  const t = useT();
  const why = useWhyText();
  const word = useWord();
  const headers = Object.entries(call.headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <div className="call">
      <div className="row wrap" style={{ gap: "4px 10px" }}>
        <Tag level={WOULD_LEVEL[call.would]} line={call.would === "already-so"}>
          {t(`response.would.${call.would}`)}
        </Tag>
        <code>
          {call.method} {call.path}
        </code>
      </div>
      {call.whyNot && <span className="small ink2">{why(call.whyNot)}</span>}
      {call.problem && (
        <span className="small ink2">{word(`response.todo.${call.problem.advice}`, {}, call.problem.detail)}</span>
      )}
      <Diff call={call} />
      <div className="col tiny ink3">
        {headers.map((line) => (
          <code key={line}>{line}</code>
        ))}
      </div>
    </div>
  );
}

function Diff({ call }: { readonly call: Call }) {
  const t = useT();
  return (
    <table className="t small">
      <thead>
        <tr>
          <th scope="col">{t("response.diff.member")}</th>
          <th scope="col">{t("response.diff.from")}</th>
          <th scope="col">{t("response.diff.to")}</th>
        </tr>
      </thead>
      <tbody>
        {call.diff.map((one) => (
          <tr key={one.member}>
            <th scope="row">
              <code>{one.member}</code>
            </th>
            <td>
              <code>{one.from ?? "–"}</code>
            </td>
            <td>
              <code className="b">{one.to ?? "–"}</code>{" "}
              {one.byMicrosoft && <span className="tiny ink3">{t("response.diff.microsoft")}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
