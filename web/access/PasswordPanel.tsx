import { Button, PasswordInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AccountWire } from "../../src/access/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { invalidateTopics } from "../query.ts";
import { changePassword } from "./auth.ts";
import { Failure } from "./Failure.tsx";
import { NewPassword } from "./NewPassword.tsx";

export function PasswordPanel({ account }: { readonly account: AccountWire }) {
  const t = useT();
  const f = useFormat();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const send = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      void invalidateTopics(client, ["access"]);
    },
  });
  const changedAt = account.passwordChangedAt;
  return (
    <Panel
      title={t("account.password.title")}
      question={t("account.password.q")}
      aside={
        changedAt && (
          <span className="ink3 num hide-sm">
            {t("account.password.changed", { ago: t("kit.ago", { time: f.duration(f.minutesSince(changedAt)) }) })}
          </span>
        )
      }
    >
      <form
        className="sec account-form"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <input type="text" name="username" autoComplete="username" value={account.email} readOnly hidden />
        <PasswordInput
          label={t("account.password.current")}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("password.show") }}
        />
        <NewPassword
          label={t("account.password.new")}
          value={next}
          onChange={setNext}
          own={[account.name, account.email]}
        />
        <Failure error={send.error} />
        {send.isSuccess && (
          <p className="row small ok" role="status" style={{ gap: 6, margin: 0 }}>
            <Glyph level="ok" size={13} />
            {t("account.password.done")}
          </p>
        )}
        <div className="row wrap">
          <Button type="submit" variant="default" loading={send.isPending}>
            {t("account.password.do")}
          </Button>
          <span className="small ink3">{t("account.password.effect")}</span>
        </div>
      </form>
    </Panel>
  );
}
