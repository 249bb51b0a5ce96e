import { Button } from "@mantine/core";
import { useState } from "react";
import type { NoticeRowJson } from "../../src/notices/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Ava, K } from "../kit/Bits.tsx";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { useWrite } from "../query.ts";
import { useMay, useMe } from "../shell/desk.ts";

/** Taking a notice, taking it over, giving it back. Only those who may answer can. */
export function useClaim() {
  const can = useMay();
  const me = useMe();
  const claim = useWrite<{ readonly noticeId: string; readonly takeOver: boolean }, NoticeRowJson>(
    ({ noticeId, takeOver }, options) => api.post(`/api/notices/${noticeId}/claim`, { takeOver }, options),
    { topics: ["notices", "cases"] },
  );
  const release = useWrite<{ readonly noticeId: string }, NoticeRowJson>(
    ({ noticeId }, options) => api.post(`/api/notices/${noticeId}/release`, {}, options),
    { topics: ["notices", "cases"] },
  );
  return {
    mayClaim: can("notices.claim"),
    me,
    claim,
    release,
    busyId: claim.isPending ? claim.variables.noticeId : release.isPending ? release.variables.noticeId : undefined,
  };
}
export type Claim = ReturnType<typeof useClaim>;

/** Who has a notice in a row of the queue, or the button to take it. */
export function WhoCell({
  notice,
  claim,
  withKey = false,
}: {
  readonly notice: NoticeRowJson;
  readonly claim: Claim;
  readonly withKey?: boolean;
}) {
  const t = useT();
  if (notice.claimedBy)
    return (
      <span className="row" style={{ gap: 6 }} title={notice.claimedBy.name}>
        <Ava name={notice.claimedBy.name} label={false} />
        <span className="small cut">{notice.claimedBy.name}</span>
      </span>
    );
  if (!claim.mayClaim || notice.state === "answered") return <Ava name={null} />;
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={claim.busyId === notice.id}
      onClick={(event) => {
        event.stopPropagation();
        claim.claim.mutate({ noticeId: notice.id, takeOver: false });
      }}
    >
      {t("notices.claim")} {withKey && <K>C</K>}
      <span className="sr">{notice.number}</span>
    </Button>
  );
}

/** The same on a page of its own, with taking over and giving back. */
export function Holder({ notice, claim }: { readonly notice: NoticeRowJson; readonly claim: Claim }) {
  const t = useT();
  const f = useFormat();
  const [isAsking, ask] = useState(false);
  const holder = notice.claimedBy;
  if (notice.state === "answered") return null;
  if (holder === null)
    return (
      <span className="row wrap">
        <span className="small ink2">{t("notices.nobody")}</span>
        <WhoCell notice={notice} claim={claim} withKey />
      </span>
    );
  const isMine = holder.id === claim.me.id;
  const since = f.moment(holder.since);
  return (
    <span className="row wrap">
      <Ava name={holder.name} label={false} />
      <span className="small ink2">
        {isMine ? t("notices.mine", { since }) : t("notices.held", { name: holder.name, since })}
      </span>
      {isMine && (
        <Button
          size="compact-sm"
          variant="subtle"
          loading={claim.busyId === notice.id}
          onClick={() => claim.release.mutate({ noticeId: notice.id })}
        >
          {t("notices.release")}
        </Button>
      )}
      {!isMine && claim.mayClaim && (
        <Button size="compact-sm" variant="default" onClick={() => ask(true)}>
          {t("notices.takeOver")}…
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => ask(false)}
        title={t("notices.takeOver.title", { number: notice.number })}
        action={t("notices.takeOver")}
        effects={[]}
        isBusy={claim.claim.isPending}
        error={claim.claim.error}
        onConfirm={() => claim.claim.mutate({ noticeId: notice.id, takeOver: true }, { onSuccess: () => ask(false) })}
      >
        <p className="small" style={{ margin: 0 }}>
          {t("notices.takeOver.text", { name: holder.name, since })}
        </p>
      </ConfirmDialog>
    </span>
  );
}
