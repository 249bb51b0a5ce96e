import { Button } from "@mantine/core";
import type { ExposurePartWire, ExposureWire } from "../../src/exposure/contract.ts";
import type { MoneyWire } from "../../src/core/wire.ts";
import { minutesFrom, shareOf } from "../i18n/format.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import type { Figure } from "../kit/Fig.tsx";
import { Fig } from "../kit/Fig.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { EmptyState } from "../kit/States.tsx";
import type { PassportWire } from "./wires.ts";

type Props = { readonly passport: PassportWire; readonly onSetLimit: (() => void) | undefined };

/** What could we lose on them: exposure, how much room is left, and when it is used up. */
export function ExposurePanel({ passport, onSetLimit }: Props) {
  const t = useT();
  const f = useFormat();
  const { exposure } = passport;
  return (
    <Panel
      id="exposure"
      title={t("customers.section.exposure")}
      question={t("customers.exposure.q")}
      aside={
        exposure && <span className="ink3 num">{t("customers.asOf", { moment: f.moment(exposure.computedAt) })}</span>
      }
    >
      {exposure === null ? (
        <EmptyState level="error" title={t("customers.exposure.failed")} />
      ) : (
        <>
          <div className="sec three">
            <Now exposure={exposure} />
            <Headroom exposure={exposure} onSetLimit={onSetLimit} />
            <Reached exposure={exposure} />
          </div>
          <div className="sec parts">
            <Stack exposure={exposure} />
            <Unknown exposure={exposure} />
          </div>
        </>
      )}
    </Panel>
  );
}

function Now({ exposure }: { readonly exposure: ExposureWire }) {
  const t = useT();
  const f = useFormat();
  const figure = useTotalFigure(exposure);
  return (
    <div>
      <span className="label">{t("customers.exposure.now")}</span>
      <div className="big">
        {exposure.isPartial && exposure.total !== null && (
          <span className="atleast">{t("customers.exposure.atLeast")} </span>
        )}
        <Money value={exposure.total} opens={figure} label={t("customers.exposure.now")} />
      </div>
      <span className="small ink2">
        {exposure.limit === null || exposure.limitUsedBps === null ? (
          <span className="warn">{t("customers.noLimit")}</span>
        ) : (
          <>
            <span className="num b">{f.percent(exposure.limitUsedBps / 10_000)}</span> {t("customers.ofLimitOf")}{" "}
            <Money
              value={exposure.limit.amount}
              opens={limitFigure(exposure.limit, t, f)}
              label={t("customers.limit")}
            />
          </>
        )}
      </span>
    </div>
  );
}

const limitFigure = (
  limit: NonNullable<ExposureWire["limit"]>,
  t: ReturnType<typeof useT>,
  f: ReturnType<typeof useFormat>,
): Figure => ({
  title: t("customers.limit"),
  parts: [
    { label: t("customers.limit.by"), value: limit.setBy },
    { label: t("customers.limit.at"), value: f.moment(limit.setAt) },
  ],
  formula: limit.why ?? t("kit.unknown"),
  asOf: limit.setAt,
  source: t("customers.source.desk"),
});

function useTotalFigure(exposure: ExposureWire): Figure {
  const t = useT();
  const word = useWord();
  return {
    title: t("customers.exposure.now"),
    parts: exposure.parts.map((part) => ({
      label: t(`customers.part.${part.kind}`),
      value: <Money value={part.amount} code={false} />,
      note: t("customers.rows", { n: part.rows }),
    })),
    sum: { value: <Money value={exposure.total} /> },
    formula:
      exposure.unknown.length === 0
        ? t("customers.fig.exposure.how")
        : `${t("customers.fig.exposure.how")} ${t("customers.fig.missing", {
            parts: exposure.unknown
              .map(
                (one) =>
                  `${t(`customers.part.${one.part}`)} (${word(`customers.unknown.${one.reason}`, {}, one.reason)})`,
              )
              .join(", "),
          })}`,
    asOf: exposure.computedAt,
    source: t("customers.fig.exposure.source"),
  };
}

