import { Button, Checkbox, Menu, Modal, TextInput } from "@mantine/core";
import { IconBookmark, IconDownload, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { SavedSearch } from "../../../src/activity/stream/contract.ts";
import { api, query } from "../../api.ts";
import { useT } from "../../i18n/t.ts";
import { useGo } from "../../kit/Go.tsx";
import { useProblemText } from "../../kit/States.tsx";
import { useRead, useWrite } from "../../query.ts";
import type { PageSearch } from "../../routes.tsx";
import { addressOf, lastOf, type Members, savedAddress } from "./filters.ts";

type Props = { readonly search: PageSearch; readonly members: Members };

/** Searches that were saved, own ones first, and the way to save this one. */
export function SavedMenu({ search, members }: Props) {
  const t = useT();
  const go = useGo();
  const [isSaving, setSaving] = useState(false);
  const saved = useRead<{ readonly rows: readonly SavedSearch[] }>(["activity", "searches"], "/api/activity/searches");
  const rows = saved.data?.rows ?? [];
  const remove = useWrite((id: string, o) => api.delete(`/api/activity/searches/${id}`, {}, o), {
    topics: ["activity"],
  });
  return (
    <>
      <Menu position="bottom-end" width={280} withinPortal>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={14} />}>
            {t("activity.saved")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {rows.length === 0 && <Menu.Label>{t("activity.saved.none")}</Menu.Label>}
          {rows.map((row) => (
            <Menu.Item key={row.id} onClick={() => go(addressOf(savedAddress(row.filters, row.last)))}>
              {row.name}
              {!row.mine && <span className="tiny ink3"> {t("activity.saved.of", { name: row.owner.name })}</span>}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconBookmark size={14} />} onClick={() => setSaving(true)}>
            {t("activity.saved.save")}
          </Menu.Item>
          {rows
            .filter(({ mine }) => mine)
            .map((row) => (
              <Menu.Item key={row.id} leftSection={<IconTrash size={14} />} onClick={() => remove.mutate(row.id)}>
                <span className="small">{t("activity.saved.remove", { name: row.name })}</span>
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
      {isSaving && <SaveDialog search={search} members={members} onClose={() => setSaving(false)} />}
    </>
  );
}

function SaveDialog({ search, members, onClose }: Props & { readonly onClose: () => void }) {
  const t = useT();
  const problemText = useProblemText();
  const last = lastOf(search);
  const [name, setName] = useState("");
  const [isShared, share] = useState(false);
  const save = useWrite(
    (body: { readonly name: string; readonly shared: boolean }, o) => {
      const { from, until, ...rest } = members;
      const filters = last === undefined ? members : rest;
      void from;
      void until;
      return api.post("/api/activity/searches", { ...body, filters, ...(last === undefined ? {} : { last }) }, o);
    },
    { topics: ["activity"], onDone: onClose },
  );
  return (
    <Modal opened onClose={onClose} title={t("activity.saved.save")} size={400} centered>
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") save.mutate({ name: name.trim(), shared: isShared });
        }}
      >
        <TextInput
          data-autofocus
          label={t("activity.saved.name")}
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox
          label={t("activity.saved.share")}
          checked={isShared}
          onChange={(event) => share(event.currentTarget.checked)}
        />
        {last === undefined && <span className="small ink2">{t("activity.saved.stretch")}</span>}
        {save.error && (
          <span className="small crit" role="alert">
            {problemText(save.error)}
          </span>
        )}
        <Button type="submit" disabled={name.trim() === ""} loading={save.isPending}>
          {t("activity.saved.do")}
        </Button>
      </form>
    </Modal>
  );
}

/** The same search as a file. */
export function ExportMenu({ members }: Pick<Props, "members">) {
  const t = useT();
  return (
    <Menu position="bottom-end" width={280} withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />}>
          {t("activity.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(["csv", "ndjson"] as const).map((form) => (
          <Menu.Item key={form} component="a" href={`/api/activity/events.${form}${query(members)}`} download>
            {t(`activity.export.${form}`)}
          </Menu.Item>
        ))}
        <Menu.Label>{t("activity.export.limit")}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
