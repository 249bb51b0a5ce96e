import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import type { AuditRowWire } from "../../src/access/contract.ts";
import { useEventText, useEventWhy } from "../cases/eventWords.tsx";
import { useFormat, useT } from "../i18n/t.ts";
import { Glyph } from "../kit/Risk.tsx";
import { useKeys } from "../kit/keys.ts";
import { EventDetail } from "./EventDetail.tsx";
import type { AuditProps } from "./search.ts";

type LogTableProps = AuditProps & { readonly rows: readonly AuditRowWire[] };

/** The rows of one page; an opened one shows before and after below itself. */
export function LogTable({ rows, search, set }: LogTableProps) {
  const t = useT();
  const [selected, setSelected] = useState<string | undefined>(search.show);
  const toggle = (seq: string) => set({ show: search.show === seq ? undefined : seq });
  const move = (step: 1 | -1) => {
    const at = rows.findIndex(({ seq }) => seq === selected);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.seq;
    setSelected(next);
    document.getElementById(`event-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => selected && toggle(selected),
    ...(search.show === undefined ? {} : { Escape: () => set({ show: undefined }) }),
  });
  return (
    <table className="t audit-table" aria-label={t("audit.log")}>
      <thead>
        <tr>
          <th scope="col" className="right hide-sm">
            {t("audit.col.seq")}
          </th>
          <th scope="col">{t("audit.col.when")}</th>
          <th scope="col">{t("audit.col.who")}</th>
          <th scope="col">{t("audit.col.what")}</th>
          <th scope="col" className="hide-sm">
            {t("audit.col.about")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Fragment key={row.seq}>
            <Row
              row={row}
              isSelected={row.seq === selected}
              isOpen={row.seq === search.show}
              onToggle={() => toggle(row.seq)}
              set={set}
            />
            {row.seq === search.show && (
              <tr className="audit-detail">
                <td colSpan={5}>
                  <EventDetail row={row} set={set} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

type RowProps = Pick<AuditProps, "set"> & {
  readonly row: AuditRowWire;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
};

function Row({ row, isSelected, isOpen, onToggle, set }: RowProps) {
  const t = useT();
  const f = useFormat();
  const eventText = useEventText();
  const eventWhy = useEventWhy();
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  const isAlarm = row.type === "access.audit-chain-broken";
  return (
    <tr id={`event-${row.seq}`} className={isSelected ? "sel" : ""}>
      <td className="right num ink3 hide-sm">{row.seq}</td>
      <td className="num nowrap">{f.moment(row.at)}</td>
      <td>
        <button
          type="button"
          className="audit-only"
          title={t("audit.only", { name: row.actor.name })}
          onClick={() => set({ owner: row.actor.id })}
        >
          {row.actor.name}
        </button>
        {row.actor.kind === "machine" && row.actor.id !== "surety" && (
          <span className="tiny ink3"> {t("audit.machine")}</span>
        )}
      </td>
      <td>
        <button type="button" className="audit-what" aria-expanded={isOpen} onClick={onToggle}>
          <Chevron size={13} aria-hidden="true" />
          {isAlarm && <Glyph level="crit" size={12} />}
          <span>{eventText(row)}</span>
        </button>
        {row.why && <span className="small ink2 audit-why">{eventWhy(row.why)}</span>}
      </td>
      <td className="hide-sm small ink2">
        <span className="cut audit-about">
          {row.subject.kind} <span className="mono">{row.subject.id.slice(0, 8)}</span>
        </span>
      </td>
    </tr>
  );
}
