import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ApiKeysWire, Role } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { Failure } from "../access/Failure.tsx";
import { useFormat, useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Panel } from "../kit/Panel.tsx";
import { Tag } from "../kit/Risk.tsx";
import { EmptyState, Loaded } from "../kit/States.tsx";
import { useRead, useWrite } from "../query.ts";
import { RoleSelect } from "./InviteDialog.tsx";
import { ShownOnce } from "./ShownOnce.tsx";

type KeyRow = ApiKeysWire["keys"][number];

/** Keys for machines and the command line. */
export function KeysTab() {
  const t = useT();
  const keys = useRead<ApiKeysWire>(["access", "keys"], "/api/api-keys");
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<string | undefined>(undefined);
  return (
    <Panel
      title={t("settings.keys")}
      question={t("settings.keys.q")}
      aside={
        <Button size="compact-xs" onClick={() => setMaking(true)}>
          {t("settings.keys.make")}
        </Button>
      }
    >
      <Loaded query={keys}>
        {(data) =>
          data.keys.length === 0 ? (
            <EmptyState level="none" title={t("settings.keys.none")} text={t("settings.keys.none.text")} />
          ) : (
            <KeyTable keys={data.keys} />
          )
        }
      </Loaded>
      {isMaking && (
        <NewKeyDialog
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            setMade(key);
          }}
        />
      )}
      <ShownOnce
        title={t("settings.key.title")}
        text={t("settings.key.text")}
        label={t("settings.key")}
        value={made}
        onClose={() => setMade(undefined)}
      />
    </Panel>
  );
}

function KeyTable({ keys }: { readonly keys: readonly KeyRow[] }) {
  const t = useT();
  const [chosen, setChosen] = useState<KeyRow | undefined>(undefined);
  const revoke = useWrite(
    ({ id }: { readonly id: string }, options) => api.delete(`/api/api-keys/${id}`, undefined, options),
    {
      topics: ["access"],
      onDone: () => setChosen(undefined),
    },
  );
  return (
    <>
      <table className="t settings-cards">
        <thead>
          <tr>
            <th scope="col">{t("settings.col.name")}</th>
            <th scope="col">{t("settings.col.role")}</th>
            <th scope="col" className="hide-sm">
              {t("settings.col.until")}
            </th>
            <th scope="col">{t("settings.col.used")}</th>
            <th scope="col">
              <span className="sr">{t("settings.revoke")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyLine key={key.id} row={key} onRevoke={() => setChosen(key)} />
          ))}
        </tbody>
      </table>
      <Failure error={revoke.error} />
      <ConfirmDialog
        isOpen={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title={t("settings.revoke.title", { name: chosen?.name ?? "" })}
        action={t("settings.revoke")}
        effects={[{ text: t("settings.revoke.effect"), isReversible: false }]}
        isBusy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => chosen && revoke.mutate({ id: chosen.id })}
      />
    </>
  );
}

function KeyLine({ row, onRevoke }: { readonly row: KeyRow; readonly onRevoke: () => void }) {
  const t = useT();
  const f = useFormat();
  return (
    <tr className={row.revokedAt === null ? "" : "ink3"}>
      <td>
        <span className="b">{row.name}</span>
        <br />
        <span className="tiny ink3">
          <span className="mono">{row.hint}…</span> {t("settings.keys.by", { name: row.createdBy })}
        </span>
      </td>
      <td>{t(`role.${row.role}`)}</td>
      <td className="num hide-sm">{row.expiresAt === null ? t("settings.keys.always") : f.moment(row.expiresAt)}</td>
      <td className="num">{row.usedAt === null ? t("settings.never") : f.moment(row.usedAt)}</td>
      <td className="right">
        {row.revokedAt === null ? (
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t("settings.revoke.of", { name: row.name })}
            onClick={onRevoke}
          >
            {t("settings.revoke")}
          </Button>
        ) : (
          <Tag line>{t("settings.revoked")}</Tag>
        )}
      </td>
    </tr>
  );
}

const DAYS = ["30", "90", "365", ""] as const;

function NewKeyDialog({ onClose, onMade }: { readonly onClose: () => void; readonly onMade: (key: string) => void }) {
  const t = useT();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("auditor");
  const [days, setDays] = useState<string>("90");
  const make = useWrite(
    (body: { readonly name: string; readonly role: Role; readonly days?: number }, options) =>
      api.post<{ readonly key: string }>("/api/api-keys", body, options),
    { topics: ["access"], onDone: ({ key }) => onMade(key) },
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t("settings.keys.make")}
      action={t("settings.keys.make")}
      effects={[]}
      isBusy={make.isPending}
      error={make.error}
      onConfirm={() => make.mutate({ name: name.trim(), role, ...(days !== "" && { days: Number(days) }) })}
    >
      <TextInput
        required
        label={t("settings.keys.name")}
        description={t("settings.keys.name.text")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <RoleSelect role={role} onChange={setRole} />
      <Select
        label={t("settings.col.until")}
        data={DAYS.map((one) => ({
          value: one,
          label: one === "" ? t("settings.keys.always") : t("settings.keys.days", { n: Number(one) }),
        }))}
        value={days}
        allowDeselect={false}
        onChange={(next) => next !== null && setDays(next)}
      />
      <span className="small ink2">{t("settings.keys.never")}</span>
    </ConfirmDialog>
  );
}
