import { useState } from "react";
import type {
  LetterRowWire,
  LetterState,
  MailStateWire,
  TemplateFault,
} from "../../../src/collections/letters/contract.ts";
import { useT, useWord } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Money } from "../../kit/Money.tsx";
import { Glyph, type Level, Tag } from "../../kit/Risk.tsx";
import { useRead } from "../../query.ts";
import { useMay } from "../../shell/desk.ts";
import "./letters.css";

/** Pieces that the pages of letters share. */

const LEVEL: Readonly<Record<LetterState, Level>> = {
  queued: "none",
  sending: "info",
  sent: "ok",
  deferred: "warn",
  failed: "crit",
  returned: "crit",
  cancelled: "none",
};

export function StateTag({ row }: { readonly row: Pick<LetterRowWire, "state" | "why"> }) {
  const t = useT();
  return (
    <span className="col" style={{ alignItems: "flex-start" }}>
      <Tag level={LEVEL[row.state]}>{t(`letters.state.${row.state}`)}</Tag>
      {row.why !== null && <span className="tiny ink3">{t(`letters.why.${row.why}`)}</span>}
    </span>
  );
}

export function Amounts({ row }: { readonly row: Pick<LetterRowWire, "toPay"> }) {
  return (
    <span className="col" style={{ alignItems: "flex-end" }}>
      {row.toPay.map((one) => (
        <Money key={one.currency} value={one} digits="minor" />
      ))}
    </span>
  );
}

/** How letters leave now: said before anybody wonders why none did. */
export function MailBanner() {
  const t = useT();
  const word = useWord();
  const can = useMay();
  const state = useRead<MailStateWire>(["collections", "mail-state"], "/api/collections/mail-state", {
    topics: ["settings"],
  });
  if (state.data === undefined) return null;
  const { mail, folder, waiting, missing } = state.data;
  const list = missing.map((one) => word(`letters.missing.${one}`, {}, one)).join(", ");
  if (mail === "smtp" && missing.length === 0) return null;
  return (
    <div className="panel letters-banner small" role="status">
      {mail === "demo-folder" && (
        <span className="row top">
          <Glyph level="info" />
          <span>
            <span className="b">{t("letters.demo")}</span> {t("letters.demo.text", { folder: folder ?? "" })}
          </span>
        </span>
      )}
      {mail === "unset" && (
        <span className="row top">
          <Glyph level="warn" />
          <span>
            <span className="b">{t("letters.unset")}</span> {waiting > 0 && t("letters.unset.text", { n: waiting })}{" "}
            {can("settings.manage") && <Go to="/settings?tab=letters">{t("letters.unset.open")}</Go>}
          </span>
        </span>
      )}
      {missing.length > 0 && (
        <span className="row top">
          <Glyph level="warn" />
          {t("letters.missing", { list })}
        </span>
      )}
    </div>
  );
}

/** A letter on white paper whatever the colours of the desk: what the customer sees. Nothing in it runs. */
export function Paper({ html, text, title }: { readonly html: string; readonly text: string; readonly title: string }) {
  const t = useT();
  const [isText, setText] = useState(false);
  return (
    <div className="col letters-paper">
      <span className="chips" role="group" aria-label={title}>
        <button type="button" className="chip" aria-pressed={!isText} onClick={() => setText(false)}>
          {t("letters.one.html")}
        </button>
        <button type="button" className="chip" aria-pressed={isText} onClick={() => setText(true)}>
          {t("letters.one.text")}
        </button>
      </span>
      {isText ? (
        // Long plain text must be reachable by keyboard to be scrolled.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className="letters-text" tabIndex={0}>
          {text}
        </pre>
      ) : (
        <iframe className="letters-frame" title={title} sandbox="" srcDoc={html} />
      )}
    </div>
  );
}

export function Faults({ faults }: { readonly faults: readonly TemplateFault[] }) {
  const t = useT();
  if (faults.length === 0)
    return (
      <span className="small ok row" role="status">
        <Glyph level="ok" size={13} />
        {t("letters.t.good")}
      </span>
    );
  return (
    <ul className="letters-faults small" role="alert">
      {faults.map((fault, at) => (
        <li key={at} className="row top crit">
          <Glyph level="error" size={13} />
          {t("letters.t.fault", {
            line: fault.line,
            column: fault.column,
            what: t(`letters.fault.${fault.code}`, { name: fault.name }),
          })}
        </li>
      ))}
    </ul>
  );
}
