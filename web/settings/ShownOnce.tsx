import { Button, CopyButton, Modal, TextInput } from "@mantine/core";
import { useT } from "../i18n/t.ts";
import { Glyph } from "../kit/Risk.tsx";

type ShownOnceProps = {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  /** The link or key; undefined = the dialog is closed. */
  readonly value: string | undefined;
  readonly onClose: () => void;
};

/** A link or key that cannot be shown again: the dialog closes only by its own button. */
export function ShownOnce({ title, text, label, value, onClose }: ShownOnceProps) {
  const t = useT();
  return (
    <Modal
      opened={value !== undefined}
      onClose={onClose}
      title={title}
      size={520}
      centered
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <div className="col" style={{ gap: 12 }}>
        <span className="row top small">
          <Glyph level="warn" size={14} />
          {text}
        </span>
        <TextInput
          label={label}
          value={value ?? ""}
          readOnly
          classNames={{ input: "mono" }}
          onFocus={(event) => event.currentTarget.select()}
          data-autofocus
        />
        <span className="row" style={{ justifyContent: "flex-end" }}>
          <CopyButton value={value ?? ""}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {t(copied ? "kit.copied" : "kit.copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("settings.once.done")}</Button>
        </span>
      </div>
    </Modal>
  );
}
