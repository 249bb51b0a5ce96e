import { useLocation } from "@tanstack/react-router";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { useDesk, useMay } from "./desk.ts";
import { isUnder, NAV, type NavItem } from "./nav.ts";
import { Seal } from "./Seal.tsx";

export function Rail() {
  const t = useT();
  const { deskName } = useDesk();
  const can = useMay();
  return (
    <nav className="rail" aria-label={t("shell.nav")}>
      <div className="brand">
        <Seal />
        <span className="col" style={{ lineHeight: 1.15 }}>
          <span className="b">Surety</span>
          <span className="tiny ink3 cut" title={deskName}>
            {deskName}
          </span>
        </span>
      </div>
      {NAV.map((group, i) => (
        <div key={i} className="group">
          {group
            .filter((item) => can(item.permission))
            .map((item) => (
              <RailItem key={item.name} item={item} />
            ))}
        </div>
      ))}
    </nav>
  );
}

function RailItem({ item }: { readonly item: NavItem }) {
  const t = useT();
  const { pathname } = useLocation();
  const isOn = isUnder(pathname, item);
  const Icon = item.icon;
  return (
    <Go to={item.to} className={isOn ? "on" : ""} aria-current={isOn ? "page" : undefined}>
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      {t(`nav.${item.name}`)}
      <NavCount item={item} />
    </Go>
  );
}

/** Work waiting for someone; the pill means a clock is running. Customers are a plain count. */
export function NavCount({ item }: { readonly item: NavItem }) {
  const t = useT();
  const f = useFormat();
  const { counts } = useDesk();
  if (item.count === undefined) return null;
  const n = counts[item.count];
  if (n === 0) return null;
  const isHot = item.count === "notices" && counts.noticeClockRunning;
  return (
    <span className={`n ${isHot ? "hot" : ""}`}>
      {f.count(n)}
      {item.count !== "customers" && (
        <span className="sr">
          {" "}
          {t("nav.waiting")}
          {isHot && `, ${t("nav.running")}`}
        </span>
      )}
    </span>
  );
}
