import type { Route } from "../../http/contract.ts";
import type { Tx } from "../../store/contract.ts";
import type { Job } from "../../worker/contract.ts";
import type { LettersDeps } from "./deps.ts";
import { addContact } from "./http-contacts.ts";
import { lettersRoutes } from "./http.ts";
import { lackingLetters } from "./lacking.ts";
import { lettersJobs, takeOverLetters } from "./jobs.ts";
import { accountContacts, callScriptWith, markCall, noticesOf, queueByHand, queueNoticeWith } from "./service.ts";

/** "What was told to whom, and can we prove it?" as main.ts wires it. */
export function createLetters(deps: LettersDeps) {
  return {
    queueNotice: queueNoticeWith(deps),
    /** Thanks, a broken promise: a letter outside the steps, once an account, purpose, day and channel. */
    queueByHand: (...[tx, ask]: Dropped<Parameters<typeof queueByHand>>) => queueByHand(deps, tx, ask),
    noticesOf,
    accountContacts,
    markCall,
    callScript: callScriptWith(deps),
    addContact: (...[tx, ask]: Dropped<Parameters<typeof addContact>>) => addContact(deps, tx, ask),
    routes: (): readonly Route[] => lettersRoutes(deps),
    jobs: (): readonly Job[] => lettersJobs(deps),
    /** Letters that lack a statement, for the policy linter. */
    lacking: (tx: Tx) => lackingLetters(deps, tx),
    /** At a start that is alone on its database. */
    takeOver: () => takeOverLetters(deps),
  };
}
export type Letters = ReturnType<typeof createLetters>;
type Dropped<All extends readonly unknown[]> = All extends readonly [unknown, ...infer Rest] ? Rest : never;
