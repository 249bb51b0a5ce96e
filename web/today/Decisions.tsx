import { Button } from "@mantine/core";
import { IconLock, IconRotate2 } from "@tabler/icons-react";
import type { ProposalRowJson } from "../../src/response/contract.ts";
import type { TodayWire } from "../../src/today/contract.ts";
import { minutesFrom } from "../i18n/format.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Approvals } from "../kit/Bits.tsx";
import type { Figure } from "../kit/Fig.tsx";
import { Go, useGo } from "../kit/Go.tsx";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useProposalName } from "./proposal-words.ts";

/** What waits for a yes. Review opens the proposal; nothing is approved from here. */
export function Decisions({ decisions }: { readonly decisions: TodayWire["decisions"] }) {
  const t = useT();
  if (decisions === null) return null;
  return (
    <Panel
      title={t("dec.title")}
      question={t("dec.q")}
      aside={
        decisions.total > 0 && (
          <Go className="more" to="/decisions">
            {t("dec.all", { n: decisions.total })}
          </Go>
        )
      }
    >
      {decisions.rows.length === 0 ? (
        <EmptyState level="ok" title={t("dec.empty")} text={t("dec.empty.text")} />
      ) : (
        <div className="decs">
          <div className="dec head hide-sm label" aria-hidden="true">
            <span>{t("dec.decision")}</span>
            <span className="right">{t("dec.saves")}</span>
            <span>{t("dec.undo")}</span>
            <span>{t("dec.approvals")}</span>
            <span />
          </div>
          <ul>
            {decisions.rows.map((row, i) => (
              <DecisionRow key={row.id} row={row} isFirst={i === 0} />
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}

/** Nearer than this the row tells when it expires instead of how long it has waited. */
const EXPIRES_NEAR_MINUTES = 24 * 60;

function DecisionRow({ row, isFirst }: { readonly row: ProposalRowJson; readonly isFirst: boolean }) {
  const t = useT();
  const f = useFormat();
  const go = useGo();
  const nameOf = useProposalName();
  const lasting = row.effects.filter((effect) => effect.lasting);
  const Mark = lasting.length > 0 ? IconLock : IconRotate2;
  const left = minutesFrom(f.nowIso, row.expiresAt);
  const when =
    left < EXPIRES_NEAR_MINUTES
      ? t("dec.expires", { time: f.duration(left) })
      : t("dec.waits", { time: f.duration(f.minutesSince(row.madeAt)) });
  return (
    <li className="dec">
      <span className="col what">
        <Go className="lnk" to={`/decisions/${row.id}`}>
          {nameOf(row)}
        </Go>
        <span className="small ink3">
          {row.customerName} · <span className="num">{when}</span>
        </span>
      </span>
      <Saving row={row} />
      <span className="small ink2 row top undo" style={{ gap: 6 }}>
        <Mark size={14} stroke={1.7} style={{ flex: "none", marginTop: 2 }} aria-hidden="true" />
        <span>
          {lasting.length === 0
            ? t("dec.lasting.none")
            : lasting.map((effect) => t(`effect.${effect.kind}`)).join(" · ")}
        </span>
      </span>
      <span className="col appr" style={{ gap: 3 }}>
        <span className="row num small" style={{ gap: 6 }}>
          <span aria-hidden="true">
            <Approvals have={row.approvals.have} need={row.approvals.need} />
          </span>
          {t("kit.of", { have: row.approvals.have, need: row.approvals.need })}
        </span>
        <WhoMay row={row} />
      </span>
      <span className="right act">
        <Button
          variant="default"
          {...(isFirst ? { "data-first-decision": true } : {})}
          aria-label={t("dec.review.of", { number: `P-${row.number}`, action: nameOf(row) })}
          onClick={() => go(`/decisions/${row.id}`)}
        >
          {t("dec.review")}
        </Button>
      </span>
    </li>
  );
}

function WhoMay({ row }: { readonly row: ProposalRowJson }) {
  const t = useT();
  const word = useWord();
  const code = row.whyNotMe?.code;
  // A Global admin may whatever others may; naming the others is enough.
  const others = row.approvals.roles.filter((role) => role !== "global-admin");
  const lowest = others.length > 0 ? others : row.approvals.roles;
  const text = row.waitingForMe
    ? t("dec.youCan")
    : code === "you-approved-already"
      ? t("dec.youDid")
      : code === "you-proposed-it"
        ? t("dec.youMade")
        : t("dec.needs", { roles: lowest.map((role) => word(`role.${role}`, {}, role)).join(", ") });
  return <span className="tiny ink3">{text}</span>;
}

function Saving({ row }: { readonly row: ProposalRowJson }) {
  const t = useT();
  const { saving } = row;
  if (saving.amount === null)
    return (
      <span className="col right save small ink3">
        {t(saving.kind === "unknown" ? "dec.saving.unknown" : "dec.saving.nothing")}
      </span>
    );
  const minor = BigInt(saving.amount.minor);
  const per = saving.per ?? "day";
  const figure: Figure = {
    title: t("dec.saving.title"),
    parts: [
      {
        label: t("dec.saving.shown"),
        note: t(`dec.per.${per}`),
        value: <Money value={saving.amount} signed digits="minor" />,
      },
      ...(saving.month
        ? [{ label: t("dec.saving.month"), value: <Money value={saving.month} signed digits="minor" /> }]
        : []),
    ],
    formula: t(`dec.saving.formula.${per}`),
    asOf: saving.asOf,
    source: t("dec.saving.source"),
    open: { label: t("dec.review"), to: `/decisions/${row.id}` },
  };
  return (
    <span className="col right save">
      <span>
        <Money
          value={saving.amount}
          signed
          className={`b ${minor > 0n ? "ok" : minor < 0n ? "warn" : ""}`}
          {...(minor === 0n ? {} : { opens: figure, label: t("dec.saving.title") })}
        />
      </span>
      <span className="tiny ink3">{t(`dec.per.${per}`)}</span>
    </span>
  );
}
