import { Button } from "@mantine/core";
import { useState } from "react";
import type { EvidenceJson, FindingJson } from "../../../src/cases/contract.ts";
import { useFormat, useT } from "../../i18n/t.ts";
import { Go } from "../../kit/Go.tsx";
import { useMay } from "../../shell/desk.ts";
import { SuppressDialog, type SuppressValue } from "../suppressions/SuppressDialog.tsx";

type Facts = FindingJson["facts"];
const textOf = (facts: Facts, name: string): string | undefined => {
  const value = facts[name];
  return value === undefined || value === "" ? undefined : String(value);
};

/** From a finding of activity to its rule and runbook, and to keeping its like quiet. Nothing for findings of others. */
export function FindingLinks({ finding, customerId }: { readonly finding: FindingJson; readonly customerId: string }) {
  const t = useT();
  const f = useFormat();
  const rule = textOf(finding.facts, "rule");
  if (finding.kind !== "activity.rule" || rule === undefined) return null;
  const title = textOf(finding.facts, f.language === "sv" ? "titleSv" : "title") ?? rule;
  return (
    <span className="row small">
      <Author facts={finding.facts} />
      <Go className="lnk" to={`/activity/rules/${rule}`}>
        {t("activity.finding.rule")}
      </Go>
      <Suppress
        rule={{ id: rule, title }}
        values={[
          { field: "customer", value: customerId },
          ...(finding.subscriptionId === null
            ? []
            : [{ field: "subscription" as const, value: finding.subscriptionId }]),
        ]}
      />
    </span>
  );
}

const OURS = "Surety";
/** Of “Surety, after NAME” the one whose idea it was; undefined when the rule is ours alone. */
const authorOf = (written: string | undefined): string | undefined => {
  const name = (written ?? "").replace(/^Surety,\s+after\s+/u, "").trim();
  return name === "" || name === OURS ? undefined : name;
};

/** Who wrote the rule, as its terms ask (DRL-1.1); nothing for our own. */
function Author({ facts }: { readonly facts: Facts }) {
  const t = useT();
  const name = authorOf(textOf(facts, "author"));
  const license = textOf(facts, "license");
  if (name === undefined) return null;
  return (
    <span className="tiny ink3">
      {license === undefined
        ? t("activity.finding.author", { name })
        : t("activity.finding.author.license", { name, license })}
    </span>
  );
}

/** From a link of evidence to the event, and to keeping its like quiet. */
export function EvidenceLinks({
  link,
  finding,
}: {
  readonly link: EvidenceJson;
  readonly finding: FindingJson | undefined;
}) {
  const t = useT();
  const f = useFormat();
  const log = textOf(link.facts, "log");
  if (link.kind !== "activity.event" || log === undefined || link.recordId === null) return null;
  const rule = finding === undefined ? undefined : textOf(finding.facts, "rule");
  const title = finding && textOf(finding.facts, f.language === "sv" ? "titleSv" : "title");
  const fields = { "actor.id": "actorId", ip: "ip" } as const;
  const values: SuppressValue[] = (Object.keys(fields) as (keyof typeof fields)[]).flatMap((field) => {
    const value = textOf(link.facts, fields[field]);
    return value === undefined ? [] : [{ field, value }];
  });
  return (
    <span className="row small">
      <Go className="lnk" to={`/activity?event=${encodeURIComponent(`${log}|${link.recordId}`)}`}>
        {t("activity.finding.event")}
      </Go>
      <Suppress rule={rule === undefined ? undefined : { id: rule, title: title ?? rule }} values={values} />
    </span>
  );
}

type SuppressProps = {
  readonly rule: { readonly id: string; readonly title: string } | undefined;
  readonly values: readonly SuppressValue[];
};

/** The button with its dialog; absent for those who may not. */
export function Suppress({ rule, values }: SuppressProps) {
  const t = useT();
  const can = useMay();
  const [isOpen, setOpen] = useState(false);
  if (!can("activity.tune")) return null;
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={() => setOpen(true)}>
        {t("activity.finding.suppress")}
      </Button>
      {isOpen && <SuppressDialog rule={rule} values={values} onClose={() => setOpen(false)} />}
    </>
  );
}
