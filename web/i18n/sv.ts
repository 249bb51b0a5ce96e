import { rulesWords } from "../activity/rules/words.ts";
import { workshopWords } from "../activity/rules/words-workshop.ts";
import { activitySearchWords } from "../activity/search/words.ts";
import { activityCoverageWords } from "../activity/coverage/words.ts";
import { activityIntakeWords } from "../activity/intake/words.ts";
import { suppressionWords } from "../activity/suppressions/words.ts";
import { activityFindingWords } from "../activity/words-findings.ts";
import { activityWords } from "../activity/words.ts";
import { accessWords } from "../access/words.ts";
import { auditEventWords } from "../audit/words-events.ts";
import { auditWords } from "../audit/words.ts";
import { casesWords } from "../cases/words.ts";
import { lettersWords } from "../collections/letters/words.ts";
import { policyWords } from "../collections/policy/words.ts";
import { predictionWords } from "../collections/prediction/words.ts";
import { simulationWords } from "../collections/simulation/words.ts";
import { collectionsWords } from "../collections/words.ts";
import { customersWords } from "../customers/words.ts";
import { exposureWords } from "../exposure/words.ts";
import { kitWords } from "../kit/words.ts";
import { noticesWords } from "../notices/words.ts";
import { bankWords } from "../receivables/bank/words.ts";
import { ledgerWords } from "../receivables/ledger/words.ts";
import { receivablesWords } from "../receivables/words.ts";
import { responseWords } from "../response/words.ts";
import { connectionWords } from "../settings/words-connection.ts";
import { stripeSettingWords } from "../settings/words-stripe.ts";
import { refusalWords } from "../settings/words-refusals.ts";
import { settingsWords } from "../settings/words.ts";
import { shellWords } from "../shell/words.ts";
import { spendingWords } from "../spending/words.ts";
import { todayMoneyWords } from "../today/words-money.ts";
import { todayWords } from "../today/words.ts";
import type { Word } from "./define.ts";
import type { Key } from "./en.ts";

/** Every word of the page in Swedish; a key that English has and this table lacks does not compile. */
export const sv: Readonly<Record<Key, Word>> = {
  ...auditEventWords.sv,
  ...accessWords.sv,
  ...activityWords.sv,
  ...activityFindingWords.sv,
  ...suppressionWords.sv,
  ...rulesWords.sv,
  ...workshopWords.sv,
  ...activitySearchWords.sv,
  ...activityCoverageWords.sv,
  ...activityIntakeWords.sv,
  ...auditWords.sv,
  ...casesWords.sv,
  ...collectionsWords.sv,
  ...simulationWords.sv,
  ...policyWords.sv,
  ...predictionWords.sv,
  ...lettersWords.sv,
  ...customersWords.sv,
  ...exposureWords.sv,
  ...kitWords.sv,
  ...noticesWords.sv,
  ...bankWords.sv,
  ...receivablesWords.sv,
  ...ledgerWords.sv,
  ...responseWords.sv,
  ...connectionWords.sv,
  ...stripeSettingWords.sv,
  ...refusalWords.sv,
  ...settingsWords.sv,
  ...shellWords.sv,
  ...spendingWords.sv,
  ...todayMoneyWords.sv,
  ...todayWords.sv,
};
