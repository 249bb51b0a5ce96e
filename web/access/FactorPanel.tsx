import { Button } from "@mantine/core";
import { useState } from "react";
import type { AccountWire } from "../../src/access/contract.ts";
import { useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Glyph } from "../kit/Risk.tsx";
import { Why } from "../kit/States.tsx";
import { FactorSetUpDialog } from "./FactorSetUpDialog.tsx";
import { PasswordAskDialog } from "./PasswordAskDialog.tsx";

type Open = "set-up" | "remove" | "renew";

/** Whether a stolen password is enough to get in, and what to do about it. */
export function FactorPanel({ account }: { readonly account: AccountWire }) {
  const t = useT();
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const close = () => setOpen(undefined);
  return (
    <Panel title={t("account.factor.title")} question={t("account.factor.q")}>
      <div className="sec col" style={{ gap: 10 }}>
        <span className="row top" style={{ gap: 7 }}>
          <span style={{ marginTop: 1 }}>
            <Glyph level={account.twoFactor ? "ok" : "warn"} />
          </span>
          <span>
            {t(account.twoFactor ? "account.factor.on" : "account.factor.off")}
            {account.backupCodesLeft !== null && (
              <span className={account.backupCodesLeft < 3 ? "warn" : "ink3"}>
                {" · "}
                {t("account.factor.codes", { n: account.backupCodesLeft })}
              </span>
            )}
          </span>
        </span>
        {account.twoFactorNeeded && <Why>{t("account.factor.needed")}</Why>}
        <div className="row wrap">
          {account.twoFactor ? (
            <>
              <Button variant="default" onClick={() => setOpen("renew")}>
                {t("account.factor.renew")}
              </Button>
              <Button variant="subtle" color="gray" onClick={() => setOpen("remove")}>
                {t("account.factor.remove")}
              </Button>
            </>
          ) : (
            <Button onClick={() => setOpen("set-up")}>{t("account.factor.setup")}</Button>
          )}
        </div>
      </div>
      {open === "set-up" && <FactorSetUpDialog onClose={close} />}
      {open === "remove" && <PasswordAskDialog kind="remove" onClose={close} />}
      {open === "renew" && <PasswordAskDialog kind="renew" onClose={close} />}
    </Panel>
  );
}
