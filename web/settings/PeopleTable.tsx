import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import type { LinkWire, PersonRowWire } from "../../src/access/contract.ts";
import { useFormat, useT } from "../i18n/t.ts";
import { Ava } from "../kit/Bits.tsx";
import { Glyph, Tag } from "../kit/Risk.tsx";
import { useMe } from "../shell/desk.ts";
import { PersonDialog, type PersonStep } from "./PersonDialog.tsx";

type PeopleTableProps = { readonly people: readonly PersonRowWire[]; readonly onLink: (link: LinkWire) => void };
type Chosen = { readonly person: PersonRowWire; readonly step: PersonStep };

export function PeopleTable({ people, onLink }: PeopleTableProps) {
  const t = useT();
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  return (
    <>
      <table className="t">
        <thead>
          <tr>
            <th scope="col">{t("settings.col.name")}</th>
            <th scope="col">{t("settings.col.role")}</th>
            <th scope="col" className="hide-sm">
              {t("settings.col.factor")}
            </th>
            <th scope="col" className="hide-sm">
              {t("settings.col.seen")}
            </th>
            <th scope="col">
              <span className="sr">{t("settings.more")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow key={person.id} person={person} onStep={(step) => setChosen({ person, step })} />
          ))}
        </tbody>
      </table>
      {chosen && (
        <PersonDialog
          key={`${chosen.person.id} ${chosen.step}`}
          person={chosen.person}
          step={chosen.step}
          onClose={() => setChosen(undefined)}
          onLink={(link) => {
            setChosen(undefined);
            onLink(link);
          }}
        />
      )}
    </>
  );
}

function PersonRow({
  person,
  onStep,
}: {
  readonly person: PersonRowWire;
  readonly onStep: (step: PersonStep) => void;
}) {
  const t = useT();
  const f = useFormat();
  const me = useMe();
  const isOff = person.deactivatedAt !== null;
  return (
    <tr className={isOff ? "ink3" : ""}>
      <td>
        <span className="row top">
          <Ava name={person.name} label={false} />
          <span className="col">
            <span className="row wrap" style={{ gap: 6 }}>
              <span className="b">{person.name}</span>
              {person.id === me.id && <Tag line>{t("settings.you")}</Tag>}
              {isOff && <Tag line>{t("settings.off")}</Tag>}
              {person.isLastAdmin && <Tag line>{t("settings.lastAdmin")}</Tag>}
            </span>
            <span className="small ink2 settings-break">{person.email}</span>
          </span>
        </span>
      </td>
      <td>{t(`role.${person.role}`)}</td>
      <td className="hide-sm">
        <span className="row" style={{ gap: 5 }}>
          <Glyph level={person.twoFactor ? "ok" : "none"} size={13} />
          {t(person.twoFactor ? "settings.factor.on" : "settings.factor.off")}
        </span>
      </td>
      <td className="num hide-sm">{person.seenAt === null ? t("settings.never") : f.moment(person.seenAt)}</td>
      <td className="right">
        <PersonMenu person={person} onStep={onStep} />
      </td>
    </tr>
  );
}

function PersonMenu({
  person,
  onStep,
}: {
  readonly person: PersonRowWire;
  readonly onStep: (step: PersonStep) => void;
}) {
  const t = useT();
  const steps: readonly PersonStep[] =
    person.deactivatedAt !== null ? ["reactivate"] : ["role", "reset", "end-sessions", "deactivate"];
  return (
    <Menu position="bottom-end" width={240} shadow="none" radius="md">
      <Menu.Target>
        <ActionIcon aria-label={t("settings.more.of", { name: person.name })}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {steps.map((step) => (
          <Menu.Item key={step} onClick={() => onStep(step)}>
            {t(`settings.step.${step}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
