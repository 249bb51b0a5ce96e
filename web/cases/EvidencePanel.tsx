import { Modal } from "@mantine/core";
import { Fragment, useState } from "react";
import type { CaseJson, EvidenceJson, FindingJson } from "../../src/cases/contract.ts";
import { EvidenceLinks, FindingLinks } from "../activity/findings/FindingLinks.tsx";
import { useFormat, useT } from "../i18n/t.ts";
import { Money } from "../kit/Money.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Glyph, type Level } from "../kit/Risk.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { foldChain } from "./chain.ts";
import { useFactsLine, useSentence } from "./eventWords.tsx";

const LEVEL: Readonly<Record<FindingJson["severity"], Level>> = {
  high: "crit",
  medium: "warn",
  low: "none",
  informational: "none",
};
export const levelOfSeverity = (severity: FindingJson["severity"]): Level => LEVEL[severity];

/** The chain, oldest first: when, what, and in whose record. Only facts. */
export function EvidencePanel({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const [opened, open] = useState<EvidenceJson>();
  const findings = new Map(of.findings.map((finding) => [finding.id, finding]));
  return (
    <Panel
      title={t("cases.evidence")}
      question={t("cases.evidence.q")}
      aside={
        <a className="more" href={`/api/cases/${of.id}/pack`} download>
          {t("cases.evidence.pack")}
        </a>
      }
    >
      {of.evidence.length === 0 && <p className="sec small ink3">{t("cases.evidence.none")}</p>}
      <ol className="chain">
        {foldChain(of.evidence).map(({ first, more }) => (
          <Fragment key={first.id}>
            <Link link={first} finding={findings.get(first.findingId)} onOpen={() => open(first)} />
            {more.length > 0 && <More links={more} findings={findings} onOpen={open} />}
          </Fragment>
        ))}
      </ol>
      {opened && <RecordDialog caseId={of.id} link={opened} onClose={() => open(undefined)} />}
    </Panel>
  );
}

type MoreProps = {
  readonly links: readonly EvidenceJson[];
  readonly findings: ReadonlyMap<string, FindingJson>;
  readonly onOpen: (link: EvidenceJson) => void;
};

/** What else was done by the same hand: one line until somebody asks. */
function More({ links, findings, onOpen }: MoreProps) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <li className="chain-more">
        <button type="button" className="more" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t("cases.evidence.less", { n: links.length }) : t("cases.evidence.more", { n: links.length })}
        </button>
      </li>
      {isOpen &&
        links.map((link) => (
          <Link key={link.id} link={link} finding={findings.get(link.findingId)} onOpen={() => onOpen(link)} />
        ))}
    </>
  );
}

type LinkProps = {
  readonly link: EvidenceJson;
  readonly finding: FindingJson | undefined;
  readonly onOpen: () => void;
};

function Link({ link, finding, onOpen }: LinkProps) {
  const severity = finding?.severity ?? "informational";
  const f = useFormat();
  const t = useT();
  const sentence = useSentence();
  const factsLine = useFactsLine();
  const record = link.recordId === null ? undefined : shortId(link.recordId);
  return (
    <li>
      <time className="num small b at" dateTime={link.at}>
        {f.moment(link.at)}
      </time>
      <span className="knot">
        <Glyph level={LEVEL[severity]} size={15} label={t(`cases.severity.${severity}`)} />
      </span>
      <div className="col">
        <span className="b">{sentence("evidence", link)}</span>
        <span className="small ink2">{factsLine(link)}</span>
        <EvidenceLinks link={link} finding={finding} />
      </div>
      <span className="col right src">
        <span className="tiny ink2">{link.source}</span>
        {link.rawSha256 ? (
          <button type="button" className="fig mono" onClick={onOpen} title={link.recordId ?? undefined}>
            {record ?? t("cases.record")}
          </button>
        ) : (
          <span className="mono ink3" title={link.recordId ?? undefined}>
            {record}
          </span>
        )}
      </span>
    </li>
  );
}

const SHORT = 13;
const shortId = (id: string): string => (id.length <= SHORT ? id : `${id.slice(0, 4)}…${id.slice(-4)}`);

type RecordProps = { readonly caseId: string; readonly link: EvidenceJson; readonly onClose: () => void };

/** The record as it arrived, with its hash: what would be shown to Microsoft or the police. */
function RecordDialog({ caseId, link, onClose }: RecordProps) {
  const t = useT();
  const record = useRead<EvidenceJson & { raw: unknown }>(
    ["cases", caseId, "evidence", link.id],
    `/api/cases/${caseId}/evidence/${link.id}`,
    { refetchInterval: false },
  );
  return (
    <Modal opened onClose={onClose} size={720} title={`${t("cases.record")} · ${link.source}`} centered>
      <Loaded query={record}>
        {(found) => (
          <>
            <span className="mono ink3 resource">{found.recordId}</span>
            {/* A part that scrolls must be reachable by keyboard. */}
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre className="raw mono" tabIndex={0}>
              {JSON.stringify(found.raw, null, 2)}
            </pre>
            <span className="tiny ink3">
              {t("cases.record.hash")} <span className="mono resource">{found.rawSha256}</span>
            </span>
          </>
        )}
      </Loaded>
    </Modal>
  );
}

/** What detectors said; gone ones last. */
export function FindingsPanel({ of }: { readonly of: CaseJson }) {
  const t = useT();
  const f = useFormat();
  const sentence = useSentence();
  const factsLine = useFactsLine();
  return (
    <Panel
      title={t("cases.findings.title")}
      question={t("cases.findings.q")}
      aside={<span className="ink3 num">{t("cases.findings", { n: of.openFindings })}</span>}
    >
      <ul className="finding-list">
        {of.findings.map((finding) => (
          <li key={finding.id} className={finding.resolvedAt ? "gone" : ""}>
            <Glyph
              level={finding.resolvedAt ? "ok" : LEVEL[finding.severity]}
              label={t(`cases.severity.${finding.severity}`)}
            />
            <span className="col">
              <span className="b">{sentence("finding", finding)}</span>
              <span className="small ink2">{factsLine(finding)}</span>
              <span className="tiny ink3">
                {finding.resolvedAt
                  ? t("cases.finding.resolved", { when: f.moment(finding.resolvedAt) })
                  : t("cases.finding.seen", { n: finding.timesSeen, last: f.moment(finding.lastSeenAt) })}
              </span>
              <FindingLinks finding={finding} customerId={of.customerId} />
            </span>
            <Money value={finding.moneyAtRisk} className="push" />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
