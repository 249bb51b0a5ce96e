import type { SuppressionWire } from "../../../src/activity/watch/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Tag } from "../../kit/Risk.tsx";

type Written = Pick<
  SuppressionWire,
  "reason" | "ticket" | "author" | "createdAt" | "expiresAt" | "state" | "hits" | "lastHitAt"
>;

export function StateTag({ state }: { readonly state: Written["state"] }) {
  const t = useT();
  return <Tag level={state === "in-force" ? "info" : "none"}>{t(`suppress.state.${state}`)}</Tag>;
}

export function WhyCell({ of }: { readonly of: Written }) {
  const t = useT();
  const f = useFormat();
  return (
    <span className="col" style={{ gap: 2 }}>
      <span className="small">{of.reason}</span>
      <span className="tiny ink3 num">
        {t("suppress.by", { name: of.author, when: f.moment(of.createdAt) })}
        {of.ticket !== null && ` · ${of.ticket}`}
      </span>
    </span>
  );
}

export function UntilCell({ of }: { readonly of: Written }) {
  const f = useFormat();
  return <span className="num small nowrap">{f.moment(of.expiresAt)}</span>;
}

export function HitsCell({ of }: { readonly of: Written }) {
  const t = useT();
  const f = useFormat();
  return (
    <span className="col right" style={{ gap: 2 }}>
      <span className="num">{f.count(BigInt(of.hits))}</span>
      {of.lastHitAt !== null && (
        <span className="tiny ink3 num">{t("suppress.last", { when: f.moment(of.lastHitAt) })}</span>
      )}
    </span>
  );
}
