import { Button } from "@mantine/core";
import { useState } from "react";
import type { AuditPageWire } from "../../src/access/contract.ts";
import { query } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState, FilteredEmpty, Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { useDesk } from "../shell/desk.ts";
import { Filters } from "./Filters.tsx";
import { LogTable } from "./LogTable.tsx";
import type { AuditProps, AuditSearch } from "./search.ts";

const CLEAR: AuditSearch = {
  kind: undefined,
  owner: undefined,
  customer: undefined,
  q: undefined,
  from: undefined,
  to: undefined,
};

/** Days of the desk's zone as the instants between which the server looks; a day that cannot be read filters nothing. */
function membersOf({ kind, owner, customer, q, from, to }: AuditSearch, zone: string) {
  const startOf = (day: string | undefined, plusDays: number) => {
    if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
    return Temporal.PlainDate.from(day).add({ days: plusDays }).toZonedDateTime(zone).toInstant().toString();
  };
  return {
    type: kind && `${kind}.`,
    actorId: owner,
    customerId: customer,
    caseId: q,
    since: startOf(from, 0),
    until: startOf(to, 1),
  };
}

export function LogPanel({ search, set }: AuditProps) {
  const t = useT();
  const { zone } = useDesk();
  const members = membersOf(search, zone);
  return (
    <Panel title={t("audit.log")} question={t("audit.log.q")}>
      <Filters search={search} set={set} />
      <Pages key={JSON.stringify(members)} members={members} search={search} set={set} />
    </Panel>
  );
}

type PagesProps = AuditProps & { readonly members: ReturnType<typeof membersOf> };

/** One page at a time. The first is held where it was when it was opened: rows never move under the pointer. */
function Pages({ members, search, set }: PagesProps) {
  const t = useT();
  const newest = useRead<AuditPageWire>(["audit", "newest"], "/api/audit?limit=1");
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [held, setHeld] = useState<string | undefined>(undefined);
  const newestSeq = newest.data?.newestSeq;
  const start = held ?? newestSeq;
  if (held === undefined && newestSeq !== undefined) setHeld(newestSeq);
  const cursor = cursors.at(-1) ?? (start === undefined ? undefined : String(BigInt(start) + 1n));
  const path = `/api/audit${query({ ...members, cursor })}`;
  const page = useRead<AuditPageWire>(["audit", "page", path], path, {
    enabled: cursor !== undefined,
    refetchInterval: false,
  });
  const arrived = Number(BigInt(newestSeq ?? 0) - BigInt(start ?? 0));
  const toNewest = () => {
    setHeld(undefined);
    setCursors([]);
  };
  const isFiltered = Object.values(members).some((member) => member !== undefined);
  return (
    <>
      {arrived > 0 && (
        <div className="sec audit-arrived">
          <Button variant="light" size="compact-xs" onClick={toNewest}>
            {t("audit.arrived", { n: arrived })}
          </Button>
        </div>
      )}
      <Loaded query={page}>
        {({ rows, older }) =>
          rows.length === 0 ? (
            isFiltered ? (
              <FilteredEmpty onClear={() => set(CLEAR)} />
            ) : (
              <EmptyState level="none" title={t("audit.empty")} />
            )
          ) : (
            <>
              <LogTable rows={rows} search={search} set={set} />
              <div className="sec row">
                <Button
                  variant="default"
                  disabled={cursors.length === 0}
                  onClick={() => setCursors(cursors.slice(0, -1))}
                >
                  {t("audit.newer")}
                </Button>
                <Button
                  variant="default"
                  disabled={older === null}
                  onClick={() => older && setCursors([...cursors, older])}
                >
                  {t("audit.older")}
                </Button>
                {cursors.length > 1 && (
                  <Button className="push" variant="subtle" onClick={toNewest}>
                    {t("audit.newest")}
                  </Button>
                )}
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}
