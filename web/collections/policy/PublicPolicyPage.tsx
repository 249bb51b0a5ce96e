import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import type { PublicPolicyWire } from "../../../src/collections/policy/contract-wire.ts";
import { query } from "../../api.ts";
import { choose, useChoices } from "../../i18n/settings.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { Glyph } from "../../kit/Risk.tsx";
import { EmptyState, Loaded, RowsSkeleton } from "../../kit/States.tsx";
import { useRead } from "../../query.ts";
import "./policy.css";

type Named = { readonly en: string; readonly sv?: string | undefined };
type PublicPolicy = PublicPolicyWire["policies"][number];

/** What customers read, without signing in: the ladder in force, or one version at its permanent address. */
export function PublicPolicyPage() {
  const t = useT();
  const { version } = useParams({ strict: false }) as { version?: string };
  const { q } = useSearch({ strict: false }) as { q?: string };
  const path = version === undefined ? "/api/policy" : `/api/policy/${version}${query({ policyId: q })}`;
  const read = useRead<PublicPolicyWire>(["collections", "public-policy", version ?? "", q ?? ""], path, {
    refetchInterval: false,
  });
  useEffect(() => {
    document.title = t("policy.public.title");
  }, [t]);
  return (
    <main className="pol-public stk">
      <header className="row wrap">
        <div>
          <h1 style={{ margin: 0 }}>{t("policy.public.title")}</h1>
          {read.data && <p className="ink2">{t("policy.public.by", { desk: read.data.deskName })}</p>}
        </div>
        <span className="push">
          <OtherLanguage />
        </span>
      </header>
      <Loaded query={read} title={t("policy.public.failed")} skeleton={<RowsSkeleton rows={8} />}>
        {({ policies }) =>
          policies.length === 0 ? (
            <EmptyState level="none" title={t("policy.public.none")} text="" />
          ) : (
            <>
              {policies.map((policy) => (
                <One key={`${policy.policyId}:${policy.version}`} policy={policy} />
              ))}
            </>
          )
        }
      </Loaded>
    </main>
  );
}

function OtherLanguage() {
  const t = useT();
  const { language } = useChoices();
  return (
    <button
      type="button"
      className="more pol-lang"
      onClick={() => choose({ language: language === "sv" ? "en" : "sv" })}
      lang={language === "sv" ? "en" : "sv"}
    >
      {t("policy.public.other")}
    </button>
  );
}

function One({ policy }: { readonly policy: PublicPolicy }) {
  const t = useT();
  const f = useFormat();
  const say = (words: Named) => (f.language === "sv" ? (words.sv ?? words.en) : words.en);
  const days = policy.partnerTouchesAccessFrom;
  return (
    <section className="panel public-policy" aria-label={say(policy.name)}>
      <header>
        <h2>{say(policy.name)}</h2>
        <span className="push small ink3">
          {t("policy.public.version", { version: policy.version, from: policy.fromDay })}
          {policy.untilDay && ` ${t("policy.public.until", { until: policy.untilDay })}`}
        </span>
      </header>
      <div className="sec row top b">
        <Glyph level={days === null ? "ok" : "warn"} size={16} />
        {days === null ? t("policy.public.noaccess") : t("policy.public.access", { days })}
      </div>
      {policy.about && (
        <div className="sec">
          <div className="pol-about">{say(policy.about)}</div>
        </div>
      )}
      <table className="t">
        <thead>
          <tr>
            <th scope="col">{t("policy.public.when")}</th>
            <th scope="col">{t("policy.public.what")}</th>
          </tr>
        </thead>
        <tbody>
          {policy.steps.map((step) => (
            <Step key={step.id} step={step} name={say(step.name)} />
          ))}
        </tbody>
      </table>
      {policy.exemptions.length > 0 && (
        <div className="sec">
          <div className="b">{t("policy.public.exempt")}</div>
          <ul>
            {policy.exemptions.map((one) => (
              <li key={one.en}>{say(one)}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="sec small">
        <Go className="more" to={`/policy/${policy.version}?q=${policy.policyId}`}>
          {t("policy.public.permanent")}
        </Go>
      </div>
    </section>
  );
}

function Step({ step, name }: { readonly step: PublicPolicy["steps"][number]; readonly name: string }) {
  const t = useT();
  const { daysPastDue: days } = step;
  const when =
    days < 0
      ? t("policy.public.before", { n: -days })
      : days === 0
        ? t("policy.public.on")
        : t("policy.public.after", { n: days });
  const told = step.tell.map((channel) => t(`collections.channel.${channel}`)).join(", ");
  const does = [
    ...step.effects.map((effect) => t(`collections.effect.${effect as "terminate"}`)),
    ...step.charges.map((charge) => t(`collections.charge.${charge as "interest"}`)),
  ].join(", ");
  return (
    <tr>
      <td className="num">{when}</td>
      <td>
        <span className="b">{name}</span>
        {[
          does,
          told && t("policy.public.told", { channels: told }),
          step.noticeDays > 0 && t("policy.public.notice", { n: step.noticeDays }),
        ]
          .filter(Boolean)
          .map((line) => (
            <span key={String(line)} className="small ink2" style={{ display: "block" }}>
              {line}
            </span>
          ))}
      </td>
    </tr>
  );
}
