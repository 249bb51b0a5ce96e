import { Button, Select } from "@mantine/core";
import { useState } from "react";
import type { InstrumentWire, StripeCustomerWire, StripeStateWire } from "../../src/receivables/contract-stripe.ts";
import { api } from "../api.ts";
import { useFormat, useT, useWord } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { useProblemText } from "../kit/States.tsx";
import { useList, useRead, useWrite } from "../query.ts";

const SHOWN = 8;
const CHOICES = 20;

/** Customers of Stripe whom nobody knows, and the cards and mandates customers pay with. Not shown while Stripe is not used. */
export function StripePanel({ canMatch }: { readonly canMatch: boolean }) {
  const t = useT();
  const f = useFormat();
  const state = useRead<StripeStateWire>(["receivables", "stripe"], "/api/stripe");
  if (state.data === undefined || (state.data.lastAt === null && !state.data.isSet)) return null;
  const waiting = state.data.customers.filter(({ customerId }) => customerId === null);
  const { instruments, lastAt } = state.data;
  return (
    <Panel
      title={t("receivables.stripe")}
      question={t("receivables.stripe.q")}
      aside={<span className="ink3 nowrap">{lastAt === null ? t("receivables.stripe.never") : f.moment(lastAt)}</span>}
    >
      {waiting.length === 0 ? (
        <div className="sec row small">
          <Glyph level="ok" />
          {t("receivables.stripe.none")}
        </div>
      ) : (
        <ul className="import-list stripe-waiting">
          {waiting.slice(0, SHOWN).map((one) => (
            <Waiting key={one.id} one={one} canMatch={canMatch} />
          ))}
        </ul>
      )}
      {instruments.length > 0 && (
        <>
          <h3 className="sec small b stripe-title">{t("receivables.stripe.instruments")}</h3>
          <ul className="import-list">
            {instruments.slice(0, SHOWN).map((one) => (
              <Instrument key={one.id} one={one} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

type WaitingProps = { readonly one: StripeCustomerWire; readonly canMatch: boolean };

function Waiting({ one, canMatch }: WaitingProps) {
  const t = useT();
  const problemText = useProblemText();
  const [chosen, choose] = useState<string | null>(null);
  const [asked, ask] = useState("");
  const found = useList<{ readonly id: string; readonly name: string }>("customers", "/api/customers", {
    q: asked === "" ? undefined : asked,
    limit: CHOICES,
  });
  const match = useWrite(
    (customerId: string, options) =>
      api.put(`/api/stripe/customers/${encodeURIComponent(one.id)}`, { customerId }, options),
    { topics: ["receivables"] },
  );
  const label = one.name ?? one.email ?? one.id;
  return (
    <li>
      <div className="col stripe-who">
        <span className="row" style={{ gap: 6 }}>
          <Glyph level="warn" size={13} />
          <span className="b cut">{label}</span>
        </span>
        <span className="tiny ink3 cut">
          {one.id} · {t("receivables.stripe.waiting", { n: one.waiting })}
        </span>
        {canMatch && (
          <span className="row stripe-match">
            <Select
              size="xs"
              searchable
              aria-label={t("receivables.stripe.whose", { name: label })}
              placeholder={t("receivables.stripe.choose")}
              data={found.rows.map(({ id, name }) => ({ value: id, label: name }))}
              filter={({ options }) => options}
              value={chosen}
              onChange={choose}
              onSearchChange={ask}
            />
            <Button
              size="xs"
              variant="default"
              disabled={chosen === null}
              loading={match.isPending}
              onClick={() => chosen !== null && match.mutate(chosen)}
            >
              {t("receivables.stripe.match")}
            </Button>
          </span>
        )}
        {match.error && (
          <span className="small crit" role="alert">
            {problemText(match.error)}
          </span>
        )}
      </div>
    </li>
  );
}

function Instrument({ one }: { readonly one: InstrumentWire }) {
  const t = useT();
  const f = useFormat();
  const word = useWord();
  const name = [one.brand ?? one.kind, one.last4 === null ? undefined : `•••• ${one.last4}`].filter(Boolean).join(" ");
  const failed = [one.checks.cvc, one.checks.address, one.checks.postal].includes("fail");
  const facts = [
    one.funding === null ? undefined : word(`receivables.stripe.funding.${one.funding}`, {}, one.funding),
    one.country ?? undefined,
    one.expires === null ? undefined : t("receivables.stripe.expires", { month: one.expires }),
    failed ? t("receivables.stripe.checkFailed") : undefined,
    one.customerId === null ? t("receivables.stripe.nobodys") : undefined,
  ];
  return (
    <li>
      <Glyph level={one.lost !== null ? "crit" : one.funding === "prepaid" || failed ? "warn" : "ok"} size={13} />
      <div className="col import-past" style={{ gap: 0 }}>
        <span className="cut">{name}</span>
        <span className="tiny ink3 cut">{facts.filter(Boolean).join(" · ")}</span>
      </div>
      {one.lost !== null && (
        <span className="tiny crit nowrap">
          {word(`receivables.stripe.lost.${one.lost.why}`, {}, one.lost.why)} {f.moment(one.lost.at)}
        </span>
      )}
    </li>
  );
}
