import { Button, CopyButton, Modal, Switch } from "@mantine/core";
import {
  PULL_FEEDS,
  type PullFeed,
  type PullRow,
  type PullsWire,
  type PullState,
} from "../../../src/activity/intake/contract-pull.ts";
import { api } from "../../api.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Panel } from "../../kit/Panel.tsx";
import { type Level, Tag } from "../../kit/Risk.tsx";
import { Loaded, useProblemText } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import "./intake.css";

/** How records get here: sent by a collector, or read by the desk itself. For the coverage page, whole. */
export function ConnectPanel() {
  return (
    <div className="stk">
      <PushPanel />
      <PullPanel />
    </div>
  );
}

/** The same over a page. */
export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  return (
    <Modal opened onClose={onClose} title={t("activity.intake.connect")} size={820}>
      <ConnectPanel />
    </Modal>
  );
}

const curlLine = (origin: string): string =>
  [
    `curl --data-binary @records.ndjson.gz -H "Content-Encoding: gzip" \\`,
    `  -H "Authorization: Bearer $SURETY_KEY" -H "X-Batch-Id: $(uuidgen)" \\`,
    `  ${origin}/api/activity/events`,
  ].join("\n");

function PushPanel() {
  const t = useT();
  const line = curlLine(window.location.origin);
  return (
    <Panel title={t("activity.connect.push")} question={t("activity.connect.push.q")}>
      <div className="sec col small" style={{ gap: 10 }}>
        <span>{t("activity.connect.push.key")}</span>
        <code className="connect-code">{line}</code>
        <CopyButton value={line}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy} style={{ alignSelf: "flex-start" }}>
              {copied ? t("activity.connect.push.copied") : t("activity.connect.push.copy")}
            </Button>
          )}
        </CopyButton>
        <span className="ink2">{t("activity.connect.push.batch")}</span>
        <span className="ink2">{t("activity.connect.push.hub")}</span>
      </div>
    </Panel>
  );
}

const STATE_LEVEL: Readonly<Record<PullState, Level>> = {
  never: "unknown",
  "on-time": "ok",
  behind: "unknown",
  "no-licence": "unknown",
  "no-consent": "warn",
  "no-access": "warn",
  "audit-off": "warn",
  gone: "unknown",
  throttled: "unknown",
  failing: "crit",
};

function PullPanel() {
  const t = useT();
  const pulls = useRead<PullsWire>(["activity", "pulls"], "/api/activity/pulls", { topics: ["settings", "sync"] });
  return (
    <>
      <Panel title={t("activity.connect.pull")} question={t("activity.connect.pull.q")}>
        <Loaded query={pulls}>{(data) => <Feeds pulls={data} />}</Loaded>
      </Panel>
      <Panel title={t("activity.connect.trouble")} question={t("activity.connect.trouble.q")}>
        <Loaded query={pulls}>{(data) => <Troubled rows={data.troubled} />}</Loaded>
      </Panel>
    </>
  );
}

function Feeds({ pulls }: { readonly pulls: PullsWire }) {
  const t = useT();
  const can = useMay()("settings.manage");
  const problemText = useProblemText();
  const save = useWrite(
    (feeds: readonly PullFeed[], options) =>
      api.put("/api/settings", { values: { "activity.pullFeeds": feeds } }, options),
    { topics: ["activity", "settings"] },
  );
  const chosen = pulls.feeds.filter(({ enabled }) => enabled).map(({ feed }) => feed);
  const set = (feed: PullFeed, on: boolean) =>
    save.mutate(PULL_FEEDS.filter((one) => (one === feed ? on : chosen.includes(one))));
  return (
    <div className="sec col" style={{ gap: 12 }}>
      <span className="small ink2">{t("activity.connect.pull.text")}</span>
      <div className="connect-feeds">
        {pulls.feeds.map(({ feed, enabled, byState }) => (
          <div className="row wrap" key={feed} style={{ gap: 10 }}>
            <Switch
              checked={enabled}
              disabled={!can || save.isPending}
              onChange={(event) => set(feed, event.currentTarget.checked)}
              label={t(`activity.connect.feed.${feed}`)}
              description={t(`activity.connect.needs.${feed}`)}
            />
            <span className="push row wrap" style={{ gap: 6 }}>
              {enabled && <States byState={byState} />}
            </span>
          </div>
        ))}
      </div>
      {!can && <span className="small ink2">{t("activity.connect.pull.readonly")}</span>}
      {save.isSuccess && (
        <span className="small" role="status">
          {t("activity.connect.pull.saved")}
        </span>
      )}
      {save.error && (
        <span className="small crit" role="alert">
          {problemText(save.error)}
        </span>
      )}
    </div>
  );
}

function States({ byState }: { readonly byState: PullsWire["feeds"][number]["byState"] }) {
  const t = useT();
  const f = useFormat();
  const states = Object.entries(byState) as [PullState, number][];
  return states.map(([state, n]) => (
    <Tag key={state} level={STATE_LEVEL[state]}>
      {f.count(n)} {t(`activity.connect.state.${state}`)}
    </Tag>
  ));
}

function Troubled({ rows }: { readonly rows: readonly PullRow[] }) {
  const t = useT();
  const f = useFormat();
  if (rows.length === 0) return <p className="sec small ink2">{t("activity.connect.trouble.none")}</p>;
  return (
    <div className="sec intake-lines small">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("activity.connect.col.customer")}</th>
            <th scope="col">{t("activity.connect.col.log")}</th>
            <th scope="col">{t("activity.connect.col.why")}</th>
            <th scope="col">{t("activity.connect.col.next")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.customer.id} ${row.feed} ${row.part ?? ""}`}>
              <td>{row.customer.name ?? row.customer.id}</td>
              <td>
                {t(`activity.connect.feed.${row.feed}`)}
                {row.part !== null && <span className="ink3"> {row.part}</span>}
              </td>
              <td title={row.detail ?? undefined}>
                <Tag level={STATE_LEVEL[row.state]}>{t(`activity.connect.state.${row.state}`)}</Tag>
              </td>
              <td className="num">{f.moment(row.nextAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
