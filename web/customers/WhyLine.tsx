import { shareOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Go } from "../kit/Go.tsx";
import { Glyph, STANDING_LEVEL } from "../kit/Risk.tsx";
import type { PassportWire } from "./wires.ts";

/** One line that says why the customer stands where it stands, and what would change it back. */
export function WhyLine({ passport }: { readonly passport: PassportWire }) {
  const t = useT();
  const f = useFormat();
  const concerns = useConcerns(passport);
  const { standing, identity } = passport;
  if (standing.reason === null && concerns.length === 0) return null;
  const level = STANDING_LEVEL[standing.standing];
  const word = t(`kit.standing.${standing.standing}`);
  return (
    <div className={`why small ${level}`}>
      <Glyph level={standing.standing === "active" && concerns.length > 0 ? "info" : level} />
      <span>
        <span className="b">
          {standing.since === null
            ? `${word}.`
            : t("customers.why.since", { standing: word, day: f.day(standing.since) })}
        </span>{" "}
        <span className="ink2">
          {standing.reason !== null && `${ended(standing.reason)} `}
          {concerns.length > 0 && `${concerns.join(" · ")}. `}
          {standing.backWhen !== null && t("customers.why.back", { when: ended(standing.backWhen) })}
        </span>
      </span>
      {standing.by !== null && (
        <Go className="more push" to={`/audit?customer=${identity.id}&kind=customers`}>
          {t("customers.why.who", { name: standing.by.name })}
        </Go>
      )}
    </div>
  );
}

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What the figures themselves say: used limit, oldest overdue invoice, spend against budget. Facts only. */
function useConcerns({ exposure, receivables, spend, cases }: PassportWire): readonly string[] {
  const t = useT();
  const f = useFormat();
  const found: string[] = [];
  if (exposure?.limitUsedBps !== null && exposure?.limitUsedBps !== undefined && exposure.limitUsedBps >= 9_000)
    found.push(t("customers.why.limit", { percent: f.percent(exposure.limitUsedBps / 10_000) }));
  const oldest = Math.max(0, ...(receivables?.invoices ?? []).map((invoice) => invoice.daysPastDue));
  if (oldest > 0) found.push(t("customers.why.late", { n: oldest }));
  const budget = spend?.budget?.amount;
  if (budget && spend?.used && spend.used.currency === budget.currency) {
    const isOver = BigInt(spend.used.minor) >= BigInt(budget.minor);
    const end = spend.forecast?.mid;
    if (isOver) found.push(t("customers.why.over", { percent: f.percent(shareOf(spend.used, budget)) }));
    else if (end && BigInt(end.minor) > BigInt(budget.minor))
      found.push(
        t("customers.why.forecast", {
          percent: f.percent(shareOf(BigInt(end.minor) - BigInt(budget.minor), BigInt(budget.minor))),
        }),
      );
  }
  const open = (cases ?? []).filter((one) => one.closedAt === null).length;
  if (open > 0) found.push(t("customers.why.cases", { n: open }));
  return found;
}