function Headroom({
  exposure,
  onSetLimit,
}: {
  readonly exposure: ExposureWire;
  readonly onSetLimit: (() => void) | undefined;
}) {
  const t = useT();
  const { headroom, burnPerHour } = exposure;
  const isOver = headroom !== null && BigInt(headroom.minor) < 0n;
  return (
    <div>
      <span className="label">{t(isOver ? "customers.headroom.over" : "customers.col.headroom")}</span>
      <div className={`big ${isOver ? "crit" : ""}`}>
        {exposure.limit === null ? (
          <span className="mid warn row">
            <Glyph level="warn" /> {t("customers.noLimit")}
          </span>
        ) : (
          <Money value={isOver ? { ...headroom, minor: (-BigInt(headroom.minor)).toString() } : headroom} />
        )}
      </div>
      <span className="small ink2">
        {exposure.limit === null && onSetLimit ? (
          <Button size="compact-xs" mih={24} variant="default" onClick={onSetLimit}>
            {t("customers.limit.set")}…
          </Button>
        ) : burnPerHour === null ? (
          t("customers.burn.unknown")
        ) : (
          <>
            {t("customers.burn.at")} <Money value={burnPerHour} per="/h" />
          </>
        )}
        {exposure.limit !== null && onSetLimit && (
          <button type="button" className="linkish" onClick={onSetLimit}>
            {t("customers.limit.change")}…
          </button>
        )}
      </span>
    </div>
  );
}

function Reached({ exposure }: { readonly exposure: ExposureWire }) {
  const t = useT();
  const f = useFormat();
  const { limitReachedAt, headroom, burnPerHour, limit } = exposure;
  const isOver = headroom !== null && BigInt(headroom.minor) < 0n;
  const minutes = limitReachedAt === null ? undefined : minutesFrom(f.nowIso, limitReachedAt);
  const figure: Figure = {
    title: t("customers.reached"),
    parts: [
      { label: t("customers.col.headroom"), value: <Money value={headroom} /> },
      { label: t("customers.burn"), value: <Money value={burnPerHour} per="/h" /> },
    ],
    formula: t("customers.reached.how"),
    asOf: exposure.computedAt,
    source: t("customers.fig.exposure.source"),
  };
  const tone = minutes !== undefined && minutes < 7 * 1_440 ? "warn" : "";
  return (
    <div>
      <span className="label">{t("customers.reached")}</span>
      <div className={`big ${isOver ? "crit" : tone}`}>
        {isOver ? (
          t("customers.reached.now")
        ) : minutes === undefined || minutes < 0 ? (
          <span className="ink3 mid">{t(limit === null ? "customers.reached.noLimit" : "customers.reached.not")}</span>
        ) : (
          <Fig opens={figure} label={t("customers.reached")}>
            {f.duration(minutes)}
          </Fig>
        )}
      </div>
      {!isOver && limitReachedAt !== null && minutes !== undefined && minutes >= 0 && (
        <span className="small ink2">{t("customers.reached.about", { moment: f.moment(limitReachedAt) })}</span>
      )}
    </div>
  );
}

const TONES = ["var(--s-data-1)", "var(--s-data-2)", "var(--s-data-4)"] as const;

