import type { CustomerId } from "../core/ids.ts";
import type { Tx } from "../store/contract.ts";
import type { CustomerNames } from "./contract.ts";
import { noticeNumber } from "./finding-of.ts";
import { noticesByNumber } from "./store-search.ts";

const NUMBER = /^(?:n-?)?0*(\d{1,12})$/i;

/** Notices by their number, as the search box asks: `N-0012`, `n12`, `12`. */
export async function noticesByText(
  customerNames: CustomerNames,
  tx: Tx,
  { text, limit }: { readonly text: string; readonly limit: number },
) {
  const digits = NUMBER.exec(text.trim())?.[1];
  if (digits === undefined) return [];
  const rows = await noticesByNumber(tx, digits, limit);
  const names = await customerNames(
    tx,
    rows.map((row) => row.customer_id as CustomerId),
  );
  return rows.map((row) => ({
    kind: "notice" as const,
    id: row.notice_id,
    title: noticeNumber(row.number),
    detail: [names.get(row.customer_id as CustomerId)?.name, row.kind].filter(Boolean).join(" · "),
  }));
}
