import { Modal } from "@mantine/core";
import { useChoices } from "../i18n/settings.ts";
import { useT } from "../i18n/t.ts";
import { K } from "../kit/Bits.tsx";
import { NAV } from "./nav.ts";
import { usePageInfo } from "./page.ts";

type KeysOverlayProps = { readonly isOpen: boolean; readonly onClose: () => void };

/** Every key that works here. */
export function KeysOverlay({ isOpen, onClose }: KeysOverlayProps) {
  const t = useT();
  const page = usePageInfo();
  const { keys } = useChoices();
  const everywhere = [
    ["J K", t("keys.move")],
    ["Enter", t("keys.open")],
    ["Esc", t("keys.back")],
    ["/", t("keys.filter")],
    ["Ctrl K", t("keys.search")],
    ...NAV.flat().flatMap((item) =>
      item.letter ? [[`G ${item.letter.toUpperCase()}`, t("keys.goto", { page: t(`nav.${item.name}`) })] as const] : [],
    ),
    ["?", t("keys.all")],
  ] as const;
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("keys.title")} size={520}>
      {!keys && <p className="small warn">{t("keys.off")}</p>}
      <div className="keys-columns">
        <KeyList title={t("keys.everywhere")} keys={everywhere} />
        {page.keys.length > 0 && (
          <KeyList title={t("keys.page")} keys={page.keys.map(({ keys: names, label }) => [names, label] as const)} />
        )}
      </div>
    </Modal>
  );
}

type KeyListProps = { readonly title: string; readonly keys: readonly (readonly [string, string])[] };

function KeyList({ title, keys }: KeyListProps) {
  return (
    <section>
      <h3 className="label">{title}</h3>
      <dl className="keys-list small">
        {keys.map(([names, label]) => (
          <div key={`${names} ${label}`}>
            <dt>
              {names.split(" ").map((name) => (
                <K key={name}>{name}</K>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
