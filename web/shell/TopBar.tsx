import { IconSearch } from "@tabler/icons-react";
import { zoneText } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { MeMenu } from "./MeMenu.tsx";
import { type Crumb, usePageInfo } from "./page.ts";
import { Seal } from "./Seal.tsx";

type TopBarProps = { readonly onSearch: () => void; readonly isLive: boolean };

export function TopBar({ onSearch, isLive }: TopBarProps) {
  const t = useT();
  const f = useFormat();
  return (
    <header className="topbar">
      <span className="only-sm">
        <Seal />
      </span>
      <Crumbs />
      <button type="button" className="search push hide-sm" onClick={onSearch} aria-keyshortcuts="Control+K">
        <IconSearch size={14} aria-hidden="true" />
        <span className="cut">{t("shell.search")}</span>
        <span className="push row" style={{ gap: 3 }} aria-hidden="true">
          <K>Ctrl</K>
          <K>K</K>
        </span>
      </button>
      <span className="num small ink2 nowrap bar-time">
        {!isLive && (
          <span className="hide-sm" title={t("shell.live.off")} style={{ marginRight: 6 }}>
            <Glyph level="unknown" size={12} label={t("shell.live.off")} />
          </span>
        )}
        {f.time(f.nowIso)} <span className="ink3 hide-sm">{zoneText(f.nowIso, f.zone)}</span>
      </span>
      <MeMenu />
    </header>
  );
}

function Crumbs() {
  const t = useT();
  const { crumbs, isTitleInBar } = usePageInfo();
  return (
    <nav className="crumbs" aria-label={t("shell.crumbs")}>
      <ol>
        {crumbs.map((crumb, i) => (
          <li key={`${i} ${crumb.label}`} className={i === crumbs.length - 1 ? "b" : "ink3 hide-sm"}>
            <CrumbText
              crumb={crumb}
              isHeading={isTitleInBar && i === crumbs.length - 1}
              isLast={i === crumbs.length - 1}
            />
          </li>
        ))}
      </ol>
    </nav>
  );
}

type CrumbTextProps = { readonly crumb: Crumb; readonly isHeading: boolean; readonly isLast: boolean };

function CrumbText({ crumb, isHeading, isLast }: CrumbTextProps) {
  if (isHeading) return <h1 className="cut">{crumb.label}</h1>;
  if (crumb.to === undefined || isLast)
    return (
      <span className="cut" {...(isLast ? { "aria-current": "page" } : {})}>
        {crumb.label}
      </span>
    );
  return (
    <Go className="cut" to={crumb.to}>
      {crumb.label}
    </Go>
  );
}
