import type { ChancesWire } from "../../../src/collections/prediction/contract.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Money } from "../../kit/Money.tsx";
import { Panel } from "../../kit/Panel.tsx";
import { EmptyState, Loaded } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import { ChanceCell } from "./ChanceCell.tsx";
import { Reasons } from "./Reasons.tsx";

/** Each open invoice of an account with its chance, and the limit that its habit carries: both are shown, nothing follows by itself. */
export function ChancesPanel({ accountId }: { readonly accountId: string }) {
  const t = useT();
  const chances = useRead<ChancesWire>(
    ["collections", "chances", accountId],
    `/api/collections/accounts/${accountId}/chances`,
  );
  return (
    <Panel title={t("prediction.chances")} question={t("prediction.chances.q")} id="chances">
      <Loaded query={chances} title={t("prediction.chances.failed")}>
        {(data) => (
          <>
            {data.invoices.length === 0 ? (
              <EmptyState level="ok" title={t("prediction.chances.none")} />
            ) : (
              <Invoices chances={data} />
            )}
            <Limit proposed={data.proposedLimit} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

const ROWS_MAX = 20;

function Invoices({ chances: { invoices } }: { readonly chances: ChancesWire }) {
  const t = useT();
  const f = useFormat();
  const oldest = [...invoices].sort((a, b) => a.dueOn.localeCompare(b.dueOn)).slice(0, ROWS_MAX);
  return (
    <table className="t data-table" aria-label={t("prediction.chances")}>
      <thead>
        <tr>
          <th scope="col">{t("prediction.invoice")}</th>
          <th scope="col" className="right">
            {t("prediction.open")}
          </th>
          <th scope="col">{t("prediction.due")}</th>
          <th scope="col">{t("prediction.chance")}</th>
          <th scope="col">{t("prediction.expected")}</th>
        </tr>
      </thead>
      <tbody>
        {oldest.map((one) => (
          <tr key={one.invoiceId}>
            <td className="card-title">{one.number}</td>
            <td className="right card-aside">
              <Money value={one.open} />
            </td>
            <td className="card-off">{f.day(one.dueOn)}</td>
            <td className="card-foot">
              <ChanceCell chanceBps={one.chanceBps} reasons={one.reasons} label={t(`prediction.chance.${one.asks}`)} />
            </td>
            <td className="card-off">
              {one.expectedOn === null ? (
                <span className="ink3">{t("prediction.expected.unknown")}</span>
              ) : (
                f.day(one.expectedOn)
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Limit({ proposed: { limit, reasons } }: { readonly proposed: ChancesWire["proposedLimit"] }) {
  const t = useT();
  return (
    <div className="sec small">
      <span className="b">
        {limit === null ? t("prediction.limit.unknown") : t("prediction.limit")}{" "}
        {limit !== null && <Money value={limit} />}
      </span>
      <Reasons reasons={reasons} />
      <span className="tiny ink3">{t("prediction.limit.note")}</span>
    </div>
  );
}
