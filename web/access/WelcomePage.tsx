import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { WelcomeBody, WelcomeLinkWire, WelcomeStateWire } from "../../src/access/contract.ts";
import { api } from "../api.ts";
import { useChoices } from "../i18n/settings.ts";
import { useT } from "../i18n/t.ts";
import { Go, useGo } from "../kit/Go.tsx";
import { EmptyState, RowsSkeleton, useProblemText } from "../kit/States.tsx";
import { useRead } from "../query.ts";
import { focusFirst } from "../kit/focus.ts";
import { arrive } from "./auth.ts";
import { Door } from "./Door.tsx";
import { Failure } from "./Failure.tsx";
import { NewPassword } from "./NewPassword.tsx";

/** Entering by a link: the first person, an invitation, a new password, or the demo. The link is looked at before it is used. */
export function WelcomePage() {
  const t = useT();
  const problemText = useProblemText();
  const { token } = useSearch({ from: "/welcome" });
  const [isUsed, setUsed] = useState(false);
  const state = useRead<WelcomeStateWire>(["access", "welcome"], "/api/welcome/state", { refetchInterval: false });
  const link = useQuery({
    queryKey: ["access", "link", token],
    queryFn: () => api.post<WelcomeLinkWire>("/api/welcome/link", { token }),
    // A used link is not asked about again: the answer would be that it was used.
    enabled: token !== undefined && !isUsed,
    retry: false,
    refetchInterval: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const desk = state.data?.deskName ?? "Surety";
  const signInLink = (
    <Go className="more" to="/sign-in">
      {t("welcome.signin")}
    </Go>
  );
  if (token === undefined || link.error)
    return (
      <Door title={t("welcome.bad")}>
        <div className="panel">
          <EmptyState
            level="warn"
            title={token === undefined ? t("welcome.none") : t("welcome.bad")}
            text={token === undefined ? t("welcome.none.text") : problemText(link.error)}
            action={signInLink}
          />
        </div>
      </Door>
    );
  if (link.data === undefined)
    return (
      <Door title="Surety" under={desk}>
        <div className="panel">
          <RowsSkeleton />
        </div>
      </Door>
    );
  return (
    <Door title={t(`welcome.title.${link.data.kind}`, { desk })} under={desk}>
      <EntryForm link={link.data} token={token} onUsed={() => setUsed(true)} />
    </Door>
  );
}

type EntryFormProps = { readonly link: WelcomeLinkWire; readonly token: string; readonly onUsed: () => void };

function EntryForm({ link, token, onUsed }: EntryFormProps) {
  const t = useT();
  const go = useGo();
  const { language } = useChoices();
  const [name, setName] = useState(link.name ?? "");
  const [email, setEmail] = useState(link.email ?? "");
  const [password, setPassword] = useState("");
  const { kind } = link;
  const asksName = kind === "first-run" || kind === "invitation";
  const asksEmail = kind === "first-run";
  const send = useMutation({
    mutationFn: () => {
      const body: WelcomeBody = {
        token,
        language,
        ...(asksName ? { name } : {}),
        ...(asksEmail ? { email } : {}),
        ...(kind === "demo" ? {} : { password }),
      };
      return api.post<{ readonly signedIn?: boolean }>("/api/welcome", body);
    },
    onSuccess: async ({ signedIn }) => {
      onUsed();
      await arrive();
      go(signedIn === false ? "/sign-in" : "/");
    },
  });
  return (
    <form
      className="panel door-form"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <p className="small ink2 door-note">{t(`welcome.text.${kind}`, { role: t(`role.${link.role}`) })}</p>
      {asksName && (
        <TextInput
          label={t("welcome.name")}
          description={t("welcome.name.help")}
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          withAsterisk={false}
          ref={focusFirst}
        />
      )}
      {(asksEmail || link.email !== null) && (
        <TextInput
          label={t("signin.email")}
          type="email"
          autoComplete="username"
          value={email}
          readOnly={!asksEmail}
          onChange={(event) => setEmail(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
      )}
      {kind !== "demo" && (
        <NewPassword label={t("signin.password")} value={password} onChange={setPassword} own={[name, email]} />
      )}
      <Failure error={send.error} />
      <Button type="submit" size="sm" loading={send.isPending}>
        {t(`welcome.do.${kind}`)}
      </Button>
    </form>
  );
}
