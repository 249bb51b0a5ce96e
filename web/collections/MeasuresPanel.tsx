import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { AgeingWire } from "../../src/receivables/contract.ts";
import { BUCKETS } from "../../src/receivables/contract.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { shareOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { AgeingBar } from "../kit/AgeingBar.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState, Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";

type Row = AgeingWire["currencies"][number];

/** What is owed and how old it is, in one currency at a time: sums across currencies would hide which money is late. */
export function MeasuresPanel() {
  const ageing = useRead<AgeingWire>(["receivables", "ageing"], "/api/receivables/ageing");
  return (
    <Panel>
      <Loaded query={ageing}>{(data) => <Measures ageing={data} />}</Loaded>
    </Panel>
  );
}

function Measures({ ageing }: { readonly ageing: AgeingWire }) {
  const t = useT();
  const [chosen, choose] = useState<string | undefined>();
  const byNumber = [...ageing.currencies].sort((a, b) => b.openInvoices - a.openInvoices);
  const row = byNumber.find((one) => one.currency === chosen) ?? byNumber[0];
  if (row === undefined)
    return (
      <EmptyState level="unknown" title={t("collections.measure.none")} text={t("collections.measure.none.text")} />
    );
  return (
    <>
      <Five row={row} ageing={ageing} />
      <div className="sec">
        {byNumber.length > 1 && (
          <NativeSelect
            size="xs"
            w={120}
            mb={8}
            aria-label={t("customers.filter.currency")}
            value={row.currency}
            onChange={(event) => choose(event.currentTarget.value)}
            data={byNumber.map(({ currency }) => currency)}
          />
        )}
        <AgeingBar
          buckets={BUCKETS.map((bucket) => row.buckets[bucket])}
          opens={(at) => bucketFigure(t, row, { ageing, at })}
        />
      </div>
    </>
  );
}

const sum = (currency: string, parts: readonly MoneyWire[]): MoneyWire => ({
  minor: parts.reduce((total, part) => total + BigInt(part.minor), 0n).toString(),
  currency,
});

type FiveProps = { readonly row: Row; readonly ageing: AgeingWire };

function Five({ row, ageing }: FiveProps) {
  const t = useT();
  const f = useFormat();
  const over90 = sum(row.currency, [row.buckets.d91to120, row.buckets.over120]);
  const isAnyOverdue = BigInt(row.overdue.minor) > 0n;
  return (
    <div className="five">
      <div>
        <span className="label">{t("collections.measure.overdue")}</span>
        <div className="mid">
          <Money
            value={row.overdue}
            label={t("collections.measure.overdue")}
            opens={{
              title: t("collections.measure.overdue"),
              parts: BUCKETS.slice(1).map((bucket, at) => ({
                label: t(`kit.age.${(at + 1) as 1 | 2 | 3 | 4 | 5}`),
                value: <Money value={row.buckets[bucket]} />,
              })),
              sum: { value: <Money value={row.overdue} /> },
              formula: t("collections.measure.overdue.formula"),
              asOf: ageing.recordedAt,
              source: t("collections.source.ledger"),
              open: { label: t("collections.toLedger"), to: "/receivables" },
            }}
          />
        </div>
        <span className="tiny ink3">{t("collections.measure.ofOpen", { amount: f.money(row.outstanding) })}</span>
      </div>
      <div>
        <span className="label">{t("collections.measure.over90")}</span>
        <div className="mid">
          <Money value={over90} />
        </div>
        <span className="tiny ink3">
          {isAnyOverdue
            ? t("collections.measure.ofOverdue", { share: f.percent(shareOf(over90, row.overdue), 1) })
            : t("collections.notOverdue")}
        </span>
      </div>
      <div>
        <span className="label">{t("collections.measure.disputed")}</span>
        <div className="mid">
          <Money value={row.disputed} />
        </div>
        <span className="tiny ink3">{t("collections.measure.disputed.note")}</span>
      </div>
      <div>
        <span className="label">{t("collections.measure.unapplied")}</span>
        <div className="mid">
          <Money value={row.unapplied} />
        </div>
        <span className="tiny ink3">{t("collections.measure.unapplied.note")}</span>
      </div>
      <div>
        <span className="label">{t("collections.measure.invoices")}</span>
        <div className="mid num">{f.count(row.overdueInvoices)}</div>
        <span className="tiny ink3">{t("collections.measure.ofInvoices", { n: f.count(row.openInvoices) })}</span>
      </div>
    </div>
  );
}

type BucketOf = { readonly ageing: AgeingWire; readonly at: number };

function bucketFigure(t: ReturnType<typeof useT>, row: Row, { ageing, at }: BucketOf): Figure {
  const bucket = BUCKETS[at] ?? "over120";
  return {
    title: t(`kit.age.${at as 0 | 1 | 2 | 3 | 4 | 5}`),
    parts: [{ label: row.currency, value: <Money value={row.buckets[bucket]} /> }],
    formula: t("collections.measure.bucket.formula"),
    asOf: ageing.recordedAt,
    source: t("collections.source.ledger"),
    open: { label: t("collections.toLedger"), to: "/receivables" },
  };
}
