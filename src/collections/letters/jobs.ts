import type { Job } from "../../worker/contract.ts";
import type { LettersDeps } from "./deps.ts";
import { readMailFolder } from "./inbound.ts";
import { takeFromPartnerCenter } from "./take-contacts.ts";
import { sendDue, takeOver } from "./send.ts";

/** What is due stands in the database; a job only says "look now". */
const SEND_SECONDS = 30;
const MAIL_IN_SECONDS = 30;
const CONTACTS_SECONDS = 600;

export const lettersJobs = (deps: LettersDeps): Job[] => [
  { name: "collections.send", everySeconds: SEND_SECONDS, handle: async () => void (await sendDue(deps)) },
  { name: "collections.mail-in", everySeconds: MAIL_IN_SECONDS, handle: async () => void (await readMailFolder(deps)) },
  {
    name: "collections.contacts",
    everySeconds: CONTACTS_SECONDS,
    handle: async () => void (await takeFromPartnerCenter(deps)),
  },
];

/** At a start that is alone on its database: what a killed process had in hand is resolved at once. */
export const takeOverLetters = (deps: LettersDeps): Promise<void> => takeOver(deps, deps.clock.now());
