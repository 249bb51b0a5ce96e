import type { CaseJson } from "../../src/cases/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { type Fact, Facts } from "../kit/Bits.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { STANDING_LEVEL, STANDINGS, Tag } from "../kit/Risk.tsx";

/** Who this is about, as far as it matters here; the passport has the rest. */
export function CustomerCard({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const f = useFormat();
  const card = of.customer;
  const standing = STANDINGS.find((one) => one === card?.standing);
  const used = card?.budgetUsedBps;
  const rows: readonly Fact[] = [
    [
      t("cases.customer.standing"),
      standing ? (
        <Tag key="s" level={STANDING_LEVEL[standing]}>
          {t(`kit.standing.${standing}`)}
        </Tag>
      ) : (
        t("kit.unknown")
      ),
    ],
    [
      t("cases.customer.exposure"),
      <span key="e">
        <Money value={card?.exposure} className="b" />{" "}
        <span className={card?.limit ? "ink3" : "warn"}>
          {card?.limit ? t("cases.customer.of", { limit: f.money(card.limit) }) : t("cases.customer.noLimit")}
        </span>
      </span>,
    ],
    [
      t("cases.customer.budget"),
      card?.budget ? (
        <span key="b">
          <Money value={card.budget} />{" "}
          <span className="ink3">
            {used != null && t("cases.customer.used", { percent: f.percent(used / 10_000) })}
          </span>
        </span>
      ) : (
        <span key="b" className="warn">
          {t("cases.customer.noBudget")}
        </span>
      ),
    ],
    ...(of.refund
      ? [
          [
            t("cases.customer.credit"),
            of.refund.state === "used" || of.refund.state === "filed"
              ? t("cases.customer.credit.used", { ticket: of.refund.ticket ?? "" })
              : t("cases.customer.credit.none"),
          ] as const,
        ]
      : []),
  ];
  return (
    <Panel
      title={t("cases.customer")}
      aside={
        <Go className="more" to={`/customers/${of.customerId}`}>
          {t("cases.customer.passport")}
        </Go>
      }
    >
      <div className="sec">
        <Facts rows={rows} />
      </div>
    </Panel>
  );
}
