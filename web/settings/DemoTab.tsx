import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "../api.ts";
import { useT } from "../i18n/t.ts";
import { ConfirmDialog } from "../kit/ConfirmDialog.tsx";
import { Panel } from "../kit/Panel.tsx";
import { EmptyState } from "../kit/States.tsx";
import { useWrite } from "../query.ts";

type StartedEmpty = { readonly startsEmpty: boolean; readonly link: string | null };

/** The desk is away for a moment while it changes over; longer than this and a person is asked to go on themselves. */
const LOOK_EVERY_MS = 300;
const LOOKS_MAX = 200;

/** Goes to the first page of one's own desk as soon as that desk answers, wherever the person is by then. */
async function goOnAt(link: string | null): Promise<void> {
  const to = link === null ? "/sign-in" : new URL(link).pathname + new URL(link).search;
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    await new Promise((wake) => setTimeout(wake, LOOK_EVERY_MS));
    const health = await api.get<{ readonly demo: boolean }>("/api/health").catch(() => undefined);
    if (health?.demo === false) return window.location.assign(to);
  }
}

/** One press from the demo to an empty desk. */
export function DemoTab() {
  const t = useT();
  const [isAsking, setAsking] = useState(false);
  const start = useWrite((_: null, options) => api.post<StartedEmpty>("/api/demo/start-empty", {}, options), {
    topics: ["settings"],
    onDone: ({ link }) => {
      setAsking(false);
      void goOnAt(link);
    },
  });
  return (
    <Panel title={t("settings.demo")} question={t("settings.demo.q")}>
      {start.isSuccess ? (
        <EmptyState
          level="ok"
          title={t("settings.demo.done")}
          text={t(start.data.link === null ? "settings.demo.done.text" : "settings.demo.done.link")}
          action={
            start.data.link !== null && (
              <Button component="a" href={start.data.link}>
                {t("settings.demo.first")}
              </Button>
            )
          }
        />
      ) : (
        <div className="sec col settings-form">
          <span>{t("settings.demo.text")}</span>
          <span>
            <Button onClick={() => setAsking(true)}>{t("settings.demo.do")}</Button>
          </span>
        </div>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={t("settings.demo.do")}
        action={t("settings.demo.do")}
        effects={[
          { text: t("settings.demo.effect.switch"), isReversible: true, how: t("settings.demo.effect.how") },
          { text: t("settings.demo.effect.out"), isReversible: true },
        ]}
        isBusy={start.isPending}
        error={start.error}
        onConfirm={() => start.mutate(null)}
      />
    </Panel>
  );
}
