import type { AccountWire } from "../../src/access/contract.ts";
import { useT } from "../i18n/t.ts";
import { Loaded } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { useMe } from "../shell/desk.ts";
import { Page } from "../shell/Page.tsx";
import { FactorPanel } from "./FactorPanel.tsx";
import { LookPanel } from "./LookPanel.tsx";
import { PasswordPanel } from "./PasswordPanel.tsx";
import { SessionsPanel } from "./SessionsPanel.tsx";
import "./access.css";

/** One's own account: how one proves who one is, where one is signed in, how the desk looks. */
export function AccountPage() {
  const t = useT();
  const me = useMe();
  const account = useRead<AccountWire>(["access", "account"], "/api/account");
  return (
    <Page title={t("account.title")} beside={t("account.who", { role: t(`role.${me.role}`), email: me.email })}>
      <Loaded query={account}>
        {(data) => (
          <div className="g2 account">
            <div className="stk">
              <FactorPanel account={data} />
              <PasswordPanel account={data} />
              <SessionsPanel account={data} />
            </div>
            <LookPanel account={data} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}
