import { defineWords } from "../i18n/define.ts";

/** Sentences for the slice's events on every timeline; `web/cases/eventWords.tsx` fills the names in. */
export const noticeEventWords = defineWords({
  en: {
    "event.notices.received": "Notice {number}: {alert}",
    "event.notices.copy-joined": "{number} also came by {channel}; the two are one notice",
    "event.notices.changed": "{number} was changed by Microsoft",
    "event.notices.answered": "{number} is answered: {reason}, after {after}",
    "event.notices.answer-attributed": "{number} was answered through this desk",
    "event.notices.reopened": "{number} was opened again by Microsoft",
    "event.notices.claimed": "Claimed {number}",
    "event.notices.released": "Gave {number} back",
    "event.notices.escalated": "{number} is unanswered after {after}",
  },
  sv: {
    "event.notices.received": "Avisering {number}: {alert}",
    "event.notices.copy-joined": "{number} kom också via {channel}; de två är en avisering",
    "event.notices.changed": "{number} ändrades av Microsoft",
    "event.notices.answered": "{number} är besvarad: {reason}, efter {after}",
    "event.notices.answer-attributed": "{number} besvarades härifrån",
    "event.notices.reopened": "{number} öppnades igen av Microsoft",
    "event.notices.claimed": "Tog {number}",
    "event.notices.released": "Lämnade tillbaka {number}",
    "event.notices.escalated": "{number} är obesvarad efter {after}",
  },
});
