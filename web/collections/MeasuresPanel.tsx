import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { MeasureName, OverviewWire } from "../../src/receivables/contract-statement.ts";
import { BUCKETS } from "../../src/receivables/contract.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { shareOf } from "../i18n/format.ts";
import { type T, useFormat, useT } from "../i18n/t.ts";
import { AgeingBar } from "../kit/AgeingBar.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Go } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState, Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { MeasureFigure } from "../receivables/ledger/Overview.tsx";

type Block = OverviewWire["currencies"][number];

/** What is owed and how old it is, in one currency at a time: sums across currencies would hide which money is late. */
export function MeasuresPanel({ held }: { readonly held: number | undefined }) {
  const overview = useRead<OverviewWire>(["receivables", "overview"], "/api/receivables/overview", {
    topics: ["collections"],
  });
  return (
    <Panel>
      <Loaded query={overview}>{(data) => <Measures overview={data} held={held} />}</Loaded>
    </Panel>
  );
}

type MeasuresProps = { readonly overview: OverviewWire; readonly held: number | undefined };

function Measures({ overview, held }: MeasuresProps) {
  const t = useT();
  const [chosen, choose] = useState<string | undefined>();
  const byNumber = [...overview.currencies].sort((a, b) => b.ageing.openInvoices - a.ageing.openInvoices);
  const block = byNumber.find((one) => one.ageing.currency === chosen) ?? byNumber[0];
  if (block === undefined)
    return (
      <EmptyState level="unknown" title={t("collections.measure.none")} text={t("collections.measure.none.text")} />
    );
  const { ageing } = block;
  return (
    <>
      <Five block={block} asOf={overview.asOf} held={held} />
      <div className="sec line">
        {byNumber.length > 1 && (
          <NativeSelect
            size="xs"
            w={96}
            mb={8}
            aria-label={t("customers.filter.currency")}
            value={ageing.currency}
            onChange={(event) => choose(event.currentTarget.value)}
            data={byNumber.map((one) => one.ageing.currency)}
          />
        )}
        <AgeingBar
          buckets={BUCKETS.map((bucket) => ageing.buckets[bucket])}
          opens={(at) => bucketFigure(t, block, at)}
        />
      </div>
    </>
  );
}

const sum = (currency: string, parts: readonly MoneyWire[]): MoneyWire => ({
  minor: parts.reduce((total, part) => total + BigInt(part.minor), 0n).toString(),
  currency,
});

type FiveProps = { readonly block: Block; readonly asOf: string; readonly held: number | undefined };

function Five({ block, asOf, held }: FiveProps) {
  const t = useT();
  const f = useFormat();
  const { ageing } = block;
  const over90 = sum(ageing.currency, [ageing.buckets.d91to120, ageing.buckets.over120]);
  const isAnyOverdue = BigInt(ageing.overdue.minor) > 0n;
  const best = block.measures.find(({ name }) => name === "dso-best");
  return (
    <div className="five">
      <Tile
        name={t("collections.measure.overdue")}
        note={t("collections.measure.ofOpen", { amount: f.money(ageing.outstanding) })}
      >
        <Money value={ageing.overdue} label={t("collections.measure.overdue")} opens={overdueFigure(t, block)} />
      </Tile>
      <Tile
        name={t("collections.measure.dso")}
        note={
          best?.value === undefined || best.value === null
            ? ""
            : t("collections.measure.dso.best", { n: f.decimal(Number(best.value), 0) })
        }
      >
        <Measured block={block} name="dso-count-back" asOf={asOf} />
      </Tile>
      <Tile
        name={t("collections.measure.over90")}
        note={
          isAnyOverdue
            ? t("collections.measure.ofOverdue", { share: f.percent(shareOf(over90, ageing.overdue), 1) })
            : t("collections.notOverdue")
        }
      >
        <Money value={over90} />
      </Tile>
      <Tile name={t("collections.measure.kept")} note={t("collections.measure.kept.note")}>
        <Measured block={block} name="promises-kept" asOf={asOf} />
      </Tile>
      <Tile name={t("collections.measure.held")} note={t("collections.measure.held.note")}>
        {held === undefined ? (
          <span className="ink3">{t("kit.unknown")}</span>
        ) : (
          <Go className="lnk" to="/collections?only=held">
            {t("collections.measure.held.n", { n: held })}
          </Go>
        )}
      </Tile>
    </div>
  );
}

type TileProps = { readonly name: string; readonly note: string; readonly children: React.ReactNode };

function Tile({ name, note, children }: TileProps) {
  return (
    <div>
      <span className="label">{name}</span>
      <div className="mid">{children}</div>
      <span className="tiny ink3">{note}</span>
    </div>
  );
}

type MeasuredProps = { readonly block: Block; readonly name: MeasureName; readonly asOf: string };

function Measured({ block, name, asOf }: MeasuredProps) {
  const measure = block.measures.find((one) => one.name === name);
  return measure === undefined ? null : <MeasureFigure measure={measure} asOf={asOf} />;
}

function overdueFigure(t: T, { ageing }: Block): Figure {
  return {
    title: t("collections.measure.overdue"),
    parts: BUCKETS.slice(1).map((bucket, at) => ({
      label: t(`kit.age.${(at + 1) as 1 | 2 | 3 | 4 | 5}`),
      value: <Money value={ageing.buckets[bucket]} />,
    })),
    sum: { value: <Money value={ageing.overdue} /> },
    formula: t("collections.measure.overdue.formula"),
    source: t("collections.source.ledger"),
    open: { label: t("collections.toLedger"), to: "/receivables" },
  };
}

function bucketFigure(t: T, { ageing }: Block, at: number): Figure {
  const bucket = BUCKETS[at] ?? "over120";
  return {
    title: t(`kit.age.${at as 0 | 1 | 2 | 3 | 4 | 5}`),
    parts: [{ label: ageing.currency, value: <Money value={ageing.buckets[bucket]} /> }],
    formula: t("collections.measure.bucket.formula"),
    source: t("collections.source.ledger"),
    open: { label: t("collections.toLedger"), to: "/receivables" },
  };
}
