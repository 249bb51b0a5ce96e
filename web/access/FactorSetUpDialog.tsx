import { Button, Modal, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useT } from "../i18n/t.ts";
import { invalidateTopics } from "../query.ts";
import { type FactorSetUp, startFactor, verifyCode } from "./auth.ts";
import { BackupCodes } from "./BackupCodes.tsx";
import { Failure } from "./Failure.tsx";
import { QrCode } from "./QrCode.tsx";

/** Password, then the app's code, then the backup codes: on only after the first right code. */
export function FactorSetUpDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [setUp, setSetUp] = useState<FactorSetUp | undefined>(undefined);
  const [isOn, setOn] = useState(false);
  const done = () => {
    void invalidateTopics(client, ["access", "desk"]);
    onClose();
  };
  return (
    <Modal
      opened
      onClose={isOn ? done : onClose}
      title={t(isOn ? "account.factor.keep" : "account.factor.title")}
      size={440}
      centered
      closeOnClickOutside={!isOn}
    >
      {setUp === undefined ? (
        <PasswordStep onDone={setSetUp} />
      ) : isOn ? (
        <BackupCodes codes={setUp.backupCodes} onDone={done} />
      ) : (
        <CodeStep setUp={setUp} onDone={() => setOn(true)} />
      )}
    </Modal>
  );
}

function PasswordStep({ onDone }: { readonly onDone: (setUp: FactorSetUp) => void }) {
  const t = useT();
  const [password, setPassword] = useState("");
  const send = useMutation({ mutationFn: () => startFactor(password), onSuccess: onDone });
  return (
    <form
      className="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <PasswordInput
        label={t("signin.password")}
        description={t("account.factor.step1")}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
        withAsterisk={false}
        data-autofocus
        visibilityToggleButtonProps={{ "aria-label": t("password.show") }}
      />
      <Failure error={send.error} />
      <Button type="submit" loading={send.isPending}>
        {t("account.factor.next")}
      </Button>
    </form>
  );
}

function CodeStep({ setUp, onDone }: { readonly setUp: FactorSetUp; readonly onDone: () => void }) {
  const t = useT();
  const [code, setCode] = useState("");
  const send = useMutation({ mutationFn: () => verifyCode("totp", code.replaceAll(" ", "")), onSuccess: onDone });
  const secret = new URL(setUp.totpURI).searchParams.get("secret") ?? "";
  return (
    <form
      className="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <p className="small ink2 door-note">{t("account.factor.scan")}</p>
      <QrCode text={setUp.totpURI} label={t("account.factor.qr")} />
      <details className="small">
        <summary>{t("account.factor.secret")}</summary>
        <code className="mono secret">{secret.replaceAll(/(.{4})/g, "$1 ")}</code>
      </details>
      <TextInput
        label={t("signin.code")}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={7}
        classNames={{ input: "code-input" }}
        required
        withAsterisk={false}
        data-autofocus
      />
      <Failure error={send.error} />
      <Button type="submit" loading={send.isPending}>
        {t("account.factor.do")}
      </Button>
    </form>
  );
}
