import type { NoticeRowJson } from "../../src/notices/contract.ts";
import { useWord } from "../i18n/t.ts";

/** A notice's name: our word for a known kind, else Microsoft's own title. */
export function useNoticeName(): (notice: Pick<NoticeRowJson, "kind" | "title">) => string {
  const word = useWord();
  return ({ kind, title }) => word(`notices.kind.${kind}`, {}, title ?? kind);
}
