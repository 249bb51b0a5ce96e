import type { NoticeRowJson } from "../../src/notices/contract.ts";
import { api } from "../api.ts";
import { useWrite } from "../query.ts";
import { useMay } from "../shell/desk.ts";

/** Taking a notice for oneself, from the row or by `C`. Only those who may answer can. */
export function useClaim() {
  const can = useMay();
  const write = useWrite<{ readonly noticeId: string }, unknown>(
    ({ noticeId }, options) => api.post(`/api/notices/${noticeId}/claim`, { takeOver: false }, options),
    { topics: ["notices", "cases"] },
  );
  const mayClaim = can("notices.claim");
  return {
    mayClaim,
    ask: (notice: NoticeRowJson) => {
      if (mayClaim && notice.claimedBy === null && !write.isPending) write.mutate({ noticeId: notice.id });
    },
    /** The notice whose claim is on its way. */
    busyId: write.isPending ? write.variables?.noticeId : undefined,
    error: write.error,
  };
}
export type Claim = ReturnType<typeof useClaim>;
