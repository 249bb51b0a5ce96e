import { useState } from "react";
import type { TodayWire } from "../../src/today/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { useGo } from "../kit/Go.tsx";
import { useKeys } from "../kit/keys.ts";
import { Loaded, PartlyFailed, RowsSkeleton } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { Page } from "../shell/Page.tsx";
import { Clocks } from "./Clocks.tsx";
import { Coverage } from "./Coverage.tsx";
import { Decisions } from "./Decisions.tsx";
import { MoneyPanel } from "./Money.tsx";
import { Overnight } from "./Overnight.tsx";
import { useClaim } from "./claim.ts";
import "./today.css";

/** The first screen: what must I answer, what could we lose, what waits for my yes? */
export function TodayPage() {
  const t = useT();
  const f = useFormat();
  const go = useGo();
  const today = useRead<TodayWire>(["today"], "/api/today", {
    topics: ["notices", "cases", "response", "exposure", "receivables", "spending", "sync", "customers"],
  });
  const rows = today.data?.notices?.rows ?? [];
  const [at, setAt] = useState(0);
  const selected = rows[Math.min(at, rows.length - 1)];
  const claim = useClaim();
  const move = (step: number) => setAt((was) => Math.max(0, Math.min(rows.length - 1, was + step)));
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => selected && go(`/notices/${selected.id}`),
  });
  return (
    <Page
      title={t("today.title", { day: f.longDay(f.nowIso) })}
      isTitleInBar
      keys={[
        { keys: "J K", label: t("keys.move") },
        { keys: "Enter", label: t("keys.open") },
        { keys: "C", label: t("today.claim"), act: () => selected && claim.ask(selected) },
        { keys: "D", label: t("today.review"), act: () => focusFirstDecision() },
      ]}
    >
      <Loaded query={today} skeleton={<TodaySkeleton />}>
        {(data) => (
          <>
            {data.unavailable.length > 0 && (
              <div className="panel">
                <PartlyFailed
                  title={t("today.missing", {
                    parts: data.unavailable.map((part) => t(`today.part.${part}`)).join(", "),
                  })}
                />
              </div>
            )}
            {data.overnight && <Overnight night={data.overnight} />}
            <div className="today">
              <div className="stk">
                <Clocks today={data} selectedId={selected?.id} claim={claim} onRetry={() => void today.refetch()} />
                <Decisions decisions={data.decisions} />
              </div>
              <div className="stk">
                <MoneyPanel today={data} onRetry={() => void today.refetch()} />
                <Coverage coverage={data.coverage} />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** `D` leads to the first decision; it opens nothing and approves nothing by itself. */
function focusFirstDecision(): void {
  const first = document.querySelector<HTMLElement>("[data-first-decision]");
  first?.scrollIntoView({ block: "center" });
  first?.focus();
}

function TodaySkeleton() {
  const t = useT();
  return (
    <div className="today">
      <div className="stk">
        {(["clocks", "dec"] as const).map((part) => (
          <section className="panel" key={part}>
            <header>
              <h2>{t(`${part}.title`)}</h2>
              <span className="q cut">{t(`${part}.q`)}</span>
            </header>
            <RowsSkeleton rows={5} />
          </section>
        ))}
      </div>
      <div className="stk">
        {(["money", "cov"] as const).map((part) => (
          <section className="panel" key={part}>
            <header>
              <h2>{t(`${part}.title`)}</h2>
              <span className="q cut">{t(`${part}.q`)}</span>
            </header>
            <RowsSkeleton rows={5} />
          </section>
        ))}
      </div>
    </div>
  );
}
