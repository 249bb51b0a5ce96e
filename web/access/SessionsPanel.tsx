import { Button } from "@mantine/core";
import type { AccountWire } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { type T, useFormat, useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Tag } from "../kit/Risk.tsx";
import { useWrite } from "../query.ts";
import { Failure } from "./Failure.tsx";

type Session = AccountWire["sessions"][number];

export function SessionsPanel({ account }: { readonly account: AccountWire }) {
  const t = useT();
  const endOthers = useWrite((_: null, options) => api.post("/api/account/sessions/end-others", {}, options), {
    topics: ["access"],
  });
  const end = useWrite(
    ({ id }: { readonly id: string }, options) => api.delete(`/api/account/sessions/${id}`, undefined, options),
    { topics: ["access"] },
  );
  return (
    <Panel
      title={t("account.sessions.title")}
      question={t("account.sessions.q")}
      aside={
        account.sessions.length > 1 && (
          <Button
            variant="default"
            size="compact-xs"
            loading={endOthers.isPending}
            onClick={() => endOthers.mutate(null)}
          >
            {t("account.sessions.endOthers")}
          </Button>
        )
      }
    >
      <table className="t">
        <thead>
          <tr>
            <th scope="col">{t("account.sessions.device")}</th>
            <th scope="col" className="hide-sm">
              {t("account.sessions.started")}
            </th>
            <th scope="col">{t("account.sessions.used")}</th>
            <th scope="col">
              <span className="sr">{t("account.sessions.end")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {account.sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              isBusy={end.isPending && end.variables.id === session.id}
              onEnd={() => end.mutate({ id: session.id })}
            />
          ))}
        </tbody>
      </table>
      <Failure error={end.error ?? endOthers.error} />
    </Panel>
  );
}

type SessionRowProps = { readonly session: Session; readonly isBusy: boolean; readonly onEnd: () => void };

function SessionRow({ session, isBusy, onEnd }: SessionRowProps) {
  const t = useT();
  const f = useFormat();
  const device = deviceOf(session.userAgent, t);
  return (
    <tr>
      <td>
        <span className="col">
          <span className="row" style={{ gap: 8 }}>
            {device} {session.current && <Tag line>{t("account.sessions.this")}</Tag>}
          </span>
          {session.ip && <span className="tiny ink3 num">{session.ip}</span>}
        </span>
      </td>
      <td className="num hide-sm">{f.moment(session.startedAt)}</td>
      <td className="num">{f.moment(session.usedAt)}</td>
      <td className="right">
        {!session.current && (
          <Button
            variant="default"
            size="compact-xs"
            loading={isBusy}
            aria-label={t("account.sessions.end.of", { device })}
            onClick={onEnd}
          >
            {t("account.sessions.end")}
          </Button>
        )}
      </td>
    </tr>
  );
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const;

/** "Chrome on Windows": enough to tell one's own devices apart. */
function deviceOf(userAgent: string | null, t: T): string {
  const browser = BROWSERS.find(([mark]) => userAgent?.includes(mark))?.[1];
  const system = SYSTEMS.find(([mark]) => userAgent?.includes(mark))?.[1];
  if (browser === undefined) return t("account.sessions.unknown");
  return system === undefined ? browser : t("account.sessions.on", { browser, system });
}
