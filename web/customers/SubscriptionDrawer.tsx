import { Drawer } from "@mantine/core";
import type { SubscriptionDetail } from "../../src/customers/contract.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Facts } from "../kit/Bits.tsx";
import { Money } from "../kit/Money.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";

type Props = { readonly customerId: string; readonly subscriptionId: string; readonly onClose: () => void };

/** One subscription opened: what is still to be paid, how its facts changed, and the object as Microsoft sent it. */
export function SubscriptionDrawer({ customerId, subscriptionId, onClose }: Props) {
  const t = useT();
  const detail = useRead<SubscriptionDetail>(
    ["customers", customerId, "subscription", subscriptionId],
    `/api/customers/${customerId}/subscriptions/${subscriptionId}`,
  );
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={480}
      title={detail.data?.subscription.name ?? t("customers.sub")}
    >
      <Loaded query={detail}>{(data) => <Detail detail={data} />}</Loaded>
    </Drawer>
  );
}

function Detail({ detail }: { readonly detail: SubscriptionDetail }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const { subscription: row, history, raw, etag } = detail;
  const { committed } = row;
  return (
    <div className="col" style={{ gap: 16 }}>
      <Facts
        rows={[
          [t("customers.sub.status"), word(`customers.status.${row.status}`, {}, row.status)],
          [t("customers.sub.seats"), f.count(row.quantity)],
          [t("customers.sub.month"), <Money key="m" value={row.monthly} digits="minor" />],
          [
            t("customers.part.committed"),
            committed.kind === "committed" ? (
              <span key="c">
                <Money value={committed.amount} digits="minor" />{" "}
                <span className="ink3">
                  {t("customers.sub.instalments", {
                    n: committed.instalments,
                    amount: f.money(committed.instalment, { digits: "minor" }),
                    day: f.day(committed.endsOn),
                  })}
                </span>
              </span>
            ) : (
              word(`customers.committed.${committed.why}`, {}, committed.why)
            ),
          ],
          [
            t("customers.sub.renewalCommits"),
            row.renewalCommits === null ? "–" : <Money key="r" value={row.renewalCommits} digits="minor" />,
          ],
          [t("customers.sub.readAt"), f.moment(row.readAt)],
          [
            "Id",
            <span key="i" className="mono">
              {row.id}
            </span>,
          ],
          [
            "ETag",
            <span key="e" className="mono" style={{ overflowWrap: "anywhere" }}>
              {etag ?? "–"}
            </span>,
          ],
        ]}
      />
      <History history={history} />
      <details>
        <summary className="small">{t("customers.sub.raw")}</summary>
        <pre className="raw mono">{JSON.stringify(raw, undefined, 2)}</pre>
      </details>
    </div>
  );
}

function History({ history }: { readonly history: SubscriptionDetail["history"] }) {
  const t = useT();
  const f = useFormat();
  return (
    <section>
      <h3 className="label">{t("customers.sub.history")}</h3>
      <ol className="tl">
        {history.map((version, at) => (
          <li key={version.from}>
            <span className="dot open" style={{ marginTop: 5 }} />
            <span className="col">
              <span className="small">
                {changesText(version.facts, history[at + 1]?.facts, t("customers.sub.first"))}
              </span>
              <span className="tiny ink3 num">{f.moment(version.from)}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** `quantity 10 → 20 · autoRenew true → false`: the members that changed from the version before. */
function changesText(now: Record<string, unknown>, before: Record<string, unknown> | undefined, first: string): string {
  if (before === undefined) return first;
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])].filter(
    (name) => JSON.stringify(now[name]) !== JSON.stringify(before[name]),
  );
  const show = (value: unknown) =>
    value === undefined || value === null ? "–" : typeof value === "object" ? "…" : String(value as string);
  return names.map((name) => `${name} ${show(before[name])} → ${show(now[name])}`).join(" · ") || first;
}
