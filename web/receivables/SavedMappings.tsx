import { IconX } from "@tabler/icons-react";
import type { SavedMappingWire } from "../../src/receivables/contract-import.ts";
import { api } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead, useWrite } from "../query.ts";

type MappingsWire = { readonly rows: readonly SavedMappingWire[] };

/** Ways of reading files that are found again by their header. */
export function SavedMappings({ canForget }: { readonly canForget: boolean }) {
  const t = useT();
  const saved = useRead<MappingsWire>(["receivables", "mappings"], "/api/import-mappings", { refetchInterval: false });
  const forget = useWrite((id: string, options) => api.delete(`/api/import-mappings/${id}`, {}, options), {
    topics: ["receivables"],
  });
  return (
    <Panel title={t("receivables.saved")} question={t("receivables.saved.q")}>
      <Loaded query={saved}>
        {({ rows }) =>
          rows.length === 0 ? (
            <div className="sec small ink2">{t("receivables.saved.none")}</div>
          ) : (
            <ul className="import-list">
              {rows.map((one) => (
                <li key={one.id}>
                  <span className="col import-past">
                    <span className="b cut">{one.name}</span>
                    <span className="tiny ink3">
                      {t(`receivables.kind.${one.kind}`)} · {t("receivables.saved.used", { n: one.usedCount })}
                    </span>
                  </span>
                  {canForget && (
                    <button
                      type="button"
                      className="icon push"
                      aria-label={t("receivables.saved.forget", { name: one.name })}
                      onClick={() => forget.mutate(one.id)}
                    >
                      <IconX size={14} />
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
