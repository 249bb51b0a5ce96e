import { Button } from "@mantine/core";
import type { SuppressionWire } from "../../../src/activity/watch/contract-wire.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Tag } from "../../kit/Risk.tsx";
import { useMay } from "../../shell/desk.ts";

type Written = Pick<
  SuppressionWire,
  "reason" | "ticket" | "author" | "createdAt" | "expiresAt" | "state" | "hits" | "lastHitAt"
>;

function StateTag({ state }: { readonly state: Written["state"] }) {
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

/** Lifts what is in force, for those who may; otherwise how it stands. */
export function LiftCell({ state, onLift }: { readonly state: Written["state"]; readonly onLift: () => void }) {
  const t = useT();
  const can = useMay();
  if (state !== "in-force") return <StateTag state={state} />;
  if (!can("activity.tune")) return null;
  return (
    <Button size="compact-xs" variant="default" onClick={onLift}>
      {t("suppress.lift")}
    </Button>
  );
}
