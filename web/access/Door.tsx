import { useEffect } from "react";
import { choose, useChoices } from "../i18n/settings.ts";
import { Seal } from "../shell/Seal.tsx";
import "./access.css";

type DoorProps = { readonly title: string; readonly under?: string | undefined; readonly children: React.ReactNode };

/** The frame of the pages in front of the desk: seal, title, one card, language. */
export function Door({ title, under, children }: DoorProps) {
  const { language } = useChoices();
  const other = language === "en" ? "sv" : "en";
  useEffect(() => {
    document.title = `${title} · Surety`;
  }, [title]);
  return (
    <div className="door">
      <main className="door-main">
        <div className="door-head">
          <Seal size={28} />
          <div className="col">
            <h1>{title}</h1>
            {under && <span className="small ink3">{under}</span>}
          </div>
        </div>
        {children}
      </main>
      <footer className="door-foot tiny ink3">
        <span>Surety</span>
        <button type="button" className="chart-switch plain" lang={other} onClick={() => choose({ language: other })}>
          {other === "sv" ? "Svenska" : "English"}
        </button>
      </footer>
    </div>
  );
}
