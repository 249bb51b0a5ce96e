import { casesByText } from "./cases/service-due.ts";
import * as customers from "./customers/service.ts";
import type { Slices } from "./main-slices.ts";
import { noticesByText } from "./notices/search.ts";
import type { SearchSource } from "./today/contract.ts";

/** What Ctrl K finds: customers first, then cases and notices, by number, name, domain or id. */
export function searchSources(slices: Slices): readonly SearchSource[] {
  const { noticesDeps } = slices;
  return [
    async (tx, text, limit) =>
      (await customers.searchCustomers(tx, text, limit)).map(({ id, name, domain, resellerName }) => ({
        kind: "customer",
        id,
        title: name,
        detail: [domain, resellerName].filter(Boolean).join(" · "),
      })),
    (tx, text, limit) => casesByText(noticesDeps.customerNames, tx, { text, limit }),
    (tx, text, limit) => noticesByText(noticesDeps.customerNames, tx, { text, limit }),
  ];
}
