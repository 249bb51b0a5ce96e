import { Button } from "@mantine/core";
import { useState } from "react";
import type { CustomerSpend } from "../../src/spending/contract.ts";
import { shareOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Money } from "../kit/Money.tsx";
import { EmptyState } from "../kit/States.tsx";

const RESOURCES_SHOWN = 5;
/** Which resources burn the money, largest first. */
export function Resources({ spend }: { readonly spend: CustomerSpend }) {
  const t = useT();
  const f = useFormat();
  const [isAll, setAll] = useState(false);
  const rows = isAll ? spend.resources : spend.resources.slice(0, RESOURCES_SHOWN);
  return (
    <div className="line">
      <table className="t cards" aria-label={t("spending.resources")}>
        <thead>
          <tr>
            <th scope="col">{t("spending.resources")}</th>
            <th scope="col">{t("spending.resource.type")}</th>
            <th scope="col" className="right">
              {t("spending.monthSoFar")}
            </th>
            <th scope="col" className="right">
              {t("spending.share")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="card-title" title={row.id}>
                <span className="cut">{row.name}</span>
              </td>
              <td className="small ink2 card-detail">{[row.type, row.group].filter(Boolean).join(" · ")}</td>
              <td className="right card-aside">
                <Money value={row.cost} />
              </td>
              <td className="right num small ink2 card-more">
                {spend.used && spend.used.currency === row.cost.currency
                  ? f.percent(shareOf(row.cost, spend.used))
                  : "–"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {spend.resources.length > RESOURCES_SHOWN && (
        <div className="sec small">
          <button type="button" className="linkish" onClick={() => setAll((was) => !was)}>
            {isAll ? t("spending.resources.fewer") : t("spending.resources.all", { n: spend.resources.length })}
          </button>
        </div>
      )}
    </div>
  );
}

/** No figure to show: none used, or not known. The two are never the same. */
export function NoSpend({
  spend,
  onBudget,
}: {
  readonly spend: CustomerSpend;
  readonly onBudget: (() => void) | undefined;
}) {
  const t = useT();
  const isNone = spend.state === "none";
  return (
    <EmptyState
      level={isNone ? "none" : "unknown"}
      title={t(isNone ? "spending.none" : "spending.unknown")}
      text={t(
        isNone
          ? "spending.none.text"
          : spend.reason === "currency-unknown"
            ? "spending.unknown.currency"
            : "spending.unknown.text",
      )}
      action={
        onBudget && (
          <Button size="compact-xs" mih={24} variant="default" onClick={onBudget}>
            {t(spend.budget === null ? "spending.budget.set" : "spending.budget.change")}…
          </Button>
        )
      }
    />
  );
}
