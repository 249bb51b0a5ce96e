import { Button } from "@mantine/core";
import { type FeedJson, FEEDS } from "../../src/sync/contract.ts";
import { api } from "../api.ts";
import { Failure } from "../access/Failure.tsx";
import { type Key, useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead, useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

const LEVEL = { "on-time": "ok", late: "warn", failed: "error", never: "unknown" } as const satisfies Record<
  FeedJson["state"],
  Level
>;
const REFRESH_MS = 10_000;

/** How old what we know is, feed by feed. */
export function FeedsTab() {
  const t = useT();
  const feeds = useRead<{ readonly feeds: readonly FeedJson[] }>(["sync", "feeds"], "/api/feeds", {
    refetchInterval: REFRESH_MS,
  });
  const run = useWrite(
    ({ feed }: { readonly feed: string }, options) => api.post(`/api/feeds/${feed}/run`, {}, options),
    { topics: ["sync"] },
  );
  const can = useMay();
  return (
    <Panel title={t("settings.feeds")} question={t("settings.feeds.q")}>
      <Loaded query={feeds}>
        {(data) => (
          <table className="t settings-cards">
            <thead>
              <tr>
                <th scope="col">{t("settings.feeds.feed")}</th>
                <th scope="col">{t("settings.feeds.state")}</th>
                <th scope="col" className="hide-sm">
                  {t("settings.feeds.newest")}
                </th>
                <th scope="col" className="right hide-sm">
                  {t("settings.feeds.reached")}
                </th>
                <th scope="col">
                  <span className="sr">{t("settings.feeds.run")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {FEEDS.map((name) => data.feeds.find(({ feed }) => feed === name)).map(
                (feed) =>
                  feed && (
                    <FeedRow
                      key={feed.feed}
                      feed={feed}
                      onRun={can("sync.run") ? () => run.mutate({ feed: feed.feed }) : undefined}
                    />
                  ),
              )}
            </tbody>
          </table>
        )}
      </Loaded>
      <Failure error={run.error} />
    </Panel>
  );
}

function FeedRow({ feed, onRun }: { readonly feed: FeedJson; readonly onRun: (() => void) | undefined }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const name = t(`feed.${feed.feed}` satisfies Key);
  return (
    <tr>
      <td className="b">{name}</td>
      <td>
        <span className="row top">
          <Glyph level={LEVEL[feed.state]} size={14} />
          <span className="col">
            {t(`settings.feed.${feed.state}`)}
            <span className="tiny ink3 num">
              {feed.finishedAt === null
                ? t("settings.never")
                : t("settings.feeds.read", { at: f.moment(feed.finishedAt) })}
            </span>
            {feed.error && (
              <span className="small crit">
                {feed.error.detail} <span className="b">{word(`advice.${feed.error.advice}`, {}, "")}</span>
              </span>
            )}
          </span>
        </span>
      </td>
      <td className="num hide-sm">
        {feed.newestFactAt === null ? t("settings.unknown") : f.moment(feed.newestFactAt)}
      </td>
      <td className="num right hide-sm">
        {feed.customersTotal === null
          ? ""
          : t("settings.feeds.of", {
              reached: f.count(feed.customersReached ?? 0),
              total: f.count(feed.customersTotal),
            })}
      </td>
      <td className="right">
        {onRun && (
          <Button
            variant="default"
            size="compact-xs"
            loading={feed.running}
            aria-label={t("settings.feeds.run.of", { feed: name })}
            onClick={onRun}
          >
            {t("settings.feeds.run")}
          </Button>
        )}
      </td>
    </tr>
  );
}
