import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { SettingsWire } from "../../src/access/contract-settings.ts";
import { type ProposalKind, PROPOSAL_KINDS } from "../../src/response/contract.ts";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Loaded } from "../kit/States.tsx";
import { SaveLine } from "./SaveLine.tsx";
import { useSaveSettings, useSettings } from "./use-settings.ts";

/** How many other people must say yes before something happens at Microsoft. */
export function ApprovalsTab() {
  const t = useT();
  const settings = useSettings();
  return (
    <Panel title={t("settings.approvals")} question={t("settings.approvals.q")}>
      <Loaded query={settings}>{(data) => <ApprovalsForm settings={data} />}</Loaded>
    </Panel>
  );
}

type Chosen = Readonly<Record<string, number>>;
const COUNTS = ["1", "2", "3"] as const;
/** One other person: what holds for every kind until somebody chooses more. */
const USUAL = 1;

function ApprovalsForm({ settings }: { readonly settings: SettingsWire }) {
  const t = useT();
  const kept: Chosen = settings.values["response.approvals"] ?? {};
  const [draft, setDraft] = useState<Chosen>(kept);
  const save = useSaveSettings();
  const set = (kind: ProposalKind, count: string) => {
    const { [kind]: _old, ...others } = draft;
    setDraft(Number(count) === USUAL ? others : { ...others, [kind]: Number(count) });
  };
  const isChanged = PROPOSAL_KINDS.some((kind) => (draft[kind] ?? USUAL) !== (kept[kind] ?? USUAL));
  return (
    <form
      className="sec col settings-form wide"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ values: { "response.approvals": { ...draft } } });
      }}
    >
      <span className="small ink2">{t("settings.approvals.text")}</span>
      <table className="t settings-approvals">
        <thead>
          <tr>
            <th scope="col">{t("settings.approvals.kind")}</th>
            <th scope="col">{t("settings.approvals.count")}</th>
          </tr>
        </thead>
        <tbody>
          {PROPOSAL_KINDS.map((kind) => (
            <tr key={kind}>
              <th scope="row">{t(`settings.kind.${kind}`)}</th>
              <td>
                <SegmentedControl
                  size="xs"
                  aria-label={t(`settings.kind.${kind}`)}
                  data={[...COUNTS]}
                  value={String(draft[kind] ?? USUAL)}
                  onChange={(count) => set(kind, count)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <SaveLine isChanged={isChanged} isBusy={save.isPending} isSaved={save.isSuccess} error={save.error} />
    </form>
  );
}
