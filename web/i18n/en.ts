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

/** Every word of the page in English, one table put together from the slices. */
export const en = {
  ...auditEventWords.en,
  ...accessWords.en,
  ...activityWords.en,
  ...activityFindingWords.en,
  ...suppressionWords.en,
  ...rulesWords.en,
  ...workshopWords.en,
  ...activitySearchWords.en,
  ...activityCoverageWords.en,
  ...activityIntakeWords.en,
  ...auditWords.en,
  ...casesWords.en,
  ...collectionsWords.en,
  ...simulationWords.en,
  ...policyWords.en,
  ...predictionWords.en,
  ...lettersWords.en,
  ...customersWords.en,
  ...exposureWords.en,
  ...kitWords.en,
  ...noticesWords.en,
  ...bankWords.en,
  ...receivablesWords.en,
  ...ledgerWords.en,
  ...responseWords.en,
  ...connectionWords.en,
  ...stripeSettingWords.en,
  ...refusalWords.en,
  ...settingsWords.en,
  ...shellWords.en,
  ...spendingWords.en,
  ...todayMoneyWords.en,
  ...todayWords.en,
};

/** A key of the word table. */
export type Key = keyof typeof en;
