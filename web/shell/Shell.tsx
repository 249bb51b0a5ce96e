import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import type { DeskWire } from "../../src/today/contract.ts";
import { useT } from "../i18n/t.ts";
import { useGo } from "../kit/Go.tsx";
import { FRAME_DEPTH, useKeys } from "../kit/keys.ts";
import { ErrorState, RowsSkeleton } from "../kit/States.tsx";
import { useLive } from "../live.ts";
import { useRead } from "../query.ts";
import { Banner } from "./Banner.tsx";
import { DeskContext } from "./desk.ts";
import { Foot } from "./Foot.tsx";
import { KeysOverlay } from "./KeysOverlay.tsx";
import { MoreSheet } from "./MoreSheet.tsx";
import { usePageInfo } from "./page.ts";
import { PlaceContext } from "./place.ts";
import { Rail } from "./Rail.tsx";
import { Search } from "./Search.tsx";
import { TabBar } from "./TabBar.tsx";
import { TopBar } from "./TopBar.tsx";
import "./shell.css";

const DESK_EVERY_MS = 30_000;

/** The frame around every page of a signed-in person: one request for the desk, then the page's own. */
export function Shell() {
  const desk = useRead<DeskWire>(["desk"], "/api/desk", { refetchInterval: DESK_EVERY_MS });
  const { data, dataUpdatedAt, error } = desk;
  const place = useMemo(() => {
    if (data === undefined) return undefined;
    return {
      zone: data.zone,
      clockAheadMs: Temporal.Instant.from(data.now).epochMilliseconds - dataUpdatedAt,
    };
  }, [data, dataUpdatedAt]);
  if (data === undefined || place === undefined)
    return (
      <main className="page bare">
        {error ? <ErrorState error={error} onRetry={() => void desk.refetch()} /> : <RowsSkeleton />}
      </main>
    );
  return (
    <DeskContext value={data}>
      <PlaceContext value={place}>
        <Frame isDown={error !== null} />
      </PlaceContext>
    </DeskContext>
  );
}

type Sheet = "search" | "keys" | "more";

function Frame({ isDown }: { readonly isDown: boolean }) {
  const t = useT();
  const go = useGo();
  const isLive = useLive();
  const [sheet, setSheet] = useState<Sheet | undefined>(undefined);
  const main = useFocusOnArrival();
  const close = () => setSheet(undefined);
  const back = usePageInfo().crumbs.findLast((crumb) => crumb.to !== undefined)?.to;
  useKeys(
    {
      "Ctrl+k": () => setSheet("search"),
      "?": () => setSheet("keys"),
      "g t": () => go("/"),
      "g n": () => go("/notices"),
      "g c": () => go("/cases"),
      "g d": () => go("/decisions"),
      "g u": () => go("/customers"),
      "g i": () => go("/import"),
      "g s": () => go("/spend"),
      "g a": () => go("/audit"),
      Escape: () => back !== undefined && go(back),
    },
    FRAME_DEPTH,
  );
  return (
    <>
      <a className="skip" href="#page" onClick={() => main.current?.focus()}>
        {t("shell.skip")}
      </a>
      <div className="shell">
        <Rail />
        <div className="main">
          <TopBar onSearch={() => setSheet("search")} isLive={isLive} />
          <Banner isDown={isDown} />
          <main className="page" id="page" ref={main} tabIndex={-1}>
            <Outlet />
          </main>
          <Foot />
        </div>
        <TabBar onMore={() => setSheet("more")} />
      </div>
      <Search isOpen={sheet === "search"} onClose={close} />
      <KeysOverlay isOpen={sheet === "keys"} onClose={close} />
      <MoreSheet isOpen={sheet === "more"} onClose={close} onSearch={() => setSheet("search")} />
    </>
  );
}

/** After going to another page the reader starts at its beginning, by eye and by screen reader alike. */
function useFocusOnArrival() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
