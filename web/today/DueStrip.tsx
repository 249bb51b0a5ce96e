import type { ProposalKind } from "../../src/response/contract.ts";
import type { DueCell, DueKind } from "../../src/today/contract.ts";
import { minutesFrom } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useProposalName } from "./proposal-words.ts";

const TO: Record<DueKind, string> = {
  renewals: "/customers?show=renewals",
  windows: "/customers?show=windows",
  refunds: "/cases?show=refunds",
  dunning: "/collections?filter=todo",
  promises: "/collections/promises",
  approvals: "/decisions",
};
/** Nearer than this a cell warns. */
const NEAR_MINUTES = 24 * 60;

/** These are read off subscriptions: while none was ever read, nobody knows how many there are. */
const OF_SUBSCRIPTIONS: readonly DueKind[] = ["renewals", "windows"];

type DueStripProps = { readonly cells: readonly DueCell[]; readonly hasSubscriptions: boolean };

/** What falls due and costs money when it is missed: count, the first, when, how much. */
export function DueStrip({ cells, hasSubscriptions }: DueStripProps) {
  return (
    <div className="due line">
      {cells.map((cell) => (
        <DueLink key={cell.kind} cell={cell} isKnown={hasSubscriptions || !OF_SUBSCRIPTIONS.includes(cell.kind)} />
      ))}
    </div>
  );
}

function DueLink({ cell, isKnown }: { readonly cell: DueCell; readonly isKnown: boolean }) {
  const t = useT();
  const f = useFormat();
  const proposalName = useProposalName();
  const { first } = cell;
  const left = first?.at ? minutesFrom(f.nowIso, first.at) : undefined;
  const what =
    first === null
      ? undefined
      : cell.kind === "approvals" && first.what
        ? proposalName({ kind: first.what as ProposalKind, targets: targetsOf(first.quantity) })
        : [first.what, first.quantity !== null && first.quantity > 1 ? `×\u00a0${first.quantity}` : ""]
            .filter(Boolean)
            .join("\u00a0");
  return (
    <Go to={TO[cell.kind]} className="due-cell">
      <span className="row" style={{ gap: 6 }}>
        {isKnown ? <span className="mid num">{f.count(cell.count)}</span> : <Glyph level="unknown" size={16} />}
        <span className="label" style={{ lineHeight: 1.15 }}>
          {t(`due.${cell.kind}`)}
        </span>
      </span>
      {first ? (
        <>
          <span className="small ink2">{what ? `${first.customerName}: ${what}` : first.customerName}</span>
          <span className="tiny ink3 row top due-when" style={{ gap: 4 }}>
            {left !== undefined && left < NEAR_MINUTES && (
              <span style={{ marginTop: 1 }}>
                <Glyph level="warn" size={11} />
              </span>
            )}
            <span>
              {[
                left === undefined ? "" : t(left < 0 ? "kit.late" : "kit.ahead", { time: f.duration(left) }),
                amountText(cell, t, f),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </span>
        </>
      ) : (
        <span className="small ink3">{t(isKnown ? "due.none" : "kit.unknown")}</span>
      )}
    </Go>
  );
}

/** Approvals name how many things they are about; their names are not needed for that. */
const targetsOf = (count: number | null) =>
  Array.from({ length: count ?? 1 }, () => ({ kind: "entitlement" as const, id: "", name: "", quantity: null }));

function amountText(cell: DueCell, t: ReturnType<typeof useT>, f: ReturnType<typeof useFormat>): string {
  const amount = cell.first?.amount;
  if (!amount) return "";
  const minor = BigInt(amount.minor);
  if (minor === 0n) return "";
  const size = { minor: (minor < 0n ? -minor : minor).toString(), currency: amount.currency };
  const key = cell.kind === "approvals" && minor < 0n ? "due.approvals.costs" : (`due.${cell.kind}.amount` as const);
  return t(key, { amount: f.money(size) });
}
