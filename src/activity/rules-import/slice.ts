import type { Tx } from "../../store/contract.ts";
import type { Job } from "../../worker/contract.ts";
import type { RuleCard } from "../lab/contract.ts";
import { importFolder, learnFields, type RulesImportDeps, unseenFields } from "./service.ts";

const MINUTE_SECONDS = 60;

/** Rules from elsewhere, and what they can see here. */
export function createRulesImport(deps: RulesImportDeps) {
  return {
    /** For the rules page: of each rule the fields that no event of its log source ever had. */
    unseenFields: (tx: Tx, cards: ReadonlyMap<string, Pick<RuleCard, "fields" | "logsources">>) =>
      unseenFields(tx, cards, deps.fieldNames),
    importFolder: (files: Parameters<typeof importFolder>[0], by: Parameters<typeof importFolder>[1]) =>
      importFolder(files, by, deps),
    jobs: (): readonly Job[] => [
      {
        name: "activity.learn-fields",
        everySeconds: 5 * MINUTE_SECONDS,
        handle: async () => void (await learnFields(deps)),
      },
    ],
  };
}
export type RulesImport = ReturnType<typeof createRulesImport>;