/** Parts side by side, the deposit hatched over the end, the limit as a mark. */
function Stack({ exposure }: { readonly exposure: ExposureWire }) {
  const t = useT();
  const of = (kind: ExposurePartWire["kind"]) => exposure.parts.find((part) => part.kind === kind);
  const open = sumOf(of("open-not-due")?.amount, of("open-overdue")?.amount);
  const rows = [
    { key: "open", label: t("customers.part.open"), value: open, sources: [of("open-not-due"), of("open-overdue")] },
    {
      key: "unbilled",
      label: t("customers.part.unbilled"),
      value: of("unbilled-usage")?.amount ?? null,
      sources: [of("unbilled-usage")],
    },
    {
      key: "committed",
      label: t("customers.part.committed"),
      value: of("committed-term")?.amount ?? null,
      sources: [of("committed-term")],
    },
  ];
  const deposits = of("deposits")?.amount ?? null;
  const gross = rows.reduce((sum, row) => sum + positive(row.value), 0n);
  const limit = exposure.limit === null ? 0n : BigInt(exposure.limit.amount.minor);
  const isSameCurrency = exposure.limit?.amount.currency === exposure.reportingCurrency;
  const scale = (gross > limit ? gross : limit) + (gross > limit ? gross : limit) / 40n;
  const held = deposits === null ? 0n : -BigInt(deposits.minor);
  return (
    <>
      <div className="exposure-bar" aria-hidden="true">
        <div className="stack">
          {rows.map((row, at) => (
            <i
              key={row.key}
              style={{
                width: `${shareOf(positive(row.value), scale) * 100}%`,
                background: TONES[at],
                display: positive(row.value) > 0n ? undefined : "none",
              }}
            />
          ))}
        </div>
        {held > 0n && (
          <div
            className="hatch held"
            style={{ left: `${shareOf(gross - held, scale) * 100}%`, width: `${shareOf(held, scale) * 100}%` }}
          />
        )}
        {limit > 0n && isSameCurrency && (
          <div className="limit-mark" style={{ left: `${shareOf(limit, scale) * 100}%` }}>
            <span className="tiny b">{t("customers.limit.mark")}</span>
          </div>
        )}
      </div>
      <div className="four small">
        {rows.map((row, at) => (
          <PartLine
            key={row.key}
            label={row.label}
            value={row.value}
            tone={TONES[at] ?? TONES[2]}
            sources={row.sources}
          />
        ))}
        <PartLine label={t("customers.part.deposits")} value={deposits} tone={undefined} sources={[of("deposits")]} />
      </div>
    </>
  );
}

const positive = (value: MoneyWire | null): bigint =>
  value === null || BigInt(value.minor) < 0n ? 0n : BigInt(value.minor);
function sumOf(a: MoneyWire | null | undefined, b: MoneyWire | null | undefined): MoneyWire | null {
  if (!a || !b) return a ?? b ?? null;
  return { minor: (BigInt(a.minor) + BigInt(b.minor)).toString(), currency: a.currency };
}

type PartLineProps = {
  readonly label: string;
  readonly value: MoneyWire | null;
  readonly tone: string | undefined;
  readonly sources: readonly (ExposurePartWire | undefined)[];
};

function PartLine({ label, value, tone, sources }: PartLineProps) {
  const t = useT();
  const f = useFormat();
  const found = sources.filter((one) => one !== undefined);
  const figure: Figure = {
    title: label,
    parts: found.flatMap((part) =>
      part.byCurrency.map((one) => ({
        label: found.length > 1 ? t(`customers.part.${part.kind}`) : one.amount.currency,
        value: <Money value={one.amount} />,
        note: one.rate === null ? undefined : t("customers.rate", { rate: one.rate.rate, day: f.day(one.rate.day) }),
      })),
    ),
    sum: { value: <Money value={value} /> },
    formula: t("customers.part.how", { n: found.reduce((sum, part) => sum + part.rows, 0) }),
    asOf: found.find((part) => part.asOf !== null)?.asOf,
    source: [...new Set(found.map((part) => part.source))].join(", "),
  };
  return (
    <div className="row top">
      <span
        className={`key ${tone ? "" : "hatch"}`}
        style={tone ? { background: tone } : undefined}
        aria-hidden="true"
      />
      <span className="col">
        <span className="ink2">{label}</span>
        <span className="b">
          <Money value={value} code={false} {...(figure.parts.length > 0 ? { opens: figure, label } : {})} />
        </span>
      </span>
    </div>
  );
}

/** Parts that are not in the figure, said in words: never zero, never fine. */
function Unknown({ exposure }: { readonly exposure: ExposureWire }) {
  const t = useT();
  const word = useWord();
  if (exposure.unknown.length === 0) return null;
  return (
    <ul className="unknowns small">
      {exposure.unknown.map((one, at) => (
        <li key={at} className="row top">
          <Glyph level="unknown" size={13} />
          <span>
            {t("customers.unknown.line", {
              part: t(`customers.part.${one.part}`),
              why: word(`customers.unknown.${one.reason}`, one.facts, one.reason),
            })}
          </span>
        </li>
      ))}
    </ul>
  );
}
