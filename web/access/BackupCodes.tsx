import { Button, CopyButton } from "@mantine/core";
import { useT } from "../i18n/t.ts";

type BackupCodesProps = { readonly codes: readonly string[]; readonly onDone: () => void };

/** Shown once: the way in when the phone is lost. */
export function BackupCodes({ codes, onDone }: BackupCodesProps) {
  const t = useT();
  return (
    <div className="account-form">
      <p className="small ink2 door-note">{t("account.factor.keep.text")}</p>
      <ul className="backup-codes mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="row">
        <CopyButton value={codes.join("\n")}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {t(copied ? "kit.copied" : "kit.copy")}
            </Button>
          )}
        </CopyButton>
        <Button className="push" onClick={onDone}>
          {t("account.factor.kept")}
        </Button>
      </div>
    </div>
  );
}
