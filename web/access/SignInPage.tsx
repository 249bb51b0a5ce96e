import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { WelcomeStateWire } from "../../src/access/contract.ts";
import { useT } from "../i18n/t.ts";
import { Ava } from "../kit/Bits.tsx";
import { useGo } from "../kit/Go.tsx";
import { useRead } from "../query.ts";
import { EmptyState } from "../kit/States.tsx";
import { focusFirst } from "../kit/focus.ts";
import { arrive, type CodeKind, signIn, verifyCode } from "./auth.ts";
import { Door } from "./Door.tsx";
import { Failure } from "./Failure.tsx";

/** Password, then the second factor when it is asked. In a demo, one press per invented person. */
export function SignInPage() {
  const t = useT();
  const go = useGo();
  const { next } = useSearch({ from: "/sign-in" });
  const [needsCode, setNeedsCode] = useState(false);
  const state = useRead<WelcomeStateWire>(["access", "welcome"], "/api/welcome/state", { refetchInterval: false });
  const enter = () => void arrive().then(() => go(next ?? "/"));
  const people = state.data?.people ?? [];
  return (
    <Door
      title={needsCode ? t("signin.code.title") : t("signin.title")}
      under={state.data && t("signin.to", { desk: state.data.deskName })}
    >
      {state.data?.state === "first-run" ? (
        <div className="panel">
          <EmptyState level="info" title={t("signin.first")} text={t("signin.first.text")} />
        </div>
      ) : needsCode ? (
        <CodeForm onDone={enter} onBack={() => setNeedsCode(false)} />
      ) : (
        <>
          {people.length > 0 && <DemoPeople people={people} onDone={enter} />}
          <PasswordForm onDone={({ needsCode: asks }) => (asks ? setNeedsCode(true) : enter())} />
        </>
      )}
    </Door>
  );
}

function PasswordForm({ onDone }: { readonly onDone: (answer: { readonly needsCode: boolean }) => void }) {
  const t = useT();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const send = useMutation({ mutationFn: () => signIn(email, password), onSuccess: onDone });
  return (
    <form
      className="panel door-form"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <TextInput
        label={t("signin.email")}
        type="email"
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        required
        withAsterisk={false}
        ref={focusFirst}
      />
      <PasswordInput
        label={t("signin.password")}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ "aria-label": t("password.show") }}
      />
      <Failure error={send.error} />
      <Button type="submit" size="sm" loading={send.isPending}>
        {t("signin.do")}
      </Button>
      <p className="tiny ink3 door-note">{t("signin.lost")}</p>
    </form>
  );
}

type CodeFormProps = { readonly onDone: () => void; readonly onBack: () => void };

function CodeForm({ onDone, onBack }: CodeFormProps) {
  const t = useT();
  const [kind, setKind] = useState<CodeKind>("totp");
  const [code, setCode] = useState("");
  const send = useMutation({ mutationFn: () => verifyCode(kind, code.replaceAll(" ", "")), onSuccess: onDone });
  const isApp = kind === "totp";
  return (
    <form
      className="panel door-form"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <p className="small ink2 door-note">{t(isApp ? "signin.code.text" : "signin.backup.text")}</p>
      <TextInput
        key={kind}
        label={t(isApp ? "signin.code" : "signin.backup.code")}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autoComplete="one-time-code"
        inputMode={isApp ? "numeric" : "text"}
        maxLength={isApp ? 7 : 20}
        classNames={{ input: "code-input" }}
        required
        withAsterisk={false}
        ref={focusFirst}
      />
      <Failure error={send.error} />
      <Button type="submit" size="sm" loading={send.isPending}>
        {t("signin.code.do")}
      </Button>
      <div className="row">
        <Button
          variant="subtle"
          onClick={() => {
            setKind(isApp ? "backup-code" : "totp");
            setCode("");
            send.reset();
          }}
        >
          {t(isApp ? "signin.backup" : "signin.app")}
        </Button>
        <Button variant="subtle" color="gray" className="push" onClick={onBack}>
          {t("signin.back")}
        </Button>
      </div>
    </form>
  );
}

type DemoPerson = NonNullable<WelcomeStateWire["people"]>[number];
type DemoPeopleProps = { readonly people: readonly DemoPerson[]; readonly onDone: () => void };

function DemoPeople({ people, onDone }: DemoPeopleProps) {
  const t = useT();
  const send = useMutation({ mutationFn: (one: DemoPerson) => signIn(one.email, one.password), onSuccess: onDone });
  return (
    <section className="panel" aria-labelledby="demo-people">
      <header>
        <h2 id="demo-people">{t("signin.demo")}</h2>
      </header>
      <p className="small ink2 demo-text">{t("signin.demo.text")}</p>
      <ul className="demo-people">
        {people.map((one) => (
          <li key={one.email}>
            <button
              type="button"
              aria-label={t("signin.demo.as", { name: one.name, role: t(`role.${one.role}`) })}
              disabled={send.isPending}
              onClick={() => send.mutate(one)}
            >
              <Ava name={one.name} label={false} />
              <span className="b">{one.name}</span> <span className="ink3 small push">{t(`role.${one.role}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Failure error={send.error} />
    </section>
  );
}
