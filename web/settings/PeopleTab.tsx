import { Button } from "@mantine/core";
import { useState } from "react";
import type { LinkWire, PeopleWire } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Panel } from "../kit/Panel.tsx";
import { Loaded } from "../kit/States.tsx";
import { useRead, useWrite } from "../query.ts";
import { Failure } from "../access/Failure.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { PeopleTable } from "./PeopleTable.tsx";
import { SecondFactorPanel } from "./SecondFactorPanel.tsx";
import { ShownOnce } from "./ShownOnce.tsx";

/** Who may enter, and as what. */
export function PeopleTab() {
  const t = useT();
  const people = useRead<PeopleWire>(["access", "people"], "/api/people");
  const [isInviting, setInviting] = useState(false);
  const [made, setMade] = useState<LinkWire | undefined>(undefined);
  return (
    <div className="stk">
      <Panel
        title={t("settings.people")}
        question={t("settings.people.q")}
        aside={
          <Button size="compact-xs" onClick={() => setInviting(true)}>
            {t("settings.invite")}
          </Button>
        }
      >
        <Loaded query={people}>{(data) => <PeopleTable people={data.people} onLink={setMade} />}</Loaded>
      </Panel>
      <Loaded query={people} skeleton={null}>
        {({ invitations }) => (invitations.length === 0 ? null : <Invitations invitations={invitations} />)}
      </Loaded>
      <SecondFactorPanel />
      <InviteDialog
        isOpen={isInviting}
        onClose={() => setInviting(false)}
        onMade={(link) => {
          setInviting(false);
          setMade(link);
        }}
      />
      <ShownOnce
        title={t("settings.link.title")}
        text={t("settings.link.text")}
        label={t("settings.link")}
        value={made?.link}
        onClose={() => setMade(undefined)}
      />
    </div>
  );
}

function Invitations({ invitations }: { readonly invitations: PeopleWire["invitations"] }) {
  const t = useT();
  const f = useFormat();
  const withdraw = useWrite(
    ({ id }: { readonly id: string }, options) => api.delete(`/api/people/invitations/${id}`, undefined, options),
    { topics: ["access"] },
  );
  return (
    <Panel title={t("settings.invitations")} question={t("settings.invitations.q")}>
      <table className="t settings-cards">
        <thead>
          <tr>
            <th scope="col">{t("settings.col.email")}</th>
            <th scope="col">{t("settings.col.role")}</th>
            <th scope="col" className="hide-sm">
              {t("settings.col.invitedBy")}
            </th>
            <th scope="col">{t("settings.col.until")}</th>
            <th scope="col">
              <span className="sr">{t("settings.withdraw")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {invitations.map((one) => (
            <tr key={one.id}>
              <td className="settings-break">{one.email}</td>
              <td>{t(`role.${one.role}`)}</td>
              <td className="hide-sm">{one.invitedBy}</td>
              <td className="num">{f.moment(one.expiresAt)}</td>
              <td className="right">
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={t("settings.withdraw.of", { email: one.email })}
                  loading={withdraw.isPending && withdraw.variables.id === one.id}
                  onClick={() => withdraw.mutate({ id: one.id })}
                >
                  {t("settings.withdraw")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Failure error={withdraw.error} />
    </Panel>
  );
}
