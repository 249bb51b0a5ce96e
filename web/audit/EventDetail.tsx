import type { AuditRowWire } from "../../src/access/contract.ts";
import { useT } from "../i18n/t.ts";
import { useEventWhy } from "../cases/eventWords.tsx";
import { Facts } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { changesOf, factsList, type FieldChange } from "./fields.ts";
import type { AuditProps } from "./search.ts";

/** More than this many fields is a document, not a change: the rest is in the export. */
const FIELDS_MAX = 60;

/** All that an event holds: why, what was before and after, its facts and its hash. */
export function EventDetail({ row, set }: Pick<AuditProps, "set"> & { readonly row: AuditRowWire }) {
  const t = useT();
  const eventWhy = useEventWhy();
  const changes = changesOf(row.before, row.after);
  const facts = factsList(row.data);
  return (
    <div className="col audit-event">
      {changes.length > 0 && <Changes changes={changes} />}
      <Facts
        rows={[
          ...(row.why ? [[t("audit.why"), eventWhy(row.why)] as const] : []),
          ...facts.slice(0, FIELDS_MAX).map(
            ([field, value]) =>
              [
                field,
                <span key={field} className="audit-value">
                  {value}
                </span>,
              ] as const,
          ),
          [t("audit.subject"), <span key="subject" className="mono">{`${row.subject.kind} ${row.subject.id}`}</span>],
          [
            t("audit.hash"),
            <span key="hash" className="mono audit-value">
              {row.hash}
            </span>,
          ],
        ]}
      />
      {facts.length > FIELDS_MAX && (
        <span className="small ink3">{t("audit.more", { n: facts.length - FIELDS_MAX })}</span>
      )}
      <span className="row wrap small">
        {row.customerId && (
          <>
            <Go className="more" to={`/customers/${row.customerId}`}>
              {t("audit.open.customer")}
            </Go>
            <Only
              label={t("audit.customer", { id: row.customerId.slice(0, 8) })}
              onClick={() => set({ customer: row.customerId ?? undefined })}
            />
          </>
        )}
        {row.caseId && (
          <>
            <Go className="more" to={`/cases/${row.caseId}`}>
              {t("audit.open.case")}
            </Go>
            <Only
              label={t("audit.case", { id: row.caseId.slice(0, 8) })}
              onClick={() => set({ q: row.caseId ?? undefined })}
            />
          </>
        )}
      </span>
    </div>
  );
}

function Only({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  const t = useT();
  return (
    <button type="button" className="audit-only" onClick={onClick}>
      {t("audit.only", { name: label })}
    </button>
  );
}

function Changes({ changes }: { readonly changes: readonly FieldChange[] }) {
  const t = useT();
  const cell = (text: string | undefined) =>
    text === undefined ? <span className="ink3">{t("audit.nothing")}</span> : text;
  return (
    <table className="audit-changes">
      <thead>
        <tr>
          <th scope="col">{t("audit.field")}</th>
          <th scope="col">{t("audit.before")}</th>
          <th scope="col">{t("audit.after")}</th>
        </tr>
      </thead>
      <tbody>
        {changes.slice(0, FIELDS_MAX).map(({ field, before, after }) => (
          <tr key={field} className={before === after ? "ink3" : ""}>
            <th scope="row">{field}</th>
            <td className="audit-value">{cell(before)}</td>
            <td className={`audit-value ${before === after ? "" : "b"}`}>{cell(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
